"""What comes back from the processes that read pages."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from worker.extract.model import Extraction, FoundLink
from worker.isolate import Answer, Failure, Limits
from worker.readers import MOST_LINKS, USUALLY, _answered, _wire, read_in_child
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


class Children:
    """Answers in turn, and remembers what they were given."""

    def __init__(self, *answers: Answer) -> None:
        self.answers, self.given = [*answers], list[Limits]()

    def run(self, target: str, body: bytes, options: object, limits: Limits) -> Answer:
        self.given.append(limits)
        return self.answers.pop(0)


@pytest.mark.parametrize("failure", ["memory", "time", "output", "crash", "raised"])
def test_whatever_fails_within_the_usual_limits_is_tried_as_a_long_page(
    failure: Failure, monkeypatch: pytest.MonkeyPatch
) -> None:
    children = Children(Answer(failure=failure), Answer("read"))
    monkeypatch.setattr("worker.readers._pool", lambda: children)
    assert _answered(b"<p>words", {}, 10 * USUALLY.memory).value == "read"
    usual, long = children.given
    assert (usual, long.seconds >= 30) == (USUALLY, True)


def test_a_long_page_gets_what_its_source_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    children = Children(*[Answer(failure="memory")] * 4)
    monkeypatch.setattr("worker.readers._pool", lambda: children)
    for size in (1000, 3_000_000):
        _answered(b"x" * size, {}, 200_000_000)
    assert [limits.memory for limits in children.given if limits != USUALLY] == [200_000_000] * 2


def test_a_table_of_two_megabytes_is_read_with_what_a_source_gives_unasked() -> None:
    row = b"<tr><td>%d</td><td>Permit for works at the bridge</td><td>Issued by the clerk under number %d</td></tr>"
    rows = b"".join(row % (number, number) for number in range(20_000))
    table = b"<html><title>Permits</title><h1>Permits</h1><table>" + rows + b"</table>"
    read = read_in_child(page(table), Source("county", "http://county.example/", kind="page"), "page", None)
    assert read.outcome == "ok"
    assert "under number 19999" in read.seen[0].content.text


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
