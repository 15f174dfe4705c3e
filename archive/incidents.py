"""Incidents, and the health of sources that they are judged by. `Transaction` and `Archive` are their doors."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, case, func, insert, select, true, update

from archive.database import any_of
from archive.records import Incident, SourceHealth
from archive.records.signals import COUNTED
from archive.rows import maybe, storable
from archive.schema import FAILING, ROUND, captures, incident_log, pages, sources
from archive.session import Session

_PAGES = select(pages.c.page_no).where(ROUND, pages.c.source_no == bindparam("source")).limit(bindparam("most"))
_FAILING = (
    select(pages.c.last_outcome, func.count().label("pages"))
    .where(FAILING, pages.c.source_no == bindparam("source"))
    .group_by(pages.c.last_outcome)
    .order_by(func.count().desc(), pages.c.last_outcome)
)


def source_health(connection: Connection, source_ids: Collection[str] | None) -> list[SourceHealth]:
    """The health of these sources (None: of all), by id."""
    chosen: ColumnElement[bool] = true()
    if source_ids is not None:
        chosen = any_of(connection, sources.c.source_id, source_ids)
    rows = connection.execute(select(sources).where(chosen).order_by(sources.c.source_id)).all()
    return [_health(connection, row) for row in rows]


def _health(connection: Connection, source: Any) -> SourceHealth:
    mine = pages.c.source_no == source.source_no
    # a source whose address was changed keeps its old entry page: the one it is looked for at now counts
    entry = connection.execute(
        select(
            pages.c.page_no, pages.c.host, pages.c.failures, pages.c.missing_polls, pages.c.last_outcome, pages.c.state
        )
        .where(mine, pages.c.entry)
        .order_by(case((pages.c.url == source.url, 0), else_=1), pages.c.page_no.desc())
        .limit(1)
    ).first()  # fmt: skip
    failing = connection.execute(_FAILING, {"source": source.source_no}).all()
    most = COUNTED * sum(row.pages for row in failing)
    counted = select(func.count()).select_from(_PAGES.subquery())
    count = connection.scalar(counted, {"source": source.source_no, "most": most}) or 0
    error = None
    if entry is not None and entry.failures:
        last = select(captures.c.error).where(captures.c.page_no == entry.page_no)
        error = connection.scalar(last.order_by(captures.c.capture_no.desc()).limit(1))
    return SourceHealth(
        source.source_id, source.enabled, source.url, entry.host if entry else None,
        (entry.failures or entry.missing_polls) if entry else 0,
        entry.last_outcome if entry else None, error,
        entry is not None and entry.state == "gone", count, sum(row.pages for row in failing),
        failing[0].last_outcome if failing else None,
    )  # fmt: skip


def found(
    connection: Connection, *, open_only: bool = False, source_id: str | None = None, limit: int | None = None
) -> list[Incident]:  # fmt: skip
    """Incidents, those that are open first, then the newest."""
    statement = select(incident_log, sources.c.source_id).outerjoin(
        sources, sources.c.source_no == incident_log.c.source_no
    )
    if open_only:
        statement = statement.where(incident_log.c.closed_at.is_(None))
    if source_id is not None:
        statement = statement.where(sources.c.source_id == source_id)
    first = case((incident_log.c.closed_at.is_(None), 0), else_=1)
    rows = connection.execute(statement.order_by(first, incident_log.c.incident_no.desc()).limit(limit))
    return [
        Incident(
            row["incident_no"], row["source_id"], row["kind"], row["url"], row["host"], row["opened_at"],
            row["last_at"], row["closed_at"], row["outcome"], row["reason"], row["count"],
        )
        for row in rows.mappings()
    ]  # fmt: skip


def record(session: Session, steps: Sequence[Incident]) -> None:
    """Writes incidents as they are now."""
    for step in steps:
        said = {
            "last_at": step.last_at, "closed_at": step.closed_at, "outcome": step.outcome,
            "reason": storable(step.reason), "count": step.count,
        }  # fmt: skip
        if step.incident_id:
            session.connection.execute(
                update(incident_log).where(incident_log.c.incident_no == step.incident_id).values(**said)
            )
            continue
        owner = select(sources.c.source_no).where(sources.c.source_id == step.source_id).scalar_subquery()
        session.connection.execute(
            insert(incident_log).values(
                source_no=owner if step.source_id is not None else None, kind=step.kind, url=maybe(step.url),
                host=maybe(step.host), opened_at=step.opened_at, **said,
            )
        )  # fmt: skip
