"""Finding documents by what they say, now or at any time."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from archive.web.reader import archive_of
from archive.web.rendering import page


def search(request: Request) -> Response:
    """The page."""
    query = request.query_params.get("q", "").strip()
    results = archive_of(request).search(query, 20, request.query_params.get("cursor")) if query else None
    return page(request, "search.html", results=results)


ROUTES = [Route("/search", search)]
