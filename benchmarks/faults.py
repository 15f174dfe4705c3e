"""The faults that lose other tools their users, played to Muniment: one line each, beside what four peers did.

    python -m benchmarks.faults [--rechecks 1000]

Peers (urlwatch 2.29, webchanges 3.37, changedetection.io 0.60, Scrapy 2.19) are quoted: they were measured once, on one
fault server, for the issue this answers; they are not run here. Memory is the peak of a process of its own, above what
it had after one ordinary fetch.
"""

# ruff: noqa: E501 - markup and table rows are easier to see on one line

from __future__ import annotations

import argparse
import asyncio
import gzip
import multiprocessing
import random
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

from archive import open_archive
from tests.support.faults import HTML, Exchange, FaultServer
from worker.decode import decode
from worker.fetch.client import Fetcher
from worker.fetch.model import Fetched, Politeness, Request
from worker.round import Target, poll_round
from worker.settings import Confirm, Settings, Source

ALLOW = (ip_network("127.0.0.0/8"),)
QUICK = Politeness(gap=timedelta(0), parallel=4, robots="obey")
MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Line:
    """One trial: what peers did (as quoted), what Muniment must do, and the trial itself: (what it did, whether well)."""

    name: str
    peers: tuple[str, str, str, str]
    must: str
    run: Callable[[], tuple[str, bool]]


def fetched(urls: list[str], deadline: float = 20, **changes: Any) -> list[Fetched]:
    """Pages fetched one after another with one fetcher."""

    async def go() -> list[Fetched]:
        async with Fetcher(ALLOW, lambda: datetime.now(UTC)) as client:
            wanted = Request("", "Muniment/0.1", politeness=QUICK, deadline=timedelta(seconds=deadline))
            return [await client.fetch(replace(wanted, url=url, **changes)) for url in urls]

    return asyncio.run(go())


class Watched:
    """One page polled by whole rounds into an archive of its own."""

    def __init__(self, folder: str, url: str, **source: Any) -> None:
        self.database = f"sqlite:///{folder}/faults.db"
        options = {"politeness": QUICK, "confirm": Confirm(3, timedelta(hours=6)), "kind": "auto", **source}
        self.settings = Settings("sources.yaml", None, self.database, (Source("s", url, **options),), ALLOW)

    def poll(self) -> list[str]:
        """One round: outcomes of all pages of it."""
        return sorted(poll_round(self.settings, Target(frozenset({"s"})), lambda polled: None).outcomes.elements())

    def changes(self) -> list[str]:
        """Kinds of all changes so far."""
        with open_archive(self.database) as archive:
            return [change.kind for change in archive.changes_after(0)]


NAMES = "㙟㸃𠮷𪚥䶵镕喆㐀龦鿍"
NOTICE = "<h1>任免通知</h1>" + f"<p>县政府决定，任命张{NAMES}为县水务局局长，免去李明原任职务。自公布之日起施行，特此通知。</p>" * 5


def charset() -> tuple[str, bool]:
    """Characters only GB18030 has, labelled gb2312 by meta, by header, and not at all."""
    right = []
    with FaultServer() as server:
        for meta, header in (("<meta charset=gb2312>", ""), ("", "; charset=gb2312"), ("", "")):
            body = f"<html><head>{meta}<title>任免通知</title></head><body>{NOTICE}</body></html>".encode("gb18030")
            (got,) = fetched([server.says("/", body, headers={"Content-Type": "text/html" + header})])
            right.append(NAMES in decode(got.body, got.header("content-type")).text)
    return ("right" if all(right) else f"wrong {right.count(False)}") + f" x{len(right)}", all(right)


def board_page() -> bytes:
    """A topic whose posts never change and whose everything else always does."""
    dice = random.Random()
    token, now = f"{dice.getrandbits(32):08x}", f"2026-3-{dice.randint(1, 28)} {dice.randint(0, 23):02}:{dice.randint(0, 59):02}"
    posts = "".join(
        f'<div id="post_{pid}"><table id="pid{pid}" class="plhin"><tr><td class="pls" rowspan="2"><div class="pi"><div class="authi">'
        f'<a href="home.php?mod=space&amp;uid={pid}" target="_blank" class="xw1">作者{pid}</a></div></div>'
        f"<p>积分 {dice.randint(1, 9999)}</p></td><td class=\"plc\"><div class=\"pi\"><strong><a href=\"#\" id=\"postnum{pid}\">"
        f'<em>{floor}</em><sup>#</sup></a></strong><div class="pti"><div class="authi"><em id="authorposton{pid}">发表于 2026-1-{floor} 08:00'
        f'</em></div></div></div><div class="pct"><div class="pcb"><div class="t_fsz"><table><tr><td class="t_f" id="postmessage_{pid}">'
        f"第{floor}楼的话，一个字也没有改过，说的是修路的事。</td></tr></table></div></div></div></td></tr></table></div>"
        for floor, pid in enumerate(range(701, 709), 1)
    )
    return (
        '<!DOCTYPE html><html><head><meta charset="utf-8"><title>修路什么时候完工 - 百姓问政 - 某论坛 - Powered by Discuz!</title>'
        '<meta name="generator" content="Discuz! X3.4" /></head><body id="nv_forum" class="pg_viewthread">'
        f'<input type="hidden" name="formhash" value="{token}" /><div id="pt" class="bm cl"><a href="./">某论坛</a>'
        '<a href="forum.php?mod=forumdisplay&amp;fid=2">百姓问政</a></div><div id="postlist" class="pl bm">'
        f'<table><tr><td class="pls"><span class="xi1">{dice.randint(100, 9999)}</span></td><td class="plc"><h1 class="ts">'
        f'<span id="thread_subject">修路什么时候完工</span></h1></td></tr></table>{posts}</div>'
        f"<div id=\"ft\">GMT+8, {now}, Processed in 0.0{dice.randint(10000, 99999)} second(s), {dice.randint(5, 20)} queries."
        f'<a href="https://ads.example/{token}">广告 {token}</a></div></body></html>'
    ).encode()


