"""Rendering in a real Chromium: it sees only what our client fetches, and ends with its budget."""

from __future__ import annotations

import asyncio
import shutil
import socket
import time
from collections.abc import Callable
from datetime import timedelta
from ipaddress import ip_network
from typing import Any

import pytest

from tests.support.faults import Exchange, FaultServer
from tests.support.fetching import fetcher, request
from worker.fetch.model import Fetched

RENDERED = pytest.importorskip("worker.fetch.browser", exc_type=ImportError).RENDERED

Fetch = Callable[..., Any]
JS = {"Content-Type": "text/javascript"}

pytestmark = pytest.mark.skipif(shutil.which("chromium") is None, reason="no Chromium on this machine")


def render(urls: list[str], **changes: Any) -> list[Fetched]:
    """Several pages with one browser."""

    async def go() -> list[Fetched]:
        async with fetcher() as client:
            wanted = [request(url, render="browser", **{"deadline": timedelta(seconds=20), **changes}) for url in urls]
            return [await client.fetch(one) for one in wanted]

    return asyncio.run(go())


def test_a_page_is_read_after_its_scripts_and_through_our_own_client(server: FaultServer) -> None:
    app = server.says("/app", b'<html><body><div id="app"></div><script src="/app.js"></script></body></html>')
    server.says(
        "/app.js",
        b"fetch('/data',{method:'POST',body:'page=1'}).then(r=>r.text()).then(t=>{document.getElementById('app')"
        b".innerHTML='<p>'+t+'</p>'})",
        headers=JS,
    )

    async def data(exchange: Exchange) -> None:
        asked = await exchange.reader.readexactly(int(exchange.headers["content-length"]))
        await exchange.answer(200, "县政府公告第一号，".encode() + asked)

    server.acts("/data", data)

    async def challenge(exchange: Exchange) -> None:
        if "pass=1" in exchange.headers.get("cookie", ""):
            await exchange.answer(
                200, b"<html><p>the page behind the challenge</p></html>", {"Content-Type": "text/html"}
            )
        else:
            script = b"<script>document.cookie='pass=1;path=/';location.href=location.pathname</script>"
            await exchange.answer(521, script, {"Content-Type": "text/html"})

    rendered, passed, plain = render(
        [app, server.acts("/challenge", challenge), server.says("/gone", b"<p>no</p>", 404)]
    )
    assert (rendered.outcome, rendered.status) == ("ok", 200)
    assert "<p>县政府公告第一号，page=1</p>" in rendered.body.decode()
    assert (rendered.header(RENDERED) or "").startswith("Chromium/")
    assert {one.headers["user-agent"] for one in server.requests} == {server.requests[0].headers["user-agent"]}
    assert (passed.outcome, passed.status) == ("ok", 200)
    assert b"behind the challenge" in passed.body
    assert (plain.outcome, plain.header(RENDERED)) == ("gone", None)


def test_nothing_a_page_does_reaches_a_forbidden_address(server: FaultServer) -> None:
    hidden = FaultServer("127.0.0.3")
    with hidden:
        hidden.says("/x")
        inside = f"127.0.0.3:{hidden.port}"
        datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        datagrams.bind(("127.0.0.3", hidden.port))
        datagrams.setblocking(False)
        script = "".join(
            (
                f"fetch('http://{inside}/fetch').catch(()=>0);",
                f"try{{new WebSocket('ws://{inside}/socket')}}catch(e){{}};",
                f"new Image().src='http://{inside}/image';navigator.sendBeacon('http://{inside}/beacon','x');",
                f"document.write('<iframe src=http://{inside}/f></iframe><link rel=preconnect href=http://{inside}>');",
                f"document.write('<link rel=prefetch href=http://{inside}/p><script src=http://{inside}/js></scr'+'ipt>');",
                f"try{{new EventSource('http://{inside}/events')}}catch(e){{}};",
                f"let r=new RTCPeerConnection({{iceServers:[{{urls:'stun:{inside}'}}]}});r.createDataChannel('x');",
                "r.createOffer().then(offer=>r.setLocalDescription(offer));",
            )
        )
        page = server.says("/", f"<html><body><p>a page that tries</p><script>{script}</script></body></html>".encode())

        async def go() -> Fetched:
            async with fetcher(allow=(ip_network("127.0.0.1/32"),)) as client:
                return await client.fetch(request(page, render="browser", deadline=timedelta(seconds=20)))

        got = asyncio.run(go())
        assert b"a page that tries" in got.body
        assert (hidden.connections, hidden.hits) == (0, [])
        with datagrams, pytest.raises(BlockingIOError):
            datagrams.recv(100)


