"""Nothing a server sends costs more than it was allowed: time, bytes, memory, requests."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import time
import tracemalloc
import zlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import brotli
import pytest

from archive.zstd import compressed
from tests.support.faults import HTML, Exchange, FaultServer
from tests.support.fetching import fetcher, request
from worker.fetch.unpack import BadEncoding, Oversized, Unpacker

Fetch = Callable[..., Any]
MIB = 1024 * 1024
SHORT = timedelta(seconds=0.7)


def packed(names: str, data: bytes) -> bytes:
    for name in names.split(", "):
        data = {
            "gzip": lambda d: gzip.compress(d, 9),
            "deflate": lambda d: zlib.compress(d, 9),
            "br": lambda d: brotli.compress(d, quality=5),
            "zstd": lambda d: compressed(d, 3),
        }[name](data)
    return data


@pytest.mark.parametrize(
    "encoding", ["gzip", "deflate", "br", "zstd", "gzip, br", "br, gzip", "zstd, gzip", "gzip, gzip, gzip"]
)
def test_every_encoding_and_their_layers_are_undone(server: FaultServer, fetch: Fetch, encoding: str) -> None:
    body = "<html><p>关于公开征求意见的通知</p></html>".encode() * 300
    got = fetch(server.says("/", packed(encoding, body), headers={**HTML, "Content-Encoding": encoding}))
    assert (got.outcome, got.body) == ("ok", body)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "gzip, gzip", "br, gzip", "zstd, zstd"])
def test_a_bomb_is_named_and_takes_no_memory(server: FaultServer, fetch: Fetch, encoding: str) -> None:
    bomb = packed(encoding, bytes(64 * MIB))
    url = server.says("/", bomb, headers={**HTML, "Content-Encoding": encoding})
    tracemalloc.start()
    got = fetch(url)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert got.outcome == "error:bomb"
    assert got.body == b""
    assert peak < 24 * MIB


def test_zlib_without_its_header_is_undone(server: FaultServer, fetch: Fetch) -> None:
    raw = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = b"<html><p>bare deflate</p></html>" * 50
    got = fetch(server.says("/", raw.compress(body) + raw.flush(), headers={**HTML, "Content-Encoding": "deflate"}))
    assert got.body == body


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
def test_rubbish_under_an_encoding_is_an_encoding_error(server: FaultServer, fetch: Fetch, encoding: str) -> None:
    got = fetch(server.says("/", b"<p>plain text after all</p>" * 9, headers={**HTML, "Content-Encoding": encoding}))
    assert got.outcome == "error:encoding"


def test_an_unknown_encoding_is_an_encoding_error_and_identity_is_none(server: FaultServer, fetch: Fetch) -> None:
    assert fetch(server.says("/x", headers={"Content-Encoding": "snappy"})).outcome == "error:encoding"
    assert fetch(server.says("/y", headers={**HTML, "Content-Encoding": "identity"})).outcome == "ok"


def test_eight_layers_are_not_undone(server: FaultServer, fetch: Fetch) -> None:
    assert fetch(server.says("/", headers={"Content-Encoding": ", ".join(["gzip"] * 8)})).outcome == "error:encoding"


def test_a_gzip_stream_that_stops_early_is_truncated(server: FaultServer, fetch: Fetch) -> None:
    data = gzip.compress(b"".join(b"<p>%d</p>" % n for n in range(5000)))
    got = fetch(server.says("/", data[: len(data) // 2], headers={**HTML, "Content-Encoding": "gzip"}))
    assert got.outcome == "truncated"
    assert got.body.startswith(b"<p>0</p>")


def test_several_gzip_members_and_rubbish_after_them() -> None:
    unpacker = Unpacker("gzip", MIB)
    for byte in gzip.compress(b"one ") + gzip.compress(b"two") + b"\x00\x00rubbish":
        list(unpacker.feed(bytes([byte])))
    assert (unpacker.body, unpacker.complete) == (b"one two", True)


def test_a_cap_is_exact() -> None:
    unpacker = Unpacker("gzip", 1000)
    list(unpacker.feed(gzip.compress(bytes(1000))))
    assert len(unpacker.body) == 1000
    with pytest.raises(Oversized):
        list(Unpacker("gzip", 999).feed(gzip.compress(bytes(1000))))
    with pytest.raises(BadEncoding):
        Unpacker("gzip, nonsense", 1000)


def test_a_body_in_tiny_chunks_is_read_and_one_without_end_is_not(server: FaultServer, fetch: Fetch) -> None:
    async def tiny(exchange: Exchange) -> None:
        await exchange.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: text/html\r\n\r\n")
        for _ in range(int(exchange.path[1:])):
            await exchange.send(b"1\r\nx\r\n" * 1000)
        await exchange.send(b"0\r\n\r\n")

    assert len(fetch(server.acts("/10", tiny)).body) == 10_000
    got = fetch(server.acts("/100000", tiny))
    assert (got.outcome, got.body) == ("error:parse", b"")


def test_a_long_plain_body_is_refused_by_its_length_before_it_is_read(server: FaultServer, fetch: Fetch) -> None:
    got = fetch(server.says("/", b"x" * 10, length=50 * MIB))
    assert got.outcome == "error:too-large"
    assert got.duration < timedelta(seconds=1)


def test_a_long_body_without_a_length_is_cut_off(server: FaultServer, fetch: Fetch) -> None:
    async def endless(exchange: Exchange) -> None:
        await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
        while True:
            await exchange.send(b"<p>more</p>" * 5000)

    assert fetch(server.acts("/", endless)).outcome == "error:too-large"


async def _drip(exchange: Exchange, head: bytes) -> None:
    await exchange.send(head)
    while True:
        await exchange.send(b"x")
        await asyncio.sleep(0.05)


@pytest.mark.parametrize(
    "head",
    [b"", b"HTTP/1.1 200 OK\r\nX-Slow: ", b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b"HTTP/1.1 302 F\r\n"],
    ids=["status line", "header", "body", "redirect"],
)
def test_a_drip_is_cut_at_the_total_deadline(server: FaultServer, fetch: Fetch, head: bytes) -> None:
    started = time.monotonic()
    got = fetch(server.acts("/", lambda exchange: _drip(exchange, head)), deadline=SHORT)
    assert got.outcome == "error:deadline"
    assert time.monotonic() - started < 1.5
    assert timedelta(seconds=0.6) < got.duration < timedelta(seconds=1)


def test_the_deadline_covers_redirects_together(server: FaultServer, fetch: Fetch) -> None:
    async def slow(exchange: Exchange) -> None:
        await asyncio.sleep(0.2)
        number = int(exchange.path[2:])
        await exchange.answer(302, b"", {"Location": f"/r{number + 1}"})

    for number in range(20):
        server.acts(f"/r{number}", slow)
    got = fetch(server.url("/r0"), deadline=SHORT)
    assert got.outcome == "error:deadline"
    assert got.duration < timedelta(seconds=1)


def test_a_head_without_end_is_refused(server: FaultServer, fetch: Fetch) -> None:
    sent = 0

    async def endless(exchange: Exchange) -> None:
        nonlocal sent
        await exchange.send(b"HTTP/1.1 200 OK\r\n")
        while True:
            await exchange.send(b"X-More: " + b"y" * 8000 + b"\r\n")
            sent += 8010

    got = fetch(server.acts("/", endless))
    assert got.outcome == "error:parse"
    assert sent < 30 * MIB


def test_one_header_without_end_is_refused(server: FaultServer, fetch: Fetch) -> None:
    async def endless(exchange: Exchange) -> None:
        await exchange.send(b"HTTP/1.1 200 OK\r\nX-Long: ")
        while True:
            await exchange.send(b"y" * 65536)

    assert fetch(server.acts("/", endless)).outcome == "error:parse"


def test_interim_answers_without_end_are_refused(server: FaultServer, fetch: Fetch) -> None:
    async def endless(exchange: Exchange) -> None:
        while True:
            await exchange.send(b"HTTP/1.1 102 Processing\r\n\r\n" * 500)

    assert fetch(server.acts("/", endless)).outcome == "error:too-large"


def test_others_are_served_while_a_bomb_unpacks(server: FaultServer) -> None:
    bomb = server.says("/bomb", packed("gzip", bytes(64 * MIB)), headers={**HTML, "Content-Encoding": "gzip"})
    page = server.says("/page")

    async def go() -> tuple[str, float]:
        async with fetcher() as client:
            await client.fetch(request(page))
            exploding = [asyncio.create_task(client.fetch(request(bomb, max_size=32 * MIB))) for _ in range(3)]
            await asyncio.sleep(0.02)
            started = time.monotonic()
            got = await client.fetch(request(page))
            took = time.monotonic() - started
            await asyncio.gather(*exploding)
            return got.outcome, took

    outcome, took = asyncio.run(go())
    assert outcome == "ok"
    assert took < 1.0


def test_large_bodies_of_many_hosts_are_read_two_at_a_time() -> None:
    async def flood(exchange: Exchange) -> None:
        await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
        while True:
            await exchange.send(b"<p>more and more</p>" * 10_000)

    with contextlib.ExitStack() as stack:
        servers = [stack.enter_context(FaultServer(f"127.0.0.{number}")) for number in range(2, 10)]
        urls = [server.acts("/flood", flood) for server in servers]

        async def go() -> list[str]:
            async with fetcher() as client:
                wanted = [request(url, max_size=8 * MIB, deadline=timedelta(seconds=30)) for url in urls]
                return [got.outcome for got in await asyncio.gather(*map(client.fetch, wanted))]

        tracemalloc.start()
        outcomes = asyncio.run(go())
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert outcomes == ["error:too-large"] * 8
    assert peak < 44 * MIB, "two of eight MiB, six of two, and the server's own"
