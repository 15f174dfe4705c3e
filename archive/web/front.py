"""The address without a path leads to the changes."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route


async def front(request: Request) -> Response:
    """To the changes."""
    return RedirectResponse("/changes", 302)


ROUTES = [Route("/", front)]
