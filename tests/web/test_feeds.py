"""Atom feeds (RFC 4287), read by a parser that others wrote."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import pytest

from archive import open_archive, open_writable
from archive.web.api.feeds import autodiscovery
from archive.web.links import source_feed
from tests.archive.house import SITE
from tests.archive.shelf import Shelf
from tests.web.showcase import filled
from tests.web.visitor import Visit, visitor

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    import feedparser  # type: ignore[import-untyped]

ATOM = "{http://www.w3.org/2005/Atom}"
FEEDS = ("/feeds/changes.atom", "/feeds/changes.atom?kind=changed&silent=1", "/feeds/sources/town-board.atom",
         "/feeds/sources/hostile.atom?limit=100", "/feeds/search.atom?q=script",
         "/feeds/changes.atom?word=nothingsaysso", "/feeds/changes.atom?type=file&limit=100")  # fmt: skip


@pytest.fixture
def visit(database_url: str) -> Visit:
    with open_writable(database_url) as writer:
        filled(writer)
    return visitor(database_url)


def read(visit: Visit, address: str) -> Any:
    answer = visit(address)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/atom+xml"), answer.text
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return feedparser.parse(answer.content)


@pytest.mark.parametrize("address", FEEDS)
def test_every_feed_is_valid_atom(visit: Visit, address: str) -> None:
    found = read(visit, address)
    assert (found.bozo, found.version) == (False, "atom10")
    root = ElementTree.fromstring(visit(address).content)
    for whole in (root, *root.iter(ATOM + "entry")):
        # RFC 4287 sections 4.1.1 and 4.1.2: exactly one of each
        for needed in ("id", "title", "updated"):
            assert len(whole.findall(ATOM + needed)) == 1, needed
    assert len(root.findall(ATOM + "author")) == 1  # stands for the entries, too
    assert [link.get("href") for link in root.findall(ATOM + "link") if link.get("rel") == "self"] == [
        "http://127.0.0.1:8020" + address
    ]
    ids = [entry.id for entry in found.entries]
    assert len(ids) == len(set(ids)) and all(name.startswith("urn:uuid:") for name in [found.feed.id, *ids])
    shown = [whole.findtext(ATOM + "content") or "" for whole in root.iter(ATOM + "entry")]
    assert not any("<script" in html.lower() or "<img" in html.lower() for html in shown)


def test_entries_are_the_changes_newest_first_with_what_changed(visit: Visit, database_url: str) -> None:
    found = read(visit, "/feeds/sources/county-notices.atom?limit=100")
    with open_archive(database_url) as archive:
        changes = list(archive.changes_after(0, source_id="county-notices"))[::-1]
    assert [entry.link for entry in found.entries] == [change.url for change in changes]
    edited = next(entry for entry in found.entries if entry.title.startswith("Changed") and "ins" in entry.summary)
    assert "<del>" in edited.summary or "<ins>" in edited.summary
    kinds = {tag.term for tag in found.entries[0].tags}
    assert {"source:county-notices", changes[0].kind} <= kinds


def test_filters_narrow_a_feed(visit: Visit) -> None:
    gone = read(visit, "/feeds/changes.atom?kind=gone&source=county-notices")
    assert [entry.link for entry in gone.entries] == [SITE + "item1"]
    said = read(visit, "/feeds/search.atom?q=%E6%AF%8F%E6%88%B7%E5%85%AB%E5%8D%83%E5%85%83")
    assert [entry.title for entry in said.entries] == ["Changed: 关于印发农村危房改造实施方案的通知"]
    everything = read(visit, "/feeds/search.atom?q=water+source:paper&limit=100")
    assert {tag.term for entry in everything.entries for tag in entry.tags} >= {"source:paper"}
    assert all("source:paper" in {tag.term for tag in entry.tags} for entry in everything.entries)
    kinds = read(visit, "/feeds/search.atom?q=kind:article&limit=100")
    assert kinds.entries and all("article" in {tag.term for tag in entry.tags} for entry in kinds.entries)


def test_ids_stay_when_something_is_added_and_are_the_same_in_every_feed(visit: Visit, database_url: str) -> None:
    before = read(visit, "/feeds/sources/paper.atom")
    answer = visit("/feeds/sources/paper.atom")
    with open_writable(database_url) as writer:
        Shelf(writer, "paper").say("more", "The road is open again.", "Road open", at=9000, kind="article")
    after = read(visit, "/feeds/sources/paper.atom")
    assert before.feed.id == after.feed.id
    assert [entry.id for entry in after.entries][1:] == [entry.id for entry in before.entries]
    everywhere = {entry.id for entry in read(visit, "/feeds/changes.atom?source=paper").entries}
    assert everywhere == {entry.id for entry in after.entries}
    assert read(visit, "/feeds/changes.atom?kind=new").feed.id != read(visit, "/feeds/changes.atom").feed.id
    again = visit("/feeds/sources/paper.atom", headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 200 and again.headers["etag"] != answer.headers["etag"]


def test_a_feed_that_stayed_is_not_sent_again_nor_drawn(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    first = visit("/feeds/changes.atom")
    monkeypatch.setattr("archive.web.api.feeds.entry", _never)
    by_tag = visit("/feeds/changes.atom", headers={"if-none-match": first.headers["etag"]})
    by_time = visit("/feeds/changes.atom", headers={"if-modified-since": first.headers["last-modified"]})
    assert (by_tag.status_code, by_time.status_code) == (304, 304)


def _never(*_: object) -> str:
    raise AssertionError("an entry was drawn")


def test_what_a_feed_cannot_be_asked(visit: Visit) -> None:
    for address, name in {"/feeds/changes.atom?since=17": "since", "/feeds/changes.atom?colour=red": "colour",
                          "/feeds/search.atom": "q", "/feeds/search.atom?q=%22%22": "q",
                          "/feeds/search.atom?q=water+state:gone": "q",
                          "/feeds/sources/paper.atom?source=x": "source"}.items():  # fmt: skip
        answer = visit(address)
        assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (400, name), address
    missing = visit("/feeds/sources/pape.atom")
    assert (missing.status_code, missing.json()["near"]) == (404, ["paper"])


def test_pages_can_tell_a_browser_of_a_feed() -> None:
    element: Callable[..., str] = autodiscovery
    said = ElementTree.fromstring(str(element(source_feed("a/b\"&"), '"><script>')).replace(">", "/>", 0)[:-1] + "/>")
    assert said.get("href") == "/feeds/sources/a%2Fb%22%26.atom" and said.get("title") == '"><script>'
    assert said.get("type") == "application/atom+xml"
