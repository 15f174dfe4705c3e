"""Lines into paragraphs, across columns and pages: by indent, by the room left at a line's end, by distance and size.

A line ends its paragraph when the next line's first word would still have fitted on it; a line that starts further in
than its column begins a new one. The page break itself says nothing.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

from worker.extract.files.layout.lines import CLOSING, is_wide
from worker.extract.files.layout.margins import set_margins
from worker.extract.files.layout.model import Glyph, Line

_ENDS = tuple("。！？；：.!?;:”』」》）)")
_OPENING = frozenset("（《〈【〔〖“‘『「([{")
_QUOTES = frozenset("“”‘’")
"""marks that a line breaker which knows no Chinese ties to the characters at both their sides (UAX 14, class QU)"""
_ENUMERATOR = re.compile(
    r"(?:[一二三四五六七八九十]{1,3}[、.．]|[（(][一二三四五六七八九十\d]{1,3}[）)]|第[一二三四五六七八九十百零\d]{1,5}[条章节款]|\d{1,2}[、.．)）](?!\d)"
    r"|[①-⑳]|附\s*件\s*[\d一二三四五六七八九十]{0,3}[:：]?|[•●■◆◇○□➢►▪·*\-–—]\s+\S|注[:：])"
)
_HANGING = re.compile(r"^(?:[•●■◆◇○□➢►▪·*\-–—]|\d{1,3}[.、)．]|[（(]?\w{1,3}[)）.])\s*")


@dataclass(frozen=True, slots=True)
class Measure:
    """What the whole text has in common: size of its letters, distance of its lines, whether first lines are set in."""

    size: float
    pitch: float
    indents: bool


@dataclass(slots=True)
class Paragraph:
    """Lines that are one paragraph."""

    lines: list[Line]

    @property
    def first(self) -> Line:
        """Its first line."""
        return self.lines[0]

    @property
    def last(self) -> Line:
        """Its last line."""
        return self.lines[-1]


def measure(flows: Iterable[list[Line]]) -> Measure:
    """The common measures of all flows; also sets each line's margins and flow number."""
    flows = list(flows)
    lines = [line for flow in flows for line in flow if line.table is None]
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[line.size] += len(line.text)
    size = sizes.most_common(1)[0][0] if sizes else 12.0
    set_margins(flows, size)
    pitches = [
        b.base - a.base
        for flow in flows
        for a, b in itertools.pairwise(flow)
        if a.table is None and b.table is None and 0.9 * size < b.base - a.base < 3.5 * size
    ]
    set_in = sum(0.9 < _indent(line) < 4.5 for line in lines)
    flush = sum(_indent(line) < 0.5 for line in lines)
    indents = flush == 0 or set_in >= 0.15 * (set_in + flush) > 0 or _begin_set_in(flows)
    return Measure(size, median(pitches) if pitches else 1.5 * size, indents)


def _begin_set_in(flows: list[list[Line]]) -> bool:
    """Whether the lines that follow an early end of a sentence in Han begin set in: paragraphs so long that few lines
    do."""
    begun = [
        _indent(line)
        for flow in flows
        for last, line in itertools.pairwise(flow)
        if last.table is None and line.table is None
        and last.text.endswith(("。", "：")) and last.right - last.x1 > 2 * last.size and not is_centred(line)
    ]  # fmt: skip
    return sum(0.9 < indent < 4.5 for indent in begun) >= max(3, 0.7 * len(begun))


def paragraphs(flows: Iterable[list[Line]], common: Measure) -> list[Paragraph]:
    """The paragraphs in reading order; tables stand alone."""
    found: list[Paragraph] = []
    for flow in flows:
        for line in flow:
            if found and _continues(found[-1], line, common):
                found[-1].lines.append(line)
            else:
                found.append(Paragraph([line]))
    return found


def is_centred(line: Line) -> bool:
    """Whether a line stands in the middle of its column with room at both sides; one that begins where a paragraph
    might must do so exactly."""
    before, after = line.x0 - line.left, line.right - line.x1
    off = max(1.6 * line.size, 0.06 * _width(line)) if before > 3.2 * line.size else 0.8 * line.size
    return before > 2.4 * line.size and after > 1.2 * line.size and abs(before - after) < off


def is_set_right(line: Line) -> bool:
    """Whether a line stands in the right part of its column: signatures and their dates."""
    return (
        not is_centred(line) and line.x0 - line.left > 0.35 * _width(line) and line.right - line.x1 < 0.3 * _width(line)
    )


