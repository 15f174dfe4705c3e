"""Try a page: what an address would be read as, before it is watched; and the lines that would watch it.

Who serves the pages hands in the trier, for the archive itself fetches nothing. Without one the page says so. A try is
a form that only our own pages can send (`archive.web.guard`), one at a time.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from archive.records.remedies import advice
from archive.web.captures import FRAMING
from archive.web.charts import manner
from archive.web.rendering import page
from archive.web.words import word

LONGEST = 4096
"""characters of an address"""
KEPT = 16
"""coloured pages kept for their frames"""
QUEUE = 5
"""tries at the same time: one is made, the others wait for it"""
POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"


@dataclass(frozen=True, slots=True)
class Field:
    """A field that was read: its value in words, and where it stood."""

    name: str
    value: str
    where: str


@dataclass(frozen=True, slots=True)
class Read:
    """A document that the page would become."""

    kind: str
    title: str
    text: str
    author: str
    published: str
    fields: tuple[Field, ...]
    attachments: tuple[tuple[str, str], ...]
    """(name, address)"""


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of one address."""

    url: str
    final_url: str
    outcome: str
    status: int | None
    error: str | None
    encoding: str | None
    encoding_evidence: str | None
    reader: str | None
    why: str | None
    kind: str | None
    platform: str | None
    documents: tuple[Read, ...]
    follows: tuple[tuple[str, str], ...]
    """(kind, address) of the links that would be followed"""
    left_out: tuple[tuple[str, str], ...]
    """(what, text) of the chrome that was taken away"""
    lines: str
    """of sources.yaml"""
    coloured: str | None
    """the page with what was kept and left out in colours, inert"""


Trier = Callable[[str], Awaitable[Tried]]
"""fetches an address once under the guard of the worker, stores nothing; raises no error for what a site does"""


def routes(trier: Trier | None) -> Sequence[BaseRoute]:
    """The routes of the page, with the trier of whoever serves them."""
    shown: OrderedDict[str, str] = OrderedDict()
    turn = asyncio.Lock()
    waiting: set[object] = set()

    async def form(request: Request) -> Response:
        url = request.query_params.get("url", "")[:LONGEST]
        return await run_in_threadpool(page, request, "try.html", able=trier is not None, url=url, tried=None, fault="")

    async def attempt(request: Request) -> Response:
        url = await _address(request)
        fault = "" if trier is None else _fault(url)
        if trier is None or fault:
            return await run_in_threadpool(
                page, request, "try.html", able=trier is not None, url=url, tried=None, fault=fault, status_code=400
            )
        if len(waiting) >= QUEUE:
            fault = word("Others are trying pages. Wait a moment, then try again.")
            return await run_in_threadpool(
                page, request, "try.html", able=True, url=url, tried=None, fault=fault, status_code=503
            )
        waiting.add(mine := object())
        try:
            async with turn:
                tried = await trier(url)
        finally:
            waiting.discard(mine)
        ticket = None
        if tried.coloured is not None:
            ticket = secrets.token_urlsafe(12)
            shown[ticket] = tried.coloured
            while len(shown) > KEPT:
                shown.popitem(last=False)
        answer = await run_in_threadpool(
            page, request, "try.html", able=True, url=url, tried=tried, fault="", ticket=ticket, manner=manner,
            advice=advice(tried.outcome) if manner(tried.outcome) == "bad" else None,
        )  # fmt: skip
        answer.headers["content-security-policy"] = FRAMING
        return answer

    async def coloured(request: Request) -> Response:
        drawn = shown.get(request.path_params["ticket"])
        if drawn is None:
            raise HTTPException(404, "this try is over; try the page again")
        headers = {"content-security-policy": POLICY}
        return Response(drawn.encode("utf-8", "replace"), media_type="text/html", headers=headers)

    return (
        Route("/try", form), Route("/try", attempt, methods=["POST"]), Route("/try/{ticket}/page", coloured),
    )  # fmt: skip


async def _address(request: Request) -> str:
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > 4 * LONGEST:
            break
    return parse_qs(body.decode("utf-8", "replace")).get("url", [""])[0].strip()[:LONGEST]


def _fault(url: str) -> str:
    """What is wrong with an address, as a key of the catalogue; empty where nothing is."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return word("This is no address of a page.")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return word("This is no address of a page.")
    return ""
