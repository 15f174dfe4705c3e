"""How big an archive is, what a version costs, and how every source grows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, Integer, cast, extract, func, select, type_coerce

from archive.counting import database_bytes
from archive.database import on_postgres
from archive.reading import Archive
from archive.schema import captures, changes, contents, documents, payloads, versions
from archive.states import source_names

WEEK = 7 * 24 * 3600
MONDAY = 4 * 24 * 3600
"""seconds from the beginning of 1970, a Thursday, to its first Monday"""


@dataclass(frozen=True, slots=True)
class Growth:
    """What one source added in one week."""

    source_id: str
    week: date
    """its Monday, UTC"""
    captures: int
    payloads: int
    """kept anew"""
    payload_bytes: int
    """what those payloads take, compressed"""


@dataclass(frozen=True, slots=True)
class Stats:
    """Counts and bytes of a whole archive."""

    documents: int
    versions: int
    contents: int
    changes: int
    captures: int
    payloads: int
    payload_bytes: int
    """as received"""
    frame_bytes: int
    """as kept"""
    database_bytes: int
    """everything, indexes included"""
    growth: tuple[Growth, ...]

    @property
    def bytes_per_version(self) -> float:
        """The whole database divided by its versions; 0 without any."""
        return self.database_bytes / self.versions if self.versions else 0.0


def stats(archive: Archive) -> Stats:
    """Everything at once, in one state of the archive."""
    with archive.connect() as connection:
        counts = [
            connection.scalar(select(func.count()).select_from(table)) or 0
            for table in (documents, versions, contents, changes, captures, payloads)
        ]
        sizes = connection.execute(
            select(
                func.coalesce(func.sum(payloads.c.size), 0), func.coalesce(func.sum(func.length(payloads.c.data)), 0)
            )
        ).one()
        return Stats(
            *(counts[0], counts[1], counts[2], counts[3], counts[4], counts[5]), int(sizes[0]), int(sizes[1]),
            database_bytes(connection), tuple(_growth(connection)),
        )  # fmt: skip


def week_of(moment: ColumnElement[Any], postgres: bool) -> ColumnElement[int]:
    """Number of the week of a time, counted from the first Monday of 1970."""
    if postgres:
        return cast(func.floor((extract("epoch", moment) - MONDAY) / WEEK), Integer)
    micro = 1_000_000
    return (type_coerce(moment, BigInteger) - MONDAY * micro) // (WEEK * micro)


def monday_of(week: int) -> date:
    """The Monday of a week of that number."""
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=week * WEEK + MONDAY)).date()


def _growth(connection: Connection) -> Iterator[Growth]:
    week = week_of(captures.c.fetched_at, on_postgres(connection)).label("week")
    made = select(captures.c.source_no, week, func.count().label("captures")).group_by(captures.c.source_no, week)
    first = (
        select(captures.c.payload_no, func.min(captures.c.capture_no).label("capture_no"))
        .where(captures.c.payload_no.is_not(None))
        .group_by(captures.c.payload_no)
        .subquery()
    )
    kept = (
        select(
            captures.c.source_no, week, func.count().label("payloads"),
            func.coalesce(func.sum(func.length(payloads.c.data)), 0).label("bytes"),
        )
        .select_from(first)
        .join(captures, captures.c.capture_no == first.c.capture_no)
        .join(payloads, payloads.c.payload_no == first.c.payload_no)
        .group_by(captures.c.source_no, week)
    )  # fmt: skip
    anew = {(row.source_no, row.week): row for row in connection.execute(kept)}
    names = source_names(connection)
    rows = sorted(connection.execute(made), key=lambda row: (names[row.source_no], row.week))
    for row in rows:
        brought = anew.get((row.source_no, row.week))
        yield Growth(
            names[row.source_no], monday_of(int(row.week)), row.captures, brought.payloads if brought else 0,
            int(brought.bytes) if brought else 0,
        )  # fmt: skip
