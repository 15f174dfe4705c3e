"""Connections kept for the next request, a small pool for each origin: one pool for all would look at every idle
connection, and ask the kernel about each, at every request of any host.

A pool that nobody asked for some time is closed, and of those at rest only the last used are kept.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

import httpcore

MAX_IDLE = 50
"""origins without a request under way whose connections are kept"""
IDLE_SECONDS = 15.0
"""after which a connection that nobody used is closed"""
LOOK_SECONDS = 1.0
"""how often the pools at rest are looked through, at most"""

Origin = tuple[bytes, bytes, int | None]
"""scheme, host, port as httpx keeps them"""


@dataclass(slots=True)
class Held:
    """One origin's pool. `active`: requests whose answers are not read to the end yet."""

    pool: httpcore.AsyncConnectionPool
    used_at: float
    active: int = 0


class Pools:
    """The pools of one kind of connection. `make` makes an empty one."""

    def __init__(
        self, make: Callable[[], httpcore.AsyncConnectionPool], monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._make = make
        self._monotonic = monotonic
        self._held: OrderedDict[Origin, Held] = OrderedDict()
        self._leaving: list[httpcore.AsyncConnectionPool] = []
        """pools that nobody can take any more, still to be closed"""
        self._looked_at = monotonic()

    def __len__(self) -> int:
        return len(self._held)

    async def take(self, origin: Origin) -> Held:
        """The origin's pool, for one request; `give_back` ends that. Closes what has rested too long."""
        now = self._monotonic()
        held = self._held.get(origin)
        if held is None:
            held = self._held[origin] = Held(self._make(), now)
        held.active += 1
        held.used_at = now
        self._held.move_to_end(origin)
        if now - self._looked_at >= LOOK_SECONDS or len(self._held) > 2 * MAX_IDLE:
            self._looked_at = now
            self._let_go_resting(now)
            try:
                await self._close_leaving()
            except BaseException:  # a deadline, above all: the request is not made
                self.give_back(held)
                raise
        return held

    def give_back(self, held: Held) -> None:
        """Ends what `take` began: the answer was read, or there is none."""
        held.active -= 1
        held.used_at = self._monotonic()

    def _let_go_resting(self, now: float) -> None:
        # all in one step: while a pool is being closed, others take those that rest
        resting = [origin for origin, held in self._held.items() if not held.active]
        surplus = len(resting) - MAX_IDLE
        for place, origin in enumerate(resting):
            if place < surplus or now - self._held[origin].used_at > IDLE_SECONDS:
                self._leaving.append(self._held.pop(origin).pool)

    async def _close_leaving(self) -> None:
        while self._leaving:
            await self._leaving.pop().aclose()

    async def aclose(self) -> None:
        """Closes every connection."""
        self._leaving += [held.pool for held in self._held.values()]
        self._held.clear()
        await self._close_leaving()
