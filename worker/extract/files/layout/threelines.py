"""Tables drawn with level rules only: one above, one below, one under the head (三线表), as statistics are printed."""

from __future__ import annotations

import itertools
import math
from bisect import bisect_left, bisect_right

from worker.extract.files.layout.grid import cell_text
from worker.extract.files.layout.lines import lines_of
from worker.extract.files.layout.model import Glyph, Line, Rule, Table, union
from worker.extract.files.layout.unruled import column_edges, rows_of

SAME_EDGE = 6.0
"""points by which the rules of one table begin and end apart"""
OPEN_ZONES = 3
"""so many zones under a head without a rule above make it part of the table"""
_Rows = list[list[Line]]


def level_tables(level: list[Rule], glyphs: list[Glyph], page: int) -> tuple[list[Table], list[Glyph]]:
    """The tables between level rules of one width, and the glyphs outside them."""
    tables: list[Table] = []
    for rules in _of_one_width(level):
        for zones in _tabular(rules, _ByHeight(glyphs), page):
            box = (rules[0].x0, zones[0][0], rules[0].x1, zones[-1][1])
            if (cells := _cells([rows for _, _, rows in zones], page)) is not None:
                tables.append(Table(box, *cells, page))
                taken = {id(glyph) for _, _, rows in zones for line in itertools.chain(*rows) for glyph in line.glyphs}
                glyphs = [glyph for glyph in glyphs if id(glyph) not in taken]
    return tables, glyphs


def _of_one_width(level: list[Rule]) -> list[list[Rule]]:
    """Rules that begin and end at the same places, at least two, from top to bottom."""
    groups: list[list[Rule]] = []
    for rule in sorted(level, key=lambda rule: rule.y0):
        for group in groups:
            if abs(group[0].x0 - rule.x0) < SAME_EDGE and abs(group[0].x1 - rule.x1) < SAME_EDGE:
                group.append(rule)
                break
        else:
            groups.append([rule])
    return [group for group in groups if len(group) >= 2]


class _ByHeight:
    """Glyphs, found by the height they stand at: a page may hold thousands of rules and of glyphs."""

    def __init__(self, glyphs: list[Glyph]) -> None:
        self._glyphs = glyphs
        self._order = sorted(range(len(glyphs)), key=lambda place: _middle(glyphs[place]))
        self._heights = [_middle(glyphs[place]) for place in self._order]

    def between(self, above: Rule, bottom: float) -> list[Glyph]:
        """Those under a rule as far as `bottom`, within the rule's ends, in the order of the file."""
        places = self._order[bisect_left(self._heights, above.y0) : bisect_right(self._heights, bottom)]
        held = (self._glyphs[place] for place in sorted(places))
        return [glyph for glyph in held if above.x0 - 1 <= (glyph.x0 + glyph.x1) / 2 <= above.x1 + 1]


def _middle(glyph: Glyph) -> float:
    return (glyph.y0 + glyph.y1) / 2


def _tabular(rules: list[Rule], glyphs: _ByHeight, page: int) -> list[list[tuple[float, float, _Rows]]]:
    """Runs of neighbouring zones (top, bottom, rows) that hold pieces beside each other, at least two zones each. What
    stands under a head without a third rule goes on overleaf."""
    runs: list[list[tuple[float, float, _Rows]]] = [[]]
    for above, below in itertools.pairwise(rules):
        rows = _abreast(rows_of(lines_of(glyphs.between(above, below.y0), page)))
        if max(map(len, rows), default=0) > 1:
            runs[-1].append((above.y0, below.y0, rows))
        else:
            runs.append([])
    if len(runs[-1]) == 1:
        rows = rows_of(lines_of(glyphs.between(rules[-1], math.inf), page))
        if rows := list(itertools.takewhile(lambda row: len(row) > 1, rows)):
            runs[-1].append((rules[-1].y0, max(piece.y1 for piece in rows[-1]), rows))
    if len(runs[0]) >= OPEN_ZONES:
        top = 2 * rules[0].y0 - rules[1].y0
        rows = rows_of(lines_of(glyphs.between(Rule(rules[0].x0, top, rules[0].x1, top), rules[0].y0), page))
        if len(rows) == 1 and len(rows[0]) == max(len(row) for _, _, zone in runs[0] for row in zone):
            runs[0].insert(0, (rows[0][0].y0, rules[0].y0, rows))
    return [run for run in runs if len(run) >= 2]


