"""The one door to uvicorn: serves an application on an address until it is told to stop, alone or inside a daemon.

    with listening(settings) as socket:             the address is taken, or OSError says why not
        await Server(app).serve(socket)             until `stop()` is called
"""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from archive.web.settings import WebSettings

if TYPE_CHECKING:
    from starlette.types import ASGIApp

GRACE = 2
"""seconds that answers under way are given when the server stops"""


def listening(settings: WebSettings) -> socket.socket:
    """A socket that listens on the configured address. Raises OSError."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    opened = socket.socket(family, socket.SOCK_STREAM)
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind((settings.host, settings.port))
        opened.listen(128)
    except BaseException:
        opened.close()
        raise
    return opened


def shown_address(opened: socket.socket) -> str:
    """`http://127.0.0.1:8020/`, for people."""
    host, port = opened.getsockname()[:2]
    name = "localhost" if host in ("0.0.0.0", "::") else f"[{host}]" if ":" in host else host
    return f"http://{name}:{port}/"


class Server:
    """uvicorn without its signal handlers and access log: whoever starts it listens for signals."""

    def __init__(self, app: ASGIApp, begun: Callable[[], None] = lambda: None) -> None:
        """`begun` is called once requests are answered."""
        import uvicorn

        self._app = app

        class Quiet(uvicorn.Server):
            @contextlib.contextmanager
            def capture_signals(self) -> Iterator[None]:
                yield

            async def startup(self, sockets: list[socket.socket] | None = None) -> None:
                await super().startup(sockets)
                begun()

        self._server = Quiet(
            uvicorn.Config(
                app, log_config=None, access_log=False, server_header=False, http="h11", ws="none", loop="asyncio",
                lifespan="on", timeout_graceful_shutdown=GRACE, timeout_keep_alive=15, proxy_headers=False,
                h11_max_incomplete_event_size=64 * 1024,
            )
        )

    async def serve(self, opened: socket.socket) -> None:
        """Serves until `stop`; then answers under way are given a moment, and the socket is closed."""
        await self._server.serve([opened])

    def stop(self) -> None:
        """Makes `serve` return soon; may be called in a signal handler."""
        if leave := getattr(self._app, "leave", None):
            leave()
        self._server.should_exit = True
