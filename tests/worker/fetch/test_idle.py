"""A host that only waits, for its gap or for an answer that drips or does not come, holds nobody else up."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.support.faults import Exchange, FaultServer
from tests.support.fetching import fetcher, request
from worker.fetch.client import MOST_SLOW, Fetcher
from worker.fetch.model import Politeness

PATIENT = Politeness(gap=timedelta(seconds=30), robots="ignore")


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("worker.fetch.politeness.SLOW_SECONDS", 0.05)


async def becomes(client: Fetcher, idle: int) -> bool:
    """Whether so many hosts are idle before long."""
    for _ in range(500):
        if client.idle == idle:
            return True
        await asyncio.sleep(0.01)
    return False


def silent(server: FaultServer) -> str:
    async def act(exchange: Exchange) -> None:
        await asyncio.sleep(60)

    return server.acts("/silent", act)


def dripping(server: FaultServer) -> str:
    async def act(exchange: Exchange) -> None:
        await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n")
        while True:
            await exchange.send(b"x")
            await asyncio.sleep(0.02)

    return server.acts("/drip", act)


@pytest.mark.parametrize("fault", [silent, dripping])
def test_a_host_whose_answer_does_not_end_is_idle_until_it_is_given_up(
    server: FaultServer, fault: Callable[[FaultServer], str]
) -> None:
    async def go() -> tuple[bool, bool]:
        async with fetcher() as client:
            asked = request(fault(server), deadline=timedelta(seconds=1), politeness=PATIENT)
            poll = asyncio.create_task(client.fetch(asked))
            slow = await becomes(client, 1)
            await poll
            return slow, await becomes(client, 0)

    assert asyncio.run(go()) == (True, True)


def test_a_host_is_idle_while_its_gap_has_not_passed(server: FaultServer) -> None:
    page = server.says("/", b"<p>words</p>")

    async def go() -> tuple[bool, bool]:
        async with fetcher() as client:
            await client.fetch(request(page, politeness=PATIENT))
            waiting = [asyncio.create_task(client.fetch(request(page, politeness=PATIENT))) for _ in range(3)]
            one_host = await becomes(client, 1)
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)
            return one_host, await becomes(client, 0)

    assert asyncio.run(go()) == (True, True)


def test_a_host_that_answers_one_of_two_requests_is_at_work(server: FaultServer) -> None:
    async def go() -> int:
        async with fetcher() as client:
            gates = client._asker.gates
            two = Politeness(gap=timedelta(0), parallel=2)
            async with gates.turn("h.example", two):
                await asyncio.sleep(0.1)
                async with gates.turn("h.example", two):
                    return client.idle

    assert asyncio.run(go()) == 0


def test_slow_hosts_are_idle_up_to_a_bound_for_each_may_hold_a_part_of_a_body(server: FaultServer) -> None:
    async def go() -> int:
        async with fetcher() as client:
            gates = client._asker.gates

            async def slow(number: int) -> None:
                async with gates.turn(f"h{number}.example", PATIENT):
                    await asyncio.sleep(60)

            tasks = [asyncio.create_task(slow(number)) for number in range(MOST_SLOW + 9)]
            for _ in range(500):
                await asyncio.sleep(0.01)
                if gates.slow == len(tasks):
                    break
            most = client.idle
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            return most if gates.slow == 0 else -1

    assert asyncio.run(go()) == MOST_SLOW
