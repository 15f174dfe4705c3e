"""One PDF page as a `Sheet`: glyphs with boxes and ink, thin rules, pictures, seals.

Places come out as the reader sees the page: crop box, /Rotate and text set sideways on the whole page are worked in.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from ctypes import byref, c_double, c_ulong, c_void_p, create_string_buffer
from typing import Any

import pypdfium2.raw as raw

from worker.extract.files.layout.model import Glyph, Sheet, Style, styles_of
from worker.extract.files.pdf import pdfium
from worker.extract.files.pdf.characters import settled, text_of_code
from worker.extract.files.pdf.drawings import add_drawings

MAX_GLYPHS = 60_000
"""of one page; a page with more is a picture made of letters, and read as far as that"""

_MARKS = tuple(map(c_ulong, range(8)))
"""places of the marks of one run that are looked at: producers nest two or three"""
_BLACK = (0, 0, 0, 255)
_Transform = Callable[[float, float], tuple[float, float]]


def sheet_of(page: Any, textpage: Any, number: int) -> Sheet:
    """The page as drawn; `page` and `textpage` are pypdfium2's."""
    bounds = page.get_bbox()
    turns = page.get_rotation() // 90
    glyphs = _glyphs(textpage, bounds[0], bounds[3])
    turns = (turns + _sideways(glyphs, turns)) % 4
    place, (width, height) = transform(bounds, turns)
    sheet = Sheet(number, width, height)
    sheet.glyphs = [_turned(glyph, turns, width, height) for glyph in glyphs] if turns else glyphs
    add_drawings(sheet, page, place)
    return sheet


def transform(bounds: tuple[float, float, float, float], turns: int) -> tuple[_Transform, tuple[float, float]]:
    """From PDF user space to the sheet after so many quarter turns clockwise, and the sheet's size."""
    left, bottom, right, top = bounds
    width, height = right - left, top - bottom
    if turns == 1:
        return lambda x, y: (y - bottom, x - left), (height, width)
    if turns == 2:
        return lambda x, y: (right - x, y - bottom), (width, height)
    if turns == 3:
        return lambda x, y: (top - y, right - x), (height, width)
    return lambda x, y: (x - left, top - y), (width, height)


def _glyphs(textpage: Any, edge: float, roof: float) -> list[Glyph]:
    """The characters on the page as it is before any turn. Text that stands on its side has its baseline's x as
    `base`."""
    text = pdfium.handle(textpage.raw)
    floats, x, y = pdfium.Floats(), c_double(), c_double()
    box, x_at, y_at = byref(floats), byref(x), byref(y)
    styles: dict[int, Style] = {}
    ask = _Styles()
    glyphs: list[Glyph] = []
    last, high, base = -1, 0, 0.0
    before, drawn_by, together = (0.0, 0.0, 0.0, 0.0), -1, 1
    style = Style()
    object_of, loose_box, new, box_of = pdfium.object_of, pdfium.loose_box, tuple.__new__, pdfium.BOX.unpack
    said, codes = text_of_code, pdfium.codes_of(text, min(raw.FPDFText_CountChars(textpage), MAX_GLYPHS))
    for index, code in enumerate(settled(codes)):
        if code <= 32 and (code in (0, 10, 13) or pdfium.is_generated(text, index)):
            continue
        owner = object_of(text, index) or 0
        if owner != last or style.angle:
            if owner != last:
                last = owner
                known = styles.get(owner)
                style = styles[owner] = ask.style(text, index, owner) if known is None else known
            pdfium.origin(text, index, x_at, y_at)
            base = x.value - edge if style.angle % 180 else roof - y.value
        if 0xD800 <= code < 0xE000:
            if code < 0xDC00:
                high = code
                continue
            if high:
                code, high = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00), 0
        loose_box(text, index, box)
        left, top, right, bottom = placed = box_of(floats)
        if right == left and top == bottom:
            continue
        glyphs.append(new(Glyph, (said(code), left - edge, roof - top, right - edge, roof - bottom, base, style)))
        together = together + 1 if placed == before and owner == drawn_by else 1
        before, drawn_by = placed, owner
        if together > 1:
            _share(glyphs, together)
    return glyphs


