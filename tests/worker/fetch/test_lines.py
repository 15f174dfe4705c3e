"""Lines that break, lie or speak something else: each is an outcome of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.support.faults import Exchange, FaultServer
from tests.support.fetching import fetcher, request
from worker.fetch.model import Fetched

Fetch = Callable[..., Any]


def test_a_reset_before_the_answer_is_tried_again_and_then_named(server: FaultServer, fetch: Fetch) -> None:
    async def reset(exchange: Exchange) -> None:
        exchange.reset()

    got: Fetched = fetch(server.acts("/", reset))
    assert (got.outcome, got.attempts, got.transient) == ("error:reset", 3, True)
    assert len(server.asked("/")) == 3


def test_a_page_that_answers_the_second_time_is_fetched(server: FaultServer, fetch: Fetch) -> None:
    async def moody(exchange: Exchange) -> None:
        if len(server.asked("/")) == 1:
            exchange.reset()
        else:
            await exchange.answer(200, b"<html><p>there it is</p></html>")

    got = fetch(server.acts("/", moody))
    assert (got.outcome, got.attempts) == ("ok", 2)


def test_a_line_closed_without_a_word_is_a_reset(server: FaultServer, fetch: Fetch) -> None:
    assert fetch(server.sends("/", b"")).outcome == "error:reset"


def test_a_body_shorter_than_its_length_is_truncated_and_kept(server: FaultServer, fetch: Fetch) -> None:
    got = fetch(server.sends("/", b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n<html><p>half of"))
    assert (got.outcome, got.body, got.attempts) == ("truncated", b"<html><p>half of", 3)
    assert got.transient


def test_a_chunked_body_without_its_end_is_truncated(server: FaultServer, fetch: Fetch) -> None:
    got = fetch(server.sends("/", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n<p>one</p\r\n"))
    assert (got.outcome, got.body) == ("truncated", b"<p>one</p")


@pytest.mark.parametrize(
    ("said", "outcome"),
    [("bytes 0-41/42", "ok"), ("bytes 0-41/5000", "truncated"), ("bytes 42-83/84", "truncated"),
     ("bytes 0-41/*", "truncated"), (None, "truncated")],
)  # fmt: skip
def test_a_part_that_nobody_asked_for_is_not_the_page(
    server: FaultServer, fetch: Fetch, said: str | None, outcome: str
) -> None:
    headers = {"Content-Type": "text/html"} | ({"Content-Range": said} if said else {})
    page = server.says("/", b"<html><p>a page that says something</p></h>"[:42], 206, headers)
    assert fetch(page).outcome == outcome


def test_a_line_reset_within_the_body_is_truncated(server: FaultServer, fetch: Fetch) -> None:
    async def reset(exchange: Exchange) -> None:
        await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n<html><p>half of")
        await asyncio.sleep(0.05)
        exchange.reset()

    assert fetch(server.acts("/", reset)).outcome == "truncated"


def test_bytes_beyond_the_length_are_no_part_of_the_page(server: FaultServer, fetch: Fetch) -> None:
    got = fetch(server.sends("/", b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n<p>ten</p>and more"))
    assert (got.outcome, got.body) == ("ok", b"<p>ten</p>")


def test_stray_bytes_behind_a_page_are_never_taken_for_the_next_one(server: FaultServer, fetch: Fetch) -> None:
    lie = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n<p>lie</p>"

    async def two_at_once(exchange: Exchange) -> None:
        await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n<p>ten</p>" + lie)

    first, second = fetch([server.acts("/first", two_at_once), server.says("/second", b"<p>truth</p>")])
    assert (first.body, second.body) == (b"<p>ten</p>", b"<p>truth</p>")


def test_connections_are_used_again(server: FaultServer, fetch: Fetch) -> None:
    fetch([server.says(f"/{number}") for number in range(10)])
    assert server.connections == 1


def test_a_half_closed_line_still_answers(server: FaultServer, fetch: Fetch) -> None:
    async def half(exchange: Exchange) -> None:
        await exchange.send(b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n<html><p>old server</p></html>")
        exchange.writer.write_eof()

    got = fetch(server.acts("/", half))
    assert (got.outcome, got.body) == ("ok", b"<html><p>old server</p></html>")


@pytest.mark.parametrize(
    "raw",
    [
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"<html>no head at all</html>\r\n\r\n",
        b"HTTP/1.1 2oo OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 7\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n",
        b"HTTP/1.1 200 OK\r\n: no name\r\n\r\n",
        b"\x00\x01\x02\x03\xff\xfe\r\n\r\n",
    ],
)
def test_what_is_not_http_is_a_named_outcome(server: FaultServer, fetch: Fetch, raw: bytes) -> None:
    assert fetch(server.sends("/", raw)).outcome in {"error:parse", "error:reset", "truncated"}


def test_a_server_that_never_says_a_word_is_cut_at_the_deadline(server: FaultServer, fetch: Fetch) -> None:
    async def mute(exchange: Exchange) -> None:
        await asyncio.sleep(30)

    got = fetch(server.acts("/", mute), deadline=timedelta(seconds=0.5))
    assert (got.outcome, got.transient) == ("error:deadline", True)


def test_a_closed_port_is_a_connect_error(fetch: Fetch) -> None:
    got = fetch("http://127.0.0.1:1/")
    assert got.outcome == "error:connect"
    assert "refused" in got.error


def test_a_503_is_tried_again_and_a_500_is_not(server: FaultServer, fetch: Fetch) -> None:
    bad = fetch(server.says("/bad", b"<h1>Internal</h1>", 500))
    busy = fetch(server.says("/busy", b"<h1>Busy</h1>", 503))
    assert (bad.outcome, bad.attempts) == ("error:http-5xx", 1)
    assert (busy.outcome, busy.attempts, busy.body) == ("error:http-5xx", 3, b"<h1>Busy</h1>")


def test_retries_stay_within_the_deadline(server: FaultServer, fetch: Fetch) -> None:
    got = fetch(server.says("/", b"", 503), {"first_wait": timedelta(seconds=60)}, deadline=timedelta(seconds=2))
    assert got.outcome == "error:http-5xx"
    assert got.duration < timedelta(seconds=2)


def test_raw_chinese_bytes_in_headers_are_kept(server: FaultServer, fetch: Fetch) -> None:
    name = "附件".encode()
    raw = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\nContent-Disposition: x; filename=" + name + b"\r\n\r\n<p>ten</p>"
    got = fetch(server.sends("/", raw))
    assert got.header("content-disposition") == "x; filename=附件"


def test_a_cancelled_fetch_is_cancelled(server: FaultServer) -> None:
    async def mute(exchange: Exchange) -> None:
        await asyncio.sleep(30)

    url = server.acts("/", mute)

    async def go() -> None:
        async with fetcher() as client:
            task = asyncio.create_task(client.fetch(request(url)))
            await asyncio.sleep(0.2)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert (await client.fetch(request(server.says("/next")))).outcome == "ok"

    asyncio.run(go())
