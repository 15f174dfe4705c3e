"""Text that others wrote stands on a page as text: isolated, whole, and unable to hide or turn anything."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from archive.web import shown
from archive.web.words import translated
from tests.web.showcase import ADDRESSES, HOSTILE, SIGNS

NOW = datetime(2024, 3, 4, 12, 0, tzinfo=UTC)
t = partial(translated, "en")


@given(st.text())
def test_no_text_makes_markup(text: str) -> None:
    drawn = shown.said(text)
    inside = drawn.removeprefix("<bdi>").removesuffix("</bdi>")
    bare = inside.replace('<span class="mark">', "").replace("</span>", "").replace("<wbr>", "")
    assert not set("<>\"'") & set(bare)


@pytest.mark.parametrize("text", HOSTILE)
def test_no_hostile_text_makes_markup(text: str) -> None:
    assert "<script" not in shown.said(text) and "<img" not in shown.said(text)


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("a\u202eb", 'a<span class="mark">U+202E</span>b'), ("a\u200bb", 'a<span class="mark">U+200B</span>b'),
        ("\x00", '<span class="mark">U+0000</span>'), ("a\tb\nc", "a\tb\nc"), ("ไทย 中文 עברית", "ไทย 中文 עברית"),
        ("👨‍👩‍👧", "👨‍👩‍👧"), ("e\u0301", "e\u0301"), ("a\r\nb\rc", "a\nb\nc"),
    ],
)  # fmt: skip
def test_what_hides_or_turns_text_is_a_mark_and_nothing_else_is(text: str, drawn: str) -> None:
    assert shown.plain(text) == Markup(drawn)


@pytest.mark.parametrize("text", SIGNS)
def test_what_is_drawn_as_one_sign_may_be_broken_and_nothing_is_lost(text: str) -> None:
    drawn = shown.plain(text)
    assert max(map(len, drawn.split("<wbr>"))) <= shown.CLUSTER and drawn.replace("<wbr>", "") == text


@pytest.mark.parametrize(
    "text",
    [
        "ภาษาไทยเป็นภาษาที่มีระดับเสียงของคำแน่นอนหรือวรรณยุกต์เช่นเดียวกับภาษาจีนและออกเสียงแยกคำต่อคำ",
        "हिन्दी विश्व की एक प्रमुख भाषा है और भारत की एक राजभाषा है", "достопримечательностями",
        "👨🏽\u200d👩🏽\u200d👧🏽\u200d👦🏽" * 3, "🇨🇳" * 20, "القسطنطينية والجمهوريات",
    ],
)  # fmt: skip
def test_writing_as_people_write_it_is_left_alone(text: str) -> None:
    assert shown.plain(text) == text


def test_stacked_marks_are_cut() -> None:
    assert len(shown.plain("Z" + "\u0335\u0321" * 50)) == 1 + shown.STACKED


@pytest.mark.parametrize("address", [*ADDRESSES, "http://[", "https://a.example/" + "x" * 3000, None, 7])
def test_only_web_addresses_are_links(address: object) -> None:
    drawn = shown.external(address)
    assert ('href="' in drawn) == str(address).startswith(("http://elsewhere.invalid", "http://ok"))


def test_a_link_elsewhere_tells_nothing_of_us() -> None:
    drawn = shown.external("https://a.example/?a=1&b=2", "<name>")
    assert drawn == Markup(
        '<a class="address" rel="noopener noreferrer external" href="https://a.example/?a=1&amp;b=2">'
        "<bdi>&lt;name&gt;</bdi></a>"
    )


def test_times_stand_in_the_configured_zone_and_exactly_in_the_element() -> None:
    drawn = shown.when_of(ZoneInfo("Asia/Shanghai"), datetime(2024, 3, 1, 20, 5, 7, tzinfo=UTC))
    assert 'datetime="2024-03-01T20:05:07Z"' in drawn and ">2024-03-02 04:05<" in drawn
    day = shown.day_of(t, "en", date(2024, 3, 1))
    assert "2024-03-01" in day and "Friday" in day


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (timedelta(0), "now"), (timedelta(seconds=5), "5 s ago"), (timedelta(minutes=61), "1 h ago"),
        (timedelta(hours=47), "47 h ago"), (timedelta(days=2), "2 days ago"), (-timedelta(minutes=3), "in 3 min"),
    ],
)  # fmt: skip
def test_durations_are_said_in_their_largest_unit(span: timedelta, said: str) -> None:
    assert shown.ago(t, NOW - span, NOW) == said


@pytest.mark.parametrize(
    ("count", "said"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 KB"), (123_456, "123 KB"), (2_500_000, "2.5 MB"), (None, "–")],
)
def test_sizes_are_said_in_their_unit(count: int | None, said: str) -> None:
    assert shown.size(count) == said


@pytest.mark.parametrize(("part", "said"), [(0.001, "< 1 %"), (0.5, "50 %"), (0.999, "99 %"), (1.0, "100 %")])
def test_a_share_is_never_all_or_nothing_where_it_is_not(part: float, said: str) -> None:
    assert shown.share_of(part) == said
