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
    chars = _chars(textpage)
    turns = (turns + _sideways(chars, turns)) % 4
    place, (width, height) = transform(bounds, turns)
    sheet = Sheet(number, width, height)
    sheet.glyphs = [glyph for char in chars if (glyph := _glyph(char, place, turns)) is not None]
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


_Char = tuple[str, float, float, float, float, float, float, Style]
"""text, left, top, right, bottom, baseline's x and y in user space, style with the angle in user space, counter-clockwise"""


def _chars(textpage: Any) -> list[_Char]:
    text = pdfium.handle(textpage.raw)
    floats, x, y = pdfium.Floats(), c_double(), c_double()
    box, x_at, y_at = addressof(floats), addressof(x), addressof(y)
    styles: dict[int, Style] = {}
    cache: dict[Style, Style] = {}
    chars: list[_Char] = []
    last, high = -1, 0
    style = Style()
    unicode_of, object_of, loose_box = pdfium.unicode_of, pdfium.object_of, pdfium.loose_box
    for index in range(min(raw.FPDFText_CountChars(textpage), MAX_GLYPHS)):
        code = unicode_of(text, index)
        if code <= 32 and (code in (0, 10, 13) or pdfium.is_generated(text, index)):
            continue
        owner = object_of(text, index) or 0
        if owner != last:
            last = owner
            pdfium.origin(text, index, x_at, y_at)
            if owner not in styles:
                found = _style(text, index, owner)
                styles[owner] = cache.setdefault(found, found)
            style = styles[owner]
        elif style.angle % 180:
            pdfium.origin(text, index, x_at, y_at)
        if 0xD800 <= code < 0xDC00:
            high = code
            continue
        if 0xDC00 <= code < 0xE000 and high:
            code, high = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00), 0
        loose_box(text, index, box)
        left, top, right, bottom = floats
        chars.append((_text(code), left, top, right, bottom, x.value, y.value, style))
    return chars


def _text(code: int) -> str:
    if code in (2, 0xFFFE, 0xAD):  # PDFium's mark of a hyphen at a line's end
        return "-"
    if 0x2F00 <= code < 0x2FE0 or 0xFB00 <= code < 0xFB07:
        return unicodedata.normalize("NFKC", chr(code))
    if 0x2E80 <= code < 0x2F00:
        return chr(code).translate(_RADICALS)
    return " " if code in (0xA0, 9) else chr(code) if not 0xD800 <= code < 0xE000 else "\ufffd"


def _style(text: int, index: int, owner: int) -> Style:
    red, green, blue, alpha = c_uint(), c_uint(), c_uint(), c_uint()
    inked = pdfium.fill_colour(text, index, *(addressof(value) for value in (red, green, blue, alpha)))
    r, g, b, a = (red.value, green.value, blue.value, alpha.value) if inked else (0, 0, 0, 255)
    matrix = pdfium.Matrix()
    pdfium.matrix_of(text, index, addressof(matrix))
    size = pdfium.font_size(text, index) * (math.hypot(matrix[2], matrix[3]) or 1.0)
    return Style(
        size=round(abs(size), 1) or 1.0,
        red=r > 140 and r - g > 70 and r - b > 70,
        pale=a < 140 or min(r, g, b) > 150,
        hidden=bool(owner) and pdfium.render_mode(owner) in (3, 7),
        artifact=bool(owner) and _is_artifact(owner),
        bold=pdfium.font_weight(text, index) >= 600,
        angle=round(math.degrees(math.atan2(matrix[1], matrix[0]))) % 360,
    )


def _is_artifact(owner: int) -> bool:
    """Whether the run is marked content `Artifact` (ISO 32000-1, 14.8.2.2)."""
    for place in range(min(pdfium.count_marks(owner), 8)):
        buffer, length = create_string_buffer(64), c_ulong()
        mark = pdfium.mark_of(owner, place)
        if mark and pdfium.mark_name(mark, addressof(buffer), 64, addressof(length)):
            if buffer.raw[: max(length.value - 2, 0)].decode("utf-16-le", "replace") == "Artifact":
                return True
    return False


def _sideways(chars: list[_Char], turns: int) -> int:
    """Quarter turns more, where most of the page's text would still stand on its side."""
    if not chars:
        return 0
    seen = Counter(round((char[7].angle - 90 * turns) % 360 / 90) % 4 for char in chars if char[7].angle % 90 == 0)
    if not seen:
        return 0
    quarter, count = seen.most_common(1)[0]
    return quarter if quarter and count > 0.6 * len(chars) else 0


def _glyph(char: _Char, place: _Transform, turns: int) -> Glyph | None:
    text, left, top, right, bottom, x, y, style = char
    if right - left == 0 and top - bottom == 0:
        return None
    xa, ya = place(left, top)
    xb, yb = place(right, bottom)
    angle = (90 * turns - style.angle) % 360
    if angle != style.angle:
        style = style._replace(angle=angle)
    x0, x1 = (xa, xb) if xa <= xb else (xb, xa)
    y0, y1 = (ya, yb) if ya <= yb else (yb, ya)
    return Glyph(text, x0, y0, x1, y1, place(x, y)[1], style)
