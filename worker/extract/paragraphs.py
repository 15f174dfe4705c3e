"""From blocks to paragraphs: lines of prose as they stand, rows of data tables as one line with cells by ` | `."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from worker.extract.walk import Walk

ROW = " | "
"""what stands between two cells"""
_CELL_LIMIT = 400
"""characters: a cell with more in several blocks is layout, not data"""
_KINDS = {tag: tag for tag in ("h1", "h2", "h3", "h4", "h5", "h6", "li", "pre", "blockquote", "dt", "dd")} | {
    "figcaption": "caption", "caption": "caption",
}  # fmt: skip

Shapes = Mapping[tuple[int, int], int]
"""(parent of the rows, cells of a row) -> rows"""


class Paragraph(NamedTuple):
    """One paragraph: its text, the blocks it is made of, and what it is (`p`, `h1` .. `h6`, `li`, `row`, `caption`)."""

    text: str
    start: int
    stop: int
    kind: str
    element: int


def paragraphs(walk: Walk, start: int, stop: int, within: int = 0, leave_out: Iterable[int] = ()) -> list[Paragraph]:
    """The paragraphs of the blocks start..stop (those of `leave_out` dropped), inside element `within`."""
    skipped = set(leave_out)
    rows: dict[int, int | None] = {}
    found: list[Paragraph] = []
    block = start
    while block < stop:
        owner = walk.owner[block]
        row = _row_of(walk, owner, within, rows)
        if row is not None:
            end = min(max(walk.stop[row], block + 1), stop)
            text = _row_text(walk, row, block, end, skipped)
            if text:
                found.append(Paragraph(text, block, end, "row", row))
            block = end
            continue
        if block not in skipped and not walk.hidden[owner]:
            found.append(Paragraph(walk.texts[block], block, block + 1, _kind(walk, owner, within), owner))
        block += 1
    return found


def _kind(walk: Walk, element: int, within: int) -> str:
    while element >= 0:
        if (kind := _KINDS.get(walk.tag[element])) is not None:
            return kind
        if element == within:
            break
        element = walk.parent[element]
    return "p"


def _row_of(walk: Walk, element: int, within: int, rows: dict[int, int | None]) -> int | None:
    """The <tr> of a data table around an element, None where there is none or the table is layout. Remembered per
    element."""
    chain = []
    row: int | None = None
    while element >= 0:
        if element in rows:
            row = rows[element]
            break
        chain.append(element)
        if element == within:
            break
        if walk.tag[element] == "tr" and _is_data(walk, element):
            row = element
            break
        element = walk.parent[element]
    for ancestor in chain:
        rows[ancestor] = row
    return row


def cells(walk: Walk, row: int) -> list[int]:
    """The cells of a <tr>, in order."""
    return walk.cells.get(row, [])


def shapes(walk: Walk) -> Shapes:
    """How many rows of so many cells, two at least, stand in each table."""
    return Counter((walk.parent[row], len(boxes)) for row, boxes in walk.cells.items() if len(boxes) > 1)


def is_figure(walk: Walk, block: int, tables: Shapes) -> bool:
    """Whether a block is a plain word or number of a table, one of whose rows is like the block's own (`shapes`)."""
    element = walk.owner[block]
    while element >= 0 and walk.tag[element] != "tr":
        element = walk.parent[element]
    return (
        element >= 0
        and not walk.linked[block]
        and tables.get((walk.parent[element], len(cells(walk, element))), 0) > 1
    )


def _end(walk: Walk, element: int) -> int:
    """The element after the last one inside an element (elements are numbered in document order)."""
    after = element + 1
    tags = len(walk.tag)
    while after < tags and walk.parent[after] >= element:
        after += 1
    return after


def _is_data(walk: Walk, row: int) -> bool:
    boxes = cells(walk, row)
    filled = [cell for cell in boxes if walk.text_length[cell]]
    if len(boxes) < 2 or not filled:
        return False
    if "table" in walk.tag[row + 1 : _end(walk, row)]:
        return False
    return not any(
        (walk.text_length[cell] > _CELL_LIMIT and walk.stop[cell] - walk.start[cell] > 2)
        or walk.text_length[cell] > 4 * _CELL_LIMIT
        for cell in filled
    )


def _row_text(walk: Walk, row: int, start: int, stop: int, skipped: set[int]) -> str:
    parts = []
    for cell in cells(walk, row):
        first, last = max(walk.start[cell], start), min(walk.stop[cell], stop)
        words = [walk.texts[block] for block in range(first, last) if block not in skipped]
        parts.append(joined(words))
    filled = [part for part in parts if part]
    return ROW.join(filled)


def joined(words: Iterable[str]) -> str:
    """Pieces of one line put together: nothing between Chinese characters, a space elsewhere."""
    out = ""
    for word in words:
        if out and word and not (_wide(out[-1]) or _wide(word[0])):
            out += " "
        out += word
    if "  " not in out and out.isprintable():  # no white space but single spaces
        return out
    return re.sub(r"\s+", " ", out)


def _wide(character: str) -> bool:
    return character >= "\u2e80"
