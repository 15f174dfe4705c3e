"""The application on a real server on loopback, and ways to write to the archive behind it meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from starlette.applications import Starlette
from starlette.datastructures import State

from archive import open_archive
from archive.web.app import application
from archive.web.guard import Guard
from archive.web.server import Server, listening, shown_address
from archive.web.settings import WebSettings
from tests.web.visitor import NOW


@dataclass(frozen=True, slots=True)
class Site:
    """A running server."""

    address: str
    """without a slash at the end"""
    app: Guard
    server: Server
    thread: threading.Thread

    @property
    def state(self) -> State:
        """What the application keeps for its pages."""
        return cast(Starlette, self.app.app).state

    def stop(self) -> None:
        """Stops it, as a signal would, and waits until it has ended."""
        self.server.stop()
        self.thread.join(30)
        assert not self.thread.is_alive()


@contextlib.contextmanager
def served(database_url: str) -> Iterator[Site]:
    """A server over this archive."""
    settings = WebSettings(listen="127.0.0.1:0")
    opened = listening(settings)
    app = application(lambda: open_archive(database_url), settings, lambda: NOW)
    server = Server(app)
    thread = threading.Thread(target=asyncio.run, args=(server.serve(opened),))
    thread.start()
    site = Site(shown_address(opened).rstrip("/"), app, server, thread)
    try:
        yield site
    finally:
        site.stop()
