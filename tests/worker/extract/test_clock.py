"""A moment that is the visitor's is no date of the document."""

from __future__ import annotations

import pytest

from benchmarks.adapters import read

BODY = "<p>经研究，决定任命周敏同志为县水务局副局长，试用期一年，请相关单位做好工作交接。</p>" * 3


@pytest.mark.parametrize(
    "clock", ["当前时间：2026年01月05日 09:39:38", "今天是2026年1月5日 星期一", "北京时间 2026-01-05 09:39"]
)
def test_the_pages_clock_is_not_when_it_was_published(clock: str) -> None:
    page = f"<html><body><div>{clock}</div><h1>任免通知第3号</h1><div>{BODY}</div></body></html>"
    assert "published_on" not in read(page.encode(), "http://county.example/n/3.html")["fields"]