def test_a_script_that_never_yields_is_cut_at_the_deadline_and_the_next_page_is_read(server: FaultServer) -> None:
    endless = server.says("/endless", b"<html><body><p>x</p><script>while(true){}</script></body></html>")
    page = server.says("/page", b"<html><body><p>the next page</p></body></html>")

    async def go() -> tuple[Fetched, float, Fetched]:
        async with fetcher() as client:
            await client.fetch(request(page, render="browser", deadline=timedelta(seconds=20)))
            started = time.monotonic()
            stuck = await client.fetch(request(endless, render="browser", deadline=timedelta(seconds=2)))
            took = time.monotonic() - started
            return stuck, took, await client.fetch(request(page, render="browser", deadline=timedelta(seconds=20)))

    stuck, took, following = asyncio.run(go())
    assert stuck.outcome == "error:deadline"
    assert took < 9
    assert (following.outcome, b"the next page" in following.body) == ("ok", True)


def test_a_page_that_asks_without_end_is_bounded(server: FaultServer) -> None:
    server.says("/d", b"x" * 100)
    page = server.says(
        "/",
        b"<html><body><p>greedy</p><script>for(let i=0;i<1000;i++)fetch('/d?'+i).catch(()=>0)</script></body></html>",
    )
    render([page])
    assert sum(path.startswith("/d?") for path in server.hits) <= 150


def test_what_a_page_still_waits_to_ask_for_is_not_asked_once_its_visit_is_over(server: FaultServer) -> None:
    async def slow(exchange: Exchange) -> None:
        await asyncio.sleep(3)
        await exchange.answer(200, b"x")

    for number in range(30):
        server.acts(f"/slow/{number}", slow)
    server.acts("/never", _never)
    script = b"<script>for(let i=0;i<30;i++)fetch('/slow/'+i)</script><script src=/never></script>"
    page = server.says("/", b"<html><p>x</p>" + script + b"</html>")

    async def go() -> tuple[str, list[str], list[str]]:
        async with fetcher() as client:
            await client.fetch(request(server.says("/first"), render="browser", deadline=timedelta(seconds=20)))
            got = await client.fetch(request(page, render="browser", deadline=timedelta(seconds=2)))
            asked = [*server.hits]
            await asyncio.sleep(4)
            return got.outcome, asked, [*server.hits]

    outcome, asked, later = asyncio.run(go())
    assert outcome == "error:deadline"
    assert any(path.startswith("/slow/") for path in asked)
    assert later == asked


def test_without_chromium_the_outcome_says_what_is_missing(
    server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MUNIMENT_CHROMIUM", "/nonexistent/chromium")
    (got,) = render([server.says("/")])
    assert got.outcome == "error:unsupported"
    assert "browser" in (got.error or "")


def test_a_page_that_wants_ever_more_memory_gets_no_more_than_its_share_and_the_next_one_is_read(
    server: FaultServer,
) -> None:
    script = b"let a=[];try{for(let i=0;i<75;i++)a.push(new Uint8Array(2e7).fill(1))}catch(e){document.write(e)}"
    hog = server.says("/hog", b"<html><p>filled with:</p><script>" + script + b"</script></html>")
    good = server.says("/good", b"<html><p>a notice of the county</p></html>")
    first, second = render([hog, good])
    assert first.outcome == "error:too-large" or b"RangeError: Array buffer allocation failed" in first.body
    assert second.outcome == "ok"


def test_a_page_whose_process_ends_says_what_it_may_take(server: FaultServer) -> None:
    script = b"let a=['x'];setInterval(()=>{for(let i=0;i<3e5;i++)a.push({i:[i,i,i,i]})},1);fetch('/slow')"
    server.acts("/slow", _never)
    (got,) = render([server.says("/heap", b"<html><p>x</p><script>" + script + b"</script></html>")])
    assert (got.outcome, got.transient) == ("error:too-large", False)
    assert got.error is not None and "384 MiB" in got.error


async def _never(exchange: Exchange) -> None:
    await asyncio.sleep(30)
