"""httpx's seam, filled with our own connections: a pool whose backend dials vetted addresses only.

One transport per (TLS mode, proxy), because both belong to a connection and not to a request.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable
from functools import partial
from importlib.util import find_spec
from typing import Any

import httpcore
import httpx

from worker.fetch.dial import GuardedBackend
from worker.fetch.guard import Guard
from worker.fetch.pools import IDLE_SECONDS, Pools
from worker.fetch.tls import Mode, Second, context_for

if find_spec("sniffio") is None:
    # httpcore tries to import it four times a request; a miss that is remembered saves a third of a small fetch
    sys.modules.setdefault("sniffio", None)  # type: ignore[arg-type]

MAX_CONNECTIONS = 200


class Body(httpx.AsyncByteStream):
    def __init__(self, stream: httpcore.AsyncConnectionInterface, closed: Callable[[], None]) -> None:
        self._stream = stream
        self._closed: Callable[[], None] | None = closed

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._stream:  # type: ignore[attr-defined]
            yield part

    @property
    def stray(self) -> bool:
        """Whether bytes came in behind the end of the body. httpcore would take them for the beginning of the next
        answer on this connection, and says nothing of them; h11 knows, three private doors down (a test watches
        over them)."""
        connection = getattr(getattr(self._stream, "_stream", None), "_connection", None)
        parser = getattr(connection, "_h11_state", None)
        return parser is not None and bool(parser.trailing_data[0])

    async def aclose(self) -> None:
        closed, self._closed = self._closed, None
        try:
            await self._stream.aclose()
        finally:
            if closed is not None:
                closed()


class GuardedTransport(httpx.AsyncBaseTransport):
    """Sends requests over guarded connections; httpcore's exceptions pass through as they are."""

    def __init__(
        self,
        guard: Guard,
        mode: Mode,
        proxy: str | None,
        ca_file: str | None = None,
    ) -> None:
        backend = GuardedBackend(guard, Second(mode, ca_file), tunnels=proxy is not None)
        context = context_for(ca_file)
        options: dict[str, Any] = {
            "ssl_context": context, "max_connections": MAX_CONNECTIONS, "max_keepalive_connections": MAX_CONNECTIONS,
            "keepalive_expiry": IDLE_SECONDS, "network_backend": backend, "retries": 0,
        }  # fmt: skip
        if proxy is not None:
            address = httpx.URL(proxy)
            auth = (address.username, address.password) if address.username else None
            options |= {"proxy_url": f"{address.scheme}://{address.netloc.decode('ascii')}", "proxy_auth": auth}
        kind = httpcore.AsyncConnectionPool if proxy is None else httpcore.AsyncHTTPProxy
        self._pools = Pools(partial(kind, **options))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """As httpx asks."""
        asked = httpcore.Request(
            method=request.method,
            url=httpcore.URL(
                scheme=request.url.raw_scheme,
                host=request.url.raw_host,
                port=request.url.port,
                target=request.url.raw_path,
            ),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        held = await self._pools.take((request.url.raw_scheme, request.url.raw_host, request.url.port))
        try:
            answer = await held.pool.handle_async_request(asked)
        except BaseException:
            self._pools.give_back(held)
            raise
        return httpx.Response(
            status_code=answer.status,
            headers=answer.headers,
            stream=Body(answer.stream, partial(self._pools.give_back, held)),  # type: ignore[arg-type]
            extensions=answer.extensions,
        )

    async def aclose(self) -> None:
        """Closes every connection."""
        await self._pools.aclose()
