"""Lines under titles in shapes of the wild, and what moves in them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from archive.records import Content
from worker.normalise import quiet
from worker.reading import Payload, read
from worker.settings import Source

URL = "http://lock.example/gg/202406/t7.html"
BODY = "".join(
    f"<p>{line}</p>"
    for line in (
        "为保证汛期航道安全，镇水利站定于七月一日起对河西船闸进行检修，检修期间船闸停止通航，请过往船只提前安排行程。",
        "检修期为十日，遇大雨顺延；恢复通航的日期将在码头公告栏和村广播另行通知，请船主留意，不要在闸口前停泊等候。",
    )
)
LINES = {
    "a table": "<table><tr><td>来源：镇政府办 作者：赵河 日期：2024-06-25 点击：{n}</td></tr></table>",
    "one line": '<div class="info">发布：镇政府办　时间：2024/06/25　阅读：{n}</div>',
    "parts": "<p><em>文章来源：镇政府办</em> | <em>更新时间：2024-06-25 10:21:33</em> | <em>点击率：{n}次</em></p>",
}


def said(line: str, behind: str = "", title: str = "关于船闸检修的公告") -> Content:
    page = (
        f'<html><head><meta charset="utf-8"><title>关于船闸检修的公告-河西镇</title></head><body><div class="main">'
        f"<h1>{title}</h1>{line}{BODY}{behind}</div></body></html>"
    )
    at = datetime(2024, 6, 26, tzinfo=UTC)
    result = read(Payload(page.encode(), URL, URL, at), Source("lock", URL, kind="page"), "page", f"page|{URL}")
    return result.seen[0].content


@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
def test_a_counter_beside_the_date_and_the_source_is_no_version(line: str) -> None:
    first, later = said(line.format(n=98)), said(line.format(n=4782))
    assert first.content_hash == later.content_hash
    assert first.content_hash != said(line.format(n=98).replace("镇政府办", "镇水利站")).content_hash


def test_the_same_words_are_numbers_of_a_page_that_counts_for_a_living() -> None:
    assert quiet("听力：80 阅读：85 写作：70") == "听力：80 阅读：85 写作：70"
    assert quiet("来源：镇政府办 点击：85") == "来源：镇政府办"


def test_a_share_button_behind_the_line_does_not_take_it_for_its_value() -> None:
    line = '<div class="date">2024-06-25 10:21<i>来源： 镇政府办</i> <i>T</i> <div class="fx">分享</div></div>'
    assert said(line).fields["origin"] == "镇政府办"


def test_who_edited_it_and_lists_of_other_pages_end_a_text() -> None:
    line = "<p>来源：镇政府办 日期：2024-06-25</p>"
    hot = "".join(f'<li><a href="/r/{n}.html">沿河新闻第{n}号</a><span>06-1{n}</span></li>' for n in range(5))
    behind = f'<p class="by">（责任编辑：赵河 审核：钱江）</p><div class="hot"><h4>热点文章</h4><ul>{hot}</ul></div>'
    assert len(said(line, behind).text.split("\n")) == 2
    assert said(line, behind).fields["editor"] == "赵河"


def test_who_edited_it_stays_where_it_is_the_text_s_own_last_paragraph() -> None:
    assert said("<p>来源：镇政府办 日期：2024-06-25</p>", "<p>（责编：赵河）</p>").text.endswith("\n（责编：赵河）")


def test_a_title_printed_on_two_lines_is_one() -> None:
    assert said("<p>日期：2024-06-25</p>", title="关于船<br>闸检修的公告").title == "关于船闸检修的公告"
