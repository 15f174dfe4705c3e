"""What we send: who we are, conditions, cookies; through a proxy where one is configured; secrets nowhere else."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import trustme

from tests.support.faults import Exchange, FaultServer
from tests.support.fetching import AGENT, fetcher, request
from worker.fetch.cookies import Jars
from worker.fetch.model import Fetched

Fetch = Callable[..., Any]


def test_who_we_are_and_what_we_take(server: FaultServer, fetch: Fetch) -> None:
    fetch(server.says("/"), headers={"Accept-Language": "zh-CN"})
    sent = server.asked("/")[0].headers
    assert sent["user-agent"] == AGENT
    assert sent["accept-encoding"] == "gzip, deflate, br, zstd"
    assert sent["accept-language"] == "zh-CN"
    assert sent["host"] == f"127.0.0.1:{server.port}"
    assert not {"cookie", "if-none-match", "if-modified-since", "referer"} & set(sent)


def test_validators_are_sent_and_a_304_has_no_body(server: FaultServer, fetch: Fetch) -> None:
    async def act(exchange: Exchange) -> None:
        if exchange.headers.get("if-none-match") == '"v1"' or "if-modified-since" in exchange.headers:
            await exchange.send(b'HTTP/1.1 304 Not Modified\r\nETag: "v1"\r\n\r\n')
        else:
            await exchange.answer(200, b"<p>x</p>", {"ETag": '"v1"'})

    url = server.acts("/", act)
    assert fetch(url).header("etag") == '"v1"'
    by_tag = fetch(url, etag='"v1"')
    by_date = fetch(url, last_modified="Sun, 01 Mar 2026 08:00:00 GMT")
    assert [(got.outcome, got.status, got.body) for got in (by_tag, by_date)] == [("not-modified", 304, b"")] * 2
    assert fetch(url, etag='"v0"').outcome == "ok"


def test_a_304_that_nobody_asked_for_is_no_content(server: FaultServer, fetch: Fetch) -> None:
    assert fetch(server.sends("/", b"HTTP/1.1 304 Not Modified\r\n\r\n")).outcome == "empty"


def greeted(server: FaultServer) -> str:
    async def act(exchange: Exchange) -> None:
        known = "guest=7" in exchange.headers.get("cookie", "")
        await exchange.answer(
            200, b"<p>back</p>" if known else b"<p>new</p>", {"Set-Cookie": "guest=7; Path=/; HttpOnly"}
        )

    return server.acts("/", act)


def test_cookies_are_kept_across_polls_where_a_source_wants_it(server: FaultServer, fetch: Fetch) -> None:
    url = greeted(server)
    assert [got.body for got in fetch([url, url], jar="forum")] == [b"<p>new</p>", b"<p>back</p>"]
    assert [got.body for got in fetch([url, url])] == [b"<p>new</p>", b"<p>new</p>"]


def test_sources_do_not_share_cookies(server: FaultServer) -> None:
    url = greeted(server)

    async def go() -> list[bytes]:
        async with fetcher() as client:
            return [(await client.fetch(request(url, jar=jar))).body for jar in ("one", "two", "one")]

    assert asyncio.run(go()) == [b"<p>new</p>", b"<p>new</p>", b"<p>back</p>"]


def test_jars_can_be_kept_over_a_restart(server: FaultServer) -> None:
    url, kept = greeted(server), dict[str, str]()

    async def go() -> bytes:
        async with fetcher(jars=Jars(kept.get, kept.__setitem__)) as client:
            return (await client.fetch(request(url, jar="forum"))).body

    assert asyncio.run(go()) == b"<p>new</p>"
    assert asyncio.run(go()) == b"<p>back</p>"


def test_a_flood_of_cookies_is_bounded(server: FaultServer, fetch: Fetch) -> None:
    flood = [("Set-Cookie", f"c{number}=x") for number in range(500)] + [("Set-Cookie", "big=" + "y" * 5000)]
    url = server.says("/", b"<p>x</p>", headers=flood)
    fetch([url, url], jar="forum")
    sent = server.asked("/")[1].headers["cookie"]
    assert sent.count("=") <= 60
    assert "big" not in sent


def test_configured_cookies_are_sent(server: FaultServer, fetch: Fetch) -> None:
    fetch(server.says("/"), cookies={"auth": "s3cret", "lang": "zh"})
    assert server.asked("/")[0].headers["cookie"] == "auth=s3cret; lang=zh"


def test_headers_and_cookies_beyond_ascii_are_sent_as_utf_8(server: FaultServer, fetch: Fetch) -> None:
    got = fetch(server.says("/"), headers={"X-Name": "通知"}, cookies={"name": "张三"})
    assert got.outcome == "ok"
    sent = server.asked("/")[0].headers
    assert sent["x-name"].encode("latin-1").decode() == "通知"
    assert sent["cookie"].encode("latin-1").decode() == "name=张三"


def test_a_proxy_is_spoken_to_with_its_credentials(fetch: Fetch) -> None:
    with FaultServer("127.0.0.2") as proxy:
        proxy.says("http://127.0.0.1/page", b"<p>through the proxy</p>")
        proxy.says("http://127.0.0.1/robots.txt", b"")
        got: Fetched = fetch("http://127.0.0.1/page", proxy=f"http://me:word@127.0.0.2:{proxy.port}")
        assert (got.outcome, got.body) == ("ok", b"<p>through the proxy</p>")
        assert {one.headers["proxy-authorization"] for one in proxy.requests} == {"Basic bWU6d29yZA=="}


def test_https_goes_through_a_proxy_in_a_tunnel(fetch: Fetch, tmp_path: Path) -> None:
    ca, tls = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert("127.0.0.1").configure_cert(tls)
    ca.cert_pem.write_to_path(str(tmp_path / "ca.pem"))

    async def tunnel(exchange: Exchange) -> None:
        host, port = exchange.path.split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        await exchange.send(b"HTTP/1.1 200 Connected\r\n\r\n")

        async def pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
            while data := await source.read(65536):
                sink.write(data)
                await sink.drain()
            sink.close()

        await asyncio.gather(pump(exchange.reader, writer), pump(reader, exchange.writer))

    with FaultServer("127.0.0.2") as proxy, FaultServer(tls=tls) as site:
        site.says("/page")
        proxy.acts(f"127.0.0.1:{site.port}", tunnel)
        options = {"ca_file": str(tmp_path / "ca.pem")}
        got: Fetched = fetch(site.url("/page"), options, proxy=f"http://127.0.0.2:{proxy.port}")
        assert got.outcome == "ok"
        assert got.tls is not None
        assert got.tls.endswith(" verified")


def test_a_proxy_that_refuses_and_one_we_do_not_speak_to(fetch: Fetch) -> None:
    with FaultServer("127.0.0.2") as proxy:
        proxy.says("127.0.0.1:443", b"", 407)
        refused = fetch("https://127.0.0.1/", proxy=f"http://127.0.0.2:{proxy.port}")
        assert refused.outcome == "error:connect"
        assert fetch("http://127.0.0.1/", proxy=f"socks5://127.0.0.2:{proxy.port}").outcome == "error:unsupported"


def test_secrets_are_in_no_log_line_and_in_no_error(
    server: FaultServer, fetch: Fetch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    bad = server.sends("/bad", b"nonsense\r\n\r\n")
    results = [
        fetch(bad, headers={"Authorization": "Bearer s3cret"}, cookies={"a": "s3cret"}),
        fetch(server.says("/good"), headers={"X-Key": "s3cret"}, cookies={"a": "s3cret"}),
        fetch("http://127.0.0.1/", proxy="http://me:s3cret@127.0.0.1:1"),
    ]
    written = "\n".join(record.getMessage() for record in caplog.records)
    assert "s3cret" not in written
    assert all("s3cret" not in repr(got) for got in results)
