"""Articles over several pages."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from worker.extract.chrome import chrome
from worker.extract.model import Extraction, Reading
from worker.extract.recognise import recognise

BASE = "http://lock.example/news/"
LINES = [f"河西船闸检修的第{n}段说明：检修期间船闸停止通航，请过往船只提前安排行程，遇大雨顺延。" for n in "一二三"]


def part(url: str, pager: str) -> Extraction:
    """A page of an article with its pager under the text."""
    text = (
        "<html><head><meta charset='utf-8'><title>船闸检修开始了_河西新闻</title></head><body><h1>船闸检修开始了</h1>"
        "<p>2024-06-25 来源：河西日报</p>"
        f"<div class='content'>{''.join(f'<p>{line}</p>' for line in LINES)}{pager}</div>"
        "<div>上一篇：<a href='t7.html'>渡船改期</a> 下一篇：<a href='t9_1.html'>码头开放</a></div></body></html>"
    )
    reading = Reading(BASE + url, BASE + url, text, "utf-8", "header", served_at=datetime(2024, 7, 1, tzinfo=UTC))
    return recognise(reading)[0](reading)


def told(found: Extraction) -> tuple[int | None, object, list[tuple[str, int | None]]]:
    """(part, address of the first part, links to other parts)."""
    facts = found.documents[0].facts
    more = [(link.url.removeprefix(BASE), link.part) for link in found.links if link.kind == "part"]
    return facts.part, facts.extra.get("first_part"), more


def row(*pages: str, current: int) -> str:
    """Numbers with the current one plain, and the words for the next."""
    numbers = [f"<b>{n}</b>" if n == current else f'<a href="{BASE}{page}">{n}</a>' for n, page in enumerate(pages, 1)]
    more = f'<a href="{BASE}{pages[current]}">下一页</a>' if current < len(pages) else ""
    return f"<p>{' '.join(numbers)} {more}</p>"


@pytest.mark.parametrize(
    "pages", [
        ("t8.html", "t8_1.html", "t8_2.html"), ("t8.html", "t8_2.html", "t8_3.html"), ("88/", "88/2/", "88/3/"),
        ("show.php?id=8", "show.php?id=8&page=2", "show.php?id=8&page=3"),
    ],
)  # fmt: skip
def test_each_part_says_which_it_is_and_leads_to_the_next(pages: tuple[str, ...]) -> None:
    for number, url in enumerate(pages, 1):
        found = part(url, row(*pages, current=number))
        after = [(pages[number], number + 1)] if number < len(pages) else []
        assert told(found) == (number, BASE + pages[0], after)
        assert found.next_page == (BASE + pages[number] if after else None)


@pytest.mark.parametrize("number", [1, 2, 3])
def test_the_numbers_of_the_parts_are_no_words_of_the_article(number: int) -> None:
    pages = ("t8.html", "t8_1.html", "t8_2.html")
    found = part(pages[number - 1], row(*pages, current=number))
    assert found.documents[0].text.split("\n") == LINES


def test_a_script_writes_the_pager() -> None:
    assert told(part("t8.html", '<script>createPageHTML(3, 0, "t8", "html");</script>'))[2] == [("t8_1.html", 2)]
    assert told(part("t8_1.html", '<script>createPageHTML(3, 1, "t8", "html");</script>')) == (
        2, f"{BASE}t8.html", [("t8_2.html", 3)],
    )  # fmt: skip


@pytest.mark.parametrize("url", ["t8.html", "t20240625_8.html", "t20240625_88.html"])
def test_a_next_page_that_is_another_article_is_no_part(url: str) -> None:
    assert told(part(url, '<a href="t20240625_89.html">下一页</a>')) == (None, None, [])
    assert told(part(url, "")) == (None, None, [])


@pytest.mark.parametrize(
    "line", ["1 2 3 下一页", "【1】【2】 下一页", "共3页:", "首页 上一页 1 2 ... 下一页 尾页", "共 12 页 第 3 页"]
)
def test_a_pager_is_chrome(line: str) -> None:
    assert chrome(line) is not None


@pytest.mark.parametrize(
    "line", ["见下一页附图", "第3页", "共3页，每页盖章", "下一页" + "1. " * 50 + "x", "共3页" + " . " * 50 + "x"]
)
def test_a_line_that_says_more_is_none(line: str) -> None:
    assert chrome(line) is None
