"""The JSON API under /api/v1, Memento (RFC 7089) and Atom feeds: everything that the pages show, for tools.

    an address = one `Endpoint`: path, parameters, shape of the answer, and the plain function that reads it
    endpoints.py        all of them, START HERE; of_*.py has them by subject
    asks -> endpoint -> answers         what is asked, read in a thread, as HTTP answers it (ETag, 304, gzip, ranges)
    shapes -> schemas -> openapi -> reference       one description for tools, people and tests
    watcher, stream     waiting for the next change
    memento, feeds      the two protocols that others wrote

Times are only told by the application; nothing here writes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.routing import BaseRoute

__all__ = ["ROUTES"]


def __getattr__(name: str) -> Sequence[BaseRoute]:
    """ROUTES, made when they are asked for: the reference is written without them."""
    if name != "ROUTES":
        raise AttributeError(name)
    from archive.web.api import descriptions, feeds, memento
    from archive.web.api.endpoints import ENDPOINTS

    return [*(each.route() for each in ENDPOINTS), *memento.ROUTES, *feeds.ROUTES, *descriptions.ROUTES]
