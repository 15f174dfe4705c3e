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
    yield "/changes?word=%E8%A1%A5%E5%8A%A9&since=2024-01-01"
    yield "/changes?silent=1&source=county-notices"
    yield "/changes?kind=gone&lang=zh"
    yield "/changes?before=20"
    yield "/changes?kind=nonsense"
    yield "/changes?source=%3Cscript%3Ewindow.ran%3D1%3C%2Fscript%3E&field=%22onfocus%3Dwindow.ran%3D1%20autofocus%22"


def search(archive: Archive) -> Iterator[str]:
    """The form alone, and with hits."""
    yield "/search"
    yield "/search?q=supply"
    yield "/search?q=script"
    yield "/search?q=script&versions=1&lang=zh"
    yield "/search?q=%E8%A1%A5%E5%8A%A9%E6%A0%87%E5%87%86&versions=1&source=county-notices"
    yield "/search?q=%22%3E%3Cscript%3Ewindow.ran%3D1%3C%2Fscript%3E"
    yield "/search?q=since:never"
    yield "/search?q=never-said-anywhere"


ADDRESSES: Mapping[str, Callable[[Archive], Iterator[str]]] = {"front": front, "changes": changes, "search": search}