def _width(line: Line) -> float:
    return max(line.right - line.left, 1.0)


def _indent(line: Line) -> float:
    return (line.x0 - line.left) / line.size


def _continues(paragraph: Paragraph, line: Line, common: Measure) -> bool:
    last = paragraph.last
    if last.table is not None or line.table is not None or last.red != line.red:
        return False
    if abs(last.size - line.size) > 0.12 * max(last.size, line.size):
        return False
    together = last.flow == line.flow and last.page == line.page
    apart = line.base - last.base
    if together and (apart > 1.65 * max(_pitch(last, line, common), 1.15 * line.size) or apart < 0):
        return False
    if is_centred(line) or is_centred(last):
        return _same_heading(last, line, common, together, apart)
    if is_set_right(line) or is_set_right(last):
        return False
    if line.right - last.right > 4 * line.size and together:
        return False
    slack = (
        2.5 if last.text.endswith(("、", "，")) else 0.7
    )  # no paragraph ends so, and the ink of such a mark is narrow
    if last.right - last.x1 > _first_word(line, common.indents) + slack * line.size:
        return False
    if _ENUMERATOR.match(line.text) and last.text.endswith(_ENDS):
        return False
    indent = _indent(line)
    if indent > 0.9:
        return _is_hanging(paragraph, line) or _is_block(paragraph, line)
    if not common.indents and not together and last.text.endswith(_ENDS):
        return False
    begun_flush = not common.indents or _indent(paragraph.first) < 0.5
    return not (begun_flush and together and apart > 1.25 * common.pitch)


def _same_heading(last: Line, line: Line, common: Measure, together: bool, apart: float) -> bool:
    """A heading over several lines: same letters, close together, larger or bolder than the text, or not set in at
    all."""
    if not together or apart > 2.2 * line.size or line.bold != last.bold:
        return False
    if last.text.endswith(("。", "；", "：", ":", "）", ")")) or (_ENUMERATOR.match(line.text) is not None):
        return False
    strong = line.size > 1.1 * common.size or (line.bold and is_centred(line) and is_centred(last))
    return strong and (is_centred(line) or line.right - line.x1 < 2 * line.size)


def _pitch(last: Line, line: Line, common: Measure) -> float:
    """How far apart lines of one paragraph stand: a headline that fills its width goes on at a distance that grows with
    its letters."""
    if line.size > 1.4 * common.size and last.right - last.x1 < 1.2 * line.size:
        return common.pitch * line.size / common.size
    return common.pitch


def _first_word(line: Line, quotes_bind: bool) -> float:
    """Width of what would have had to fit on the line before: a word, or one Han with the marks bound to it;
    `quotes_bind` where a quote may have taken the Han at its other side along too."""
    glyphs = line.glyphs
    if not glyphs:
        return line.size
    end, place = glyphs[0].x1, 0
    while place < len(glyphs) - 1 and glyphs[place].text in _OPENING:
        place += 1
        end = glyphs[place].x1
    while place < len(glyphs) - 1 and _is_bound(glyphs[place], glyphs[place + 1], quotes_bind):
        place += 1
        end = glyphs[place].x1
    return end - glyphs[0].x0


def _is_bound(before: Glyph, after: Glyph, quotes_bind: bool) -> bool:
    """Whether no line ends between these two: letters of one word, a mark and what it closes, a quote and its
    neighbours."""
    if after.text in CLOSING or (quotes_bind and (before.text in _QUOTES or after.text in _QUOTES)):
        return True
    if " " in (before.text, after.text) or is_wide(before.text[0]) or is_wide(after.text[0]):
        return False
    return after.x0 - before.x1 < 0.18 * before.style.size


def _is_hanging(paragraph: Paragraph, line: Line) -> bool:
    """A list item whose further lines stand under its first word."""
    first = paragraph.first
    if (match := _HANGING.match(first.text)) is None or (first.page != line.page and len(paragraph.lines) == 1):
        return False
    count, seen = len(match.group().replace(" ", "")), 0
    for glyph in first.glyphs:
        if glyph.text != " ":
            if seen == count:
                return abs(glyph.x0 - line.x0) < 0.6 * line.size
            seen += 1
    return False


def _is_block(paragraph: Paragraph, line: Line) -> bool:
    """A block that is set in as a whole: the line stands where the lines before it stand, after a first line set
    otherwise."""
    return len(paragraph.lines) > 1 and abs(paragraph.last.x0 - line.x0) < 0.3 * line.size
