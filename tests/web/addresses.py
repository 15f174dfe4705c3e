"""The addresses of all pages, for the tests that look at every page: a group of pages adds its own here.

A function takes the archive that `tests/web/showcase.py` fills and gives addresses with something to see.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import islice

from archive import Archive
from archive.digest import document_id_of
from tests.archive.house import SITE


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


def documents(archive: Archive) -> Iterator[str]:
    """Documents with versions, one that is gone, one of a topic, two hostile ones; versions compared."""
    notice, water = archive.resolve(SITE + "notice"), archive.resolve(SITE + "water")
    yield f"/documents/{notice}"
    yield f"/documents/{notice}?version=1&lang=zh"
    yield f"/documents/{notice}?at=2024-03-01T10:00&form=plain"
    yield f"/documents/{archive.resolve(SITE + 'item1')}"
    yield f"/documents/{archive.resolve(SITE + 'thread-7-1-1.html')}"
    yield f"/documents/{notice}?version=99"
    yield f"/documents/{notice}?at=yesterday"
    yield f"/documents/{notice}/compare?from=1&to=2"
    yield f"/documents/{notice}/compare?from=2&to=3&view=side&whole=1&lang=zh"
    yield f"/documents/{water}/compare?view=side"
    yield f"/documents/{water}/compare?whole=1"
    yield f"/documents/{notice}/compare?from=2&to=2"
    for number in (0, 7):
        yield f"/documents/{document_id_of(f'hostile/{number}')}"
        yield f"/documents/{document_id_of(f'hostile/{number}')}/compare?view=side"


def topics(archive: Archive) -> Iterator[str]:
    """A topic with an edit and a removal, now and then."""
    topic = archive.resolve(SITE + "thread-7-1-1.html")
    yield f"/topics/{topic}"
    yield f"/topics/{topic}?at=2024-03-01T09:30:00Z&lang=zh"
    yield f"/topics/{topic}?at=2019-01-01"


def captures(archive: Archive) -> Iterator[str]:
    """Evidence: answers with a body and without, the body as text and as it looked."""
    capture = archive.version(archive.resolve(SITE + "notice"), 1).capture_id
    gone = next(found for found in archive.captures() if found.outcome == "gone")
    yield f"/captures/{capture}"
    yield f"/captures/{capture}/text"
    yield f"/captures/{capture}/look?lang=zh"
    yield f"/captures/{gone.capture_id}"
    yield f"/captures/{gone.capture_id}/look"
    yield f"/captures/{gone.capture_id}/text"
    hostile = archive.version(document_id_of("hostile/1")).capture_id
    yield f"/captures/{hostile}/text"
    yield f"/captures/{hostile}/look"


def sources(archive: Archive) -> Iterator[str]:
    """All of them, each whole, and the captures of some pages."""
    yield "/sources"
    for state in archive.sources():
        yield f"/sources/{state.source_id}"
        yield from (f"/pages/{row.page_id}" for row in islice(archive.pages(state.source_id), 2))


def holdings(archive: Archive) -> Iterator[str]:
    """The archive itself."""
    yield "/archive"


def trying(archive: Archive) -> Iterator[str]:
    """The form."""
    yield "/try"
    yield "/try?url=https://a.example/%3Cscript%3E"


def api(archive: Archive) -> Iterator[str]:
    """The reference of the API."""
    yield "/api/v1/reference"
    yield "/api/v1/reference?lang=zh"


ADDRESSES: Mapping[str, Callable[[Archive], Iterator[str]]] = {
    "front": front, "changes": changes, "search": search,
    "documents": documents, "topics": topics, "captures": captures,
    "sources": sources, "holdings": holdings, "trying": trying,
    "api": api,
}  # fmt: skip
