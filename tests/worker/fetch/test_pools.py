"""Connections are kept for their host only, as long as it is asked, and never many at rest."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, cast

import httpcore

from tests.support.faults import FaultServer
from tests.support.fetching import fetcher, request
from worker.fetch.pools import IDLE_SECONDS, LOOK_SECONDS, MAX_IDLE, Origin, Pools


class Pool:
    """Stands for one origin's connections."""

    def __init__(self) -> None:
        self.closed = False

    async def aclose(self) -> None:
        self.closed = True


class Clock:
    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def pools_at(clock: Clock) -> Pools:
    return Pools(cast(Callable[[], httpcore.AsyncConnectionPool], Pool), clock)


def origin(number: int) -> Origin:
    return b"https", b"host-%d.example" % number, None


def closed(pool: Any) -> bool:
    return bool(pool.closed)


def test_a_host_keeps_its_pool() -> None:
    async def go() -> None:
        pools = pools_at(Clock())
        first = await pools.take(origin(1))
        pools.give_back(first)
        assert (await pools.take(origin(1))).pool is first.pool
        assert (await pools.take(origin(2))).pool is not first.pool

    asyncio.run(go())


def test_a_pool_at_rest_is_closed_when_another_host_is_asked() -> None:
    async def go() -> None:
        clock = Clock()
        pools = pools_at(clock)
        rested = await pools.take(origin(1))
        pools.give_back(rested)
        clock.seconds += IDLE_SECONDS + LOOK_SECONDS
        await pools.take(origin(2))
        assert closed(rested.pool)
        assert len(pools) == 1

    asyncio.run(go())


class SlowPool(Pool):
    """Closes only when others had their turn, as sockets do."""

    async def aclose(self) -> None:
        await asyncio.sleep(0)
        await super().aclose()


def test_a_pool_taken_while_others_are_closed_stays_open() -> None:
    async def go() -> None:
        clock = Clock()
        pools = Pools(cast(Callable[[], httpcore.AsyncConnectionPool], SlowPool), clock)
        for number in range(2 * MAX_IDLE):
            pools.give_back(await pools.take(origin(number)))
        clock.seconds += LOOK_SECONDS
        new, known = await asyncio.gather(pools.take(origin(1000)), pools.take(origin(1)))
        assert not closed(new.pool)
        assert not closed(known.pool)

    asyncio.run(go())


def test_two_that_make_room_at_once_do_not_meet() -> None:
    async def go() -> None:
        clock = Clock()
        pools = Pools(cast(Callable[[], httpcore.AsyncConnectionPool], SlowPool), clock)
        held = [await pools.take(origin(number)) for number in range(2 * MAX_IDLE + 1)]
        for one in held:
            pools.give_back(one)
        await asyncio.gather(*(pools.take(origin(1000 + number)) for number in range(3)))
        assert sum(closed(one.pool) for one in held) >= MAX_IDLE

    asyncio.run(go())


def test_a_request_cut_short_while_others_are_closed_holds_no_pool() -> None:
    async def go() -> None:
        clock = Clock()
        pools = Pools(cast(Callable[[], httpcore.AsyncConnectionPool], SlowPool), clock)
        rested = [await pools.take(origin(number)) for number in range(3)]
        for one in rested:
            pools.give_back(one)
        clock.seconds += IDLE_SECONDS + LOOK_SECONDS
        cut = asyncio.create_task(pools.take(origin(10)))
        await asyncio.sleep(0)
        cut.cancel()
        await asyncio.gather(cut, return_exceptions=True)
        clock.seconds += IDLE_SECONDS + LOOK_SECONDS
        await pools.take(origin(11))
        assert len(pools) == 1
        # the one whose closing was cut short counts as closed by whoever cut it
        assert sum(closed(one.pool) for one in rested) >= 2

    asyncio.run(go())


def test_a_pool_with_an_answer_under_way_is_never_closed() -> None:
    async def go() -> None:
        clock = Clock()
        pools = pools_at(clock)
        busy = [await pools.take(origin(number)) for number in range(3 * MAX_IDLE)]
        clock.seconds += 60 * IDLE_SECONDS
        await pools.take(origin(1000))
        assert not any(closed(held.pool) for held in busy)

    asyncio.run(go())


def test_of_many_hosts_asked_once_only_the_last_keep_their_connections() -> None:
    async def go() -> None:
        clock = Clock()
        pools = pools_at(clock)
        asked = []
        for number in range(1000):
            held = await pools.take(origin(number))
            pools.give_back(held)
            asked.append(held.pool)
        assert len(pools) <= 2 * MAX_IDLE
        assert not closed(asked[-1])
        assert closed(asked[0])

    asyncio.run(go())


def test_two_fetches_of_a_host_share_a_connection(server: FaultServer) -> None:
    async def go() -> int:
        async with fetcher() as client:
            for path in ("/one", "/two"):
                got = await client.fetch(request(server.says(path)))
                assert got.outcome == "ok"
            return server.connections

    assert asyncio.run(go()) == 1
