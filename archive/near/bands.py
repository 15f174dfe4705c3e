"""The banded index in SQL, and the relation `reprints`: kept by the transaction that moves a document's head."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence, Set
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Integer, bindparam, delete, exists, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as insert_postgres
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from archive.database import on_postgres
from archive.near import BANDS, SHORTEST, Moved
from archive.schema import bands as bands_table
from archive.schema import contents, documents, reprints
from archive.statement import Statement, on_conflict

PER_BAND = 32
"""contents of one band that are considered, the newest; a template used ten thousand times stays cheap"""
CANDIDATES = 12
"""contents whose texts are compared"""
SHARED = 2
"""bands that a candidate shares, at least"""
BATCH = 200

_NEWEST = f"ORDER BY content_no DESC LIMIT {PER_BAND}"
_IN_BANDS_SQLITE = Statement(
    text(
        " UNION ALL ".join(
            f"SELECT * FROM (SELECT content_no FROM bands WHERE band = :b{n} {_NEWEST})" for n in range(BANDS)
        )
    ).columns(bands_table.c.content_no)
)
_IN_BANDS_POSTGRES = Statement(
    text(
        "SELECT found.content_no FROM unnest(:bands) AS wanted(band) CROSS JOIN LATERAL "
        f"(SELECT content_no FROM bands WHERE band = wanted.band {_NEWEST}) AS found"
    )
    .bindparams(bindparam("bands", type_=ARRAY(Integer)))
    .columns(bands_table.c.content_no)
)
_ADD = Statement(lambda postgres: on_conflict(postgres, bands_table))
_ELSEWHERE = select(contents.c.content_no, contents.c.title, contents.c.text, contents.c.fields).where(
    contents.c.content_no.in_(bindparam("wanted", expanding=True)),
    exists().where(documents.c.content_no == contents.c.content_no, documents.c.document_no != bindparam("mine")),
)
_UNUSED = Statement(
    select(contents.c.text).where(
        contents.c.content_no == bindparam("wanted"), ~exists().where(documents.c.content_no == contents.c.content_no)
    )
)
_SAYING_IT = Statement(
    select(documents.c.document_no).where(documents.c.content_no == bindparam("wanted")).limit(bindparam("most"))
)
_DROP = Statement(
    delete(bands_table).where(
        bands_table.c.band == bindparam("old_band"), bands_table.c.content_no == bindparam("old_content")
    )
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
    for move in moves:
        if move.before_no is not None and move.before_no != move.content_no:
            _forget(connection, move.before_no)
    moved = {move.document_no for move in moves}
    _index(connection, [move for move in moves if not _is_newest_elsewhere(connection, move, moved)], now)


def _is_newest_elsewhere(connection: Connection, move: Moved, moved: Set[int]) -> bool:
    """Whether a document that was not moved now says the same: then it is in the index, and what reprints it is
    known."""
    said = _SAYING_IT.column(connection, {"wanted": move.content_no, "most": len(moved) + 1})
    return any(document_no not in moved for document_no in said)


def _index(connection: Connection, moves: Sequence[Moved], now: datetime) -> None:
    among_these: defaultdict[int, set[int]] = defaultdict(set)
    for move in sorted(moves, key=lambda move: move.content_no):
        if len(move.text) < SHORTEST:
            continue
        digests = move.bands if move.bands is not None else _digests(move.text)
        shared = _candidates(connection, digests)
        shared.update(number for band in digests for number in among_these.get(band, ()))
        _relate(connection, move, shared, now)
        for band in digests:
            among_these[band].add(move.content_no)
    # in one order for all writers, or two of them wait for each other
    rows = sorted((band, number) for band, numbers in among_these.items() for number in numbers)
    _ADD.run_each(connection, [{"band": band, "content_no": number} for band, number in rows])


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


def _candidates(connection: Connection, digests: Sequence[int]) -> Counter[int]:
    if on_postgres(connection):
        return Counter(_IN_BANDS_POSTGRES.column(connection, {"bands": list(digests)}))
    # the statement always has 32 places; a number twice would count twice
    places = {f"b{n}": digests[n] if n < len(digests) else None for n in range(BANDS)}
    return Counter(_IN_BANDS_SQLITE.column(connection, places))


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


def _forget(connection: Connection, content_no: int) -> None:
    """Takes a content out of the index, unless it is still some document's newest."""
    said = _UNUSED.value(connection, {"wanted": content_no})
    if said is not None and len(said) >= SHORTEST:
        rows = [{"old_band": band, "old_content": content_no} for band in _digests(said)]
        _DROP.run_each(connection, rows)


def _digests(text: str) -> list[int]:
    from archive.near.shingles import bands, shingles

    return bands(shingles(text))


def _insert(connection: Connection, table: Any) -> Any:
    make = insert_postgres if on_postgres(connection) else insert_sqlite
    return make(table).on_conflict_do_nothing()
