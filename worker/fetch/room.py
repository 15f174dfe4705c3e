"""Room in memory for long bodies: few are there at a time, however many hosts send theirs.

    small    up to LARGE bytes      as many as there are slots
    large    beyond                 LARGE_AT_ONCE
    huge     beyond HUGE            one

A body keeps its room until whoever fetched it is done with it (`body_kept`): a page of 30 MB waits ten seconds for its
reader, and six of them took 300 MB meanwhile.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

LARGE, HUGE = 2 * 1024 * 1024, 4 * 1024 * 1024
"""bytes of a body"""
LARGE_AT_ONCE = 2


class Room:
    """The room of all fetches of one client."""

    def __init__(self) -> None:
        self._large = asyncio.Semaphore(LARGE_AT_ONCE)
        self._huge = asyncio.Semaphore(1)
        self.waiting = 0
        """bodies that wait for room, of which only the beginning is there"""

    def full_for(self, size: int) -> asyncio.Semaphore | None:
        """What has to be had for a body of so many bytes."""
        return self._huge if size > HUGE else self._large if size > LARGE else None


class Hold:
    """The room that one fetch takes; it grows with the body and is given back once."""

    def __init__(self) -> None:
        self._taken: asyncio.Semaphore | None = None
        self._size = 0

    def fits(self, size: int) -> bool:
        """Whether a body of so many bytes needs no more room than was taken."""
        return size <= LARGE or (self._size > LARGE and (size <= HUGE or self._size > HUGE))

    async def take(self, room: Room, size: int) -> None:
        """Waits until there is room for a body that grew to so many bytes."""
        wanted = room.full_for(size)
        if wanted is None or self.fits(size):
            return
        room.waiting += 1
        try:
            await wanted.acquire()
        finally:
            room.waiting -= 1
        self.release()
        self._taken, self._size = wanted, size

    def release(self) -> None:
        """Gives the room back; does nothing where none was taken."""
        if self._taken is not None:
            self._taken.release()
        self._taken, self._size = None, 0


_kept: ContextVar[Hold | None] = ContextVar("kept", default=None)


@contextmanager
def body_kept() -> Iterator[None]:
    """Inside, the room that fetched bodies take is held: for those who keep and read what they fetch."""
    hold = Hold()
    token = _kept.set(hold)
    try:
        yield
    finally:
        _kept.reset(token)
        hold.release()


@contextmanager
def hold() -> Iterator[Hold]:
    """What the body of one exchange holds: its own until the exchange ends, or the surrounding `body_kept`'s."""
    outer = _kept.get()
    if outer is not None:
        yield outer
        return
    own = Hold()
    try:
        yield own
    finally:
        own.release()
