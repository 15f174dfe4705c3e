"""Tables drawn with rules: a connected grid of level and upright lines, its cells, and the text in them.

A frame with one cell is no table (a box round a text); a grid without text is a drawing.
"""

from __future__ import annotations

import itertools
from bisect import bisect_right

from worker.extract.files.layout.grid import MAX_CELLS, NEAR, Grid, cell_text
from worker.extract.files.layout.lines import lines_of
from worker.extract.files.layout.model import Glyph, Line, Rule, Sheet, Table
from worker.extract.files.layout.threelines import level_tables
from worker.extract.files.layout.unruled import aligned_rows, cut, rows_of

HEAD_ROWS = 8
"""rows at most that stand above those without rules between them"""
MAX_RULES = 3000


def tables_of(sheet: Sheet, glyphs: list[Glyph]) -> tuple[list[Table], list[Glyph]]:
    """The tables of a sheet from top to bottom, and the glyphs outside them."""
    level, upright = _merged(sheet.rules, level=True), _merged(sheet.rules, level=False)
    if len(level) < 2 or len(level) + len(upright) > MAX_RULES:
        return [], glyphs
    tables: list[Table] = []
    crossed: set[int] = set()
    for h, v in _connected(level, upright):
        crossed.update(map(id, h))
        grid = Grid(h, v)
        if grid.cells < 2 or grid.cells > MAX_CELLS:
            continue
        inside = [glyph for glyph in glyphs if grid.holds(glyph)]
        if _cuts_text(inside, glyphs):
            continue
        rows = _rows(grid, inside, sheet.number)
        if any(cell for row in rows for cell in row):
            tables.append(Table(grid.box, rows, tuple(grid.xs), sheet.number))
            taken = set(map(id, inside))
            glyphs = [glyph for glyph in glyphs if id(glyph) not in taken]
    apart, glyphs = level_tables([rule for rule in level if id(rule) not in crossed], glyphs, sheet.number)
    return sorted([*tables, *apart], key=lambda table: table.box[1]), glyphs


def _rows(grid: Grid, glyphs: list[Glyph], page: int) -> tuple[tuple[str, ...], ...]:
    """The grid's rows; where its rules only part groups of rows, the rows that stand under each other in them."""
    by_height = rows_of(lines_of(glyphs, page))
    if grid.is_coarse(by_height):
        lines = [grid.line_at(row[0].base) for row in by_height]
        whole = max(2, max(map(len, by_height)) - 1)
        full = {line for line, row in zip(lines, by_height, strict=True) if len(row) >= whole}
        for start in range(min(len(by_height), HEAD_ROWS)):
            begins = lines[start] in full and (start == 0 or lines[start - 1] < lines[start])
            if begins and (found := aligned_rows(by_height[start:])) is not None:
                edges, rows = found
                return _head(grid, list(itertools.chain(*by_height[:start])), edges, page) + rows
    return grid.rows(glyphs, page)


def _head(grid: Grid, pieces: list[Line], edges: list[float], page: int) -> tuple[tuple[str, ...], ...]:
    """The rows above those that have their columns' edges: in the same columns, where no word stands over two."""
    glyphs = [glyph for piece in pieces for glyph in piece.glyphs]
    if any(cut(piece, edges) for piece in pieces):
        return grid.rows(glyphs, page)
    held: dict[int, list[list[Glyph]]] = {}
    for glyph in glyphs:
        columns = held.setdefault(grid.line_at((glyph.y0 + glyph.y1) / 2), [[] for _ in range(len(edges) + 1)])
        columns[bisect_right(edges, (glyph.x0 + glyph.x1) / 2)].append(glyph)
    return tuple(tuple(cell_text(cell, page) for cell in columns) for _, columns in sorted(held.items()))


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
