from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime

import pytest

from archive.records import Page
from worker.slots import Slots

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def page(number: int, host: str) -> Page:
    url = f"http://{host}/{number}"
    return Page(number, "s", url, url, host, "page", 1, False, False, NOW)


class Visits:
    """A poll that takes a moment and remembers who was polled at the same time."""

    def __init__(self) -> None:
        self.now: Counter[str] = Counter()
        self.most: Counter[str] = Counter()
        self.hosts_at_once = 0
        self.done: list[int] = []

    async def __call__(self, page: Page) -> None:
        self.now[page.host] += 1
        self.most[page.host] = max(self.most[page.host], self.now[page.host])
        self.hosts_at_once = max(self.hosts_at_once, sum(1 for count in self.now.values() if count))
        await asyncio.sleep(0.001)
        self.now[page.host] -= 1
        self.done.append(page.page_id)


def slots(visits: object, limit: int = 2, parallel: int = 1, waits: object = None) -> Slots:
    return Slots(limit, visits, lambda page: parallel, waits or (lambda host: None))  # type: ignore[arg-type]


async def finish(running: Slots) -> None:
    while running.busy:
        await running.wait()


def test_one_page_of_a_host_at_a_time_and_a_bounded_number_of_hosts() -> None:
    async def scene() -> Visits:
        visits = Visits()
        running = slots(visits)
        pages = [page(number, f"h{number % 4}.example") for number in range(40)]
        while len(visits.done) < 40:
            running.start([p for p in pages if p.page_id not in visits.done])
            await running.wait()
        return visits

    visits = asyncio.run(scene())
    assert set(visits.most.values()) == {1}
    assert visits.hosts_at_once == 2
    assert sorted(visits.done) == list(range(40))


def test_a_source_may_ask_for_more_pages_of_its_host_at_once() -> None:
    async def scene() -> Visits:
        visits = Visits()
        running = slots(visits, parallel=3)
        running.start([page(number, "h.example") for number in range(9)])
        await finish(running)
        return visits

    visits = asyncio.run(scene())
    assert visits.most["h.example"] == 3 and len(visits.done) == 9


def test_a_busy_host_gets_no_second_slot() -> None:
    async def scene() -> tuple[int, int]:
        running = slots(Visits())
        first = running.start([page(1, "h.example")])
        second = running.start([page(2, "h.example")])
        await finish(running)
        return first, second

    assert asyncio.run(scene()) == (1, 0)


def test_a_host_that_asks_to_be_left_alone_loses_its_turn() -> None:
    async def scene() -> Visits:
        visits = Visits()
        running = slots(visits, waits=lambda host: NOW if visits.done else None)
        running.start([page(number, "h.example") for number in range(5)])
        await finish(running)
        return visits

    assert asyncio.run(scene()).done == [0]


def test_a_mistake_of_ours_is_raised_not_swallowed() -> None:
    async def broken(page: Page) -> None:
        raise ZeroDivisionError

    async def scene() -> None:
        running = slots(broken)
        running.start([page(1, "h.example")])
        await finish(running)

    with pytest.raises(ZeroDivisionError):
        asyncio.run(scene())


def test_draining_lets_what_is_short_finish_and_cuts_what_is_long() -> None:
    ended: list[str] = []

    async def poll(page: Page) -> None:
        await asyncio.sleep(0.01 if page.host == "short.example" else 60)
        ended.append(page.host)

    async def scene() -> int:
        running = slots(poll)
        running.start([page(1, "short.example"), page(2, "long.example")])
        return await running.drain(0.2)

    assert asyncio.run(scene()) == 1
    assert ended == ["short.example"]


def test_hosts_that_only_wait_make_place_for_others_up_to_a_bound() -> None:
    idle = [0]
    running = Slots(2, Visits(), lambda page: 1, lambda host: None, idle=lambda: idle[0])
    free = []
    for idle[0] in (0, 3, 14, 500):
        free.append(running.free)
    assert free == [2, 5, 16, 16]


def test_whoever_waits_for_a_slot_looks_again_though_nobody_said_that_he_is_done(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("worker.slots.LOOK_AGAIN_SECONDS", 0.01)

    async def scene() -> frozenset[str]:
        never = asyncio.Event()

        async def silent(page: Page) -> None:
            await never.wait()

        running = slots(silent)
        running.start([page(1, "silent.example")])
        await running.wait()
        busy = running.busy
        await running.drain(0)
        return busy

    assert asyncio.run(scene()) == {"silent.example"}
