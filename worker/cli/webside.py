"""The pages beside the polling, in one process: `run --web`. A thread and a loop of their own: what blocks or breaks in
them neither stops nor delays the daemon's loop; they are begun again."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from worker.cli.context import Context
from worker.cli.serving import web_settings

if TYPE_CHECKING:
    import socket

    from archive.web.server import Server
    from worker.answering import Answers

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0
GRACE = 5.0
"""seconds that the thread is given to end"""
HEAD_START = 2.0
"""seconds at most that the polling lets the pages begin before it: both would take twice as long side by side"""


class Webside:
    """The pages in a thread. Raises ConfigError at once where strangers could read them."""

    def __init__(self, context: Context, listen: str | None, written: Mapping[str, object]) -> None:
        from worker import logs

        self._context = context
        self._settings = web_settings(context, listen, written)
        self._ended, self._begun = threading.Event(), threading.Event()
        self._server: Server | None = None
        self._thread: threading.Thread | None = None
        self._log = logs.get("web")

    def start(self, signals: Answers) -> None:
        """Begins to serve, with these answers among the pages; returns when they are there, or soon if they are not."""
        self._thread = threading.Thread(target=self._run, args=(signals,), name="web", daemon=True)
        self._thread.start()
        self._begun.wait(HEAD_START)

    def stop(self) -> None:
        """Ends within seconds."""
        self._ended.set()
        if self._server is not None:
            self._server.stop()
        if self._thread is not None:
            self._thread.join(GRACE)

    def _run(self, signals: Answers) -> None:
        from archive.web.server import listening

        pause = FIRST_PAUSE
        while not self._ended.is_set():
            try:
                opened = listening(self._settings)
                pause = FIRST_PAUSE
                asyncio.run(self._serve(opened, signals))
                reason = "the server ended"
            except OSError as error:
                reason = f"{self._settings.listen}: {error.strerror}; choose another with web.listen or --listen"
            except BaseException as error:  # SystemExit of the server too: nothing in the pages ends the polling
                reason = repr(error)
            self._begun.set()
            if not self._ended.is_set():
                self._log.error("no pages", reason=reason, again_in_seconds=pause)
                self._ended.wait(pause)
                pause = min(pause * 2, LONGEST_PAUSE)

    async def _serve(self, opened: socket.socket, signals: Answers) -> None:
        from archive.web.app import application
        from archive.web.server import Server, shown_address
        from archive.web.signals import routes
        from worker.cli.trypage import trier

        app = application(
            self._context.archive, self._settings, lambda: datetime.now(UTC), routes(signals), trier(self._context)
        )
        self._server = Server(app, self._begun.set)
        self._log.info("pages", address=shown_address(opened))
        if self._ended.is_set():
            self._server.stop()
        await self._server.serve(opened)
