"""Lines that an engine found become glyphs on a sheet: what their boxes say of the size of letters."""

from __future__ import annotations

from worker.extract.files.ocr import _Found, _sizes

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
