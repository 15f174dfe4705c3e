"""The addresses of all pages, for the tests that look at every page: a group of pages adds its own here.

A function takes the archive that `tests/web/showcase.py` fills and gives addresses with something to see.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from archive import Archive


def front(archive: Archive) -> Iterator[str]:
    """Pages that need no document."""
    yield "/login"
    yield "/no/such/page"


def changes(archive: Archive) -> Iterator[str]:
    """The changes, plain and filtered."""
    yield "/changes"


def search(archive: Archive) -> Iterator[str]:
    """The form alone, and with hits."""
    yield "/search"
    yield "/search?q=notice"


ADDRESSES: Mapping[str, Callable[[Archive], Iterator[str]]] = {"front": front, "changes": changes, "search": search}
