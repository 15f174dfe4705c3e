"""What was new, changed, gone, back or moved, newest first, by day and source."""

from __future__ import annotations

from itertools import groupby

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from archive.web.reader import archive_of
from archive.web.rendering import page

ROWS = 50


def changes(request: Request) -> Response:
    """The page."""
    archive = archive_of(request)
    last = archive.last_seq()
    before = int(request.query_params.get("before") or last + 1)
    first = max(0, before - 1 - ROWS)
    found = sorted(archive.changes_after(first, before - 1 - first), key=lambda change: -change.seq)
    zone = request.app.state.web.renderer.zone
    days = [(day, list(rows)) for day, rows in groupby(found, lambda change: change.at.astimezone(zone).date())]
    return page(request, "changes.html", days=days, older=first + 1 if first else None)


ROUTES = [Route("/changes", changes)]
