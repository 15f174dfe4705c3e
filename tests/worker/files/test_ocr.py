"""Lines that an engine found become glyphs on a sheet: what their boxes say of the size of letters."""

from __future__ import annotations

import numpy as np
import pytest

from worker.extract.files import engine, ocr
from worker.extract.files.engine import Line
from worker.extract.files.layout.pagenumber import is_page_number
from worker.extract.files.ocr import _Found, _mended, _sizes

SCALE = 72 / 200


def line(text: str, size: float, high: float = 1.22) -> tuple[_Found, list[tuple[float, float]]]:
    """A line in letters of so many points; `high` is the height of its box in ems."""
    wide, tall = len(text) * size / SCALE, size * high / SCALE
    corners = [(100.0, 100.0), (100.0 + wide, 100.0), (100.0 + wide, 100.0 + tall), (100.0, 100.0 + tall)]
    return _Found(text, tuple(corners), 0.99, False), corners


BODY = [line("您提出的提案已经收悉经研究现答复如下", 16) for _ in range(6)]


def test_a_title_s_short_last_line_is_as_large_as_the_line_above_it() -> None:
    sizes = _sizes([line("关于市政协六届二次会议第一一八号提", 22), line("案的答复", 22, high=1.15), *BODY], SCALE)
    assert sizes[1] == sizes[0] > 1.3 * sizes[2]


def test_a_short_line_under_a_title_that_is_no_larger_than_the_text_is_text() -> None:
    sizes = _sizes([line("关于市政协六届二次会议第一一八号提案", 22), line("刘明委员", 16, high=1.3), *BODY], SCALE)
    assert sizes[1] == sizes[2]


def test_a_date_that_is_none_is_read_again_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("cv2", reason="the extra is not installed: pip install 'muniment[ocr]'")
    corners = ((100.0, 100.0), (600.0, 100.0), (600.0, 150.0), (100.0, 150.0))
    monkeypatch.setattr(engine, "lines_of", lambda picture: [Line(corners, "二二三年五月八日", 0.99)])
    monkeypatch.setattr(engine, "words_of", lambda picture: ("二〇二三年五月八日", 0.99))
    sheet, _ = ocr.sheet_of(np.full((400, 800, 3), 255, dtype=np.uint8), 2)
    assert "".join(glyph.text for glyph in sheet.glyphs) == "二〇二三年五月八日"


def test_what_an_engine_says_of_a_thin_zero_in_a_year_is_a_zero() -> None:
    assert [_mended(text) for text in ("二C二三年五月八日", "自二O一○年起", "二氧化碳0年")] == [
        "二〇二三年五月八日",
        "自二〇一〇年起",
        "二氧化碳0年",
    ]


def test_a_page_number_between_a_dash_and_what_an_engine_took_a_dash_for_is_one() -> None:
    assert all(map(is_page_number, ("-3一", "一4-", "— 5 一")))
    assert not is_page_number("一5号")


def test_a_narrow_mark_beside_a_wide_one_is_wide() -> None:
    assert _mended("《规划（2023-2027)》，各市级(2024);另行") == "《规划（2023-2027）》，各市级（2024）；另行"
    assert _mended("(2023-2035）》，各市级") == "（2023-2035）》，各市级"
    assert _mended("ISO 9001 (2015), see note") == "ISO 9001 (2015), see note"
