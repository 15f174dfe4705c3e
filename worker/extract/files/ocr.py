"""Scanned pages by RapidOCR (extra `muniment[ocr]`, its models lie in the wheel): a picture into a `Sheet` of glyphs.

    page picture -> red ink, rings apart -> engine -> lines with corners and confidence -> skew out
        -> glyphs at even distances

From there a scan is read like any other page. Runs in a process of its own; nothing is fetched.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from statistics import median
from typing import Any

from worker.extract.dates import whole
from worker.extract.files import engine
from worker.extract.files.layout.lines import is_wide
from worker.extract.files.layout.model import Glyph, Sheet, Style
from worker.extract.files.rings import Ring, rings_of, without_rings

DPI = 200
MOST_PIXELS = 10_000_000
"""of a page's picture: A3 at this resolution; a larger page is read at a lower one"""
HEAD = 0.45
"""share of the first page's height in which red print is the letter's head; red ink elsewhere is a seal"""
SURE = 0.5
"""confidence below which a line is no text"""
_DATE = re.compile(r".{2,6}年.{1,3}月.{1,4}[日号]?")
"""what a date looks like, read right or not"""
_YEAR = re.compile(r"[一二][〇○零一二三四五六七八九COoQ0口]{3}(?=年)")
_ZERO = str.maketrans(dict.fromkeys("○COoQ0口", "〇"))
_WIDE = str.maketrans("(),:;!?", "（），：；！？")
_AFTER_HAN = re.compile(r"(?<=[\u3400-\u9fff”》）」])[(),:;!?]+")
_BEFORE_HAN = re.compile(r"[(),:;!?]+(?=[\u3400-\u9fff“《（「》」』）、。，；：])")


