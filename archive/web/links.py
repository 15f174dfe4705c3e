"""Addresses of our own pages. They are kept: people and tools bookmark them."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from starlette.requests import Request

PREFERENCES = ("lang", "theme")
FEED = "/feeds/changes.atom"
"""the changes of any filter as a feed"""
SEARCH_FEED = "/feeds/search.atom"
"""what newly answers a search as a feed"""


def link(path: str, /, **parameters: object) -> str:
    """The path with those parameters that say something; lists repeat their name."""
    said = [
        (name, str(item))
        for name, value in parameters.items()
        for item in (value if isinstance(value, list | tuple) else [value])
        if item not in (None, "", False)
    ]
    return f"{path}?{urlencode(said)}" if said else path


def source_feed(source_id: str) -> str:
    """The changes of one source as a feed."""
    return f"/feeds/sources/{quote(source_id, safe='')}.atom"


def served(request: Request, path: str) -> bool:
    """Whether this application has a route of that path."""
    return any(getattr(route, "path", None) == path for route in request.app.routes)


def here(request: Request, /, **changed: object) -> str:
    """This page with some parameters changed, or left out where they are None."""
    kept: dict[str, object] = {}
    for name in request.query_params:
        if name not in PREFERENCES:
            kept[name] = request.query_params.getlist(name)
    return link(request.url.path, **{**kept, **changed})


def document(document_id: str, version: int | None = None) -> str:
    """A document, as it is or in one version."""
    return link(f"/documents/{quote(document_id, safe='')}", version=version)


def compare(document_id: str, old: int, new: int, view: str | None = None) -> str:
    """Two versions compared."""
    return link(f"/documents/{quote(document_id, safe='')}/compare", **{"from": old, "to": new, "view": view})


def topic(topic_id: str, post_id: str | None = None) -> str:
    """A topic with its posts; with `post_id` at that post."""
    path = link(f"/topics/{quote(topic_id, safe='')}", post=post_id)
    return path if post_id is None else f"{path}#post-{quote(post_id, safe='')}"


def capture(capture_id: int, part: str = "") -> str:
    """A capture's evidence, or one `part` of it: `text`, `look`, `view`, `bytes`."""
    return f"/captures/{capture_id}" + (f"/{part}" if part else "")


def source(source_id: str) -> str:
    """One source's page."""
    return f"/sources/{quote(source_id, safe='')}"
