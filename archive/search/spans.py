"""When did it say so, and when did it stop: the query over all versions.

contents that match -> their documents -> each document's versions in order -> runs of versions that match
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, bindparam, select, text

from archive.database import EPOCH
from archive.records import Kind, State
from archive.schema import changes, documents, sources, versions
from archive.search.find import Pool, looked_at, next_cursor, pool, read_cursor
from archive.search.match import Snippet, marked, matches, snippet
from archive.search.narrowing import document_filters, ever_said
from archive.search.query import Query, parse
from archive.search.words import searched_text

BATCH = 200

_d, _s = documents.alias("d"), sources.alias("s")
_DOCUMENTS = (
    select(
        _d.c.document_no, _d.c.document_id, _d.c.kind, _s.c.source_id, _d.c.url, _d.c.state, versions.c.content_no,
        versions.c.captured_at,
    )
    .join(_s, _s.c.source_no == _d.c.source_no)
    .join(versions, versions.c.document_no == _d.c.document_no)
    .where(versions.c.content_no.in_(bindparam("wanted", expanding=True)))
)  # fmt: skip
_VERSIONS = (
    select(versions.c.number, versions.c.content_no, versions.c.captured_at)
    .where(versions.c.document_no == bindparam("document"))
    .order_by(versions.c.number)
)
_GONE_AT = (
    select(changes.c.at)
    .where(changes.c.document_no == bindparam("document"), changes.c.kind == "gone")
    .order_by(changes.c.seq.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Span:
    """Consecutive versions that say so. `vanished_*` are None while the newest version of a present document still
    does."""

    first_version: int
    appeared_at: datetime
    """when the first of them was captured"""
    last_version: int
    vanished_version: int | None = None
    """the version that no longer says so; None where the document itself is gone"""
    vanished_at: datetime | None = None
    how: Literal["changed", "gone"] | None = None


@dataclass(frozen=True, slots=True)
class Appearance:
    """A document of which some version answers the query, and the spans of time in which it did."""

    document_id: str
    kind: Kind
    source_id: str
    url: str
    state: State
    score: float
    title: Snippet
    snippet: Snippet
    """of the newest version that says so"""
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Appearances:
    """Documents, best first within the newest matches. `cursor` asks for the ones after; None: there are no more."""

    found: tuple[Appearance, ...]
    cursor: str | None = None


def search_versions(
    connection: Connection, query: str | Query, limit: int = 20, cursor: str | None = None
) -> Appearances:
    """Documents that answer the query in some version, and when. Raises QueryError."""
    wanted = parse(query) if isinstance(query, str) else query
    before, skip = read_cursor(cursor)
    found, last = pool(connection, wanted, before, ever_said(connection, wanted))
    ranked = _ranked(connection, wanted, found)
    shown = ranked[skip : skip + limit]
    return Appearances(
        tuple(_appearance(connection, wanted, score, row, found) for score, row in shown),
        next_cursor(before, skip + limit, len(ranked), last),
    )


def _ranked(connection: Connection, query: Query, found: Pool) -> list[tuple[float, Mapping[Any, Any]]]:
    """Each document once, by its best content, then by the time of that; equal ones by id."""
    said, parameters, _ = document_filters(connection, query)
    statement = _DOCUMENTS.where(text(said.removeprefix(" AND "))) if said else _DOCUMENTS
    rows = connection.execute(statement, {**parameters, "wanted": list(found)}).mappings().all() if found else []
    best: dict[str, tuple[float, Mapping[Any, Any]]] = {}
    for row in rows:
        score, known = found[row["content_no"]][0], best.get(row["document_id"])
        if known is None or (score, row["captured_at"]) > (known[0], known[1]["captured_at"]):
            best[row["document_id"]] = (score, row)
    return sorted(best.values(), key=lambda b: (-b[0], EPOCH - b[1]["captured_at"], b[1]["document_id"]))


def _appearance(connection: Connection, query: Query, score: float, row: Mapping[Any, Any], found: Pool) -> Appearance:
    told = connection.execute(_VERSIONS, {"document": row["document_no"]}).all()
    saying = dict(_saying(connection, query, [version.content_no for version in told], found))
    content = next(saying[version.content_no] for version in reversed(told) if version.content_no in saying)
    gone_at = connection.scalar(_GONE_AT, {"document": row["document_no"]}) if row["state"] == "gone" else None
    return Appearance(
        row["document_id"], row["kind"], row["source_id"], row["url"], row["state"], score,
        marked(query.terms, content["title"]), snippet(query.terms, content["text"] or searched_text(content)),
        tuple(_spans(told, saying, gone_at)),
    )  # fmt: skip


def _saying(
    connection: Connection, query: Query, numbers: Sequence[int], found: Pool
) -> Iterator[tuple[int, Mapping[Any, Any]]]:
    """Those of these contents that answer the query, also where they are not among the newest matches."""
    yield from ((number, found[number][1]) for number in set(numbers) if number in found)
    others = sorted(set(numbers) - found.keys())
    for start in range(0, len(others), BATCH):
        for number, row in looked_at(connection, others[start : start + BATCH]):
            if matches(query, row) is not None:
                yield number, row


def _spans(told: Sequence[Any], saying: Mapping[int, object], gone_at: datetime | None) -> Iterator[Span]:
    first: Any = None
    last: Any = None
    for version in told:
        if version.content_no in saying:
            first, last = first or version, version
        elif first is not None:
            yield Span(first.number, first.captured_at, last.number, version.number, version.captured_at, "changed")
            first = None
    if first is not None:
        how: Literal["gone"] | None = "gone" if gone_at is not None else None
        yield Span(first.number, first.captured_at, last.number, None, gone_at, how)
