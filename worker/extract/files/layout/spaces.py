"""Spaces between Han and figures or letters that a file sets as white only.

Browsers and office programs move on instead of setting a blank, and many set a quarter of an em there of their own
accord. So a file is asked first: where most figures touch the Han beside them, a gap as wide as a blank is one.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from statistics import median

from worker.extract.files.layout.lines import is_wide, text_of
from worker.extract.files.layout.model import Line

BLANK = 0.13
"""ems over what the line's Han stand apart from which a gap is a blank; the narrowest blank of a font is a sixth"""
SOLID = 0.08
"""ems that figures and Han stand apart, in the median, in a file that sets no white between them by itself"""
_MIXED = re.compile(r"[\u2e80-\uffef][!-~]|[!-~][\u2e80-\uffef]")


def set_spaces(lines: Iterable[Line]) -> None:
    """Puts the spaces into the lines' texts."""
    before: list[float] = []
    behind: list[float] = []
    wide: list[tuple[Line, float]] = []
    for line in lines:
        if line.table is not None or not _MIXED.search(line.text):
            continue
        into, out_of, solid = _gaps(line)
        before += [gap - solid for gap in into]
        behind += [gap - solid for gap in out_of]
        if max(into + out_of, default=0.0) - solid > BLANK:
            wide.append((line, solid))
    if wide and all(median(gaps) <= SOLID for gaps in (before, behind) if gaps):
        for line, solid in wide:
            if text_of(line.glyphs, line.size, line.base) == line.text:
                line.text = text_of(line.glyphs, line.size, line.base, solid + BLANK)


def _gaps(line: Line) -> tuple[list[float], list[float], float]:
    """Ems between full-width characters and others behind them, before them, and between the full-width ones in the
    median."""
    into: list[float] = []
    out_of: list[float] = []
    within: list[float] = []
    inked = [(glyph, is_wide(glyph.text[-1])) for glyph in line.glyphs if glyph.text != " "]
    for (before, one), (after, other) in itertools.pairwise(inked):
        if one or other:
            gaps = into if not other else out_of if not one else within
            gaps.append((after.x0 - before.x1) / before.style.size)
    return into, out_of, median(within) if within else 0.0
