"""Addresses of our own pages. They are kept: people and tools bookmark them."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from starlette.requests import Request

PREFERENCES = ("lang", "theme")
FEED = "/changes.atom"
"""the changes of any filter as a feed"""
SEARCH_FEED = "/search.atom"
"""what newly answers a search as a feed"""


def link(path: str, **parameters: object) -> str:
    """The path with those parameters that say something; lists repeat their name."""
    said = [
        (name, str(item))
        for name, value in parameters.items()
        for item in (value if isinstance(value, list | tuple) else [value])
        if item not in (None, "", False)
    ]
    return f"{path}?{urlencode(said)}" if said else path


def served(request: Request, path: str) -> bool:
    """Whether this application has a route of that path."""
    return any(getattr(route, "path", None) == path for route in request.app.routes)


def here(request: Request, **changed: object) -> str:
    """This page with some parameters changed, or left out where they are None."""
    kept: dict[str, object] = {}
    for name in request.query_params:
        if name not in PREFERENCES:
            kept[name] = request.query_params.getlist(name)
    return link(request.url.path, **{**kept, **changed})


def document(document_id: str, version: int | None = None) -> str:
    """A document, as it is or in one version."""
    tail = "" if version is None else f"/versions/{version}"
    return f"/documents/{quote(document_id, safe='')}{tail}"


def compare(document_id: str, old: int, new: int) -> str:
    """Two versions compared."""
    return f"/documents/{quote(document_id, safe='')}/compare/{old}/{new}"


def topic(topic_id: str) -> str:
    """A topic with its posts."""
    return f"/topics/{quote(topic_id, safe='')}"


def source(source_id: str) -> str:
    """One source's page."""
    return f"/sources/{quote(source_id, safe='')}"
