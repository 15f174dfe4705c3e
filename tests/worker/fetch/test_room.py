"""Long bodies of many hosts: one at a time in memory, from their first bytes until they are read; nobody else waits."""

from __future__ import annotations

import asyncio
import errno
import tempfile
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import pytest

from tests.support.faults import Exchange, FaultServer
from tests.support.fetching import fetcher, request
from worker.fetch.model import Fetched
from worker.fetch.room import HUGE, LARGE, Hold, Room, body_kept
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


def test_long_bodies_that_come_slowly_are_not_in_memory_and_end_whole() -> None:
    whole = threading.Event()  # each server has a loop of its own

    async def slowly(exchange: Exchange) -> None:
        await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(LONG))
        await exchange.send(LONG[: LARGE - 1000])
        await asyncio.to_thread(whole.wait)
        await exchange.send(LONG[LARGE - 1000 :])

    async def go(urls: list[str]) -> tuple[int, list[Fetched]]:
        async with fetcher() as client:
            fetches = [
                asyncio.create_task(client.fetch(request(url, max_size=len(LONG), deadline=timedelta(seconds=30))))
                for url in urls
            ]
            await asyncio.sleep(2)
            taken = tracemalloc.take_snapshot().filter_traces([tracemalloc.Filter(True, "*/worker/fetch/*")])
            whole.set()
            return sum(trace.size for trace in taken.traces), await asyncio.gather(*fetches)

    with ExitStack() as running:
        servers = [running.enter_context(FaultServer(f"127.0.0.{n}")) for n in range(20, 32)]
        tracemalloc.start()
        try:
            taken, got = asyncio.run(go([server.acts("/", slowly) for server in servers]))
        finally:
            tracemalloc.stop()
    assert [(one.outcome, one.body == LONG) for one in got] == [("ok", True)] * len(servers)
    assert taken < LARGE


def test_two_long_bodies_of_one_page_do_not_wait_for_each_other() -> None:
    async def go() -> None:
        room, other, page = Room(), Hold(), Hold()
        await other.take(room, HUGE + 1)
        both = asyncio.gather(page.take(room, HUGE + 1), page.take(room, HUGE + 2))
        await asyncio.sleep(0.05)
        other.release()
        await asyncio.wait_for(both, 1)
        page.release()

    asyncio.run(go())


def test_a_disk_without_room_for_a_long_body_is_an_outcome_that_says_so(
    hosts: list[str], fetch: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(**options: Any) -> Any:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    long, short = fetch([hosts[0], hosts[2]], max_size=len(LONG))
    assert (long.outcome, short.outcome) == ("error:too-large", "ok")
    assert "TMPDIR" in long.error
    assert "No space left on device" in long.error


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
