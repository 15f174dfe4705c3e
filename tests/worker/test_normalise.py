from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.records import Facts
from worker import volatile
from worker.extract.model import Extracted, Extraction
from worker.normalise import clean_url, fold, normalise, quiet, quiet_line


def spoken(text: str, kind: str = "notice", **said: object) -> Extraction:
    document = Extracted("k", kind, Facts("http://a.example/1"), "A title", text, **said)  # type: ignore[arg-type]
    return Extraction("test", 1, "page", documents=(document,))


def test_text_stays_as_the_page_says_it_but_for_white_space_and_invisible_characters() -> None:
    (document,) = normalise(spoken("Two\u00a0 words\u200b\r\n\n \u3000１２ ﬁne  ②\ufeff")).documents
    assert document.text == "Two words\n１２ ﬁne ②"


def test_text_is_composed() -> None:
    assert fold("Cafe\u0301") == "Caf\u00e9"


@pytest.mark.parametrize(
    "line",
    [
        "浏览次数：1,204",
        "点击量: 88 次",
        "Views: 1,204",
        "1204次阅读",
        "您是第 20391 位访客",
        "今日访问量：12 总访问量：90412",
        "Today is Friday, 1 March 2019 12:30",
        "今天是2019年3月1日 星期五",
        "2019-03-01 12:30:45 星期五",
        "It is currently Mon Mar 02, 2020 7:04 pm",
        "Processed in 0.031 second(s), 6 queries",
        "GMT+8, 2019-3-1 12:30 , Processed in 0.04 second(s), 9 queries .",
        "Page generated in 0.2 seconds",
        "Users browsing this forum: No registered users and 3 guests",
        "在线会员 - 12 人在线 - 3 会员",
        "今日: 12 昨日: 40 会员: 312",
        "Cloudy 9 °C",
        "天气：晴 12℃",
        "Loading...",
        "加载中…",
        "[email\u00a0protected]",
        "3 天前",
        "5 minutes ago",
        "Likes: 12",
    ],
)
def test_lines_that_count_visits_or_tell_the_time_are_noise(line: str) -> None:
    assert quiet(fold(line)) == ""


@pytest.mark.parametrize(
    "line",
    [
        "Hospital visits 1,204",
        "Visits to the clinic: 1,204 in March",
        "Deaths: 5",
        "1,204",
        "12:30",
        "9 April 2020",
        "2020年4月9日",
        "Updated 5 May 2020",
        "会议时间：9:30",
        "Room temperature 22 °C must not be exceeded",
        "访问团 12 人",
        "阅读 3 本书",
        "The views of 1,204 residents",
        "5 users of the baths complained",
        "Members present: 12",
        "Online registration: 9:00",
    ],
)
def test_figures_that_do_not_count_visits_are_content(line: str) -> None:
    assert quiet(line) == line


def test_a_counter_inside_a_line_goes_and_the_rest_stays() -> None:
    assert (
        quiet("来源：市政府办公室 浏览次数：1204次 发布日期：2020-01-02") == "来源：市政府办公室 发布日期：2020-01-02"
    )


def test_an_authors_words_are_never_taken_for_noise() -> None:
    (post,) = normalise(spoken("浏览次数：5\nProcessed in 0.1 seconds", kind="post")).documents
    assert post.text == "浏览次数：5\nProcessed in 0.1 seconds"


def test_every_kind_of_noise_names_where_it_was_seen() -> None:
    for noise in (*volatile.PART_NOISE, *volatile.WHOLE_NOISE, *volatile.URL_NOISE):
        assert noise.kind and noise.seen_on


@pytest.mark.parametrize(
    ("url", "clean"),
    [
        ("http://a.example/b.jsp;jsessionid=0A1B?x=1&sid=3f", "http://a.example/b.jsp?x=1"),
        ("http://a.example/thread-1.html?formhash=0a1b2c3d&extra=page%3D1", "http://a.example/thread-1.html"),
        ("http://a.example/minutes?session=2023&sid=12", "http://a.example/minutes?session=2023&sid=12"),
        ("http://a.example/chart.png?1588888888", "http://a.example/chart.png"),
        ("http://a.example/chart.png?itok=Ab3dEf&width=320", "http://a.example/chart.png"),
        ("http://a.example/list?page=2&_=1588888888123", "http://a.example/list?page=2"),
        ("http://a.example/list?page=2&rand=0.48213311", "http://a.example/list?page=2"),
        ("http://a.example/viewtopic.php?t=5&sid=aabbcc", "http://a.example/viewtopic.php?t=5"),
        ("http://a.example/news?utm_source=mail&id=7#comments", "http://a.example/news?id=7"),
        ("http://a.example/app#/figures/7", "http://a.example/app#/figures/7"),
        ("http://a.example/_/rsrc/1589510099636/ward/map.jpg", "http://a.example/_/rsrc/ward/map.jpg"),
        ("http://a.example/file/1589510099636/report.pdf", "http://a.example/file/1589510099636/report.pdf"),
    ],
)
def test_urls_lose_what_names_a_visit_and_nothing_else(url: str, clean: str) -> None:
    assert clean_url(url) == clean


def test_of_a_signed_discuz_attachment_only_its_id_stays() -> None:
    def link(signed: str) -> str:
        return "http://a.example/forum.php?mod=attachment&aid=" + base64.b64encode(signed.encode()).decode().replace(
            "=", "%3D"
        )

    first, later = link("123|08bc55ab|1588888888|0|77"), link("123|99aa77cc|1599999999|0|77")
    other = link("124|08bc55ab|1588888888|0|77")
    assert clean_url(first) == clean_url(later) == "http://a.example/forum.php?mod=attachment&aid=123"
    assert clean_url(other) != clean_url(first)


def test_a_sources_patterns_take_their_words_out() -> None:
    (document,) = normalise(spoken("Ticket 4711 is open\nTicket 12"), ("/Ticket \\d+/", "#sidebar")).documents
    assert document.text == "is open"


@given(st.text())
def test_folding_twice_folds_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_cleaning_a_url_twice_cleans_nothing_more(url: str) -> None:
    assert clean_url(clean_url(url)) == clean_url(url)


@given(st.text(max_size=200))
def test_quieting_never_adds_a_word(line: str) -> None:
    folded = fold(line).replace("\n", " ")
    assert len(quiet(folded)) <= len(folded)


def test_what_a_clock_leaves_of_a_line_is_looked_at_again() -> None:
    assert quiet_line("今天是 12:33:11 天气：多云 12~18℃ 登录 无障碍浏览") == ""
    assert quiet_line("今天是 12:33:11 本县气温最高的一天") == "本县气温最高的一天"
