"""Redirects: every hop vetted, counted, recorded; what belongs to one host stays there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.support.faults import FaultServer
from tests.support.fetching import fetcher, request
from worker.fetch.asking import Walk
from worker.fetch.model import Fetched

Fetch = Callable[..., Any]


def leads(server: FaultServer, path: str, target: str, status: int = 302, **headers: str) -> str:
    return server.says(path, b"", status, {"Location": target, **headers})


@pytest.mark.parametrize("status", [301, 308])
def test_a_permanent_redirect_is_a_move(server: FaultServer, fetch: Fetch, status: int) -> None:
    new = server.says("/new")
    got = fetch(leads(server, "/old", "/new", status))
    assert (got.outcome, got.final_url, got.redirects) == ("moved", new, ((status, new),))


@pytest.mark.parametrize("status", [302, 303, 307])
def test_a_temporary_redirect_is_none(server: FaultServer, fetch: Fetch, status: int) -> None:
    server.says("/new")
    assert fetch(leads(server, "/old", "new", status)).outcome == "ok"


def test_a_move_behind_a_temporary_redirect_is_none(server: FaultServer, fetch: Fetch) -> None:
    leads(server, "/b", "/c", 301)
    server.says("/c")
    assert fetch(leads(server, "/a", "/b", 302)).outcome == "ok"


def test_a_loop_is_named_and_asked_at_most_ten_times(server: FaultServer, fetch: Fetch) -> None:
    leads(server, "/b", "/a")
    got = fetch(leads(server, "/a", "/b"))
    assert got.outcome == "error:redirects"
    assert "loop" in got.error
    assert len(server.asked("/a")) == len(server.asked("/b")) == 1


def test_a_loop_that_sets_a_cookie_each_time_ends_too(server: FaultServer, fetch: Fetch) -> None:
    got = fetch(leads(server, "/a", "/a", **{"Set-Cookie": "n=1"}))
    assert got.outcome == "error:redirects"
    assert len(server.asked("/a")) == 3


def test_a_redirect_that_asks_to_wait_a_second_is_followed_after_it(server: FaultServer, fetch: Fetch) -> None:
    server.says("/b")
    got = fetch(leads(server, "/a", "/b", **{"Retry-After": "1"}))
    assert (got.outcome, got.retry_at) == ("ok", None)
    assert got.duration.total_seconds() >= 1


def test_a_redirect_that_asks_to_wait_longer_is_followed_when_we_are_back(server: FaultServer) -> None:
    now = [datetime(2026, 5, 1, tzinfo=UTC)]
    server.says("/b")
    first = leads(server, "/a", "/b", 301, **{"Retry-After": "600"})

    async def go() -> list[Fetched]:
        async with fetcher(now=lambda: now[0]) as client:
            got = [await client.fetch(request(first)), await client.fetch(request(server.url("/other")))]
            now[0] += timedelta(seconds=601)
            return [*got, await client.fetch(request(first))]

    waits, resting, back = asyncio.run(go())
    assert (waits.outcome, waits.retry_at) == ("error:rate-limited", now[0] - timedelta(seconds=1))
    assert (resting.outcome, back.outcome) == ("error:rate-limited", "moved")
    assert [len(server.asked(path)) for path in ("/a", "/b", "/other")] == [2, 1, 0]


def test_a_chain_without_end_is_asked_ten_times(server: FaultServer, fetch: Fetch) -> None:
    for number in range(40):
        leads(server, f"/r{number}", f"/r{number + 1}")
    got = fetch(server.url("/r0"))
    assert (got.outcome, got.attempts) == ("error:redirects", 10)
    assert len(server.hits) == 11, "ten requests and robots.txt"


def test_a_chain_of_nine_redirects_arrives(server: FaultServer, fetch: Fetch) -> None:
    for number in range(9):
        leads(server, f"/r{number}", f"/r{number + 1}")
    server.says("/r9")
    got = fetch(server.url("/r0"))
    assert (got.outcome, len(got.redirects)) == ("ok", 9)


def test_a_site_that_sets_a_cookie_and_sends_us_back_is_read(server: FaultServer, fetch: Fetch) -> None:
    async def act(exchange: Any) -> None:
        if "guest=1" in exchange.headers.get("cookie", ""):
            await exchange.answer(200, b"<html><p>hello guest</p></html>")
        else:
            await exchange.answer(302, b"", {"Location": "/", "Set-Cookie": "guest=1; Path=/"})

    assert fetch(server.acts("/", act)).outcome == "ok"


def test_a_redirect_without_a_location_is_named(server: FaultServer, fetch: Fetch) -> None:
    assert fetch(server.says("/", b"", 302, {})).outcome == "error:redirects"


def test_raw_chinese_bytes_in_a_location_are_kept_as_they_are(server: FaultServer, fetch: Fetch) -> None:
    raw = "/通知/1.html".encode("gbk")
    server.sends("/", b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + raw + b"\r\n\r\n")
    got = fetch(server.url("/"))
    assert got.final_url.endswith("/%CD%A8%D6%AA/1.html")
    assert server.hits[-1] == "/%CD%A8%D6%AA/1.html"


def test_blanks_backslashes_and_fragments_in_a_location(server: FaultServer, fetch: Fetch) -> None:
    server.says("/new/page")
    got = fetch(leads(server, "/old", "  \\new\\page#part "))
    assert (got.outcome, got.final_url) == ("ok", server.url("/new/page"))


def test_headers_cookies_and_credentials_stay_at_their_host(server: FaultServer, fetch: Fetch) -> None:
    with FaultServer("127.0.0.2") as other:
        other.says("/landed")
        leads(server, "/start", other.url("/landed").replace("http://", "http://spy:secret@"))
        got: Fetched = fetch(
            server.url("/start"), headers={"Authorization": "Bearer token", "X-Key": "k"}, cookies={"session": "s"}
        )
        assert got.outcome == "ok"
        at_home, elsewhere = server.asked("/start")[0].headers, other.asked("/landed")[0].headers
        assert (at_home["authorization"], at_home["x-key"], at_home["cookie"]) == ("Bearer token", "k", "session=s")
        assert not {"authorization", "x-key", "cookie"} & set(elsewhere)
        assert "secret" not in repr(got)


def test_a_page_of_another_host_gets_nothing_of_its_sources_home(server: FaultServer, fetch: Fetch) -> None:
    fetch(server.says("/"), headers={"Authorization": "Bearer token"}, home="http://forum.example/")
    assert "authorization" not in server.asked("/")[0].headers


def test_headers_and_cookies_stay_at_their_port(server: FaultServer, fetch: Fetch) -> None:
    with FaultServer() as neighbour:
        neighbour.says("/landed")
        leads(server, "/start", neighbour.url("/landed"))
        got = fetch(server.url("/start"), headers={"Authorization": "Bearer token"}, cookies={"session": "s"})
        assert got.outcome == "ok"
        assert not {"authorization", "cookie"} & set(neighbour.asked("/landed")[0].headers)


def test_a_page_in_the_clear_gets_nothing_of_a_source_behind_tls(server: FaultServer, fetch: Fetch) -> None:
    fetch(server.says("/"), headers={"Authorization": "Bearer token"}, home=server.url().replace("http:", "https:"))
    assert "authorization" not in server.asked("/")[0].headers


@pytest.mark.parametrize(
    ("home", "at", "belongs"),
    [
        ("http://forum.example/", "https://www.forum.example/t", True),
        ("https://www.forum.example/", "https://forum.example./t", True),
        ("https://forum.example/", "http://forum.example/t", False),
        ("http://forum.example:8080/", "http://forum.example/t", False),
        ("http://forum.example/", "http://forum.example:8080/t", False),
        ("http://forum.example/", "https://forum.example:8443/t", False),
        ("https://forum.example:8443/", "https://forum.example:8443/t", True),
        ("https://forum.example/", "https://forum.example.spy.example/", False),
    ],
)
def test_where_what_a_source_configures_is_sent(home: str, at: str, belongs: bool) -> None:
    walk = Walk.start(request(at, home=home, headers={"X-Key": "k"}), httpx.Cookies())
    assert ("X-Key" in walk.headers()) is belongs


def test_a_redirect_to_the_login_page_is_a_wall(server: FaultServer, fetch: Fetch) -> None:
    server.says("/member.php", b"<html><form><input type=password></form></html>")
    got = fetch(leads(server, "/forum.php", "/member.php?mod=logging&action=login"))
    assert got.outcome == "login-required"
