"""The banded index in SQL, and the relation `reprints`: kept by the transaction that moves a document's head."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, exists, select
from sqlalchemy.dialects.postgresql import insert as insert_postgres
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from archive.database import on_postgres
from archive.near import SHORTEST, Moved, table
from archive.schema import bands as bands_table
from archive.schema import contents, documents, reprints

CANDIDATES = 12
"""contents whose texts are compared"""
SHARED = 2
"""bands that a candidate shares, at least"""
BATCH = 200

_ELSEWHERE = select(contents.c.content_no, contents.c.title, contents.c.text, contents.c.fields).where(
    contents.c.content_no.in_(bindparam("wanted", expanding=True)),
    exists().where(documents.c.content_no == contents.c.content_no, documents.c.document_no != bindparam("mine")),
)
_HEADS = (
    select(documents.c.document_no, documents.c.captured_at, contents)
    .join(contents, contents.c.content_no == documents.c.content_no)
    .where(documents.c.document_no > bindparam("after"))
    .order_by(documents.c.document_no)
    .limit(BATCH)
)


def write(connection: Connection, moves: Sequence[Moved], now: datetime) -> None:
    """Takes the contents that were newest out of the index, puts in those that are, and writes which reprint which."""
    left = {move.before_no for move in moves if move.before_no not in (None, move.content_no)}
    _forget(connection, [number for number in left if number is not None])
    moved = {move.document_no for move in moves}
    # what another document says as well is in the index, and what reprints it is known
    elsewhere = table.newest_elsewhere(connection, {move.content_no for move in moves}, moved)
    _index(connection, [move for move in moves if move.content_no not in elsewhere], now)


def _index(connection: Connection, moves: Sequence[Moved], now: datetime) -> None:
    moves = sorted((move for move in moves if len(move.text) >= SHORTEST), key=lambda move: move.content_no)
    digests = {move.content_no: move.bands if move.bands is not None else tuple(_digests(move.text)) for move in moves}
    sharing = table.sharing(connection, digests)
    among_these: defaultdict[int, set[int]] = defaultdict(set)
    for move in moves:
        shared = sharing[move.content_no].copy()
        shared.update(number for band in digests[move.content_no] for number in among_these.get(band, ()))
        _relate(connection, move, shared, now)
        for band in digests[move.content_no]:
            among_these[band].add(move.content_no)
    table.add(connection, [(band, number) for band, numbers in among_these.items() for number in numbers])


def rebuild(connection: Connection, progress: Callable[[int], None] = lambda done: None) -> int:
    """Makes bands and reprints anew from every document's newest content; how many documents were looked at. What was
    found before keeps its time where it is found again."""
    times = {(row.content_no, row.other_no): row.found_at for row in connection.execute(select(reprints))}
    connection.execute(delete(reprints))
    connection.execute(delete(bands_table))
    done = after = 0
    while rows := connection.execute(_HEADS, {"after": after}).mappings().all():
        for row in rows:
            fields = json.loads(row["fields"] or "{}")
            move = Moved(row["document_no"], None, row["content_no"], row["title"], row["text"], fields)
            _index(connection, [move], row["captured_at"])
        done, after = done + len(rows), rows[-1]["document_no"]
        progress(done)
    for pair in connection.execute(select(reprints.c.content_no, reprints.c.other_no)).all():
        if (found_at := times.get(tuple(pair))) is not None:
            same = (reprints.c.content_no == pair.content_no, reprints.c.other_no == pair.other_no)
            connection.execute(reprints.update().where(*same).values(found_at=found_at))
    return done


def _relate(connection: Connection, move: Moved, shared: Counter[int], now: datetime) -> None:
    del shared[move.content_no]
    ranked = sorted((number for number, times in shared.items() if times >= SHARED), key=lambda n: (-shared[n], -n))
    if not ranked:
        return
    from archive.near.judge import Text, reprint  # numpy: a daemon that meets no reprint never pays for it
    from archive.near.shingles import shingles

    found = []
    said = Text(move.title, move.text, move.fields, shingles(move.text))
    for row in connection.execute(_ELSEWHERE, {"wanted": ranked[:CANDIDATES], "mine": move.document_no}).mappings():
        other = Text(row["title"], row["text"], json.loads(row["fields"] or "{}"), shingles(row["text"]))
        score = reprint(other, said)
        if score is not None:
            newer, older = max(move.content_no, row["content_no"]), min(move.content_no, row["content_no"])
            found.append({"content_no": newer, "other_no": older, "score": score, "found_at": now})
    if found:
        connection.execute(_insert(connection, reprints), sorted(found, key=lambda pair: pair["other_no"]))


def _forget(connection: Connection, numbers: Sequence[int]) -> None:
    """Takes contents out of the index, but for those that are still some document's newest."""
    texts = table.unused(connection, numbers)
    table.drop(
        connection,
        [(band, number) for number, said in texts.items() if len(said) >= SHORTEST for band in _digests(said)],
    )


def _digests(text: str) -> list[int]:
    from archive.near.shingles import bands, least_shingles

    return bands(least_shingles(text))


def _insert(connection: Connection, table: Any) -> Any:
    make = insert_postgres if on_postgres(connection) else insert_sqlite
    return make(table).on_conflict_do_nothing()
