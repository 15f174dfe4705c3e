"""Who waits for the next change: one look at the newest number for everybody, twice a second, and only while somebody
waits. Waiting costs no thread and no connection.

    async with watcher_of(request).deadline(30) as waiting:
        if await waiting.beyond(seq): ...               False: the time is over, or the server stops
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import cast

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from archive.errors import ArchiveError
from archive.web.reader import archive_of

INTERVAL = 0.5
"""seconds between two looks"""
MOST = 500
"""requests that wait at the same time; a stream is one of them while it is silent"""


class Watcher:
    """Looks at the newest number while anybody waits, and wakes them all when it grows."""

    def __init__(self, newest: Callable[[], int], leaving: Callable[[], bool], interval: float = INTERVAL) -> None:
        self._newest, self._leaving, self._interval = newest, leaving, interval
        self._seq = 0
        self._waiting = 0
        self._woken = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.looks = 0
        """how often the archive was asked"""

    @property
    def full(self) -> bool:
        """Whether as many wait as may."""
        return self._waiting >= MOST

    @property
    def leaving(self) -> bool:
        """Whether the server stops: whoever waits ends."""
        return self._leaving()

    async def wait(self, seq: int, until: float) -> bool:
        """Whether there is a change above `seq`, as soon as there is one; False when the loop's clock says `until`, or
        the server stops."""
        loop = asyncio.get_running_loop()
        self._waiting += 1
        try:
            while self._seq <= seq and not self.leaving:
                if self._task is None or self._task.done():
                    self._task = loop.create_task(self._watch())
                woken, left = self._woken, until - loop.time()
                if left <= 0:
                    return False
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(woken.wait(), left)
            return self._seq > seq
        finally:
            self._waiting -= 1

    async def _watch(self) -> None:
        while self._waiting and not self.leaving:
            with contextlib.suppress(ArchiveError):  # an archive that does not answer now is asked again
                self.looks += 1
                newest = await run_in_threadpool(self._newest)
                if newest > self._seq:
                    self._seq = newest
                    self._wake()
            await asyncio.sleep(self._interval)
        self._wake()

    def _wake(self) -> None:
        woken, self._woken = self._woken, asyncio.Event()
        woken.set()

    @contextlib.asynccontextmanager
    async def deadline(self, seconds: float) -> AsyncIterator[Waiting]:
        """Waits of one request, which end together after so many seconds."""
        yield Waiting(self, asyncio.get_running_loop().time() + seconds)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One request's patience."""

    watcher: Watcher
    until: float

    async def beyond(self, seq: int) -> bool:
        """Whether a change above `seq` came in time."""
        return await self.watcher.wait(seq, self.until)


def watcher_of(request: Request) -> Watcher:
    """The application's watcher."""
    state = request.app.state
    if not hasattr(state, "watcher"):
        # a request of its own would keep the first one alive
        held = Request({"type": "http", "app": request.app, "headers": [], "method": "GET", "path": "/"})
        leaving = getattr(state, "leaving", None)
        state.watcher = Watcher(lambda: archive_of(held).last_seq(), lambda: bool(leaving and leaving()))
    return cast(Watcher, state.watcher)
