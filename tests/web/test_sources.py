"""The list of sources: those first that need a person, a page at a time, in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest

from archive import Writer, open_writable
from archive.records import FoundPage, Incident, SourceRow
from archive.web import sources as rooms
from tests.archive.house import START
from tests.web.visitor import NOW, Visit, visitor

LISTED = re.compile(r'<p class="name"><a href="/sources/([^"]+)"')


@pytest.fixture
def writer(database_url: str) -> Iterator[Writer]:
    with open_writable(database_url) as writer:
        yield writer


@pytest.fixture
def visit(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> Visit:
    monkeypatch.setattr(rooms, "SOURCES", 3)
    rows = [SourceRow(f"s{number}", f"http://s{number}.example/", "listing", True) for number in range(7)]
    failing = Incident(
        0, "s5", "entry-failing", "http://s5.example/", "s5.example", NOW, NOW, None, "blocked",
        "the entry page failed 3 times in a row (blocked); the site refuses this worker: widen politeness.gap, set "
        "contact, or write to the site's owner", 3,
    )  # fmt: skip
    with writer.begin() as tx:
        tx.sync_sources(rows, START)
        tx.record_incidents([failing])
    return visitor(writer.url)


def test_sources_are_turned_page_by_page_and_those_in_trouble_come_first(visit: Visit) -> None:
    pages = [LISTED.findall(visit(f"/sources?page={number}").text) for number in (1, 2, 3)]
    assert pages == [["s5", "s0", "s1"], ["s2", "s3", "s4"], ["s6"]]
    first, last = visit("/sources").text, visit("/sources?page=3").text
    assert 'rel="next" href="/sources?page=2"' in first and 'rel="prev"' not in first
    assert 'rel="prev" href="/sources?page=2"' in last and 'rel="next"' not in last


def test_one_condition_alone(visit: Visit) -> None:
    assert LISTED.findall(visit("/sources?condition=failing").text) == ["s5"]
    assert LISTED.findall(visit("/sources?condition=new&page=2").text) == ["s3", "s4", "s6"]
    assert "No source here." in visit("/sources?condition=late").text
    refused = visit("/sources?condition=%3Cb%3E")
    assert refused.status_code == 400 and "failing late new well resting" in refused.text


def test_an_incident_speaks_the_readers_language(visit: Visit) -> None:
    assert "the entry page failed 3 times in a row" in visit("/sources?lang=en").text
    chinese = visit("/sources?lang=zh").text
    assert "入口页面连续失败 3 次（被拦截）" in chinese and "in a row" not in chinese


def test_a_poll_that_is_due_is_not_called_the_next_one(visit: Visit, writer: Writer) -> None:
    with writer.begin() as tx:
        tx.add_pages([FoundPage("s0", "http://s0.example/notice", "page", depth=1)], NOW - timedelta(minutes=2))
    assert "due 2 min ago" in visit("/sources/s0").text
    assert "应于2 分钟前" in visit("/sources?lang=zh").text
