"""Room for the archive: polling pauses before a disk is full, survives one that is, and goes on by itself.

    below the floor                 no new polls; what is in flight is finished; goes on at RESUME times the floor
    a write found no room           the same, whatever the disk says of itself (quotas, a server's disk), until a small
                                    write succeeds after RETRY seconds, later each time, up to LONGEST_RETRY
    the database did not answer     the same

The database's transaction that found no room was undone whole: nothing is torn.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from archive.errors import NoRoom, Unavailable

FLOOR_BYTES = 500 * 1000**2
FLOOR_SHARE = 0.02
RESUME = 1.1
"""above the floor by so much polling goes on: it shall not come and go with every page"""
LEAST_TO_OPEN = 1000**2
"""SQLite cannot even open its file without room for its log and index beside it"""
RETRY = 10.0
LONGEST_RETRY = 300.0


@dataclass(frozen=True, slots=True)
class Floor:
    """How much room must be left. Without either: 500 MB or 2 % of the disk, whichever is less."""

    size: int | None = None
    share: float | None = None

    def of(self, total: int) -> int:
        """The floor of a disk of so many bytes, in bytes."""
        if self.size is not None:
            return self.size
        if self.share is not None:
            return int(total * self.share)
        return min(FLOOR_BYTES, int(total * FLOOR_SHARE))


@dataclass(frozen=True, slots=True)
class Room:
    """Bytes of a disk: free for us, and in all."""

    free: int
    total: int


def room(path: Path) -> Room | None:
    """The room where a file is, or will be; None where the system does not say."""
    try:
        found = os.statvfs(path.parent)
    except OSError:
        return None
    return Room(found.f_bavail * found.f_frsize, found.f_blocks * found.f_frsize)


def too_little(seen: Room, floor: int, *, held: bool) -> bool:
    """Whether polling must pause; once it does, a little more room is asked for."""
    return seen.free < (floor * RESUME if held else floor)


def shown(size: int) -> str:
    """Bytes for people: `312 MB`."""
    for unit, least in (("GB", 1000**3), ("MB", 1000**2), ("KB", 1000)):
        if size >= 10 * least or (size >= least and unit == "KB"):
            return f"{size // least} {unit}"
    return f"{size} bytes"


class Guard:
    """Whether the archive can be written, as one process has come to know it. `monotonic` seconds are arguments."""

    def __init__(self, path: Path | None, floor: Floor) -> None:
        self.path, self.floor = path, floor
        self.free: int | None = None
        self.least: int | None = None
        self._low: str | None = None
        self._full: str | None = None
        self._away: str | None = None
        self._again, self._wait = 0.0, RETRY

    @property
    def reason(self) -> str | None:
        """Why polling pauses and what to do; None while the archive can be written."""
        return self._away or self.want_of_room

    @property
    def want_of_room(self) -> str | None:
        """The same, where it is for want of room."""
        return self._full or self._low

    def look(self) -> None:
        """Asks the disk; cheap enough for every tick."""
        seen = room(self.path) if self.path is not None else None
        if self.path is None or seen is None:
            self._low = None
            return
        self.free, self.least = seen.free, self.floor.of(seen.total)
        if too_little(seen, self.least, held=self._low is not None):
            self._low = self._low or (
                f"the disk is nearly full: {shown(seen.free)} free at {self.path.parent}, the floor is "
                f"{shown(self.least)}; make room (muniment compact, retention) or lower disk.floor; polling goes on "
                "by itself"
            )
        else:
            self._low = None

    def can_open(self) -> bool:
        """Whether the archive can be opened at all."""
        seen = room(self.path) if self.path is not None else None
        if seen is None or self.path is None or seen.free >= LEAST_TO_OPEN:
            return True
        self._full = self._full or (
            f"the disk is full: {shown(seen.free)} free at {self.path.parent}; make room; it goes on by itself"
        )
        return False

    def opened(self) -> None:
        """There was room to open the archive."""
        self._full = None

    def refused(self, error: NoRoom | Unavailable, now: float) -> None:
        """A write was not made: it found no room, or the database did not answer."""
        said = " ".join(str(error).split())
        if self._full is None and self._away is None:
            self._again, self._wait = now + self._wait, min(self._wait * 2, LONGEST_RETRY)
        if isinstance(error, Unavailable):
            self._away = self._away or f"{said}; see to the database; polling goes on by itself when it answers again"
        elif self._full is None:
            where = f" at {self.path.parent}" if self.path is not None else " of the database server"
            self._full = f"{said}; make room on the disk{where}; polling goes on by itself"

    def wrote(self, now: float) -> None:
        """A small write succeeded: polling may try again, unless that was too soon."""
        if now >= self._again:
            self._full = self._away = None

    def fine(self) -> None:
        """A whole poll was written: the next full disk begins anew."""
        if self._full is None and self._away is None:
            self._wait = RETRY
