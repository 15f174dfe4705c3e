"""Tries of several people at once: one is made at a time, a few wait, the next is told so at once."""

from __future__ import annotations

import asyncio

import httpx

from archive import open_archive
from archive.web import trying
from archive.web.app import application
from archive.web.settings import WebSettings
from tests.web.visitor import NOW


async def never(url: str) -> trying.Tried:
    await asyncio.Event().wait()
    raise AssertionError


def test_a_queue_of_tries_has_an_end(sqlite_url: str) -> None:
    async def go() -> httpx.Response:
        app = application(lambda: open_archive(sqlite_url), WebSettings(), lambda: NOW, trier=never)
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8020") as browser:
            form = {"url": "http://example.org/"}
            tries = [asyncio.create_task(browser.post("/try", data=form)) for _ in range(trying.QUEUE + 1)]
            answered, waiting = await asyncio.wait(tries, timeout=60, return_when=asyncio.FIRST_COMPLETED)
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)
            app.close()
            (only,) = answered
            return only.result()

    answer = asyncio.run(go())
    assert answer.status_code == 503
    assert "Others are trying pages" in answer.text
