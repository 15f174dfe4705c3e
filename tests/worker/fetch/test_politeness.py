"""One host is asked gently, whoever asks; ten thousand pages of one host never hold up another."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from tests.support.faults import Exchange, FaultServer
from tests.support.fetching import fetcher, request
from worker.fetch.model import Fetched, Politeness
from worker.fetch.politeness import Gates, opens_at, retry_at

Fetch = Callable[..., Any]
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def http_date(when: datetime) -> str:
    return format_datetime(when, usegmt=True)


@pytest.mark.parametrize(
    ("value", "date", "expected"),
    [
        ("3600", None, NOW + timedelta(hours=1)),
        (" 120 ", None, NOW + timedelta(minutes=2)),
        ("0", None, None),
        ("-5", None, None),
        ("1.5", None, None),
        ("soon", None, None),
        ("", None, None),
        (None, None, None),
        ("１０", None, None),
        ("99999999999999999999", None, NOW + DAY),
        ("604800", None, NOW + DAY),
        (http_date(NOW + timedelta(minutes=5)), None, NOW + timedelta(minutes=5)),
        (http_date(NOW - timedelta(minutes=5)), None, None),
        (http_date(NOW + timedelta(days=400)), None, NOW + DAY),
        ("Sunday, 01-Mar-26 12:05:00 GMT", None, NOW + timedelta(minutes=5)),
        ("Sun Mar  1 12:05:00 2026", None, NOW + timedelta(minutes=5)),
        ("Sun, 99 Foo 2026 99:99:99 GMT", None, None),
        # a server whose clock is an hour slow asks for five minutes by its own clock
        (http_date(NOW - timedelta(minutes=55)), http_date(NOW - timedelta(hours=1)), NOW + timedelta(minutes=5)),
        # a server whose clock is fast is not asked earlier than the time it named
        (http_date(NOW + timedelta(minutes=65)), http_date(NOW + timedelta(hours=1)), NOW + timedelta(minutes=65)),
        (http_date(NOW + timedelta(minutes=5)), "rubbish", NOW + timedelta(minutes=5)),
    ],
)
def test_retry_after(value: str | None, date: str | None, expected: datetime | None) -> None:
    assert retry_at(value, date, NOW) == expected


@pytest.mark.parametrize("status", [403, 413, 429, 500, 502, 503])
def test_retry_after_holds_for_the_whole_host_and_no_page_of_it_is_asked(server: FaultServer, status: int) -> None:
    clock = [NOW]
    busy = server.says("/busy", b"slow down", status, {"Retry-After": "3600"})
    other = server.says("/other")

    async def go() -> None:
        async with fetcher(now=lambda: clock[0]) as client:
            first = await client.fetch(request(busy))
            assert first.retry_at == NOW + timedelta(hours=1)
            assert first.outcome in {"error:rate-limited", "error:http-5xx", "error:http-4xx"}
            host = f"127.0.0.1:{server.port}"
            assert client.waits(host) == NOW + timedelta(hours=1)
            assert client.waiting() == {host}
            clock[0] = NOW + timedelta(minutes=59)
            second = await client.fetch(request(other))
            assert (second.outcome, second.attempts, second.retry_at) == (
                "error:rate-limited",
                1,
                NOW + timedelta(hours=1),
            )
            clock[0] = NOW + timedelta(minutes=61)
            assert client.waits(host) is None
            assert (await client.fetch(request(other))).outcome == "ok"

    asyncio.run(go())
    assert len(server.asked("/busy")) == 1
    assert len(server.asked("/other")) == 1


@pytest.mark.parametrize("status", [200, 404, 410])
def test_retry_after_of_an_answer_that_refuses_nothing_is_nothing(
    server: FaultServer, fetch: Fetch, status: int
) -> None:
    page = server.says("/page", status=status, headers={"Retry-After": "3600"})
    first, second = fetch([page, server.says("/other")])
    assert (first.retry_at, second.outcome) == (None, "ok")


def test_429_without_a_time_rests_longer_each_time() -> None:
    gates = Gates(lambda: NOW)
    waits = [gates.answered("h", 429, "garbage", None) for _ in range(12)]
    assert waits[0] == NOW + timedelta(seconds=10)
    assert waits[1] == NOW + timedelta(seconds=20)
    assert waits[-1] == NOW + timedelta(minutes=10)
    gates.answered("h", 200, None, None)
    assert gates.answered("h", 429, None, None) == NOW + timedelta(seconds=10)


def test_a_longer_rest_is_never_shortened() -> None:
    gates = Gates(lambda: NOW)
    gates.answered("h", 429, "3600", None)
    gates.answered("h", 503, "60", None)
    assert gates.waits("h") == NOW + timedelta(hours=1)
    assert gates.waits("other") is None


def test_one_request_at_a_time_and_a_gap_between_them(server: FaultServer) -> None:
    async def slow(exchange: Exchange) -> None:
        await asyncio.sleep(0.05)
        await exchange.answer(200, b"<p>x</p>")

    urls = [server.acts(f"/{number}", slow) for number in range(4)]
    politeness = Politeness(gap=timedelta(seconds=0.15), parallel=1, robots="ignore")

    async def go() -> None:
        async with fetcher() as client:
            await asyncio.gather(*(client.fetch(request(url, politeness=politeness)) for url in urls))

    asyncio.run(go())
    assert server.most_open == 1
    for earlier, later in zip(server.requests, server.requests[1:], strict=False):
        assert earlier.ended_at is not None
        assert later.at - earlier.ended_at >= 0.145


def test_as_many_at_a_time_as_configured_and_no_more(server: FaultServer) -> None:
    async def slow(exchange: Exchange) -> None:
        await asyncio.sleep(0.1)
        await exchange.answer(200, b"<p>x</p>", {"Connection": "close"})
        exchange.writer.close()

    urls = [server.acts(f"/{number}", slow) for number in range(9)]
    politeness = Politeness(gap=timedelta(0), parallel=3, robots="ignore")

    async def go() -> None:
        async with fetcher() as client:
            await asyncio.gather(*(client.fetch(request(url, politeness=politeness)) for url in urls))

    started = time.monotonic()
    asyncio.run(go())
    assert server.most_open == 3
    assert 0.28 < time.monotonic() - started < 0.8


def test_without_a_configured_gap_it_follows_the_response_time() -> None:
    clock = [1000.0]
    gates = Gates(lambda: NOW, lambda: clock[0])

    async def gap_after(took: float) -> float:
        async with gates.turn(f"host {took}", Politeness()):
            clock[0] += took
        return gates.gate(f"host {took}").free_at - clock[0]

    assert asyncio.run(gap_after(0.1)) == pytest.approx(2)
    assert asyncio.run(gap_after(1.0)) == pytest.approx(5)
    assert asyncio.run(gap_after(20.0)) == pytest.approx(30)


def test_waiting_for_a_turn_does_not_eat_the_deadline(server: FaultServer) -> None:
    urls = [server.says(f"/{number}") for number in range(4)]
    politeness = Politeness(gap=timedelta(seconds=0.3), parallel=1, robots="ignore")

    async def go() -> list[Fetched]:
        async with fetcher() as client:
            wanted = [request(url, politeness=politeness, deadline=timedelta(seconds=0.5)) for url in urls]
            return list(await asyncio.gather(*map(client.fetch, wanted)))

    results = asyncio.run(go())
    assert [got.outcome for got in results] == ["ok"] * 4
    assert max(got.duration for got in results) < timedelta(seconds=0.3)


def test_crawl_delay_is_kept_where_robots_are_obeyed(server: FaultServer, fetch: Fetch) -> None:
    server.says("/robots.txt", b"User-agent: Muniment\nCrawl-delay: 0.3")
    fetch([server.says("/a"), server.says("/b")])
    _, first, second = server.requests
    assert second.at - first.at >= 0.29
    gates = Gates(lambda: NOW)
    gates.crawl_delay("h", 86400)
    assert gates.gate("h").crawl_delay == 300


def test_a_slow_host_with_many_pages_never_holds_up_nine_others() -> None:
    async def slow(exchange: Exchange) -> None:
        await asyncio.sleep(0.5)
        await exchange.answer(200, b"<p>x</p>")

    servers = [FaultServer(f"127.0.0.{number}") for number in range(2, 12)]
    for server in servers:
        server.__enter__()
    try:
        crowded = servers[0]
        pages = [crowded.acts(f"/{number}", slow) for number in range(300)]
        others = [server.says("/") for server in servers[1:]]
        politeness = Politeness(gap=timedelta(0), parallel=1, robots="ignore")

        async def go() -> float:
            async with fetcher() as client:
                many = [asyncio.create_task(client.fetch(request(url, politeness=politeness))) for url in pages]
                await asyncio.sleep(0.1)
                started = time.monotonic()
                await asyncio.gather(*(client.fetch(request(url, politeness=politeness)) for url in others))
                took = time.monotonic() - started
                for task in many:
                    task.cancel()
                await asyncio.gather(*many, return_exceptions=True)
                return took

        assert asyncio.run(go()) < 0.4
    finally:
        for server in servers:
            server.__exit__(None, None, None)


@pytest.mark.parametrize(
    ("clock", "windows", "opens"),
    [
        ("2026-03-01T23:00", ("22:00-06:00",), None),
        ("2026-03-01T05:59", ("22:00-06:00",), None),
        ("2026-03-01T06:00", ("22:00-06:00",), "2026-03-01T22:00"),
        ("2026-03-01T12:00", ("01:00-02:00", "20:00-21:00"), "2026-03-01T20:00"),
        ("2026-03-01T21:00", ("01:00-02:00", "20:00-21:00"), "2026-03-02T01:00"),
        ("2026-03-01T21:00", (), None),
        ("2026-03-01T23:59", ("18:00-24:00",), None),
    ],
)
def test_visit_windows(clock: str, windows: tuple[str, ...], opens: str | None) -> None:
    shanghai = Politeness(windows=windows, zone="Asia/Shanghai")
    hours = timedelta(hours=8)
    now = datetime.fromisoformat(clock).replace(tzinfo=UTC) - hours
    expected = datetime.fromisoformat(opens).replace(tzinfo=UTC) - hours if opens else None
    assert opens_at(shanghai, now) == expected


def test_no_page_is_asked_outside_its_window(server: FaultServer, fetch: Fetch) -> None:
    night = Politeness(windows=("22:00-06:00",), robots="ignore")
    got = fetch(server.says("/"), {"now": lambda: NOW}, politeness=night)
    assert (got.outcome, got.retry_at) == ("error:rate-limited", NOW + timedelta(hours=10))
    assert server.hits == []
