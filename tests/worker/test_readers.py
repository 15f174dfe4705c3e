"""What comes back from the processes that read pages."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from worker.extract.model import Extraction, FoundLink
from worker.readers import MOST_LINKS, USUALLY, _wire, read_in_child
from worker.reading import Payload, Read, read
from worker.settings import Source

LONG = b"<html><title>Words</title><body>" + b"".join(
    b"<p>%d the council met and decided what is written in line %d of this report.</p>" % (n, n) for n in range(12_000)
)
"""a page of a megabyte, all of it text"""


def page(body: bytes) -> Payload:
    return Payload(body, "http://county.example/", "http://county.example/", datetime.now(UTC))


def test_a_page_that_needs_more_than_usual_pages_is_read_as_a_long_one() -> None:
    source = Source("county", "http://county.example/", kind="page")
    short, long = (read_in_child(page(body), source, "page", None) for body in (LONG[:20_000], LONG * 2))
    assert (short.outcome, long.outcome) == ("ok", "ok")
    assert long.seen[0].content.text.endswith("line 11999 of this report.")


def test_a_page_that_takes_more_memory_than_its_source_gives_is_too_large_and_says_which_key_gives_more() -> None:
    source = Source("county", "http://county.example/", kind="page", max_memory=USUALLY.memory)
    read = read_in_child(page(LONG * 3), source, "page", None)
    assert read.outcome == "error:too-large"
    assert read.error == f"takes more than max_memory (40 MiB) to read; its {len(LONG) * 3} bytes are kept"


def read_with(links: int) -> Read:
    found = tuple(FoundLink(f"http://county.example/{number}", "item", "") for number in range(links))
    extraction = Extraction("sitemap", 1, "sitemap", why="urlset", links=found)
    return Read("ok", "sitemap", 1, "a sitemap", extraction=extraction)


def test_a_page_of_ever_so_many_links_tells_no_more_than_a_sitemap_may_hold() -> None:
    said = _wire(read_with(MOST_LINKS + 7)).extraction
    assert said is not None
    assert len(said.links) == MOST_LINKS
    assert said.links[-1].url == f"http://county.example/{MOST_LINKS - 1}"
    assert said.why == f"urlset; the first {MOST_LINKS} of {MOST_LINKS + 7} links are followed"


def test_a_page_of_as_many_links_tells_them_all() -> None:
    read = read_with(MOST_LINKS)
    assert _wire(read).extraction == read.extraction


def test_too_much_memory_is_no_mistake_of_a_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    def hungry(reading: object) -> None:
        raise MemoryError

    monkeypatch.setattr("worker.reading.recognise", hungry)
    page = Payload(b"<html><p>words</p>", "http://county.example/", "http://county.example/", datetime.now(UTC))
    with pytest.raises(MemoryError):
        read(page, Source("county", page.url), "page")
