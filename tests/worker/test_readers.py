"""What comes back from the processes that read pages."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from worker.extract.model import Extraction, FoundLink
from worker.readers import MOST_LINKS, _wire
from worker.reading import Payload, Read, read
from worker.settings import Source


def read_with(links: int) -> Read:
    found = tuple(FoundLink(f"http://county.example/{number}", "item", "") for number in range(links))
    extraction = Extraction("sitemap", 1, "sitemap", why="urlset", links=found)
    return Read("ok", "sitemap", 1, "a sitemap", extraction=extraction)


def test_a_page_of_ever_so_many_links_tells_no_more_than_a_sitemap_may_hold():
    said = _wire(read_with(MOST_LINKS + 7)).extraction
    assert said is not None
    assert len(said.links) == MOST_LINKS
    assert said.links[-1].url == f"http://county.example/{MOST_LINKS - 1}"
    assert said.why == f"urlset; the first {MOST_LINKS} of {MOST_LINKS + 7} links are followed"


def test_a_page_of_as_many_links_tells_them_all():
    read = read_with(MOST_LINKS)
    assert _wire(read).extraction == read.extraction


def test_too_much_memory_is_no_mistake_of_a_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    def hungry(reading: object) -> None:
        raise MemoryError

    monkeypatch.setattr("worker.reading.recognise", hungry)
    page = Payload(b"<html><p>words</p>", "http://county.example/", "http://county.example/", datetime.now(UTC))
    with pytest.raises(MemoryError):
        read(page, Source("county", page.url), "page")
