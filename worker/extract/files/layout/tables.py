"""Tables drawn with rules: a connected grid of level and upright lines, its cells, and the text in them.

A frame with one cell is no table (a box round a text); a grid without text is a drawing.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_right

from worker.extract.files.layout.lines import is_wide, lines_of
from worker.extract.files.layout.model import Box, Glyph, Rule, Sheet, Table

NEAR = 3.0
"""points within which rules meet, and lines of a grid are one line"""
_SPLIT_NUMBER = re.compile(r"[\d.,]\n[\d.,%]")
MAX_RULES = 3000
MAX_CELLS = 20_000


def tables_of(sheet: Sheet, glyphs: list[Glyph]) -> tuple[list[Table], list[Glyph]]:
    """The tables of a sheet from top to bottom, and the glyphs outside them."""
    level, upright = _merged(sheet.rules, level=True), _merged(sheet.rules, level=False)
    if len(level) < 2 or len(upright) < 2 or len(level) + len(upright) > MAX_RULES:
        return [], glyphs
    tables: list[Table] = []
    for h, v in _connected(level, upright):
        grid = _Grid(h, v)
        if grid.cells < 2 or grid.cells > MAX_CELLS:
            continue
        inside = [glyph for glyph in glyphs if grid.holds(glyph)]
        if _cuts_text(inside, glyphs):
            continue
        rows = grid.rows(inside, sheet.number)
        if any(cell for row in rows for cell in row):
            tables.append(Table(grid.box, rows, tuple(grid.xs), sheet.number))
            taken = set(map(id, inside))
            glyphs = [glyph for glyph in glyphs if id(glyph) not in taken]
    return sorted(tables, key=lambda table: table.box[1]), glyphs


def _cuts_text(inside: list[Glyph], glyphs: list[Glyph]) -> bool:
    """Whether the frame cuts through words: then it is a drawing that happens to stand there."""
    within = set(map(id, inside))
    cut = 0
    for before, after in itertools.pairwise(glyphs):
        if (id(before) in within) != (id(after) in within):
            em = before.style.size
            cut += abs(before.base - after.base) < 0.2 * em and abs(after.x0 - before.x1) < 0.5 * em
    return (cut > 2 and cut > 0.1 * len(inside)) or cut * 3 > len(inside)


def _merged(rules: list[Rule], level: bool) -> list[Rule]:
    """Rules of one direction, pieces of the same line joined."""
    lines: list[list[float]] = []
    found = []
    for rule in rules:
        wide, high = rule.x1 - rule.x0, rule.y1 - rule.y0
        if level and wide > high:
            found.append(((rule.y0 + rule.y1) / 2, rule.x0, rule.x1))
        elif not level and high > wide:
            found.append(((rule.x0 + rule.x1) / 2, rule.y0, rule.y1))
    for place, start, end in sorted(found):
        same = next(
            (
                line for line in reversed(lines[-40:])
                if place - line[0] <= 1.5 and start <= line[2] + NEAR and end >= line[1] - NEAR
            ),
            None,
        )  # fmt: skip
        if same is None:
            lines.append([place, start, end])
        else:
            same[1], same[2] = min(same[1], start), max(same[2], end)
    if level:
        return [Rule(start, place, end, place) for place, start, end in lines if end - start > 8]
    return [Rule(place, start, place, end) for place, start, end in lines if end - start > 6]


def _connected(level: list[Rule], upright: list[Rule]) -> list[tuple[list[Rule], list[Rule]]]:
    """Groups of rules that cross each other, each with at least two of both directions."""
    parent = list(range(len(level) + len(upright)))

    def root(item: int) -> int:
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    by_y = sorted(range(len(level)), key=lambda index: level[index].y0)
    ys = [level[index].y0 for index in by_y]
    for place, rule in enumerate(upright):
        for index in by_y[bisect_right(ys, rule.y0 - NEAR) : bisect_right(ys, rule.y1 + NEAR)]:
            if level[index].x0 - NEAR <= rule.x0 <= level[index].x1 + NEAR:
                parent[root(index)] = root(len(level) + place)
    groups: dict[int, tuple[list[Rule], list[Rule]]] = {}
    for index, rule in enumerate(level):
        groups.setdefault(root(index), ([], []))[0].append(rule)
    for index, rule in enumerate(upright):
        groups.setdefault(root(len(level) + index), ([], []))[1].append(rule)
    return [group for group in groups.values() if len(group[0]) >= 2 and len(group[1]) >= 2]


class _Grid:
    """Rows and columns of base cells; neighbours without a rule between them are one cell."""

    def __init__(self, level: list[Rule], upright: list[Rule]) -> None:
        self.xs = _places([rule.x0 for rule in upright])
        self.ys = _places([rule.y0 for rule in level])
        self.box: Box = (self.xs[0], self.ys[0], self.xs[-1], self.ys[-1])
        self.columns, self.lines = len(self.xs) - 1, len(self.ys) - 1
        self.parent = list(range(max(self.columns * self.lines, 0)))
        if 0 < len(self.parent) <= MAX_CELLS:
            self._join(level, upright)

    def _join(self, level: list[Rule], upright: list[Rule]) -> None:
        for row in range(self.lines):
            for column in range(1, self.columns):
                middle = (self.ys[row] + self.ys[row + 1]) / 2
                if not _ruled(upright, self.xs[column], middle, upright_rules=True):
                    self._unite(row * self.columns + column - 1, row * self.columns + column)
        for row in range(1, self.lines):
            for column in range(self.columns):
                middle = (self.xs[column] + self.xs[column + 1]) / 2
                if not _ruled(level, self.ys[row], middle, upright_rules=False):
                    self._unite((row - 1) * self.columns + column, row * self.columns + column)

    @property
    def cells(self) -> int:
        """How many cells a reader counts."""
        return (
            len({self._root(cell) for cell in range(len(self.parent))})
            if len(self.parent) <= MAX_CELLS
            else MAX_CELLS + 1
        )

    def holds(self, glyph: Glyph) -> bool:
        """Whether a glyph stands inside."""
        x, y = (glyph.x0 + glyph.x1) / 2, (glyph.y0 + glyph.y1) / 2
        return self.box[0] - 1 <= x <= self.box[2] + 1 and self.box[1] - 1 <= y <= self.box[3] + 1

    def rows(self, glyphs: list[Glyph], page: int) -> tuple[tuple[str, ...], ...]:
        """Text of the cells; a cell over several rows or columns stands once, where it begins."""
        held: dict[int, list[Glyph]] = {}
        for glyph in glyphs:
            column = min(max(bisect_right(self.xs, (glyph.x0 + glyph.x1) / 2) - 1, 0), self.columns - 1)
            row = min(max(bisect_right(self.ys, (glyph.y0 + glyph.y1) / 2) - 1, 0), self.lines - 1)
            held.setdefault(self._root(row * self.columns + column), []).append(glyph)
        rows, seen = [], set()
        for row in range(self.lines):
            cells = []
            for column in range(self.columns):
                cell = self._root(row * self.columns + column)
                if cell not in seen:
                    seen.add(cell)
                    cells.append(cell_text(held.get(cell, []), page))
            if any(cells):
                rows.append(tuple(cells))
        return tuple(rows)

    def _root(self, cell: int) -> int:
        while self.parent[cell] != cell:
            self.parent[cell] = self.parent[self.parent[cell]]
            cell = self.parent[cell]
        return cell

    def _unite(self, first: int, second: int) -> None:
        a, b = self._root(first), self._root(second)
        self.parent[max(a, b)] = min(a, b)


def cell_text(glyphs: list[Glyph], page: int) -> str:
    """A cell's lines as one: wrapped words joined as their script asks for."""
    text = ""
    for line in lines_of(glyphs, page):
        text = joined(text, line.text)
    return text


def joined(before: str, after: str) -> str:
    """Two lines of one paragraph as one text: no space beside full-width characters, a hyphen at the break taken
    back."""
    if not before or not after:
        return before or after
    if is_wide(before[-1]) or is_wide(after[0]):
        return before + after
    if _SPLIT_NUMBER.search(f"{before[-2:]}\n{after[:2]}") and any(is_wide(character) for character in before[-40:]):
        return before + after  # between Han a figure may be broken at any digit
    if before.endswith("-") and len(before) > 1 and before[-2].isalpha() and after[0].islower():
        return before[:-1] + after
    return f"{before} {after}"


def _ruled(rules: list[Rule], place: float, middle: float, upright_rules: bool) -> bool:
    if upright_rules:
        return any(abs(rule.x0 - place) <= NEAR and rule.y0 - 1 <= middle <= rule.y1 + 1 for rule in rules)
    return any(abs(rule.y0 - place) <= NEAR and rule.x0 - 1 <= middle <= rule.x1 + 1 for rule in rules)


def _places(values: list[float]) -> list[float]:
    """Sorted places, those within NEAR of each other as one."""
    found: list[float] = []
    for value in sorted(values):
        if not found or value - found[-1] > NEAR:
            found.append(value)
    return found
