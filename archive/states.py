"""How sources and pages fare, as `status` shows it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

from sqlalchemy import Connection, bindparam, case, func, literal, select

from archive.records import PageStatus, SourceState
from archive.schema import captures, documents, pages, sightings, sources

PAGE_ROWS = 500
_FAILING = case((pages.c.failures > 0, 1), else_=0)
_AWAY = pages.c.paused | (pages.c.state == "retired")
_PAGES = select(
    pages.c.source_no, func.count().label("pages"), func.max(pages.c.last_poll_at).label("last_poll_at"),
    func.min(case((_AWAY, None), else_=pages.c.next_poll_at)).label("next_poll_at"),
    func.sum(_FAILING).label("failing"),
).group_by(pages.c.source_no)  # fmt: skip
_DOCUMENTS = select(
    documents.c.source_no,
    func.count().label("documents"),
    func.coalesce(func.sum(documents.c.version), 0).label("versions"),
).group_by(documents.c.source_no)
_COUNTED = select(
    documents.c.source_no, func.count().label("documents"), literal(0).label("versions")
).group_by(documents.c.source_no)
_ENTRIES = select(pages.c.source_no, pages.c.page_no, pages.c.last_outcome, pages.c.failures).where(pages.c.entry)
_LAST_ERROR = (
    select(captures.c.error)
    .where(captures.c.page_no == bindparam("page"))
    .order_by(captures.c.capture_no.desc())
    .limit(1)
)
STATUS = (
    select(
        pages.c.page_no, sources.c.source_id, pages.c.url, pages.c.kind, pages.c.last_poll_at, pages.c.last_outcome,
        case((_AWAY, None), else_=pages.c.next_poll_at).label("next_poll_at"), pages.c.failures,
        select(func.count()).where(sightings.c.page_no == pages.c.page_no).scalar_subquery().label("documents"),
    )
    .join(sources, sources.c.source_no == pages.c.source_no)
    .where(pages.c.page_no > bindparam("after"))
    .order_by(pages.c.page_no)
    .limit(PAGE_ROWS)
)  # fmt: skip


def source_names(connection: Connection) -> dict[int, str]:
    """Every source's id by its number."""
    rows = connection.execute(select(sources.c.source_no, sources.c.source_id))
    return {row.source_no: row.source_id for row in rows}


def source_tags(connection: Connection) -> dict[str, tuple[str, ...]]:
    """Every source's tags, by its id, in order."""
    rows = connection.execute(select(sources.c.source_id, sources.c.tags).order_by(sources.c.source_id))
    return {source_id: tuple(json.loads(tags or "[]")) for source_id, tags in rows}


def source_states(connection: Connection, versions: bool = True) -> list[SourceState]:
    """Every source with what its pages and documents come to. Without `versions` these are 0: documents are counted
    from an index, versions from every document."""
    by_pages = {row.source_no: row for row in connection.execute(_PAGES)}
    by_documents = {row.source_no: row for row in connection.execute(_DOCUMENTS if versions else _COUNTED)}
    entries = {row.source_no: row for row in connection.execute(_ENTRIES)}
    said = []
    for row in connection.execute(select(sources).order_by(sources.c.source_id)):
        seen, kept, entry = by_pages.get(row.source_no), by_documents.get(row.source_no), entries.get(row.source_no)
        error = (
            connection.scalar(_LAST_ERROR, {"page": entry.page_no}) if entry is not None and entry.failures else None
        )
        said.append(
            SourceState(
                row.source_id, row.url, row.kind, row.enabled, seen.pages if seen else 0, kept.documents if kept else 0,
                int(kept.versions) if kept else 0, seen.last_poll_at if seen else None,
                seen.next_poll_at if seen else None,
                entry.last_outcome if entry else None, int(seen.failing) if seen else 0, entry.failures if entry else 0,
                error,
            )
        )  # fmt: skip
    return said


def page_statuses(
    connect: Callable[[], AbstractContextManager[Connection]], source_id: str | None
) -> Iterator[PageStatus]:
    """Pages in the order they were found."""
    statement = STATUS if source_id is None else STATUS.where(sources.c.source_id == source_id)
    after = 0
    while True:
        with connect() as connection:
            rows = connection.execute(statement, {"after": after}).all()
        for row in rows:
            yield PageStatus(*row)
        if len(rows) < PAGE_ROWS:
            return
        after = rows[-1].page_no


def waiting_for_ocr(connection: Connection) -> int:
    """How many pages remember that their file waits for recognition, or for an engine."""
    statement = select(func.count()).where(pages.c.derived_with.in_(("waits for ocr", "needs ocr")))
    return int(connection.execute(statement).scalar_one())
