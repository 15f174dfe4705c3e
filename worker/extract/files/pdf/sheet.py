"""One PDF page as a `Sheet`: glyphs with boxes and ink, thin rules, pictures, seals.

Places come out as the reader sees the page: crop box, /Rotate and text set sideways on the whole page are worked in.
"""

from __future__ import annotations

import math
import unicodedata
from collections import Counter
from collections.abc import Callable
from ctypes import addressof, c_double, c_uint, c_ulong, create_string_buffer
from typing import Any

import pypdfium2.raw as raw

from worker.extract.files.layout.model import Glyph, Sheet, Style
from worker.extract.files.pdf import pdfium
from worker.extract.files.pdf.drawings import add_drawings

MAX_GLYPHS = 60_000
"""of one page; a page with more is a picture made of letters, and read as far as that"""

MAX_MARKS = 8
"""marks of one run that are looked at: producers nest two or three"""

_RADICALS = str.maketrans(
    "⺁⺠⺩⺫⻁⻄⻅⻆⻉⻋⻓⻔⻗⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻬⻮⻰⻳",
    "厂民王目虎西见角贝车长门雨青韦页风飞食马骨鬼鱼鸟卤麦黄齐齿龙龟",
)
"""CJK Radicals Supplement, which NFKC leaves; producers map glyphs of whole characters to them"""

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
    box, x_at, y_at = addressof(floats), addressof(x), addressof(y)
    styles: dict[int, Style] = {}
    ask = _Styles()
    texts: dict[int, str] = {}
    glyphs: list[Glyph] = []
    last, high, base = -1, 0, 0.0
    style = Style()
    unicode_of, object_of, loose_box, new = pdfium.unicode_of, pdfium.object_of, pdfium.loose_box, tuple.__new__
    box_of = pdfium.BOX.unpack
    for index in range(min(raw.FPDFText_CountChars(textpage), MAX_GLYPHS)):
        code = unicode_of(text, index)
        if code <= 32 and (code in (0, 10, 13) or pdfium.is_generated(text, index)):
            continue
        owner = object_of(text, index) or 0
        if owner != last:
            last = owner
            if owner not in styles:
                styles[owner] = ask.style(text, index, owner)
            style = styles[owner]
            pdfium.origin(text, index, x_at, y_at)
            base = x.value - edge if style.angle % 180 else roof - y.value
        elif style.angle:
            pdfium.origin(text, index, x_at, y_at)
            base = x.value - edge if style.angle % 180 else roof - y.value
        if 0xD800 <= code < 0xDC00:
            high = code
            continue
        if 0xDC00 <= code < 0xE000 and high:
            code, high = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00), 0
        loose_box(text, index, box)
        left, top, right, bottom = box_of(floats)
        said = texts.get(code)
        if said is None:
            said = texts[code] = _text(code)
        if right != left or top != bottom:
            glyphs.append(new(Glyph, (said, left - edge, roof - top, right - edge, roof - bottom, base, style)))
    return glyphs


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


def _text(code: int) -> str:
    if code in (2, 0xFFFE, 0xAD):  # PDFium's mark of a hyphen at a line's end
        return "-"
    if 0x2F00 <= code < 0x2FE0 or 0xFB00 <= code < 0xFB07:
        return unicodedata.normalize("NFKC", chr(code))
    if 0x2E80 <= code < 0x2F00:
        return chr(code).translate(_RADICALS)
    return " " if code in (0xA0, 9, 0x3000) else chr(code) if not 0xD800 <= code < 0xE000 else "\ufffd"


class _Styles:
    """Styles of text objects. One object a character is common, so what is asked of PDFium goes through one set of
    buffers, and the same answers give the same style."""

    def __init__(self) -> None:
        self._ink, self._matrix = (c_uint * 4)(), pdfium.Matrix()
        at = addressof(self._ink)
        self._ink_at, self._matrix_at = (at, at + 4, at + 8, at + 12), addressof(self._matrix)
        self._known: dict[tuple[float, ...], Style] = {}
        self._artifacts: dict[int, bool] = {}

    def style(self, text: int, index: int, owner: int) -> Style:
        """The style of the text object `owner`, whose first character is `index`."""
        inked = pdfium.fill_colour(text, index, *self._ink_at)
        pdfium.matrix_of(text, index, self._matrix_at)
        a, b, c, d, _, _ = self._matrix
        ink = tuple(self._ink) if inked else (0, 0, 0, 255)
        said = (
            *ink, a, b, c, d, pdfium.font_size(text, index), pdfium.font_weight(text, index),
            pdfium.render_mode(owner) if owner else 0,
            owner != 0 and self._is_artifact(owner),
        )  # fmt: skip
        if said not in self._known:
            self._known[said] = _style(*said)
        return self._known[said]

    def _is_artifact(self, owner: int) -> bool:
        """Whether the run is marked content `Artifact` (ISO 32000-1, 14.8.2.2). Objects of one stretch of marked
        content share its mark, so that each mark is asked for its name once."""
        for place in range(min(pdfium.count_marks(owner), MAX_MARKS)):
            mark = pdfium.mark_of(owner, place) or 0
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
    if not mark or not pdfium.mark_name(mark, addressof(buffer), 64, addressof(length)):
        return False
    return buffer.raw[: max(length.value - 2, 0)].decode("utf-16-le", "replace") == name


def _sideways(glyphs: list[Glyph], turns: int) -> int:
    """Quarter turns more, where most of the page's text would still stand on its side."""
    seen: Counter[int] = Counter()
    for style, count in Counter(glyph.style for glyph in glyphs).items():
        if style.angle % 90 == 0:
            seen[(style.angle // 90 + turns) % 4] += count
    if not seen:
        return 0
    quarter, count = seen.most_common(1)[0]
    return (4 - quarter) % 4 if quarter and count > 0.6 * len(glyphs) else 0
