"""Lists asked a page at a time, from a number on: documents, captures, pages of the frontier, incidents.

Each gives its rows and the number to go on from (None: there is nothing further). Where no index leads to the answer a
question looks at `STRETCH` rows at most: a page may then hold few rows, or none, and still say where to go on.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar, get_args

from sqlalchemy import ColumnElement, Connection, Select, func, select

from archive.captures import CAPTURE, DERIVATION, capture_of
from archive.database import on_postgres
from archive.errors import NotFound
from archive.history import VERSION, version_of
from archive.records import Capture, Derivation, Incident, Kind, PageStatus, State, Version
from archive.records.words import CONTENT_OUTCOMES
from archive.rows import storable
from archive.schema import captures, derivations, documents, incident_log, pages, sources, versions
from archive.states import STATUS
from archive.urlkey import urlkey

STRETCH = 20_000
"""rows of a table that one question looks at, at most"""
NEAR = 5
Row = TypeVar("Row")
ALL_KINDS: tuple[Kind, ...] = get_args(Kind)
_PARENT = documents.alias("parent")
_READ_AS = (
    select(derivations.c.outcome)
    .where(derivations.c.capture_no == captures.c.capture_no)
    .order_by(derivations.c.number.desc())
    .limit(1)
    .scalar_subquery()
)


@dataclass(frozen=True, slots=True)
class Listed(Generic[Row]):
    """Some rows in order, and the number to go on from."""

    rows: tuple[Row, ...]
    on: int | None


@dataclass(frozen=True, slots=True)
class DocumentFilter:
    """Which documents are wanted; what is None asks nothing."""

    source_id: str | None = None
    kinds: tuple[Kind, ...] = ()
    state: State | None = None
    parent_id: str | None = None


def source_number(connection: Connection, source_id: str) -> int:
    """The number of a source. Raises NotFound, with the ids that there are."""
    rows = connection.execute(select(sources.c.source_no, sources.c.source_id).order_by(sources.c.source_id)).all()
    for row in rows:
        if row.source_id == source_id:
            return int(row.source_no)
    known = [row.source_id for row in rows]
    alike = [name for name in known if source_id[:3].lower() == name[:3].lower()]
    raise NotFound(f"no source {source_id!r}", tuple((alike or known)[:NEAR]))


def document_ids(
    connection: Connection, wanted: DocumentFilter, after: int | None, limit: int, newest: bool = False
) -> Listed[str]:  # fmt: skip
    """Ids of documents in the order in which they were found, or with `newest` the other way round."""
    number = documents.c.document_no
    end = connection.scalar(select(func.max(number))) or 0
    start = (end + 1 if newest else 0) if after is None else after
    conditions: list[ColumnElement[bool]] = [number < start if newest else number > start]
    stretch = None
    if wanted.state is not None or (wanted.source_id is None and wanted.parent_id is None and wanted.kinds):
        stretch = max(0, start - STRETCH) if newest else min(end, start + STRETCH)
        conditions.append(number >= stretch if newest else number <= stretch)
    if wanted.state is not None:
        conditions.append(documents.c.state == wanted.state)
    kinds: tuple[Kind | None, ...] = wanted.kinds or (None,)
    if wanted.parent_id is not None:
        parent = select(_PARENT.c.document_no).where(_PARENT.c.document_id == wanted.parent_id).scalar_subquery()
        conditions.append(documents.c.parent_no == parent)
    if wanted.source_id is not None:
        conditions.append(documents.c.source_no == source_number(connection, wanted.source_id))
        if wanted.parent_id is None:
            kinds = wanted.kinds or ALL_KINDS  # the index of a source has them one after the other
    found = [_numbers(connection, conditions, kind, limit + 1, newest) for kind in kinds]
    merged = list(heapq.merge(*found, reverse=newest))
    rows = tuple(said for _, said in merged[:limit])
    if len(merged) > limit:
        return Listed(rows, merged[limit - 1][0])
    exhausted = stretch is None or (stretch == 0 if newest else stretch >= end)
    return Listed(rows, None if exhausted else stretch)


def _numbers(
    connection: Connection, conditions: Sequence[ColumnElement[bool]], kind: Kind | None, limit: int, newest: bool
) -> list[tuple[int, str]]:
    statement = select(documents.c.document_no, documents.c.document_id).where(*conditions)
    if kind is not None:
        statement = statement.where(documents.c.kind == kind)
    order = documents.c.document_no.desc() if newest else documents.c.document_no
    return [(row.document_no, row.document_id) for row in connection.execute(statement.order_by(order).limit(limit))]


def versions_of(connection: Connection, wanted: Collection[tuple[str, int]]) -> dict[tuple[str, int], Version]:
    """These versions, each named by its document's id and its number; those that there are."""
    if not wanted:
        return {}
    # each column by itself: SQLite finds pairs in no index
    statement = VERSION.where(
        versions.c.document_no.in_(_numbers_of(connection, {document_id for document_id, _ in wanted})),
        versions.c.number.in_(sorted({number for _, number in wanted})),
    )
    found = map(version_of, connection.execute(statement).mappings())
    known = {(version.document_id, version.number): version for version in found}
    return {pair: known[pair] for pair in wanted if pair in known}


def _numbers_of(connection: Connection, ids: Collection[str]) -> list[int]:
    return list(connection.scalars(select(documents.c.document_no).where(documents.c.document_id.in_(sorted(ids)))))


