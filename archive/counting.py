"""Numbers of a whole archive that are asked for again and again: each time only what is new is counted."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

from sqlalchemy import Connection, bindparam, func, select, text

from archive.database import on_postgres
from archive.reading import Archive
from archive.records import ConsumerLag, Heartbeat, Incident
from archive.schema import captures, changes, documents, sources, versions

FRESH_SECONDS = 5.0
"""numbers younger than this are said again"""
COUNT_SECONDS = 60.0
"""documents and versions are counted so often: that looks at an index each"""

_CHANGES = (
    select(changes.c.kind, func.count(), func.max(changes.c.seq))
    .where(changes.c.seq > bindparam("after"))
    .group_by(changes.c.kind)
)
_KINDS = ("new", "changed", "gone", "back", "moved")


@dataclass(frozen=True, slots=True)
class Numbers:
    """One look at an archive."""

    changes: dict[str, int]
    """by kind"""
    documents: dict[str, int]
    """by state"""
    versions: int
    captures: int
    sources: int
    """enabled"""
    database_bytes: int
    incidents: tuple[Incident, ...]
    """open ones"""
    consumers: tuple[ConsumerLag, ...]
    heartbeat: Heartbeat | None


@dataclass(slots=True)
class _Known:
    changes: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_KINDS, 0))
    seq: int = 0
    documents: dict[str, int] = field(default_factory=dict)
    versions: int = 0
    counted: float | None = None


class Counting:
    """Counts an archive. May be asked from several threads."""

    def __init__(self, open: Callable[[], Archive], clock: Callable[[], float] = monotonic) -> None:
        self._open, self._clock = open, clock
        self._turn = threading.Lock()
        self._archive: Archive | None = None
        self._known = _Known()
        self._last: tuple[float, Numbers] | None = None

    def numbers(self) -> Numbers:
        """What there is now. Raises ArchiveError."""
        with self._turn:
            now = self._clock()
            if self._last is not None and now - self._last[0] < FRESH_SECONDS:
                return self._last[1]
            if self._archive is None:
                self._archive = self._open()
            said = self._look(self._archive, now)
            self._last = now, said
            return said

    def _look(self, archive: Archive, now: float) -> Numbers:
        known = self._known
        with archive.connect() as connection:
            for kind, count, seq in connection.execute(_CHANGES, {"after": known.seq}).all():
                known.changes[kind] += count
                known.seq = max(known.seq, seq)
            if known.counted is None or now - known.counted >= COUNT_SECONDS:
                by_state = select(documents.c.state, func.count()).group_by(documents.c.state)
                known.documents = {row.state: row[1] for row in connection.execute(by_state)}
                known.versions = connection.scalar(select(func.count()).select_from(versions)) or 0
                known.counted = now
            # captures are never removed: the newest number says how many there are
            newest = connection.scalar(select(func.max(captures.c.capture_no))) or 0
            enabled = connection.scalar(select(func.count()).where(sources.c.enabled)) or 0
            size = database_bytes(connection)
        return Numbers(
            dict(known.changes), dict(known.documents), known.versions, newest, enabled, size,
            tuple(archive.incidents(open_only=True)), tuple(archive.consumers()), archive.heartbeat(),
        )  # fmt: skip

    def close(self) -> None:
        """Gives the connection back."""
        with self._turn:
            if self._archive is not None:
                self._archive.close()
                self._archive = None


def database_bytes(connection: Connection) -> int:
    """Bytes that the database takes, indexes included."""
    if on_postgres(connection):
        return int(connection.scalar(text("SELECT pg_database_size(current_database())")) or 0)
    pages, size = (connection.scalar(text(f"PRAGMA {name}")) or 0 for name in ("page_count", "page_size"))
    return int(pages) * int(size)
