"""Tables without upright rules: rows of short pieces that stand under each other in the same columns."""

from __future__ import annotations

import itertools
from bisect import bisect_right
from statistics import median

from worker.extract.files.layout.lines import line_of
from worker.extract.files.layout.model import Glyph, Line, Table, union

ROWS = 3
"""a table without rules has at least so many rows"""
LONGEST = 24
"""characters of its pieces, in the median"""


def rows_of(lines: list[Line]) -> list[list[Line]]:
    """Lines as rows of pieces that stand at one height, from top to bottom; tables stand alone."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: (line.base, line.x0)):
        last = rows[-1][-1] if rows else None
        if (
            last is not None and last.table is None and line.table is None
            and abs(line.base - last.base) < 0.35 * min(line.size, last.size) and line.glyphs and last.glyphs
        ):  # fmt: skip
            rows[-1].append(line)
        else:
            rows.append([line])
    return rows


def unruled_end(rows: list[list[Line]], start: int) -> int:
    """Where the table that begins at row `start` ends (its first row not in it), `start` itself where none begins."""
    columns = [(piece.x0, piece.x1) for piece in sorted(rows[start], key=lambda piece: piece.x0)]
    if len(columns) < 2 or any(piece.table is not None for piece in rows[start]):
        return start
    end, full = start, 0
    pitch = 0.0
    while end < len(rows):
        row = sorted(rows[end], key=lambda piece: piece.x0)
        if end > start:
            apart = row[0].base - rows[end - 1][0].base
            if apart > 3.2 * row[0].size or (pitch and apart > 2 * pitch):
                break
            pitch = pitch or apart
        places = _places(row, columns)
        if places is None or len(row) < 2:
            break
        full += len(row) == len(columns)
        for piece, place in zip(row, places, strict=True):
            columns[place] = (min(columns[place][0], piece.x0), max(columns[place][1], piece.x1))
        end += 1
    pieces = [piece for row in rows[start:end] for piece in row]
    if end - start < ROWS or full * 2 < end - start or median(len(piece.text) for piece in pieces) > LONGEST:
        return start
    return end if all(a[1] < b[0] for a, b in itertools.pairwise(columns)) else start


def unruled_table(rows: list[list[Line]]) -> Line:
    """The rows as one line that holds a table."""
    columns = [(piece.x0, piece.x1) for piece in sorted(sorted(rows, key=len)[-1], key=lambda piece: piece.x0)]
    cells = []
    for row in rows:
        said = [""] * len(columns)
        for piece in row:
            place = min(range(len(columns)), key=lambda at: abs(sum(columns[at]) - piece.x0 - piece.x1))
            said[place] = f"{said[place]} {piece.text}".strip()
        cells.append(tuple(said))
    box = union([piece.box for row in rows for piece in row])
    first = rows[0][0]
    table = Table(box, tuple(cells), tuple(column[0] for column in columns), first.page)
    return Line("", *box, base=box[1], size=first.size, page=first.page, table=table)


def aligned_rows(rows: list[list[Line]]) -> tuple[list[float], tuple[tuple[str, ...], ...]] | None:
    """(edges between the columns, the cells) of rows known to be a table's, parted at the white that runs between the
    pieces of the fullest row and through all the others, words that stand close to each other included; None where no
    such white parts them."""
    if len(rows) < ROWS:
        return None
    model = sorted(sorted(rows, key=len)[-1], key=lambda piece: piece.x0)
    full = sum(len(row) >= max(2, len(model) - 1) for row in rows)  # a group's name stands in its first row only
    if len(model) < 2 or full * 2 < len(rows):
        return None
    if median(len(piece.text) for row in rows for piece in row) > LONGEST:
        return None
    edges = column_edges(rows)
    if edges is None:
        return None
    cells = []
    for row in rows:
        held: list[list[Glyph]] = [[] for _ in model]
        for glyph in (glyph for piece in row for glyph in piece.glyphs):
            held[bisect_right(edges, (glyph.x0 + glyph.x1) / 2)].append(glyph)
        cells.append(tuple(line_of(glyphs, row[0].page).text for glyphs in held))
    return edges, tuple(cells)


def cut(piece: Line, edges: list[float]) -> bool:
    """Whether an edge runs through a word of the piece, or between two that stand close."""
    inked = [glyph for glyph in piece.glyphs if glyph.text != " "]
    return any(
        before.x0 < edge < after.x1 and after.x0 - before.x1 < 0.4 * piece.size
        for edge in edges
        if piece.x0 < edge < piece.x1
        for before, after in itertools.pairwise(inked)
    )


def column_edges(rows: list[list[Line]]) -> list[float] | None:
    """Where white parts the pieces of the fullest row and runs through all the others; None where some is missing."""
    model = sorted(sorted(rows, key=len)[-1], key=lambda piece: piece.x0)
    white = [_white(rows, before.x1, after.x0) for before, after in itertools.pairwise(model)]
    edges = [place for place in white if place is not None]
    return edges if len(edges) == len(white) else None


def _white(rows: list[list[Line]], start: float, end: float) -> float | None:
    """The middle of the widest strip between two places that no character of these rows stands in, None where none
    is left."""
    covered = sorted(
        (max(glyph.x0, start), min(glyph.x1, end))
        for row in rows
        for piece in row
        for glyph in piece.glyphs
        if glyph.text != " " and glyph.x1 > start and glyph.x0 < end
    )
    best, middle, reached = 0.0, None, start
    for x0, x1 in [*covered, (end, end)]:
        if x0 - reached > best:
            best, middle = x0 - reached, (x0 + reached) / 2
        reached = max(reached, x1)
    return middle


def _places(row: list[Line], columns: list[tuple[float, float]]) -> list[int] | None:
    """The column of each piece, None where one stands in none or two stand in the same."""
    places: list[int] = []
    for piece in row:
        if piece.table is not None:
            return None
        over = [at for at, (x0, x1) in enumerate(columns) if min(x1, piece.x1) - max(x0, piece.x0) > 0]
        if len(over) != 1 or over[0] in places:
            return None
        places.append(over[0])
    return places
