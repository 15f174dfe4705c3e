"""The description of the API as it is served: OpenAPI for tools, a page for people, and an answer for every address
under /api that is none."""

from __future__ import annotations

import difflib

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from archive.web.api.answers import JSON, answer
from archive.web.api.endpoint import BASE
from archive.web.problems import problem


async def openapi(request: Request) -> Response:
    """The OpenAPI description."""

    def read() -> Response:
        from archive.web.api.encoding import encoded
        from archive.web.api.openapi import description

        return answer(request, encoded(description()), JSON)

    return await run_in_threadpool(read)


async def reference(request: Request) -> Response:
    """The page."""

    def read() -> Response:
        from archive.web.api import reference as made
        from archive.web.rendering import page

        return page(request, "api.html", entries=list(made.entries()), shapes=list(made.shapes()))

    return await run_in_threadpool(read)


async def front(request: Request) -> Response:
    """To the reference."""
    return RedirectResponse(f"{BASE}/reference", 302)


async def unknown(request: Request) -> Response:
    """404, with addresses that look like it."""
    from archive.web.api.endpoints import ENDPOINTS

    there = [BASE + each.path.replace(":int", "") for each in ENDPOINTS if each.path]
    near = difflib.get_close_matches(request.url.path, there, 3)
    detail = f"there is no such address; {f'did you mean {near[0]}? ' if near else ''}{BASE} lists what there is"
    return problem(request.url.path, 404, detail, near=near)


ROUTES = [
    Route(f"{BASE}/openapi.json", openapi, name="api-openapi"),
    Route(f"{BASE}/reference", reference, name="api-reference"),
    Route("/api", front),
    Route("/api/{rest:path}", unknown),
]
