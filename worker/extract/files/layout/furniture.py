"""Running headers, footers and page numbers: at the edge of the sheet, shaped like a number or the same on many sheets."""

from __future__ import annotations

import re
from collections import Counter

from worker.extract.files.layout.ink import EDGE
from worker.extract.files.layout.model import Line, Sheet
from worker.extract.files.model import Furniture

_DASH = r"[—–\-－―‐‑─·•~～|\s]*"
_PAGE_NUMBER = re.compile(
    rf"{_DASH}(?:\d{{1,4}}|[ivxlc]{{1,6}}){_DASH}"
    r"|第?\s*\d{1,4}\s*页?\s*[,，/／\-—|（(共of\s]*(?:共\s*)?\d{1,4}\s*页?\s*[)）]?"
    r"|第\s*[\d一二三四五六七八九十百]{1,5}\s*页(?:\s*[,，/／\s（(]*共\s*[\d一二三四五六七八九十百]{1,5}\s*页[)）]?)?"
    r"|(?:page|p\.?|seite)\s*\d{1,4}(?:\s*(?:of|/|von)\s*\d{1,4})?",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d+|[ivxlc]{1,6}\b")
_WORDS = re.compile(r"[^\W\d_]{2}")
SAME_HEIGHT = 8.0
"""points by which a running header may move from sheet to sheet"""


def without_furniture(pages: list[tuple[Sheet, list[Line]]]) -> tuple[list[list[Line]], list[Furniture]]:
    """The lines of each sheet without its furniture, and the furniture."""
    repeated = _repeated(pages)
    kept, furniture = [], []
    for sheet, lines in pages:
        rest = []
        for line in lines:
            edge = edge_of(line, sheet)
            what = None if edge is None else _what(line, edge, lines, sheet, repeated)
            if what is None:
                rest.append(line)
            else:
                furniture.append(Furniture(what, sheet.number, line.text, line.box))
        kept.append(rest)
    return kept, furniture


def edge_of(line: Line, sheet: Sheet) -> str | None:
    """`top` or `bottom` where a line stands at the sheet's edge."""
    if line.y1 < EDGE * sheet.height:
        return "top"
    return "bottom" if line.y0 > (1 - EDGE) * sheet.height else None


def is_page_number(text: str) -> bool:
    """Whether a text is a page number in one of the usual forms."""
    return _PAGE_NUMBER.fullmatch(text.strip()) is not None


def _what(line: Line, edge: str, lines: list[Line], sheet: Sheet, repeated: set[tuple[str, str, int]]) -> str | None:
    if is_page_number(line.text) and _outermost(line, edge, lines):
        return "page number"
    key = _shape(line.text)
    place = round(_from_edge(line, edge, sheet) / SAME_HEIGHT)
    if any((key, edge, place + step) in repeated for step in (-1, 0, 1)):
        return "header" if edge == "top" else "footer"
    return None


def _outermost(line: Line, edge: str, lines: list[Line]) -> bool:
    """Nothing but other furniture-like lines stands further out."""
    if edge == "top":
        return not any(other.base < line.base - 2 and len(other.text) > 40 for other in lines)
    return not any(other.base > line.base + 2 and len(other.text) > 40 for other in lines)


def _repeated(pages: list[tuple[Sheet, list[Line]]]) -> set[tuple[str, str, int]]:
    """Shapes of lines that stand at the same height of enough sheets (digits aside)."""
    seen: Counter[tuple[str, str, int]] = Counter()
    for sheet, lines in pages:
        here = set()
        for line in lines:
            if (edge := edge_of(line, sheet)) is not None and _WORDS.search(line.text):
                here.add((_shape(line.text), edge, round(_from_edge(line, edge, sheet) / SAME_HEIGHT)))
        seen.update(here)
    needed = 2 if len(pages) < 5 else 3
    near: Counter[tuple[str, str, int]] = Counter()
    for (shape, edge, place), count in seen.items():
        near[shape, edge, place] = count + seen[shape, edge, place + 1] + seen[shape, edge, place - 1]
    return {key for key, count in near.items() if count >= needed}


def _from_edge(line: Line, edge: str, sheet: Sheet) -> float:
    return line.base if edge == "top" else sheet.height - line.base


def _shape(text: str) -> str:
    return _DIGITS.sub("#", text.replace(" ", "").lower())
