"""The cells between rules that cross, and the text in them."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter

from worker.extract.files.layout.lines import joined, lines_of
from worker.extract.files.layout.model import Box, Glyph, Line, Rule

NEAR = 3.0
"""points within which rules meet, and lines of a grid are one line"""
OPEN_SIDE = 20.0
"""points from the outermost upright rule at which level rules end that enclose a column without one"""
OPEN_END = 8.0
"""points that upright rules stand out above or below the level ones round a row without one"""
MAX_CELLS = 20_000


class Grid:
    """Rows and columns of base cells; neighbours without a rule between them are one cell."""

    def __init__(self, level: list[Rule], upright: list[Rule]) -> None:
        across, down = [(rule.x0, rule.x1) for rule in level], [(rule.y0, rule.y1) for rule in upright]
        self.xs = _with_open_ends(_places([rule.x0 for rule in upright]), across, OPEN_SIDE)
        self.ys = _with_open_ends(_places([rule.y0 for rule in level]), down, OPEN_END)
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

    def line_at(self, y: float) -> int:
        """The number of the grid's line of cells at this height."""
        return min(max(bisect_right(self.ys, y) - 1, 0), self.lines - 1)

    def is_coarse(self, by_height: list[list[Line]]) -> bool:
        """Whether a cell holds several rows of several pieces each."""
        pieces: Counter[tuple[int, int]] = Counter()
        for number, row in enumerate(by_height):
            for piece in row:
                column = min(max(bisect_right(self.xs, piece.centre) - 1, 0), self.columns - 1)
                pieces[number, self._root(self.line_at(piece.base) * self.columns + column)] += 1
        rows = Counter(cell for (_, cell), count in pieces.items() if count > 1)
        return any(count > 1 for count in rows.values())

    def holds(self, glyph: Glyph) -> bool:
        """Whether a glyph stands inside."""
        x, y = (glyph.x0 + glyph.x1) / 2, (glyph.y0 + glyph.y1) / 2
        return self.box[0] - 1 <= x <= self.box[2] + 1 and self.box[1] - 1 <= y <= self.box[3] + 1

    def rows(self, glyphs: list[Glyph], page: int) -> tuple[tuple[str, ...], ...]:
        """Text of the cells; a cell over several rows or columns stands once, where it begins."""
        held: dict[int, list[Glyph]] = {}
        for glyph in glyphs:
            column = min(max(bisect_right(self.xs, (glyph.x0 + glyph.x1) / 2) - 1, 0), self.columns - 1)
            row = self.line_at((glyph.y0 + glyph.y1) / 2)
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


def _ruled(rules: list[Rule], place: float, middle: float, upright_rules: bool) -> bool:
    if upright_rules:
        return any(abs(rule.x0 - place) <= NEAR and rule.y0 - 1 <= middle <= rule.y1 + 1 for rule in rules)
    return any(abs(rule.y0 - place) <= NEAR and rule.x0 - 1 <= middle <= rule.x1 + 1 for rule in rules)


def _with_open_ends(places: list[float], spans: list[tuple[float, float]], apart: float) -> list[float]:
    """The places of the rules of one direction, and where most rules of the other (`spans`) end more than `apart`
    beyond them: statistics are printed without rules at their sides, and heads without one above."""
    before = [start for start, _ in spans if start < places[0] - apart]
    behind = [end for _, end in spans if end > places[-1] + apart]
    if _agree(before, len(spans)):
        places = [min(before), *places]
    if _agree(behind, len(spans)):
        places = [*places, max(behind)]
    return places


def _agree(ends: list[float], count: int) -> bool:
    """Whether these are the ends of at least half of so many rules, at one place."""
    return len(ends) >= max(2, count / 2) and max(ends) - min(ends) <= 2 * NEAR


def _places(values: list[float]) -> list[float]:
    """Sorted places, those within NEAR of each other as one."""
    found: list[float] = []
    for value in sorted(values):
        if not found or value - found[-1] > NEAR:
            found.append(value)
    return found
