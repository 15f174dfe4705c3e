"""Where connections are made: the address the guard vetted is the address that is dialled.

httpcore hands over the host of every connection it opens (redirects, robots.txt and proxies included); names are
resolved here and nowhere else, so a name server that answers differently a second time has nobody to answer to.
"""

# ruff: noqa: ASYNC109 - the timeouts are parameters of httpcore's interface

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import httpcore
from httpcore._backends.anyio import AnyIOBackend
from httpcore._utils import is_socket_readable

from worker.fetch.guard import Guard
from worker.fetch.tls import Second, verdict

SECOND_SECONDS = 3600.0
"""how long a host that needed a second handshake gets it at once; then the first is tried again: certificates are
renewed, and servers"""


class Again(httpcore.ConnectError):
    """A handshake failed that a second one is allowed for; it takes a new tunnel through the proxy."""


class OverBudget(Exception):
    """More bytes came over the wire than the request allowed."""


@dataclass(slots=True)
class Allowance:
    """Bytes an exchange may still read from the wire: first for its head, then for its body."""

    left: int


allowance: ContextVar[Allowance | None] = ContextVar("allowance", default=None)
"""set by the client for the task that reads; every stream it reads from counts it down"""


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Opens TCP connections to vetted addresses only."""

    def __init__(self, guard: Guard, second: Second, *, tunnels: bool = False) -> None:
        """With `tunnels`, what is dialled is a proxy, and TLS is spoken through it."""
        self._guard = guard
        self._inner = AnyIOBackend()
        self._second = second
        self._tunnels = tunnels
        self._known: dict[tuple[str, int], tuple[str, float]] = {}
        """why a host needs a second handshake, and until when (monotonic) that is believed"""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """The first vetted address that answers. Raises Forbidden, NoSuchHost, or httpcore's connect errors."""
        failure: Exception | None = None
        for address in await self._guard.vetted(host, port):
            try:
                stream = await self._inner.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return Line(stream, self, address, port)
        assert failure is not None
        raise failure

    async def connect_unix_socket(self, *args: Any, **kwargs: Any) -> httpcore.AsyncNetworkStream:
        """Never: a page has no business with local sockets."""
        raise httpcore.UnsupportedProtocol("unix sockets are not dialled")

    async def sleep(self, seconds: float) -> None:
        """As httpcore asks."""
        await self._inner.sleep(seconds)

    async def secure(
        self, line: Line, context: ssl.SSLContext, hostname: str | None, timeout: float | None
    ) -> httpcore.AsyncNetworkStream:
        """The line with TLS on it, by a second handshake where the source allows one and the first failed."""
        at = hostname or line.address, line.port
        why, until = self._known.get(at, ("", 0.0))
        fresh = line.stream
        if time.monotonic() >= until:
            self._known.pop(at, None)
            try:
                return Line(await line.stream.start_tls(context, hostname, timeout), self, line.address, line.port)
            except httpcore.ConnectError as error:
                said = self._second.why(error)
                if said is None:
                    raise
                why, until = said, time.monotonic() + SECOND_SECONDS
                if self._tunnels:
                    self._known[at] = why, until
                    raise Again(str(error)) from error
            fresh = await self._inner.connect_tcp(line.address, line.port, timeout)
        secured = await fresh.start_tls(self._second.context, hostname, timeout)
        self._known[at] = why, until
        return Line(secured, self, line.address, line.port, second=why)


class Line(httpcore.AsyncNetworkStream):
    """One connection to one vetted address; counts what is read from it."""

    def __init__(
        self,
        stream: httpcore.AsyncNetworkStream,
        backend: GuardedBackend,
        address: str,
        port: int,
        second: str | None = None,
    ) -> None:
        self.stream = stream
        self.address = address
        self.port = port
        self._backend = backend
        self._second = second
        self._verdict: str | None = None
        self._spoiled = False
        self._socket = stream.get_extra_info("socket")

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """The next bytes. Raises OverBudget."""
        data = await self.stream.read(max_bytes, timeout)
        budget = allowance.get()
        if budget is not None:
            budget.left -= len(data)
            if budget.left < 0:
                raise OverBudget
        return data

    def spoil(self) -> None:
        """Makes the pool drop this connection: to it, an idle line with something to read is a line to close."""
        self._spoiled = True

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """As httpcore asks."""
        await self.stream.write(buffer, timeout)

    async def aclose(self) -> None:
        """As httpcore asks."""
        await self.stream.aclose()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        """As httpcore asks."""
        return await self._backend.secure(self, ssl_context, server_hostname, timeout)

    def get_extra_info(self, info: str) -> Any:
        """httpcore's own, and `tls_verdict`: the verdict to store, None without TLS."""
        if info == "is_readable":
            return self._spoiled or is_socket_readable(self._socket)
        if info != "tls_verdict":
            return self.stream.get_extra_info(info)
        if self._verdict is None and (connection := self.stream.get_extra_info("ssl_object")) is not None:
            self._verdict = verdict(connection, self._second)
        return self._verdict