@dataclass(frozen=True, slots=True)
class _Found:
    text: str
    corners: tuple[tuple[float, float], ...]
    confidence: float
    red: bool

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom."""
        xs, ys = [x for x, _ in self.corners], [y for _, y in self.corners]
        return min(xs), min(ys), max(xs), max(ys)


def dpi_of(wide: float, high: float) -> float:
    """Dots an inch at which a page of this size in points is recognised."""
    return DPI * min(math.sqrt(MOST_PIXELS / max(wide * high * (DPI / 72) ** 2, 1)), 1.0)


def sheet_of(picture: Any, number: int, dpi: float = DPI) -> tuple[Sheet, list[float]]:
    """The page (an array of rows, columns, red-green-blue) as a sheet in points, and the confidence of each line."""
    scale = 72 / dpi
    high, wide = picture.shape[:2]
    sheet = Sheet(number, wide * scale, high * scale)
    red = _red(picture)
    found = _recognised(_without_seals(picture, red, number), red, dpi)
    if not found:
        return sheet, []
    slope = _slope(found)
    turn = math.atan(slope)
    sine, cosine = math.sin(-turn), math.cos(-turn)
    lines = [
        (line, [(x * cosine - y * sine, x * sine + y * cosine) for x, y in line.corners]) for line in found
    ]  # fmt: skip
    sizes = _sizes(lines, scale)
    for (line, corners), size in zip(lines, sizes, strict=True):
        sheet.glyphs.extend(_glyphs(line, corners, size, scale))
    return sheet, [round(line.confidence, 3) for line in found]


def _red(picture: Any) -> Any:
    """Where the ink is red."""
    import numpy as np

    r, g, b = (picture[:, :, place] for place in range(3))
    darker = np.maximum(g, b)
    return (r > darker) & (r - darker > 45) & (r > 110)


def _without_seals(picture: Any, red: Any, number: int) -> Any:
    """The picture with red ink made white, but for the head of the first page."""
    clean = picture.copy()
    inked = red.copy()
    if number == 1:
        inked[: int(HEAD * picture.shape[0])] = False
    grown = inked.copy()  # ink bleeds: the pale rim of a stamp goes with it
    for shift in (1, 2):
        grown[shift:] |= inked[:-shift]
        grown[:-shift] |= inked[shift:]
        grown[:, shift:] |= inked[:, :-shift]
        grown[:, :-shift] |= inked[:, shift:]
    clean[grown & (picture[:, :, 0] > 110)] = 255
    return clean


def _recognised(picture: Any, red: Any, dpi: float) -> list[_Found]:
    """The page's lines without what seals say. Where a seal is as dark as print, an engine reads some lines better with
    its ring and some without: the fuller reading is taken."""
    rings = rings_of(picture, dpi)
    if pale := [ring for ring in rings if ring.pale]:
        picture = without_rings(picture, pale)
    found = _lines(picture, red)
    if dark := [ring for ring in rings if not ring.pale]:
        found = _fuller(found, _lines(without_rings(picture, dark), red), dark)
    return [line for line in found if not any(ring.bends(line.box) for ring in rings)]


def _fuller(found: list[_Found], again: list[_Found], rings: list[Ring]) -> list[_Found]:
    """The lines, those replaced that a second reading of what the rings touch found more in."""
    for line in again:
        if any(ring.touches(line.box) and not ring.bends(line.box) for ring in rings):
            same = [one for one in found if _share_a_line(one.box, line.box)]
            if sum(len(one.text) for one in same) < len(line.text):
                found = [one for one in found if one not in same] + [line]
    return sorted(found, key=lambda line: line.box[1])


def _share_a_line(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    """Whether two boxes stand at one height and over each other."""
    high = min(one[3], other[3]) - max(one[1], other[1])
    return min(one[2], other[2]) > max(one[0], other[0]) and high > 0.5 * min(one[3] - one[1], other[3] - other[1])


def _lines(picture: Any, red: Any) -> list[_Found]:
    found = []
    for line in engine.lines_of(picture):
        text, corners, confidence = _mended(line.text), line.corners, line.confidence
        if _DATE.fullmatch(text) and whole(text) is None:
            text = _second_look(picture, corners) or text
        if not text or confidence < SURE:
            continue
        xs, ys = [int(x) for x, _ in corners], [int(y) for _, y in corners]
        part = red[max(min(ys), 0) : max(ys), max(min(xs), 0) : max(xs)]
        share = float(part.mean()) if part.size else 0.0
        found.append(_Found(text, corners, confidence, share > 0.08))
    return found


def _second_look(picture: Any, corners: tuple[tuple[float, float], ...]) -> str:
    """A line that should be a date and is none, read alone at other sizes; '' where it stays none. Engines lose the
    thin 〇 of 二〇二三年."""
    import cv2

    xs, ys = [int(x) for x, _ in corners], [int(y) for _, y in corners]
    margin = max((max(ys) - min(ys)) // 4, 4)
    part = picture[max(min(ys) - margin, 0) : max(ys) + margin, max(min(xs) - 2 * margin, 0) : max(xs) + 2 * margin]
    for scale in (1.0, 0.6, 1.5, 0.4, 2.0):
        resized = cv2.resize(
            part, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        )
        text, _ = engine.words_of(resized)
        if whole(text) is not None:
            return text
    return ""


def _mended(text: str) -> str:
    """The text without what an engine is known to say wrong: narrow marks between Han, letters for the thin 〇 of a
    year."""
    text = _YEAR.sub(lambda match: match.group().translate(_ZERO), text)
    if "（" in text or "）" in text:  # what one end says, the other says
        text = text.replace("(", "（").replace(")", "）")
    text = _AFTER_HAN.sub(lambda match: match.group().translate(_WIDE), text)
    return _BEFORE_HAN.sub(lambda match: match.group().translate(_WIDE), text)


def _slope(found: list[_Found]) -> float:
    """How far the page was turned on the scanner: the median slope of its wide lines."""
    slopes = [
        (line.corners[1][1] - line.corners[0][1]) / (line.corners[1][0] - line.corners[0][0])
        for line in found
        if line.corners[1][0] - line.corners[0][0] > 300
    ]
    middle = median(slopes) if slopes else 0.0
    return middle if abs(middle) < 0.2 else 0.0


def _ems(text: str) -> float:
    return sum(1.0 if is_wide(character) else 0.5 for character in text)


def _sizes(lines: list[tuple[_Found, list[tuple[float, float]]]], scale: float) -> list[float]:
    """Sizes of letters in points: by width where a line is long, by height where it is short or set wide; those near
    the most common one are that one."""
    raw = []
    for line, corners in lines:
        wide = (corners[1][0] - corners[0][0]) * scale
        high = (corners[3][1] - corners[0][1]) * scale
        by_width, by_height = wide / max(_ems(line.text), 1.0), high * 0.82
        raw.append(min(by_width, by_height * 1.15) if len(line.text) > 6 else by_height)
    body = median([size for (line, _), size in zip(lines, raw, strict=True) for _ in range(len(line.text))])
    sizes: list[float] = []
    for (line, _), size in zip(lines, raw, strict=True):
        last = sizes[-1] if sizes else body
        near = 0.16 if len(line.text) > 6 or line.red else 0.4
        if last != body and abs(size - last) < 0.25 * size and abs(size - last) < abs(size - body):
            sizes.append(last)  # lines of one title differ by what height and width tell
        else:
            sizes.append(body if abs(size - body) < near * body else size)
    return sizes


def _glyphs(line: _Found, corners: list[tuple[float, float]], size: float, scale: float) -> list[Glyph]:
    left, right = corners[0][0] * scale, corners[1][0] * scale
    middle = sum(y for _, y in corners) / 4 * scale
    base = middle + 0.36 * size
    style = Style(size=round(size, 1), red=line.red)
    step = (right - left) / max(_ems(line.text), 1.0)
    glyphs, x = [], left
    for character in line.text:
        wide = step * (1.0 if is_wide(character) else 0.5)
        glyphs.append(Glyph(character, x, base - 0.85 * size, x + wide, base + 0.15 * size, base, style))
        x += wide
    return glyphs