def _share(glyphs: list[Glyph], together: int) -> None:
    """Gives each of the last characters its part of the one box they stand in: a ligature's letters."""
    left, right = min(glyph.x0 for glyph in glyphs[-together:]), max(glyph.x1 for glyph in glyphs[-together:])
    step = (right - left) / together
    for place in range(together):
        x0 = left + place * step
        glyphs[place - together] = glyphs[place - together]._replace(x0=x0, x1=x0 + step)


def _turned(glyph: Glyph, turns: int, width: float, height: float) -> Glyph:
    """The glyph on a sheet of this size after so many quarter turns clockwise."""
    text, x0, y0, x1, y1, base, style = glyph
    if turns == 1:
        x0, y0, x1, y1 = width - y1, x0, width - y0, x1
    elif turns == 2:
        x0, y0, x1, y1, base = width - x1, height - y1, width - x0, height - y0, height - base
    else:
        x0, y0, x1, y1, base = y0, height - x1, y1, height - x0, height - base
    return Glyph(text, x0, y0, x1, y1, base, style._replace(angle=(style.angle + 90 * turns) % 360))


class _Styles:
    """Styles of text objects. One object a character is common, so what is asked of PDFium goes through one set of
    buffers, and the same answers give the same style."""

    def __init__(self) -> None:
        self._inks, self._matrix = pdfium.Inks(), pdfium.Matrix()
        self._ink_at = tuple(byref(self._inks, offset) for offset in (0, 4, 8, 12))
        self._known: dict[tuple[float, ...], Style] = {}
        self._artifacts: dict[int, bool] = {}

    def style(self, text: Any, index: int, owner: int) -> Style:
        """The style of the text object `owner`, whose first character is `index`."""
        inked = pdfium.fill_colour(text, index, *self._ink_at)
        pdfium.matrix_of(text, index, self._matrix)
        mode, artifact = 0, False
        if owner:
            run = c_void_p(owner)
            mode, artifact = pdfium.render_mode(run), self._is_artifact(run)
        said = (
            *(pdfium.INK.unpack(self._inks) if inked else _BLACK), *pdfium.MATRIX.unpack(self._matrix),
            pdfium.font_size(text, index), pdfium.font_weight(text, index), mode, artifact,
        )  # fmt: skip
        known = self._known.get(said)
        if known is None:
            known = self._known[said] = _style(*said)
        return known

    def _is_artifact(self, run: c_void_p) -> bool:
        """Whether the run is marked content `Artifact` (ISO 32000-1, 14.8.2.2). What has a number as content has no
        such mark (14.7.4.2). Objects of one stretch of marked content share its mark, so that each mark is asked for
        its name once."""
        if pdfium.content_id(run) >= 0:
            return False
        for place in _MARKS[: pdfium.count_marks(run)]:
            mark = pdfium.mark_of(run, place) or 0
            known = self._artifacts.get(mark)
            if known is None:
                known = self._artifacts[mark] = _is_named(mark, "Artifact")
            if known:
                return True
        return False


def _style(
    r: float, g: float, blue: float, alpha: float, a: float, b: float, c: float, d: float, size: float, weight: float,
    mode: float, artifact: float,
) -> Style:  # fmt: skip
    size *= math.hypot(c, d) or 1.0
    return Style(
        size=round(abs(size), 1) or 1.0,
        red=r > 140 and r - g > 70 and r - blue > 70,
        pale=alpha < 140 or min(r, g, blue) > 150,
        hidden=mode in (3, 7),
        artifact=bool(artifact),
        bold=weight >= 600,
        angle=-round(math.degrees(math.atan2(b, a))) % 360,
    )


def _is_named(mark: int, name: str) -> bool:
    buffer, length = create_string_buffer(64), c_ulong()
    if not mark or not pdfium.mark_name(c_void_p(mark), buffer, c_ulong(64), byref(length)):
        return False
    return buffer.raw[: max(length.value - 2, 0)].decode("utf-16-le", "replace") == name


def _sideways(glyphs: list[Glyph], turns: int) -> int:
    """Quarter turns more, where most of the page's text would still stand on its side."""
    seen: Counter[int] = Counter()
    for style, count in styles_of(glyphs).items():
        if style.angle % 90 == 0:
            seen[(style.angle // 90 + turns) % 4] += count
    if not seen:
        return 0
    quarter, count = seen.most_common(1)[0]
    return (4 - quarter) % 4 if quarter and count > 0.6 * len(glyphs) else 0
