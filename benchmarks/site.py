"""A site to measure against: pages from a folder, or generated ones, served on several loopback hosts by its own
process.

The server answers from memory with one write per response, so that it is never what is measured.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

WORDS = (
    "县人民政府办公室关于印发实施方案的通知加强基层治理推进乡村振兴"
    "促进产业发展保障民生服务优化营商环境提升城市品质严格落实安全生产责任"
)


@dataclass(frozen=True, slots=True)
class Site:
    """Where the pages are: `entries` list them, one sitemap a host."""

    port: int
    hosts: tuple[str, ...]
    pages: int

    @property
    def entries(self) -> tuple[str, ...]:
        """URL of each host's sitemap."""
        return tuple(f"http://{host}:{self.port}/sitemap.xml" for host in self.hosts)


def recorded(folder: Path) -> list[tuple[str, bytes]]:
    """(content type, body) of the HTML pages that a folder's manifest.jsonl names."""
    rows = [json.loads(line) for line in (folder / "manifest.jsonl").read_text().splitlines()]
    return [
        ("text/html", (folder / row["file"]).read_bytes()) for row in rows if row["file"].endswith((".html", ".htm"))
    ]


def generated(count: int, seed: int = 7) -> list[tuple[str, bytes]]:
    """Pages in the shape of county notices: chrome, a label table, twenty paragraphs, a list of related links."""
    dice = random.Random(seed)

    def text(length: int) -> str:
        return "".join(dice.choices(WORDS, k=length))

    return [("text/html; charset=utf-8", _notice(number, text).encode()) for number in range(count)]


def _notice(number: int, text: Callable[[int], str]) -> str:
    links = "".join(f'<li><a href="/list/{n}.html">{text(12)}</a></li>' for n in range(60))
    body = "".join(f"<p>{text(120)}。</p>" for _ in range(20))
    return (
        f"<html><head><title>{text(14)}第{number}号</title><meta name='PubDate' content='2026-01-05 09:00'></head>"
        f"<body><div class='nav'><ul>{links}</ul></div><div class='path'>首页 &gt; 政务公开</div>"
        f"<table class='info'><tr><td>索引号：</td><td>A{number:06d}</td><td>发文字号：</td>"
        f"<td>县政发〔2026〕{number}号</td></tr>"
        f"<tr><td>发布机构：</td><td>县政府办公室</td><td>成文日期：</td><td>2026-01-04</td></tr></table>"
        f"<h1>{text(14)}第{number}号</h1><div class='article'>{body}</div>"
        f"<div class='foot'><ul>{links}</ul>版权所有</div></body></html>"
    )


@contextmanager
def served(pages: list[tuple[str, bytes]], hosts: int = 8) -> Iterator[Site]:
    """Serves the pages, shared out over `hosts` loopback addresses, until the block ends."""
    ready: multiprocessing.Queue[int] = multiprocessing.Queue()
    names = tuple(f"127.0.0.{number}" for number in range(2, 2 + hosts))
    process = multiprocessing.Process(target=_serve, args=(pages, names, ready), daemon=True)
    process.start()
    try:
        yield Site(ready.get(timeout=30), names, len(pages))
    finally:
        process.terminate()
        process.join()


def _serve(pages: list[tuple[str, bytes]], hosts: tuple[str, ...], ready: multiprocessing.Queue[int]) -> None:
    asyncio.run(_listen(pages, hosts, ready))


async def _listen(pages: list[tuple[str, bytes]], hosts: tuple[str, ...], ready: multiprocessing.Queue[int]) -> None:
    answers = {f"/p/{number}.html": _answer(kind, body) for number, (kind, body) in enumerate(pages)}
    missing = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
    maps: dict[str, bytes] = {}

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                path = head.split(" ", 2)[1]
                local = writer.get_extra_info("sockname")[0]
                writer.write(maps[local] if path == "/sitemap.xml" else answers.get(path, missing))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    first = await asyncio.start_server(serve, hosts[0], 0)
    port = first.sockets[0].getsockname()[1]
    others = [await asyncio.start_server(serve, host, port) for host in hosts[1:]]
    for place, host in enumerate(hosts):
        mine = range(place, len(pages), len(hosts))
        urls = "".join(f"<url><loc>http://{host}:{port}/p/{number}.html</loc></url>" for number in mine)
        maps[host] = _answer(
            "application/xml",
            f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'.encode(),
        )
    ready.put(port)
    await asyncio.gather(first.serve_forever(), *(server.serve_forever() for server in others))


def _answer(kind: str, body: bytes) -> bytes:
    return f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
