"""The page of changes: what stands on it, and what of it is an address."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from archive import open_writable
from archive.records import Change, SourceRow
from archive.web.differences import parts_of
from tests.archive.house import SITE, START
from tests.archive.shelf import Shelf
from tests.web.visitor import Visit, visitor

_TAG = re.compile(r"<[^>]+>")


@pytest.fixture
def visit(database_url: str) -> Iterator[Visit]:
    with open_writable(database_url) as writer:
        shelf = Shelf(writer, "county", "paper")
        shelf.judges = True
        with writer.begin() as tx:
            county = SourceRow("county", SITE, "listing", True, ("office",))
            tx.sync_sources([county, SourceRow("paper", SITE, "listing", True)], START)
        dated = {"published_on": "2024-02-28"}
        shelf.say("a", "每户补助一万元。\n截止时间六月三十日。", "危房改造通知", at=0, fields=dated)
        shelf.say("b", "Water is cut on Monday.", "Water", at=5, kind="article", source="paper")
        shelf.say("a", "每户补助八千元。\n截止时间六月三十日。", "危房改造通知", at=1600, fields=dated)
        shelf.remove("b", at=1700)
    yield visitor(database_url)


def shown(page: str) -> str:
    """What a reader reads, on one line."""
    main = page[page.index("<main") : page.index("</main>")]
    return " ".join(_TAG.sub(" ", main).split())


def test_changes_stand_by_day_and_source_newest_first(visit: Visit) -> None:
    page = visit("/changes").text
    order = [page.index(f">{what}<") for what in ("2024-03-02", "2024-03-01")]
    assert order == sorted(order)
    read = shown(page)
    assert read.index("gone") < read.index("危房改造通知")
    names = re.findall(r'<h3><a href="/changes\?source=(\w+)"', page)
    assert names == ["paper", "county", "paper", "county"]


def test_a_change_shows_its_difference_in_place(visit: Visit) -> None:
    page = visit("/changes?kind=changed").text
    assert "每户补助<del>一万</del><ins>八千</ins>元。" in page
    assert re.search(r'href="/documents/\w+/compare\?from=1&amp;to=2"', page)
    assert "六月三十日" not in page


def test_a_silent_edit_stands_out_and_can_be_asked_for(visit: Visit) -> None:
    page = visit("/changes?silent=1").text
    assert page.count('class="entry ') == 1 and "entry changed silent" in page
    assert "Silent edit" in page


@pytest.mark.parametrize(
    ("address", "count"),
    [
        ("/changes", 4), ("/changes?source=paper", 2), ("/changes?tag=office", 2), ("/changes?kind=new&kind=gone", 3),
        ("/changes?type=article", 2), ("/changes?field=text", 1), ("/changes?word=water", 2),
        ("/changes?since=2024-03-02", 2), ("/changes?until=2024-03-01", 2), ("/changes?source=nowhere", 0),
        ("/changes?before=3", 2),
    ],
)  # fmt: skip
def test_every_filter_is_an_address(visit: Visit, address: str, count: int) -> None:
    answer = visit(address)
    assert (answer.status_code, answer.text.count('class="entry ')) == (200, count)


@pytest.mark.parametrize(
    ("address", "advice"),
    [
        ("/changes?kind=edited", "edited is none of new, changed"), ("/changes?since=yesterday", "write 2026-03-01"),
        ("/changes?before=x", "x is no number of a change"), ("/changes?word=。。", "nothing to search for"),
        ("/changes?since=0001-01-01", ""), ("/changes?until=9999-12-31", ""),
        ("/changes?before=99999999999999999999", ""),
    ],
)  # fmt: skip
def test_an_address_that_means_nothing_is_told_what_to_write(visit: Visit, address: str, advice: str) -> None:
    answer = visit(address)
    assert answer.status_code in ((400,) if advice else (200, 400))
    assert advice in answer.text


def test_the_page_is_chinese_where_the_browser_asks_and_stays_so_where_chosen(visit: Visit) -> None:
    chinese = visit("/changes", headers={"Accept-Language": "zh-CN"})
    assert 'lang="zh-Hans"' in chinese.text and "变更" in chinese.text
    chosen = visit("/changes?lang=zh&kind=gone", headers={"Accept-Language": "en"})
    assert "lang=zh" in chosen.headers["set-cookie"] and "变更" in chosen.text
    assert 'href="/changes?kind=gone&amp;lang=en"' in chosen.text
    kept = visit("/changes", headers={"Accept-Language": "en", "Cookie": "lang=zh"})
    assert "变更" in kept.text


def test_days_are_those_of_the_configured_zone(database_url: str, visit: Visit) -> None:
    there = visitor(database_url, zone="Asia/Shanghai")
    assert "18:40" in shown(there("/changes").text) or "20:20" in shown(there("/changes").text)
    assert there("/changes?since=2024-03-02").text.count('class="entry ') == 2


def test_an_empty_archive_says_what_will_be_seen(database_url: str) -> None:
    assert "as soon as the daemon has polled" in visitor(database_url)("/changes").text
    assert "No change fits" in visitor(database_url)("/changes?silent=1").text


def test_long_texts_are_shown_whole_once_the_page_has_compared_enough(database_url: str) -> None:
    with open_writable(database_url) as writer:
        shelf = Shelf(writer)
        shelf.judges = True
        shelf.say("a", "旧" * 900)
        shelf.say("a", "新" * 900)
        (change,) = [one for one in _changes(database_url) if one.kind == "changed"]
    parts, left = parts_of(change, 100)
    assert left == 100 and [piece.mark for line in parts[0].lines for piece in line] == ["removed", "added"]
    assert max(len(piece.text) for line in parts[0].lines for piece in line) <= 600


def _changes(url: str) -> list[Change]:
    from archive import open_archive

    with open_archive(url) as archive:
        return list(archive.changes_after())


def test_every_filter_and_every_search_has_its_feed(visit: Visit) -> None:
    assert 'href="/feeds/changes.atom?kind=gone"' in visit("/changes?kind=gone").text
    assert 'href="/feeds/search.atom?q=water"' in visit("/search?q=water").text
    of_source = visit("/sources/county").text
    assert '<link rel="alternate" type="application/atom+xml" href="/feeds/sources/county.atom"' in of_source
    assert visit("/feeds/sources/county.atom").status_code == 200
