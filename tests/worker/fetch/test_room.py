"""Long bodies of many hosts: one at a time in memory, from their first bytes until they are read; nobody else waits."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.support.faults import FaultServer
from tests.support.fetching import fetcher, request
from worker.fetch.model import Fetched
from worker.fetch.room import HUGE, Hold, Room, body_kept
from worker.slots import Slots

LONG = b"<html><p>" + b"word " * (HUGE // 4) + b"</p></html>"


@pytest.fixture
def hosts() -> Iterator[list[str]]:
    with FaultServer("127.0.0.2") as one, FaultServer("127.0.0.3") as other, FaultServer("127.0.0.4") as small:
        yield [one.says("/", LONG), other.says("/", LONG), small.says("/")]


def test_a_long_body_keeps_its_room_until_it_is_read_and_the_wait_is_not_the_servers_time(hosts: list[str]) -> None:
    async def go() -> tuple[list[str], list[Fetched]]:
        told: list[str] = []

        async with fetcher() as client:

            async def polled(url: str) -> Fetched:
                with body_kept():
                    got = await client.fetch(request(url, max_size=len(LONG), deadline=timedelta(seconds=2)))
                    told.append(f"fetched {len(got.body) > HUGE}")
                    if len(got.body) > HUGE:
                        await asyncio.sleep(2.5)
                    told.append("read")
                    return got

            first = asyncio.create_task(polled(hosts[0]))
            await asyncio.sleep(0.5)
            second = asyncio.create_task(polled(hosts[1]))
            await asyncio.sleep(0.5)
            assert client.held_up == 1
            short = await polled(hosts[2])
            return told, [short, await first, await second]

    told, got = asyncio.run(go())
    assert [one.outcome for one in got] == ["ok"] * 3
    assert told == ["fetched True", "fetched False", "read", "read", "fetched True", "read"]


def test_room_that_was_taken_is_taken_once_and_given_back_once() -> None:
    async def go() -> None:
        room, hold = Room(), Hold()
        for size in (1, HUGE, HUGE + 1, 2 * HUGE, HUGE + 1):
            await hold.take(room, size)
        other = Hold()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(other.take(room, HUGE + 1), 0.05)
        assert room.waiting == 0
        hold.release()
        hold.release()
        await asyncio.wait_for(other.take(room, HUGE + 1), 0.05)
        other.release()

    asyncio.run(go())


def test_hosts_held_up_make_place_for_as_many_others() -> None:
    async def visits(page: object) -> None:
        """Nobody is visited here."""

    held_up = [0]
    slots = Slots(2, visits, lambda page: 1, lambda host: None, lambda: held_up[0])
    free = []
    for held_up[0] in (0, 1, 2, 9):
        free.append(slots.free)
    assert free == [2, 3, 4, 4]