def rechecks(count: int) -> Callable[[], tuple[str, bool]]:
    """A Discuz page read again and again while only its chrome changes."""

    def run() -> tuple[str, bool]:
        with FaultServer() as server, tempfile.TemporaryDirectory() as folder:

            async def topic(exchange: Exchange) -> None:
                await exchange.answer(200, board_page(), HTML)

            url = server.acts("/thread-9-1-1.html", topic)
            watched = Watched(folder, url, kind="topic")
            watched.poll()
            before = len(watched.changes())
            for _ in range(count):
                watched.poll()
            changed = len(watched.changes()) - before
        return f"{changed} of {count} ({before} documents)", changed == 0 and before >= 9

    return run


def between(status: int, wrong: bytes, outcome: str) -> Callable[[], tuple[str, bool]]:
    """A page that is no content, between two good fetches."""

    def run() -> tuple[str, bool]:
        good = f"<html><head><meta charset=utf-8><title>任免通知</title></head><body>{NOTICE}</body></html>".encode()
        with FaultServer() as server, tempfile.TemporaryDirectory() as folder:
            watched = Watched(folder, server.says("/", good), kind="page")
            watched.poll()
            server.says("/", wrong, status)
            said = watched.poll()
            server.says("/", good)
            watched.poll()
            kinds = watched.changes()
        return f"{len(kinds) - 1} false changes, {said[0]}", kinds == ["new"] and said == [outcome]

    return run


WAF = b"""<html><head><script>var arg1='6A37F1';function setCookie(n,v){document.cookie=n+"="+v+";path=/";}
setCookie("acw_sc__v2",arg1);document.location.reload();</script></head><body></body></html>"""
SOFT_404 = (
    "<html><head><meta charset=utf-8><title>404 - 页面不存在</title></head><body><h1>您访问的页面不存在</h1>"
    "<p>请检查地址，或返回首页。</p></body></html>"
).encode()


def gone() -> tuple[str, bool]:
    """410."""
    with FaultServer() as server:
        (got,) = fetched([server.says("/", b"", 410)])
    return got.outcome, got.outcome == "gone"


def conditional() -> tuple[str, bool]:
    """ETag and Last-Modified, four polls after the first."""
    with FaultServer() as server, tempfile.TemporaryDirectory() as folder:
        body = f"<html><head><meta charset=utf-8><title>任免通知</title></head><body>{NOTICE}</body></html>".encode()

        async def act(exchange: Exchange) -> None:
            if exchange.headers.get("if-none-match") == '"v1"':
                await exchange.send(b'HTTP/1.1 304 Not Modified\r\nETag: "v1"\r\n\r\n')
            else:
                await exchange.answer(200, body, {**HTML, "ETag": '"v1"', "Last-Modified": "Sun, 01 Mar 2026 08:00:00 GMT"})

        watched = Watched(folder, server.acts("/", act), kind="page")
        said = [watched.poll() for _ in range(5)]
    times = said[1:].count(["not-modified"])
    return f"304 on {times} of 4", times == 4


def retry_after() -> tuple[str, bool]:
    """429 with Retry-After: 3600, then the same page and another of that host."""
    with FaultServer() as server:
        busy = server.says("/busy", b"", 429, {"Retry-After": "3600"})
        results = fetched([busy, busy, server.says("/other")])
        asked = len(server.asked("/busy")) + len(server.asked("/other"))
    waits = all(got.retry_at is not None for got in results)
    return f"{asked} request, then the whole host waits", asked == 1 and waits


def loop() -> tuple[str, bool]:
    """A redirect loop that sets a cookie each time."""
    with FaultServer() as server:
        (got,) = fetched([server.says("/", b"", 302, {"Location": "/", "Set-Cookie": "n=1"})])
        hits = len(server.asked("/"))
    return f"{hits} hits, {got.outcome}", hits <= 10 and got.outcome == "error:redirects"


