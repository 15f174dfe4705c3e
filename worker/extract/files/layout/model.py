"""Glyphs, rules and pictures on a sheet, and the lines made of them. Points, from the upper left corner, y
downwards."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

Box = tuple[float, float, float, float]
"""left, top, right, bottom"""


class Style(NamedTuple):
    """How a run of glyphs is set; one object for many glyphs."""

    size: float = 12.0
    """of the font, points"""
    red: bool = False
    pale: bool = False
    """light or see-through: the ink of watermarks"""
    hidden: bool = False
    """drawn with no ink: the text layer under a scanned picture"""
    artifact: bool = False
    """tagged by the producer as furniture (PDF marked content `Artifact`)"""
    bold: bool = False
    angle: int = 0
    """degrees, clockwise"""


class Glyph(NamedTuple):
    """One character at its place; `base` is its baseline."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    base: float
    style: Style


class Rule(NamedTuple):
    """A thin drawn line, level or upright."""

    x0: float
    y0: float
    x1: float
    y1: float
    red: bool = False


@dataclass(slots=True)
class Sheet:
    """One page as drawn."""

    number: int
    width: float
    height: float
    glyphs: list[Glyph] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    pictures: list[Box] = field(default_factory=list)
    media: list[str] = field(default_factory=list)
    """names of the pictures in their file, where a format gives them"""
    rings: list[Box] = field(default_factory=list)
    """boxes of round red drawings: seals"""


@dataclass(frozen=True, slots=True)
class Table:
    """One grid and what stands in its cells, row by row; spanned cells once, where they begin."""

    box: Box
    rows: tuple[tuple[str, ...], ...]
    columns: tuple[float, ...]
    """places of the upright lines"""
    page: int


@dataclass(slots=True)
class Line:
    """Glyphs read as one line (or, before columns are known, a piece of one)."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    base: float
    size: float
    page: int
    red: bool = False
    bold: bool = False
    glyphs: list[Glyph] = field(default_factory=list, repr=False)
    left: float = 0.0
    """margins of the column the line stands in"""
    right: float = 0.0
    flow: int = 0
    """number of its stretch of one column: no paragraph spacing is measured across flows"""
    table: Table | None = None
    """the table that stands here instead of a line of text"""

    @property
    def box(self) -> Box:
        """Its place."""
        return (self.x0, self.y0, self.x1, self.y1)

    @property
    def centre(self) -> float:
        """Where its middle stands."""
        return (self.x0 + self.x1) / 2


def union(boxes: list[Box]) -> Box:
    """The smallest box around all of them."""
    return (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes))


def styles_of(glyphs: list[Glyph]) -> Counter[Style]:
    """How many glyphs are set in each style. Glyphs share the objects of their styles: those are counted, and only the
    few different ones compared."""
    styles = [glyph.style for glyph in glyphs]
    objects = dict(zip(map(id, styles), styles, strict=True))
    found: Counter[Style] = Counter()
    for at, count in Counter(map(id, styles)).items():
        found[objects[at]] += count
    return found
