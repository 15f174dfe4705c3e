"""A web server that misbehaves on purpose: raw sockets on loopback, one coroutine per path, every request logged.

    with FaultServer() as server:
        server.says("/page", b"<p>hello</p>")                      # an honest answer
        server.acts("/drip", drip_body)                            # a coroutine that writes what it likes

`server.hits` lists the paths asked for, robots.txt included.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import struct
import threading
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self


@dataclass(slots=True)
class Exchange:
    """One request as it came, and the raw line to answer on."""

    method: str
    path: str
    headers: dict[str, str]
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    at: float = field(default_factory=time.monotonic)
    ended_at: float | None = None

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def answer(
        self,
        status: int = 200,
        body: bytes = b"",
        headers: Mapping[str, str] | Sequence[tuple[str, str]] = (),
        length: int | None = None,
    ) -> None:
        pairs = list(headers.items() if isinstance(headers, Mapping) else headers)
        lines = [f"HTTP/1.1 {status} Because", f"Content-Length: {len(body) if length is None else length}"]
        lines += [f"{name}: {value}" for name, value in pairs]
        await self.send(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + body)

    def reset(self) -> None:
        """Closes with RST instead of FIN."""
        raw = self.writer.get_extra_info("socket")
        raw.setsockopt(1, 13, struct.pack("ii", 1, 0))  # SOL_SOCKET, SO_LINGER: on, 0 seconds
        self.writer.transport.abort()


Act = Callable[[Exchange], Awaitable[None]]
HTML = {"Content-Type": "text/html; charset=utf-8"}


class FaultServer:
    """Serves until the `with` block ends. Paths nobody defined answer 404; robots.txt is one of them."""

    def __init__(self, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None) -> None:
        self.host = host
        self.port = 0
        self.requests: list[Exchange] = []
        self.connections = 0
        self.open = 0
        self.most_open = 0
        self._tls = tls
        self._writers: set[asyncio.StreamWriter] = set()
        self._acts: dict[str, Act] = {}
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def says(
        self, path: str, body: bytes = b"<html><p>a page that says something</p></html>", status: int = 200,
        headers: Mapping[str, str] | Sequence[tuple[str, str]] = HTML, length: int | None = None,
    ) -> str:  # fmt: skip
        """Defines an answer; gives the URL it has."""

        async def act(exchange: Exchange) -> None:
            await exchange.answer(status, body, headers, length)

        return self.acts(path, act)

    def acts(self, path: str, act: Act) -> str:
        """Defines what happens at a path; gives its URL."""
        self._acts[path] = act
        return self.url(path)

    def sends(self, path: str, raw: bytes) -> str:
        """Defines bytes to send as they are, after which the line is closed."""

        async def act(exchange: Exchange) -> None:
            await exchange.send(raw)
            exchange.writer.close()

        return self.acts(path, act)

    def url(self, path: str = "/") -> str:
        return f"{'https' if self._tls else 'http'}://{self.host}:{self.port}{path}"

    @property
    def hits(self) -> list[str]:
        return [request.path for request in self.requests]

    def asked(self, path: str) -> list[Exchange]:
        return [request for request in self.requests if request.path == path]

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(5)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, self.host, 0, ssl=self._tls))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        for writer in self._writers:
            writer.transport.abort()
        self._loop.run_until_complete(asyncio.sleep(0.01))
        self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.add(writer)
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while await self._one(reader, writer):
                pass
        self.open -= 1
        writer.close()
        self._writers.discard(writer)

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, path, _ = head[0].split(" ", 2)
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
        exchange = Exchange(method, path, headers, reader, writer)
        self.requests.append(exchange)
        act = self._acts.get(path) or self._acts.get(path.partition("?")[0])
        if act is None:
            await exchange.answer(404, b"<h1>Not Found</h1>", HTML)
        else:
            await act(exchange)
        exchange.ended_at = time.monotonic()
        return not writer.is_closing()