def _peak(answer: Any, bomb: str, page: str) -> None:
    fetched([page])
    # ru_maxrss would begin with what the parent had; this peak can be set back to what the process has now
    Path("/proc/self/clear_refs").write_text("5")
    before = _high_water()
    (got,) = fetched([bomb], 120, max_size=32 * MIB)
    answer.put((got.outcome, _high_water() - before))


def _high_water() -> float:
    """Peak resident memory of this process, MB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024


def bomb(encoding: str, body: bytes) -> Callable[[], tuple[str, bool]]:
    """A small body that unpacks to 512 MiB."""

    def run() -> tuple[str, bool]:
        spawn = multiprocessing.get_context("spawn")
        with FaultServer() as server:
            url = server.says("/bomb", body, headers={**HTML, "Content-Encoding": encoding})
            answer = spawn.Queue()
            child = spawn.Process(target=_peak, args=(answer, url, server.says("/")))
            child.start()
            outcome, grown = answer.get(timeout=120)
            child.join()
        return f"+{grown:.0f} MB, {outcome}", outcome == "error:bomb" and grown < 100

    return run


def drip(head: bytes) -> Callable[[], tuple[str, bool]]:
    """One byte a second."""

    def run() -> tuple[str, bool]:
        async def act(exchange: Exchange) -> None:
            await exchange.send(head)
            while True:
                await exchange.send(b"x")
                await asyncio.sleep(1)

        with FaultServer() as server:
            started = time.monotonic()
            (got,) = fetched([server.acts("/", act)], deadline=5)
            took = time.monotonic() - started
        return f"cut at {took:.1f} s of 5, {got.outcome}", took < 6 and got.outcome == "error:deadline"

    return run


def _zeros(size: int) -> bytes:
    made = gzip.compress(bytes(size // 8), 9)
    return made * 8


def lines(count: int) -> list[Line]:
    """All trials, in the issue's order."""
    import brotli

    from archive.zstd import compressed

    wrong3 = "wrong x3"
    twice = gzip.compress(gzip.compress(bytes(512 * MIB), 9), 9)
    zstd = compressed(bytes(512 * MIB), 3)
    return [
        Line("GB18030-only characters labelled gb2312: meta, header, not at all",
             (wrong3, wrong3, "wrong wrong right", "right x3"), "right x3", charset),
        Line("Discuz page, chrome volatile: rechecks called changed", ("3 of 3", "3 of 3", "3 of 3", "-"),
             f"0 of {count}", rechecks(count)),
        Line("WAF JavaScript page with status 200 between two good fetches", ("2 false", "2", "error", "-"),
             "0, blocked", between(200, WAF, "blocked")),
        Line("soft 404 with status 200 between two good fetches", ("2 false", "2", "2", "-"),
             "0, soft-404", between(200, SOFT_404, "soft-404")),
        Line("410", ("error", "error", "access denied", "-"), "gone", gone),
        Line("ETag / Last-Modified", ("304 on 3 of 4", "3 of 4", "never sent", "-"), "every time", conditional),
        Line("429 with Retry-After: 3600", ("asks at once", "yes", "yes", "-"), "waits, whole host", retry_after),
        Line("redirect loop: hits per check", ("31", "21", "11", "-"), "at most 10", loop),
        Line("gzip 0.5 MB -> 512 MiB: peak memory", ("2,092 MB", "3,689 MB", "1,660 MB", "111 MB"),
             "under +100 MB", bomb("gzip", _zeros(512 * MIB))),
        Line("  the same in br", ("", "", "", ""), "under +100 MB", bomb("br", brotli.compress(bytes(512 * MIB), quality=1))),
        Line("  the same in zstd", ("", "", "", ""), "under +100 MB", bomb("zstd", zstd)),
        Line("  the same in gzip of gzip", ("", "", "", ""), "under +100 MB", bomb("gzip, gzip", twice)),
        Line("1 byte/s drip in the body", ("> 200 s", "hangs", "hangs", "10 s"), "at the deadline",
             drip(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")),
        Line("  in the head", ("", "", "", ""), "at the deadline", drip(b"HTTP/1.1 200 OK\r\nX-Slow: ")),
    ]  # fmt: skip


def main() -> None:
    """Plays every line and prints the table; exit code 1 where Muniment falls short."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rechecks", type=int, default=1000)
    args = parser.parse_args()
    print("| trial | urlwatch | webchanges | changedetection.io | Scrapy | must | Muniment | |")
    print("|---|---|---|---|---|---|---|---|")
    short = 0
    for line in lines(args.rechecks):
        did, well = line.run()
        short += not well
        print(f"| {line.name} | {' | '.join(line.peers)} | {line.must} | {did} | {'ok' if well else 'FALLS SHORT'} |", flush=True)
    raise SystemExit(1 if short else 0)


if __name__ == "__main__":
    main()
