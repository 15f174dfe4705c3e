"""How big an archive is, what a version costs, and how every source grows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Integer, cast, extract, func, literal_column, select

from archive.counting import database_bytes
from archive.database import on_postgres
from archive.reading import Archive
from archive.schema import captures, changes, contents, documents, payloads, sources, versions

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


def _week(postgres: bool) -> Any:
    """Number of the week a capture was made in, counted from the first Monday of 1970."""
    if postgres:
        return cast(func.floor((extract("epoch", captures.c.fetched_at) - MONDAY) / WEEK), Integer)
    micro = 1_000_000
    return literal_column(f"(captures.fetched_at - {MONDAY * micro}) / {WEEK * micro}", Integer)


def _growth(connection: Connection) -> Iterator[Growth]:
    week = _week(on_postgres(connection))
    first = (
        select(captures.c.payload_no, func.min(captures.c.capture_no).label("capture_no"))
        .group_by(captures.c.payload_no)
        .subquery()
    )
    query = (
        select(
            sources.c.source_id, week.label("week"), func.count().label("captures"),
            func.count(payloads.c.payload_no).label("payloads"),
            func.coalesce(func.sum(func.length(payloads.c.data)), 0).label("bytes"),
        )
        .select_from(captures)
        .join(sources, sources.c.source_no == captures.c.source_no)
        .outerjoin(first, first.c.capture_no == captures.c.capture_no)
        .outerjoin(payloads, payloads.c.payload_no == first.c.payload_no)
        .group_by(sources.c.source_id, week)
        .order_by(sources.c.source_id, week)
    )  # fmt: skip
    for row in connection.execute(query):
        monday = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(row.week) * WEEK + MONDAY)
        yield Growth(row.source_id, monday.date(), row.captures, row.payloads, int(row.bytes))
