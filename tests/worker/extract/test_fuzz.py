"""Readers of pages, feeds and sitemaps survive anything and stay linear: cut, shuffled, repeated and hostile input."""

from __future__ import annotations

import random
import time
from contextlib import suppress
from pathlib import Path

import pytest

from worker.extract import general
from worker.extract.feed import EXTRACTOR as FEED
from worker.extract.government.page import EXTRACTOR as GOVERNMENT
from worker.extract.model import NothingFound, Reading
from worker.extract.sitemap import EXTRACTOR as SITEMAP

PAGES = sorted((Path(__file__).parents[2] / "pages" / "government").glob("*.html"))
URL = "http://www.county.example/zwgk/1.html"
KINDS = ("auto", "page", "listing")


def reading(text: str, kind: str = "auto") -> Reading:
    return Reading(URL, URL, text, "utf-8", "test", kind=kind)


def mangled(text: str, seed: int) -> str:
    """Cut, doubled, shuffled, with tags and attributes broken."""
    chance = random.Random(seed)
    way = seed % 6
    at = chance.randrange(len(text))
    if way == 0:
        return text[:at]
    if way == 1:
        return text[at:]
    if way == 2:
        return text[:at] + text[at // 2 : at] + text[at:]
    pieces = text.split("<" if way < 5 else ">")
    chance.shuffle(pieces)
    if way == 4:
        pieces = [piece.replace('"', "", 1) if chance.random() < 0.3 else piece for piece in pieces]
    return ("<" if way < 5 else ">").join(pieces)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
@pytest.mark.parametrize("seed", range(12))
def test_mangled_pages_are_read_or_found_empty_and_never_crash(page: Path, seed: int) -> None:
    text = mangled(page.read_text(encoding="utf-8"), seed)
    for kind in KINDS:
        try:
            said = GOVERNMENT(reading(text, kind))
        except NothingFound:
            continue
        assert said.page_kind in ("page", "listing", "not-content")
        if kind != "page":  # a page taken as it is may consist of its links
            assert all(document.text or document.images or document.attachments for document in said.documents)
    assert isinstance(general.main_text(reading(text)), str)


HOSTILE = {
    "nothing": "",
    "only white space": " \n\t\u3000" * 1000,
    "no tags": "一段没有标签的文字。" * 50,
    "unclosed": "<div><table><tr><td><p>" * 400,
    "closers": "</div></p></td>" * 2000,
    "nul bytes": "<p>甲\x00乙</p>" * 50,
    "lone surrogates": "<p>\ud800文字</p><a href='\udfff'>x</a>",
    "one long line": "<p>" + "甲" * 300_000 + "</p>",
    "one long attribute": f'<p class="{"x " * 100_000}">文</p>',
    "many labels": "<p>" + "发文机关：" * 20_000 + "</p>",
    "many colons": "<table>" + "<tr><td>索引号：</td><td></td></tr>" * 3000 + "</table>",
    "many dates": "<p>" + "2020年1月1日 " * 20_000 + "</p>",
    "many brackets": "<p>" + "（" * 50_000 + "</p><p>" + "〔" * 50_000 + "</p>",
    "numbers": "<p>" + "9" * 200_000 + "年</p>",
    "script that writes": "<script>" + "document.write('<a href=" * 20_000 + "</script><p>文</p>",
    "base that is no address": "<base href='http://['><a href='//['>链接</a><p>文字文字文字。</p>",
    "json-ld that is none": '<script type="application/ld+json">' + "[" * 50_000 + "</script><p>文</p>",
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_pages_cost_no_crash_and_little_time(name: str) -> None:
    began = time.process_time()
    for kind in KINDS:
        with suppress(NothingFound):
            GOVERNMENT(reading(HOSTILE[name], kind))
    general.main_text(reading(HOSTILE[name]))
    assert time.process_time() - began < 6


@pytest.mark.parametrize(
    "text", ["", "<", "<rss", "<urlset>" * 3000, "<feed>" + "<entry>" * 500, "{", "<!DOCTYPE x [" * 500]
)
def test_broken_feeds_and_sitemaps_are_nothing_found(text: str) -> None:
    for reader in (FEED, SITEMAP):
        reader.recognise(reading(text))
        with pytest.raises(NothingFound):
            reader(reading(text))


GROWING = {
    "an article": ("<h1>标题标题标题</h1><div class='content'>",
    "<p>第一段文字，说明有关情况，请各单位遵照执行。<a href='/a.html'>附页</a></p>", "</div>"),
    "a table": ("<table>", "<tr><td>甲</td><td>1.5</td><td><a href='/x'>乙项目名称</a></td></tr>", "</table>"),
    "a list": ("<ul>", "<li><a href='/t.html'>关于开展检查工作的通知</a><span>2024-01-02</span></li>", "</ul>"),
    "nesting": ("", "<div>文字文字。", ""),
    "lines": ("<div>", "联系人：张三 电话：0351-1234567<br>", "</div>"),
}  # fmt: skip


@pytest.mark.parametrize("shape", GROWING)
def test_ten_times_the_page_costs_at_most_some_twelve_times_as_much(shape: str) -> None:
    head, body, tail = GROWING[shape]

    def cost(times: int) -> float:
        text = head + body * times + tail
        best = float("inf")
        for _ in range(3):
            began = time.process_time()
            GOVERNMENT(reading(text, "page"))
            general.main_text(reading(text))
            best = min(best, time.process_time() - began)
        return best

    small, large = cost(300), cost(3000)
    assert large < 15 * small + 0.05, f"{small * 1e3:.1f} ms became {large * 1e3:.1f} ms"
