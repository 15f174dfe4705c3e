"""How sources fare, for those who look: the last polls of each, and its changes week by week."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from archive.database import on_postgres
from archive.records import ChangeKind, SourceState
from archive.schema import captures, changes, derivations, documents, pages, sources
from archive.states import source_names, source_tags
from archive.stats import monday_of, week_of

LOOKED_AT = 20_000
"""newest changes that the weeks are counted from"""
POLLS = 30
"""last polls of an entry page"""
WEEKS = 8


@dataclass(frozen=True, slots=True)
class Mark:
    """One poll: when, what came of it after reading, and how long the site took."""

    capture_id: int
    at: datetime
    outcome: str
    status: int | None
    duration: timedelta | None
    error: str | None


@dataclass(frozen=True, slots=True)
class Week:
    """The changes of seven days by kind; `since` is the first of them (UTC)."""

    since: date
    kinds: Mapping[ChangeKind, int]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.kinds.values())


@dataclass(frozen=True, slots=True)
class Health:
    """A source with the last polls of its entry page, oldest first, and its last weeks, oldest first."""

    state: SourceState
    tags: tuple[str, ...]
    polls: tuple[Mark, ...]
    weeks: tuple[Week, ...]
    host: str | None
    weeks_are_whole: bool
    """False: there were more changes than are counted, in the earlier weeks"""


def healths(connection: Connection, now: datetime, states: Collection[SourceState]) -> list[Health]:
    """The health of these sources, in their order."""
    weeks, whole = _weeks(connection, now)
    tags = source_tags(connection)
    entries = _entries(connection)
    return [
        Health(
            state, tags.get(state.source_id, ()),
            tuple(marks(connection, entries[state.source_id][0])) if state.source_id in entries else (),
            tuple(Week(since, weeks.get((state.source_id, since), {})) for since in _mondays(now)),
            entries[state.source_id][1] if state.source_id in entries else None, whole,
        )
        for state in states
    ]  # fmt: skip


_OUTCOME = (
    select(derivations.c.outcome)
    .where(derivations.c.capture_no == captures.c.capture_no)
    .order_by(derivations.c.number.desc())
    .limit(1)
    .scalar_subquery()
)
_MARKS = (
    select(
        captures.c.capture_no, captures.c.fetched_at, captures.c.outcome, _OUTCOME.label("read"), captures.c.status,
        captures.c.duration_ms, captures.c.error,
    )
    .where(captures.c.page_no == bindparam("page"), captures.c.capture_no < bindparam("before"))
    .order_by(captures.c.capture_no.desc())
    .limit(bindparam("rows"))
)  # fmt: skip


def marks(connection: Connection, page_no: int, rows: int = POLLS) -> list[Mark]:
    """The last polls of a page, oldest first."""
    found = connection.execute(_MARKS, {"page": page_no, "before": 2**62, "rows": rows}).all()
    return [_mark(row) for row in reversed(found)]


def _mark(row: Any) -> Mark:
    duration = None if row.duration_ms is None else timedelta(milliseconds=row.duration_ms)
    return Mark(row.capture_no, row.fetched_at, row.read or row.outcome, row.status, duration, row.error)


def _entries(connection: Connection) -> dict[str, tuple[int, str]]:
    """(number, host) of each source's entry page: where its address was changed, of the one it is looked for at now."""
    statement = (
        select(sources.c.source_id, pages.c.page_no, pages.c.host)
        .join(pages, pages.c.source_no == sources.c.source_no)
        .where(pages.c.entry)
        .order_by(pages.c.url == sources.c.url, pages.c.page_no)
    )
    return {source_id: (page_no, host) for source_id, page_no, host in connection.execute(statement)}


def _mondays(now: datetime) -> list[date]:
    this = now.astimezone(UTC).date()
    this -= timedelta(days=this.weekday())
    return [this - timedelta(weeks=back) for back in range(WEEKS - 1, -1, -1)]


def _weeks(connection: Connection, now: datetime) -> tuple[dict[tuple[str, date], dict[ChangeKind, int]], bool]:
    """Changes by (source, Monday) and kind, of the newest LOOKED_AT; and whether these reach back far enough."""
    newest = select(changes.c.at, changes.c.kind, changes.c.document_no).order_by(changes.c.seq.desc()).limit(LOOKED_AT)
    inner = newest.subquery()
    week = week_of(inner.c.at, on_postgres(connection)).label("week")
    statement = (
        select(documents.c.source_no, week, inner.c.kind, func.count().label("changes"))
        .join(inner, inner.c.document_no == documents.c.document_no)
        .group_by(documents.c.source_no, week, inner.c.kind)
    )
    names = source_names(connection)
    found: dict[tuple[str, date], dict[ChangeKind, int]] = {}
    looked, earliest = 0, date.max
    for source_no, number, kind, count in connection.execute(statement):
        monday = monday_of(int(number))
        looked, earliest = looked + count, min(earliest, monday)
        found.setdefault((names[source_no], monday), {})[kind] = count
    return found, looked < LOOKED_AT or earliest < _mondays(now)[0]
