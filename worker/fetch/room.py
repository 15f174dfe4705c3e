"""Room for long bodies: few are there at a time, however many hosts send theirs.

    coming in   beyond LARGE      COMING_AT_ONCE are put by on the disk (`worker.fetch.putby`); the others wait
    in memory   up to SOME bytes  as many as there are slots
                up to LARGE       SOME_AT_ONCE
                up to HUGE        LARGE_AT_ONCE
                beyond            one

A body comes into memory when it is whole, and keeps its room until whoever fetched it is done with it (`body_kept`): a
page of 30 MB waits ten seconds for its reader, and six of them took 300 MB meanwhile.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

SOME, LARGE, HUGE = 256 * 1024, 2 * 1024 * 1024, 4 * 1024 * 1024
"""bytes of a body"""
SOME_AT_ONCE, LARGE_AT_ONCE = 16, 2
COMING_AT_ONCE = 8
"""so many times `max_size` the disk has to have room for, and LARGE for each that waits"""


class Room:
    """The room of all fetches of one client."""

    def __init__(self) -> None:
        self._some = asyncio.Semaphore(SOME_AT_ONCE)
        self._large = asyncio.Semaphore(LARGE_AT_ONCE)
        self._huge = asyncio.Semaphore(1)
        self._coming = asyncio.Semaphore(COMING_AT_ONCE)
        self.waiting = 0
        """bodies that wait for room: nothing is asked of anybody for them meanwhile"""

    def permit(self, size: int) -> asyncio.Semaphore | None:
        """What has to be had for a body of so many bytes in memory."""
        if size > LARGE:
            return self._huge if size > HUGE else self._large
        return self._some if size > SOME else None

    async def wait(self, permit: asyncio.Semaphore) -> None:
        """Waits until it is had."""
        self.waiting += 1
        try:
            await permit.acquire()
        finally:
            self.waiting -= 1

    @contextmanager
    def coming(self) -> Iterator[Coming]:
        """What one body takes while it comes in; given back at the end."""
        coming = Coming(self, self._coming)
        try:
            yield coming
        finally:
            coming.release()


class Coming:
    """The place of one body among those that come in."""

    def __init__(self, room: Room, permit: asyncio.Semaphore) -> None:
        self._room, self._permit = room, permit
        self._had = False

    def fits(self, size: int) -> bool:
        """Whether a body that has grown to so many bytes may grow on at once."""
        return self._had or size <= LARGE

    async def grow(self) -> None:
        """Waits until it may."""
        await self._room.wait(self._permit)
        self._had = True

    def release(self) -> None:
        """Lets another one come in."""
        if self._had:
            self._permit.release()
        self._had = False


class Hold:
    """The room in memory that the bodies of one fetch take; it grows with them and is given back once."""

    def __init__(self) -> None:
        self._taken: asyncio.Semaphore | None = None
        self._size = 0
        self._taking = asyncio.Lock()
        """two bodies of one page would wait for each other"""

    def fits(self, size: int) -> bool:
        """Whether a body of so many bytes needs no more room than was taken."""
        return size <= max(self._size, SOME)

    async def take(self, room: Room, size: int) -> None:
        """Waits until there is room for a body of so many bytes."""
        async with self._taking:
            wanted = room.permit(size)
            if wanted is None or self.fits(size):
                return
            if wanted is not self._taken:
                await room.wait(wanted)
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
