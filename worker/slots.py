"""One worker slot per host, a bounded number of hosts in parallel: who is polled at the same time.

    due pages -> grouped by host -> one task a host -> its pages one after another (or `politeness.parallel` at a time)

A page that cannot be polled for a fault of ours ends its slot and is raised by `wait`; the pages behind it stay due.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from datetime import datetime

from archive.records import Page

BATCH = 32
"""pages of one host that a slot takes at once; then the host stands in line again behind the others"""
MOST_IDLE = 7
"""times the limit: hosts that only wait for their gap or for a slow answer, and make place for others meanwhile"""
LOOK_AGAIN_SECONDS = 1.0
"""hosts become idle without a word"""


class Slots:
    """The hosts being polled right now."""

    def __init__(
        self, limit: int, poll: Callable[[Page], Awaitable[None]], parallel: Callable[[Page], int],
        waits: Callable[[str], datetime | None], held_up: Callable[[], int] = lambda: 0,
        idle: Callable[[], int] = lambda: 0,
    ) -> None:  # fmt: skip
        self._limit = limit
        self._poll = poll
        self._parallel = parallel
        self._waits = waits
        self._held_up = held_up
        self._idle = idle
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._failed: BaseException | None = None
        self.freed = asyncio.Event()
        """set whenever a host is done"""

    def allow(self, limit: int) -> None:
        """So many hosts at once from now on; those that have a slot keep it."""
        self._limit = limit
        self.freed.set()

    @property
    def busy(self) -> frozenset[str]:
        """Hosts that have a slot."""
        return frozenset(self._tasks)

    @property
    def free(self) -> int:
        """Hosts that could still get one: those held up by long bodies of others make place for as many again, those
        that wait for their gap or for a slow answer for more: a slot is for work, and a dozen dripping servers would
        keep everybody else waiting for a whole deadline."""
        lent = min(self._held_up(), self._limit) + min(self._idle(), self._limit * MOST_IDLE)
        return max(self._limit + lent - len(self._tasks), 0)

    def start(self, pages: Iterable[Page]) -> int:
        """Gives each host of `pages` that has none a slot, while there are any; how many hosts were started."""
        by_host: dict[str, list[Page]] = {}
        for page in pages:
            by_host.setdefault(page.host, []).append(page)
        started = 0
        for host, group in by_host.items():
            if host not in self._tasks and self.free:
                self._tasks[host] = asyncio.create_task(self._serve(host, group), name=f"host {host}")
                started += 1
        return started

    async def _serve(self, host: str, pages: Sequence[Page]) -> None:
        waiting = list(reversed(pages))
        lanes = min(max(map(self._parallel, pages)), len(pages))

        async def lane() -> None:
            while waiting and self._failed is None and self._waits(host) is None:
                await self._poll(waiting.pop())

        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(lanes):
                    group.create_task(lane())
        except BaseExceptionGroup as errors:
            self._failed = self._failed or errors.exceptions[0]
        finally:
            self._tasks.pop(host, None)
            self.freed.set()

    def check(self) -> None:
        """Raises what went wrong in a slot: a broken archive or a mistake of ours, never a page's own fault."""
        if self._failed is not None:
            raise self._failed

    async def wait(self) -> None:
        """Until some host is done or a moment has passed (at once when none is busy); raises what went wrong in a
        slot."""
        if self._tasks:
            self.freed.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self.freed.wait(), LOOK_AGAIN_SECONDS)
        self.check()

    async def drain(self, seconds: float) -> int:
        """Lets what is in flight finish for so long, then hands the rest back: those pages stay due. How many were
        cut."""
        tasks = list(self._tasks.values())
        if not tasks:
            return 0
        _, late = await asyncio.wait(tasks, timeout=seconds)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        return len(late)
