"""robots.txt by RFC 9309: one table of rules, one of answers, and that it is asked once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support.faults import Exchange, FaultServer
from tests.support.fetching import QUICK, fetcher, request
from worker.fetch.model import Fetched, Politeness
from worker.fetch.robots import parse

Fetch = Callable[..., Any]


@pytest.mark.parametrize(
    ("rules", "path", "allowed"),
    [
        ("", "/a", True),
        ("User-agent: *\nDisallow: /", "/a", False),
        ("User-agent: *\nDisallow:", "/a", True),
        ("User-agent: *\nDisallow: /private/", "/private/x", False),
        ("User-agent: *\nDisallow: /private/", "/public/x", True),
        ("User-agent: *\nDisallow: /\n\nUser-agent: Muniment\nDisallow: /none", "/a", True),
        ("User-agent: *\nDisallow:\n\nUser-agent: muniment\nDisallow: /", "/a", False),
        ("User-agent: MUNIMENT\nDisallow: /", "/a", False),
        ("User-agent: otherbot\nDisallow: /", "/a", True),
        ("User-agent: Muniment/1.0\nDisallow: /\n\nUser-agent: *\nDisallow:", "/a", False),
        ("User-agent: Muniment (archive)\nDisallow: /\n\nUser-agent: *\nDisallow:", "/a", False),
        ("User-agent: muni\nDisallow: /", "/a", True),
        ("User-agent: m*\nDisallow: /", "/a", True),
        ("User-agent: *\nDisallow: /a\n\nUser-agent: men\nDisallow: /b", "/a", False),
        ("User-agent: *\nDisallow: /a\nAllow: /a/b", "/a/b/c", True),
        ("User-agent: *\nAllow: /a\nDisallow: /a", "/a", True),
        ("User-agent: *\nDisallow: /*.php$", "/x.php", False),
        ("User-agent: *\nDisallow: /*.php$", "/x.php?y", True),
        ("User-agent: *\nDisallow: /*sid=", "/t?sid=1", False),
        ("User-agent: one\nUser-agent: Muniment\nDisallow: /", "/a", False),
        ("\ufeffUser-agent: *\nDisallow: /", "/a", False),
        ("user-agent:*\r\ndisallow:/x # comment\r\n", "/x", False),
        ("User-agent: *\rDisallow: /mac", "/mac", False),
        ("User-agent: *\nDisallow: /通知", "/%E9%80%9A%E7%9F%A5/1", False),
        ("User-agent: *\nDisallow: /a%3Cb", "/a%3cb", False),
        ("<html><body>Not Found</body></html>", "/a", True),
        ("Sitemap: http://x/s.xml\nUser-agent: *\nDisallow: /p", "/p", False),
        ("\x00\x01\xff binary", "/a", True),
    ],
)
def test_rules(rules: str, path: str, allowed: bool) -> None:
    assert parse(rules.encode("utf-8", "surrogateescape")).can_fetch(f"http://x.example{path}", "Muniment") is allowed


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(200, "robots"), (204, "ok"), (301, "ok"), (401, "ok"), (403, "ok"), (404, "ok"), (410, "ok"), (500, "robots"),
     (502, "robots"), (503, "robots")],
)  # fmt: skip
def test_4xx_is_open_and_5xx_is_closed(server: FaultServer, fetch: Fetch, status: int, outcome: str) -> None:
    server.says("/robots.txt", b"User-agent: *\nDisallow: /", status)
    got: Fetched = fetch(server.says("/"))
    assert got.outcome == outcome
    assert bool(server.asked("/")) is (outcome == "ok")


def test_a_disallowed_page_is_never_asked_for(server: FaultServer, fetch: Fetch) -> None:
    server.says("/robots.txt", b"User-agent: *\nDisallow: /private")
    got = fetch(server.says("/private/page"))
    assert (got.outcome, got.attempts) == ("robots", 0)
    assert server.hits == ["/robots.txt"]


def test_robots_txt_is_asked_once_for_many_pages(server: FaultServer, fetch: Fetch) -> None:
    pages = [server.says(f"/{number}") for number in range(5)]
    fetch(pages)
    assert server.hits.count("/robots.txt") == 1


def test_robots_txt_is_asked_again_after_a_day(server: FaultServer) -> None:
    clock = [datetime(2026, 3, 1, tzinfo=UTC)]
    page = server.says("/")

    async def go() -> None:
        async with fetcher(now=lambda: clock[0]) as client:
            for hours in (0, 23, 25):
                clock[0] = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(hours=hours)
                await client.fetch(request(page))

    asyncio.run(go())
    assert server.hits == ["/robots.txt", "/", "/", "/robots.txt", "/"]


def test_an_older_copy_holds_while_the_server_is_ill(server: FaultServer) -> None:
    clock = [datetime(2026, 3, 1, tzinfo=UTC)]
    page, secret = server.says("/page"), server.says("/secret")
    server.says("/robots.txt", b"User-agent: *\nDisallow: /secret")

    async def go() -> list[Fetched]:
        async with fetcher(now=lambda: clock[0]) as client:
            await client.fetch(request(page))
            server.says("/robots.txt", b"", 500)
            clock[0] += timedelta(days=2)
            return [await client.fetch(request(page)), await client.fetch(request(secret))]

    assert [got.outcome for got in asyncio.run(go())] == ["ok", "robots"]


def test_a_redirected_robots_txt_counts_for_the_origin_that_was_asked(server: FaultServer, fetch: Fetch) -> None:
    server.says("/robots.txt", b"", 301, {"Location": "/real-robots"})
    server.says("/real-robots", b"User-agent: *\nDisallow: /x")
    assert fetch([server.says("/x"), server.says("/y")])[0].outcome == "robots"


def test_a_robots_txt_that_redirects_for_ever_is_as_good_as_none(server: FaultServer, fetch: Fetch) -> None:
    server.says("/robots.txt", b"", 302, {"Location": "/robots.txt"})
    assert fetch(server.says("/")).outcome == "ok"
    assert server.hits.count("/robots.txt") == 6


def test_a_redirect_into_a_disallowed_place_ends_there(server: FaultServer, fetch: Fetch) -> None:
    server.says("/robots.txt", b"User-agent: *\nDisallow: /hidden")
    server.says("/hidden/page")
    assert fetch(server.says("/", b"", 302, {"Location": "/hidden/page"})).outcome == "robots"
    assert "/hidden/page" not in server.hits


def test_a_bomb_and_a_drip_as_robots_txt(server: FaultServer, fetch: Fetch) -> None:
    server.says("/robots.txt", b"User-agent: *\nDisallow: /x\n" + b"# long\n" * 200_000)
    assert [got.outcome for got in fetch([server.says("/x"), server.says("/y")])] == ["robots", "ok"]

    async def drip(exchange: Exchange) -> None:
        await exchange.send(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            await exchange.send(b"x")
            await asyncio.sleep(0.05)

    server.acts("/robots.txt", drip)
    got = fetch(server.says("/"), deadline=timedelta(seconds=0.5))
    assert got.outcome == "error:deadline"
    assert got.error.startswith("robots.txt: ")


def test_robots_ignore_is_only_by_configuration_and_logged(
    server: FaultServer, fetch: Fetch, caplog: pytest.LogCaptureFixture
) -> None:
    server.says("/robots.txt", b"User-agent: *\nDisallow: /")
    with caplog.at_level("WARNING", "muniment.fetch"):
        got = fetch([server.says("/"), server.says("/b")], politeness=Politeness(QUICK.gap, 8, "ignore"))
    assert [one.outcome for one in got] == ["ok", "ok"]
    assert server.hits == ["/", "/b"]
    assert [record.message for record in caplog.records] == ["robots.txt ignored by configuration host=127.0.0.1"]


def test_robots_txt_is_asked_with_our_user_agent_and_nothing_else(server: FaultServer, fetch: Fetch) -> None:
    fetch(server.says("/"), headers={"Authorization": "x"}, etag='"e"')
    sent = server.asked("/robots.txt")[0].headers
    assert sent["user-agent"].startswith("Muniment/")
    assert not {"authorization", "if-none-match"} & set(sent)