def captures_found(
    connection: Connection, *, page_id: int | None, source_id: str | None, before: int | None, limit: int
) -> Listed[tuple[Capture, Derivation | None]]:
    """Captures of a page, of a source, or all, newest first, each with what the last reading made of it."""
    number = captures.c.capture_no
    top = before if before is not None else (connection.scalar(select(func.max(number))) or 0) + 1
    chosen, floor = select(number).where(number < top), 0
    if page_id is not None:
        # `+ 0`: Postgres is not to walk the table from its end, past all captures of other pages
        place = number + 0 if on_postgres(connection) else number
        chosen = chosen.where(captures.c.page_no == page_id).order_by(place.desc())
    else:
        chosen = chosen.order_by(number.desc())
    if source_id is not None:
        wanted = source_number(connection, source_id)
        if page_id is None:
            floor = max(0, top - 1 - STRETCH)
        chosen = chosen.where(captures.c.source_no == wanted, number > floor)
    numbers = list(connection.scalars(chosen.limit(limit + 1)))
    statement = CAPTURE.where(number.in_(numbers)).order_by(number.desc())
    rows = connection.execute(statement).mappings().all() if numbers else []
    found = [capture_of(connection, row) for row in rows[:limit]]
    read = _last_derivations(connection, [capture.capture_id for capture in found])
    on = found[-1].capture_id if len(rows) > limit else (floor + 1 if floor else None)
    return Listed(tuple((capture, read.get(capture.capture_id)) for capture in found), on)


def _last_derivations(connection: Connection, numbers: Sequence[int]) -> dict[int, Derivation]:
    statement = DERIVATION.where(derivations.c.capture_no.in_(numbers)).order_by(derivations.c.number)
    rows = connection.execute(statement).mappings().all() if numbers else []
    return {
        row["capture_no"]: Derivation(
            row["capture_no"], row["extractor"], row["revision"], row["outcome"], row["at"], row["encoding"],
            row["evidence"], row["error"],
        )
        for row in rows
    }  # fmt: skip


def page_number(connection: Connection, url: str) -> int:
    """The number of the page that a URL is, in whatever spelling. Raises NotFound."""
    found = connection.scalar(select(pages.c.page_no).where(pages.c.urlkey == storable(urlkey(url))))
    if found is None:
        raise NotFound(f"no page at {url} is watched")
    return int(found)


def mementos_of(connection: Connection, url: str) -> tuple[str, list[tuple[int, datetime]]]:
    """The page's own URL, and the captures that brought a new content of it, oldest first: number and time. What
    reading showed to be no content (a soft 404, a wall) is left out. Raises NotFound."""
    page = page_number(connection, url)
    original = connection.scalar(select(pages.c.url).where(pages.c.page_no == page))
    number = captures.c.capture_no
    brought = (
        select(number, captures.c.fetched_at, _READ_AS.label("outcome"))
        .where(captures.c.page_no == page, captures.c.outcome.in_(("ok", "moved")), captures.c.payload_no.is_not(None))
        .order_by(captures.c.fetched_at, number)
    )
    return str(original), [
        (row.capture_no, row.fetched_at)
        for row in connection.execute(brought)
        if row.outcome is None or row.outcome in CONTENT_OUTCOMES
    ]


def pages_found(
    connection: Connection, *, source_id: str | None, outcome: str | None, failing: bool, after: int, limit: int
) -> Listed[PageStatus]:  # fmt: skip
    """Pages of the frontier in the order in which they were found."""
    number = pages.c.page_no
    statement: Select[Any] = select(number).where(number > after).order_by(number).limit(limit + 1)
    end: int = connection.scalar(select(func.max(number))) or 0
    stretch = end
    if source_id is not None:
        statement = statement.where(pages.c.source_no == source_number(connection, source_id))
    if outcome is not None or failing:
        stretch = min(end, after + STRETCH)
        statement = statement.where(number <= stretch)
    if outcome is not None:
        statement = statement.where(pages.c.last_outcome == outcome)
    if failing:
        statement = statement.where(pages.c.failures > 0)
    numbers = list(connection.scalars(statement))
    rows = _statuses(connection, numbers[:limit])
    return Listed(rows, numbers[limit - 1] if len(numbers) > limit else (stretch if stretch < end else None))


def page_found(connection: Connection, page_id: int) -> PageStatus:
    """One page of the frontier. Raises NotFound."""
    rows = _statuses(connection, [page_id])
    if not rows:
        raise NotFound(f"no page {page_id}")
    return rows[0]


def _statuses(connection: Connection, numbers: Sequence[int]) -> tuple[PageStatus, ...]:
    if not numbers:
        return ()
    statement = STATUS.where(pages.c.page_no.in_(numbers)).limit(None).order_by(None).order_by(pages.c.page_no)
    return tuple(PageStatus(*row) for row in connection.execute(statement, {"after": 0}))


def incidents_found(
    connection: Connection, *, source_id: str | None, open_only: bool, before: int | None, limit: int
) -> Listed[Incident]:  # fmt: skip
    """Incidents, newest first."""
    statement = select(incident_log, sources.c.source_id).outerjoin(
        sources, sources.c.source_no == incident_log.c.source_no
    )
    if open_only:
        statement = statement.where(incident_log.c.closed_at.is_(None))
    if source_id is not None:
        statement = statement.where(incident_log.c.source_no == source_number(connection, source_id))
    if before is not None:
        statement = statement.where(incident_log.c.incident_no < before)
    rows = connection.execute(statement.order_by(incident_log.c.incident_no.desc()).limit(limit + 1)).mappings().all()
    found = tuple(
        Incident(
            row["incident_no"], row["source_id"], row["kind"], row["url"], row["host"], row["opened_at"],
            row["last_at"], row["closed_at"], row["outcome"], row["reason"], row["count"],
        )
        for row in rows[:limit]
    )  # fmt: skip
    return Listed(found, found[-1].incident_id if len(rows) > limit else None)
