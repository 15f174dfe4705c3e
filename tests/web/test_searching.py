"""The page of search: hits with what was found marked, and when a phrase appeared and vanished."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from archive import open_writable
from archive.records import Facts
from tests.archive.house import SITE
from tests.archive.shelf import Shelf
from tests.web.visitor import Visit, visitor


@pytest.fixture
def visit(database_url: str) -> Iterator[Visit]:
    with open_writable(database_url) as writer:
        shelf = Shelf(writer, "county", "board")
        shelf.say("a", "每户补助标准一万元。", "危房改造通知", at=0)
        shelf.say("a", "每户补助标准八千元。", "危房改造通知", at=10)
        shelf.say("b", "补助标准问题", "", at=20, kind="post", source="board", facts=Facts(SITE + "b", author="Nora"))
        shelf.remove("b", at=30)
        for number in range(25):
            shelf.say(f"n{number}", f"停水公告第{number}号", f"公告{number}", at=40 + number)
    yield visitor(database_url)


def test_what_was_found_is_marked(visit: Visit) -> None:
    page = visit("/search?q=八千元").text
    assert page.count('<li class="hit') == 1 and "<mark>八千元</mark>" in page


def test_a_phrase_that_is_said_no_more_is_found_with_its_time(visit: Visit) -> None:
    assert "Look in every version" in visit("/search?q=一万元").text
    page = visit("/search?q=一万元&versions=1").text
    assert page.count('<li class="hit') == 1
    assert "appeared" in page and "vanished" in page and "/compare?from=1&amp;to=2" in page
    assert "still there" in visit("/search?q=八千元&versions=1").text
    assert "gone with its document" in visit("/search?q=问题&versions=1").text


@pytest.mark.parametrize(
    ("address", "hits"),
    [
        ("/search?q=补助标准", 2), ("/search?q=补助标准&source=board", 1), ("/search?q=补助标准&kind=notice", 1),
        ("/search?q=补助标准&state=gone", 1), ("/search?q=author:Nora", 1), ("/search?source=county&kind=notice", 20),
        ("/search?q=补助标准&since=2024-03-02", 0), ("/search?q=补助标准&until=2024-03-01", 2), ("/search", 0),
        ('/search?q=补助标准&source=x" kind:post', 0),
    ],
)  # fmt: skip
def test_every_question_is_an_address(visit: Visit, address: str, hits: int) -> None:
    answer = visit(address)
    assert (answer.status_code, answer.text.count('<li class="hit')) == (200, hits)


def test_the_next_page_goes_on_where_the_first_ended(visit: Visit) -> None:
    first = visit("/search?q=停水").text
    assert first.count('<li class="hit') == 20
    after = first[first.index('rel="next" href="') + 17 :].partition('"')[0].replace("&amp;", "&")
    second = visit(after).text
    assert second.count('<li class="hit') == 5 and 'rel="next"' not in second and 'rel="first"' in second


@pytest.mark.parametrize("address", ["/search?q=since:never", "/search?q=停水&cursor=x", "/search?q=。。"])
def test_a_question_that_means_nothing_is_shown_again_with_advice(visit: Visit, address: str) -> None:
    answer = visit(address)
    assert (answer.status_code, 'role="alert"' in answer.text) == (400, True)


def test_a_title_without_anything_to_read_still_has_a_name(visit: Visit) -> None:
    page = visit("/search?q=问题").text
    name = re.search(r"<h2><a [^>]*>(.*?)</a></h2>", page)
    assert name is not None and re.sub(r"<[^>]+>", "", name[1]) == "补助标准问题"
