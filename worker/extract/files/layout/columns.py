"""Reading order: one column or several, cut at the white between them; lines that span the columns part them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from statistics import median

from worker.extract.files.layout.lines import is_wide, line_of
from worker.extract.files.layout.model import Line
from worker.extract.files.layout.unruled import rows_of, unruled_end, unruled_table

LINES = 4
"""a column has at least so many lines"""
EMS = 8.0
"""and is at least so wide"""
MAX_DEPTH = 3
_Flows = list[list[Line]]


def flows_of(lines: list[Line], depth: int = 0) -> _Flows:
    """The lines in reading order, one list for each stretch of one column."""
    gutter = _gutter(lines) if depth < MAX_DEPTH else None
    if gutter is None:
        return [_rows_joined(lines)] if lines else []
    lines, under = _with_what_stands_under(lines, gutter)
    flows: _Flows = []
    left: list[Line] = []
    right: list[Line] = []

    def flush() -> None:
        for side in (left, right):
            flows.extend(flows_of(side, depth + 1))
            side.clear()

    spanning: list[Line] = []
    for line in sorted(lines, key=lambda line: (line.base, line.x0)):
        if line.x1 <= gutter + 1:
            side = left
        elif line.x0 >= gutter - 1:
            side = right
        else:
            if not spanning:
                flush()
            spanning.append(line)
            continue
        if spanning:
            flows.append(_rows_joined(spanning))
            spanning = []
        side.append(line)
    flush()
    if spanning:
        flows.append(_rows_joined(spanning))
    return flows + (flows_of(under, depth + 1) if under else [])


def _with_what_stands_under(lines: list[Line], gutter: float) -> tuple[list[Line], list[Line]]:
    """(the lines of two columns, those under them): where both end at one height with white below, what follows on
    either side is read across, as a signature is."""
    ordered = sorted(lines, key=lambda line: (line.base, line.x0))
    sides = [0 if line.x1 <= gutter + 1 else 1 if line.x0 >= gutter - 1 else None for line in ordered]
    heights = [[line.base for line, at in zip(ordered, sides, strict=True) if at == side] for side in (0, 1)]
    steps = [after - before for side in heights for before, after in itertools.pairwise(side) if after > before]
    pitch = median(steps) if steps else 0.0
    passed = [0, 0]
    for place, (before, after) in enumerate(itertools.pairwise(ordered), 1):
        if (side := sides[place - 1]) is not None:
            passed[side] += 1
        left, right = passed
        if after.base - before.base <= 1.6 * pitch or min(left, right) < 2:
            continue
        level = abs(heights[0][left - 1] - heights[1][right - 1]) < 2.5 * pitch
        if level and min(len(heights[0]) - left, len(heights[1]) - right) < LINES:
            return ordered[:place], ordered[place:]
    return lines, []


def _gutter(lines: list[Line]) -> float | None:
    """The place that parts two columns of prose, or None. Rows of a list without rules are no columns: their cells are
    short, where a column's lines fill its width."""
    prose = [line for line in lines if line.table is None]
    if len(prose) < 2 * LINES:
        return None
    left, right = min(line.x0 for line in prose), max(line.x1 for line in prose)
    width, best = right - left, (0, None)
    for place in sorted({round(line.x0) for line in prose}):
        if not left + 0.2 * width < place < left + 0.8 * width:
            continue
        before = [line for line in prose if line.x1 <= place + 1]
        after = [line for line in prose if line.x0 >= place - 1]
        if len(before) + len(after) > best[0] and _are_columns(before, after, len(prose)):
            best = (len(before) + len(after), place)  # type: ignore[assignment]
    return best[1]


def _are_columns(before: list[Line], after: list[Line], total: int) -> bool:
    if len(before) < LINES or len(after) < LINES or (len(before) + len(after)) * 2 < total:
        return False
    em = median(line.size for line in before)
    if min(line.x0 for line in after) - max(line.x1 for line in before) < 0.6 * em:
        return False
    top, bottom = max(_top(before), _top(after)), min(_bottom(before), _bottom(after))
    shorter = min(_bottom(before) - _top(before), _bottom(after) - _top(after))
    if bottom - top < 0.4 * shorter:
        return False
    return all(_is_prose(side, em) for side in (before, after))


def _is_prose(side: list[Line], em: float) -> bool:
    wide = max(line.x1 for line in side) - min(line.x0 for line in side)
    return wide >= EMS * em and median(line.x1 - line.x0 for line in side) >= 0.6 * wide


def _top(side: list[Line]) -> float:
    return min(line.base for line in side)


def _bottom(side: list[Line]) -> float:
    return max(line.base for line in side)


def _rows_joined(lines: list[Line]) -> list[Line]:
    """Pieces at one height are one line: inside one column a wide gap is only white."""
    return list(_lines(rows_of(lines)))


def _lines(rows: list[list[Line]]) -> Iterator[Line]:
    """Each row as one line; rows whose pieces stand under each other as one table."""
    place = 0
    while place < len(rows):
        end = unruled_end(rows, place)
        if end > place:
            yield unruled_table(rows[place:end])
            place = end
        else:
            yield rows[place][0] if len(rows[place]) == 1 else _one(rows[place])
            place += 1


def _one(row: list[Line]) -> Line:
    row = sorted(row, key=lambda line: line.x0)
    whole = line_of([glyph for line in row for glyph in line.glyphs], row[0].page)
    if not all(len(line.text) == 1 and is_wide(line.text) for line in row):  # `通    知` is one word
        whole.text = " ".join(line.text for line in row)
    return whole
