"""The application put together: groups of routes, what they share, and the guard around them.

    app = application(lambda: open_archive(url), WebSettings(), now)

A group of pages is one file with `ROUTES` (Starlette routes) and its line in GROUPS. A page is a plain function
`(request) -> Response`: Starlette runs it in a thread, where it may read the archive and draw.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

from archive.web import failures, trying
from archive.web.guard import Guard
from archive.web.reader import Reader
from archive.web.rendering import STATIC, Renderer
from archive.web.settings import WebSettings

if TYPE_CHECKING:
    from archive import Archive
    from archive.web.trying import Trier

GROUPS = (
    "front", "login", "changes", "searching", "documents", "topics", "captures", "sources", "holdings", "api",
)  # fmt: skip
"""files of this room that export ROUTES, in the order in which they are asked"""
THREADS = 4
"""pages drawn at the same time: each holds a connection with its cache"""


@dataclass(frozen=True, slots=True)
class Web:
    """What every page is given, as `request.app.state.web`."""

    settings: WebSettings
    reader: Reader
    renderer: Renderer
    now: Callable[[], datetime]


def application(
    open: Callable[[], Archive], settings: WebSettings, now: Callable[[], datetime], more: Sequence[BaseRoute] = (),
    trier: Trier | None = None,
) -> Guard:  # fmt: skip
    """The ASGI application over the archive that `open` opens, at the first request. `now` tells the time; `more` are
    routes that only the caller can serve (signals of the daemon); `trier` fetches for the page that tries addresses."""
    routes: list[BaseRoute] = [*more, *trying.routes(trier)]
    for group in GROUPS:
        routes += import_module(f"archive.web.{group}").ROUTES
    routes.append(Mount("/static", StaticFiles(directory=STATIC), name="static"))
    reader = Reader(open)

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        from anyio.to_thread import current_default_thread_limiter

        current_default_thread_limiter().total_tokens = THREADS
        yield
        reader.close()

    app = Starlette(routes=routes, exception_handlers=failures.HANDLERS, lifespan=lifespan)
    app.state.web = Web(settings, reader, Renderer(settings), now)
    guard = Guard(app, settings, reader.close)
    app.state.leaving = guard.is_leaving
    return guard
