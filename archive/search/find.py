"""From a query to ranked hits: newest ids from the index, looked at, ranked, the best shown with a snippet.

    parse -> candidates (a pool of the newest) -> rows -> matches -> rank -> snippet
                 ^ further pools while too few match, `SCANNED` candidates at most; `cursor` goes on from there
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, text

from archive.database import EPOCH, on_postgres
from archive.records import Kind, State
from archive.schema import contents, documents, sources
from archive.search.candidates import candidates
from archive.search.index import INDEXED
from archive.search.match import Snippet, marked, matches, snippet
from archive.search.narrowing import Condition, document_filters, said_now
from archive.search.query import Query, QueryError, parse
from archive.search.stubs import Found, Place, folded
from archive.search.tokens import field_token
from archive.search.words import searched_text

POOL = 60
"""matches that are ranked against each other: the newest of them"""
SCANNED = 3000
"""candidates that one call looks at, at most"""

MORE = 4
"""times as many are asked for where those before were not enough"""

Pool = dict[int, tuple[float, Mapping[Any, Any]]]
"""number of a content to its score and row"""

_ROWS = select(contents.c.content_no, *(contents.c[name] for name in INDEXED)).where(
    contents.c.content_no.in_(bindparam("wanted", expanding=True))
)
_d, _s = documents.alias("d"), sources.alias("s")
_HEADS = (
    select(
        _d.c.document_id, _d.c.kind, _s.c.source_id, _d.c.url, _d.c.version, _d.c.state, _d.c.published_at,
        _d.c.captured_at, _d.c.content_no,
    )
    .join(_s, _s.c.source_no == _d.c.source_no)
    .where(_d.c.content_no.in_(bindparam("wanted", expanding=True)))
)  # fmt: skip
_NUMBER = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class Hit:
    """A document whose newest version answers the query."""

    document_id: str
    kind: Kind
    source_id: str
    url: str
    version: int
    state: State
    published_at: datetime | None
    captured_at: datetime
    score: float
    title: Snippet
    snippet: Snippet
    files: tuple[Place, ...] = ()
    """files in which it is said, of a notice that says nothing but offers them"""


@dataclass(frozen=True, slots=True)
class Results:
    """Hits, best first within the newest `POOL` matches. `cursor` asks for the ones after; None: there are no more."""

    hits: tuple[Hit, ...]
    cursor: str | None = None


def search(connection: Connection, query: str | Query, limit: int = 20, cursor: str | None = None) -> Results:
    """Documents that answer the query now. Raises QueryError."""
    wanted = parse(query) if isinstance(query, str) else query
    before, skip = read_cursor(cursor)
    found, last = pool(connection, wanted, before, said_now(connection, wanted))
    kinds = frozenset(value for name, value in wanted.filters if name == "kind")
    hits = folded(connection, _ranked(connection, wanted, found), kinds)
    return Results(
        tuple(_hit(wanted, hit, found) for hit in hits[skip : skip + limit]),
        next_cursor(before, skip + limit, len(hits), last),
    )


def read_cursor(cursor: str | None) -> tuple[int | None, int]:
    """(number before which to look, matches to leave out). Raises QueryError."""
    before, _, skip = (cursor or "+0").partition("+")
    if not (_NUMBER.fullmatch(skip) and (not before or _NUMBER.fullmatch(before))):
        raise QueryError(f"{(cursor or '')[:60]!r} is no cursor that a search gave")
    return (int(before) if before else None), int(skip)


def pool(
    connection: Connection, query: Query, before: int | None, condition: Condition, size: int = POOL
) -> tuple[Pool, int | None]:  # fmt: skip
    """The newest matching contents by number, each with score and row; and the number to go on before, or None."""
    whole, begun = tokens_of_query(query)
    if on_postgres(connection):
        # a plan made for any word is a bad one for this word
        connection.execute(text("SET LOCAL plan_cache_mode = force_custom_plan"))
    found: Pool = {}
    scanned, asked = 0, size
    while len(found) < size and scanned < SCANNED:
        if whole or begun:
            numbers = candidates(connection, whole, begun, before, asked, condition)
        else:
            numbers = _without_tokens(connection, before, asked, condition)
        for start in range(0, len(numbers), size):
            part = numbers[start : start + size]
            for number, row in looked_at(connection, part):
                score = matches(query, row)
                if score is not None:
                    found[number] = (score, row)
            scanned, before = scanned + len(part), part[-1]
            if len(found) >= size:
                return found, before if len(part) == size else None
        if len(numbers) < asked:
            return found, None
        # the index begins anew at each call: where most of what it gives does not say so, it is asked for more at once
        asked = min(asked * MORE, -(-(SCANNED - scanned) // size) * size)
    return found, before


def tokens_of_query(query: Query) -> tuple[set[str], set[str]]:
    """(tokens, beginnings of tokens) that a content must have."""
    whole = {token for term in query.terms for token in term.tokens}
    whole |= {field_token(name, value) for name, value in query.fields}
    return whole, {token for term in query.terms for token in term.beginnings}


def next_cursor(before: int | None, shown: int, matched: int, last: int | None) -> str | None:
    """Goes on in the same pool while it has more, then in the next."""
    if shown < matched:
        return f"{before or ''}+{shown}"
    return None if last is None else f"{last}+0"


def _ranked(connection: Connection, query: Query, found: Pool) -> list[Mapping[Any, Any]]:
    """Rows of the documents that say so now, best first; equal ones by time, then by id."""
    said, parameters, _ = document_filters(connection, query, files=True)
    statement = _HEADS.where(text(said.removeprefix(" AND "))) if said else _HEADS
    rows = connection.execute(statement, {**parameters, "wanted": list(found)}).mappings().all() if found else []
    return sorted(rows, key=lambda row: (-found[row["content_no"]][0], EPOCH - row["captured_at"], row["document_id"]))


def _hit(query: Query, hit: Found, found: Pool) -> Hit:
    score, content = found[hit.shown["content_no"]]
    head = hit.head
    title = hit.title if hit.title is not None else found[head["content_no"]][1]["title"]
    return Hit(
        head["document_id"], head["kind"], head["source_id"], head["url"], head["version"], head["state"],
        head["published_at"], head["captured_at"], score, marked(query.terms, title),
        snippet(query.terms, content["text"] or searched_text(content)),
        tuple(Place(file["document_id"], file["url"], found[file["content_no"]][1]["title"]) for file in hit.files),
    )  # fmt: skip


def _without_tokens(connection: Connection, before: int | None, limit: int, condition: Condition) -> list[int]:
    statement = text(
        f"SELECT m.content_no FROM contents m WHERE m.content_no < :before AND {condition.sql} "
        "ORDER BY m.content_no DESC LIMIT :rows"
    )
    said = {**condition.parameters, "before": 2**62 if before is None else before, "rows": limit}
    return list(connection.scalars(statement, said))


def looked_at(connection: Connection, numbers: Sequence[int]) -> Iterator[tuple[int, Mapping[Any, Any]]]:
    """Number and row of these contents."""
    if numbers:
        for row in connection.execute(_ROWS, {"wanted": numbers}).mappings():
            yield row["content_no"], row