def _abreast(rows: _Rows) -> _Rows:
    """The rows, or one row of them all where a cell of several lines stands beside one that is set at half its
    height: then no line stands at the height of another."""
    pieces = list(itertools.chain(*rows))
    if len(rows) < 2 or len(pieces) != len(rows):
        return rows
    columns: list[list[Line]] = []
    reach = -math.inf
    for piece in sorted(pieces, key=lambda piece: piece.x0):
        if piece.x0 < reach:
            columns[-1].append(piece)
        else:
            columns.append([piece])
        reach = max(reach, piece.x1)
    for column in columns:
        column.sort(key=lambda piece: piece.base)
    if len(columns) < 2 or max(column[0].y0 for column in columns) >= min(column[-1].y1 for column in columns):
        return rows
    return [[_stacked(column) for column in columns]]


def _stacked(lines: list[Line]) -> Line:
    """Lines under each other as one piece."""
    first, box = lines[0], union([line.box for line in lines])
    text = " ".join(line.text for line in lines)
    glyphs = [glyph for line in lines for glyph in line.glyphs]
    return Line(text, *box, base=first.base, size=first.size, page=first.page, glyphs=glyphs)


def _cells(zones: list[_Rows], page: int) -> tuple[tuple[tuple[str, ...], ...], tuple[float, ...]] | None:
    """(rows, places of the columns); None where what stands between the rules is no table."""
    body = [row for rows in zones[1:] for row in rows]
    columns = max(map(len, body))
    full = [row for row in body if len(row) >= max(2, columns - 1)]
    if columns < 3 and len(full) < 3:
        return None
    edges = _edges(body, columns)
    if edges is None:
        return None
    cells = []
    for rows in zones:
        one_each = rows is not zones[0] and 2 * sum(len(row) >= max(2, columns - 1) for row in rows) > len(rows)
        for group in [[row] for row in rows] if one_each else [rows]:
            held: list[list[Glyph]] = [[] for _ in range(len(edges) + 1)]
            for piece in itertools.chain(*group):
                for part in _parted(piece, edges):
                    held[bisect_right(edges, (part[0].x0 + part[-1].x1) / 2)].extend(part)
            cells.append(tuple(cell_text(glyphs, page) for glyphs in held))
    return tuple(cells), tuple(edges)


def _edges(body: _Rows, columns: int) -> list[float] | None:
    """Where the columns part: between what the pieces of all rows cover together, or, where one piece covers two
    columns, at the white between words."""
    covered: list[list[float]] = []
    for piece in sorted(itertools.chain(*body), key=lambda piece: piece.x0):
        if covered and piece.x0 <= covered[-1][1]:
            covered[-1][1] = max(covered[-1][1], piece.x1)
        else:
            covered.append([piece.x0, piece.x1])
    if len(covered) >= columns:
        return [(before[1] + after[0]) / 2 for before, after in itertools.pairwise(covered)]
    return column_edges(body)


def _parted(piece: Line, edges: list[float]) -> list[list[Glyph]]:
    """The piece's glyphs, parted where a column's edge lies in a gap between two of them: heads stand close. One that
    stands over several columns is whole."""
    parts: list[list[Glyph]] = []
    for glyph in (glyph for glyph in piece.glyphs if glyph.text != " "):
        last = parts[-1][-1] if parts else None
        if last is None or (
            glyph.x0 - last.x1 > 0.2 * piece.size and any(last.x1 - 1 < edge < glyph.x0 + 1 for edge in edges)
        ):
            parts.append([])
        parts[-1].append(glyph)
    return parts
