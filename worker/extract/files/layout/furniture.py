"""Running headers, footers and page numbers: at the edge of the sheet, shaped like a number or the same on many
sheets."""

from __future__ import annotations

import re
from collections import Counter

from worker.extract.files.layout.model import Line, Sheet
from worker.extract.files.layout.pagenumber import EDGE, is_page_number
from worker.extract.files.model import Furniture

_DIGITS = re.compile(r"\d+|[ivxlc]{1,6}\b")
_WORDS = re.compile(r"[^\W\d_]{2}")
SAME_HEIGHT = 8.0
"""points by which a running header may move from sheet to sheet"""


def without_furniture(pages: list[tuple[Sheet, list[Line]]]) -> tuple[list[list[Line]], list[Furniture]]:
    """The lines of each sheet without its furniture, and the furniture."""
    edges = [_edges(sheet, lines) for sheet, lines in pages]
    repeated = _repeated(pages, edges)
    kept, furniture = [], []
    for (sheet, lines), edge in zip(pages, edges, strict=True):
        rest = []
        for line in lines:
            what = _what(line, edge[id(line)], sheet, repeated) if id(line) in edge else None
            if what is None:
                rest.append(line)
            else:
                furniture.append(Furniture(what, sheet.number, line.text, line.box))
        kept.append(rest)
    return kept, furniture


def _edges(sheet: Sheet, lines: list[Line]) -> dict[int, str]:
    """The lines (by id) that stand at the sheet's edge: near it, or among the two outermost rows of what is printed."""
    found: dict[int, str] = {}
    rows = sorted({round(line.base / 3) for line in lines})
    upper, lower = set(rows[:2]), set(rows[-2:]) if len(rows) > 4 else set()
    for line in lines:
        if line.table is not None:
            continue
        row = round(line.base / 3)
        if line.y1 < EDGE * sheet.height or (row in upper and line.y1 < 0.3 * sheet.height):
            found[id(line)] = "top"
        elif line.y0 > (1 - EDGE) * sheet.height or (row in lower and line.y0 > 0.7 * sheet.height):
            found[id(line)] = "bottom"
    return found


def _what(line: Line, edge: str, sheet: Sheet, repeated: set[tuple[str, str, int]]) -> str | None:
    near = line.y1 < EDGE * sheet.height or line.y0 > (1 - EDGE) * sheet.height
    key, place = _shape(line.text), round(_from_edge(line, edge, sheet) / SAME_HEIGHT)
    again = any((key, edge, place + step) in repeated for step in (-1, 0, 1))
    if is_page_number(line.text):
        return "page number" if near or again else None
    if again and _WORDS.search(line.text):
        return "header" if edge == "top" else "footer"
    return None


def _repeated(pages: list[tuple[Sheet, list[Line]]], edges: list[dict[int, str]]) -> set[tuple[str, str, int]]:
    """Shapes of lines that stand at the same height of enough sheets (digits aside)."""
    seen: Counter[tuple[str, str, int]] = Counter()
    for (sheet, lines), edge in zip(pages, edges, strict=True):
        seen.update(
            {
                (_shape(line.text), edge[id(line)], round(_from_edge(line, edge[id(line)], sheet) / SAME_HEIGHT))
                for line in lines
                if id(line) in edge
            }
        )
    needed = 2 if len(pages) < 6 else 3
    near = {
        (shape, edge, place): count + seen[shape, edge, place + 1] + seen[shape, edge, place - 1]
        for (shape, edge, place), count in list(seen.items())
    }
    return {key for key, count in near.items() if count >= needed}


def _from_edge(line: Line, edge: str, sheet: Sheet) -> float:
    return line.base if edge == "top" else sheet.height - line.base


def _shape(text: str) -> str:
    return _DIGITS.sub("#", text.replace(" ", "").lower())
