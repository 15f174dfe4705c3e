"""A visitor without a browser: `get("/changes")` as a person's browser asks, in a test."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx

from archive import Archive, open_archive
from archive.web.app import application
from archive.web.settings import WebSettings

NOW = datetime(2024, 3, 4, 12, 0, tzinfo=UTC)
Visit = Callable[..., httpx.Response]


def visitor(database_url: str, client: str = "127.0.0.1", **settings: Any) -> Visit:
    """A function that asks for one address: `visit(path, method="GET", **of httpx)`."""

    def opened() -> Archive:
        return open_archive(database_url)

    app = application(opened, WebSettings(**settings), lambda: NOW)

    def visit(path: str, method: str = "GET", **more: Any) -> httpx.Response:
        async def go() -> httpx.Response:
            transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=(client, 4321))
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8020") as browser:
                return await browser.request(method, path, **more)

        try:
            return asyncio.run(go())
        finally:  # the application would keep it; a test has no moment at which it ends
            app.close()

    return visit
