"""Sheets into blocks: ink -> tables -> lines -> furniture -> columns -> paragraphs -> roles.

sheets_text(sheets) -> FileText     for any format that only says where glyphs stand
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from dataclasses import replace

from worker.extract.files.layout.columns import flows_of
from worker.extract.files.layout.furniture import without_furniture
from worker.extract.files.layout.ink import is_picture, sorted_ink, upright_lines
from worker.extract.files.layout.lines import compounds_of, joined, lines_of
from worker.extract.files.layout.model import Glyph, Line, Rule, Sheet, Table, union
from worker.extract.files.layout.paragraphs import (
    Measure,
    Paragraph,
    is_centred,
    is_set_right,
    measure,
    paragraphs,
)
from worker.extract.files.layout.quality import broken_words, why_garbage
from worker.extract.files.layout.spaces import set_spaces
from worker.extract.files.layout.tables import tables_of
from worker.extract.files.model import Block, FileText, Furniture, PageSize, Role

SPARSE = 12
"""characters below which a sheet under a picture counts as having no text"""
_NOTE = re.compile(r"\s*(?:\[\d{1,3}\]|[①-⑳*†‡]|[¹²³⁰⁴-⁹]{1,3}|\d{1,3}(?![\d.、．年月日号]))\s*\S")

_TYPED_RULE = re.compile(r"[—–―─_\-]{4,}")


def sheets_text(kind: str, sheets: Iterable[Sheet], info: dict[str, str], outline: tuple[str, ...]) -> FileText:
    """What the sheets say, in reading order. Sheets may be a generator: each is used once."""
    pages: list[tuple[Sheet, list[Line]]] = []
    furniture: list[Furniture] = []
    unread: list[str] = []
    scans: list[int] = []
    whys: list[str] = []
    for sheet in sheets:
        text, hidden, apart = sorted_ink(sheet)
        furniture += apart
        unread += [
            f"page {item.page}: text set sideways: {item.text[:60]}" for item in apart if item.what == "sideways"
        ]
        lines, why = _read(sheet, text, hidden, unread)
        if why:
            scans.append(sheet.number)
            whys.append(f"page {sheet.number}: {why}")
        sheet.glyphs = []
        pages.append((sheet, lines))
    kept, edges = without_furniture(pages)
    furniture += edges
    notes: list[Line] = []
    flows: list[list[Line]] = []
    for (sheet, _), lines in zip(pages, kept, strict=True):
        body, foot = _footnotes(sheet, lines)
        notes += foot
        flows += flows_of(body)
    set_spaces(itertools.chain(*flows, notes))
    common = measure(flows)
    compounds = frozenset(word for flow in flows for line in flow for word in compounds_of(line.text))
    blocks = [_block(paragraph, common, compounds) for paragraph in paragraphs(flows, common)]
    if notes:
        own = [[line] for line in notes]
        measure(own)
        blocks += [replace(_block(p, common, compounds), kind="note") for p in _note_paragraphs(notes)]
    return FileText(
        type=kind, blocks=tuple(_tables_joined(blocks)), furniture=tuple(furniture), info=info, outline=outline,
        pages=tuple(PageSize(sheet.number, sheet.width, sheet.height) for sheet, _ in pages), unread=tuple(unread),
        scans=tuple(scans), scan_why="; ".join(whys[:5]),
    )  # fmt: skip


def _read(sheet: Sheet, text: list[Glyph], hidden: list[Glyph], unread: list[str]) -> tuple[list[Line], str]:
    """The sheet's lines, and why it needs OCR instead ('' where it does not)."""
    if hidden and len(hidden) > 2 * len(text):
        lines = lines_of(hidden, sheet.number)
        if why := why_garbage(" ".join(line.text for line in lines), strict=True):
            return _lines(sheet, text, unread), f"hidden layer: {why}"
        return _lines(sheet, text + hidden, unread), ""
    if is_picture(sheet) and sum(glyph.text != " " for glyph in text) < SPARSE:
        return _lines(sheet, text, unread), "a picture without text"
    lines = _lines(sheet, text, unread)
    said = " ".join(_said(line) for line in lines)
    if why := why_garbage(said):
        return [], why
    if words := broken_words(said):
        unread.append(f"page {sheet.number}: signs where the page has letters: {', '.join(words[:5])}")
    return lines, ""


def _said(line: Line) -> str:
    return line.text if line.table is None else " ".join(cell for row in line.table.rows for cell in row)


def _lines(sheet: Sheet, glyphs: list[Glyph], unread: list[str]) -> list[Line]:
    tables, glyphs = tables_of(sheet, glyphs)
    lines = lines_of(glyphs, sheet.number)
    if sum(len(line.text) == 1 for line in lines) >= 4:
        upright, rest = upright_lines(glyphs, sheet.number)
        if upright:
            lines = lines_of(rest, sheet.number) + upright
            unread += [
                f"page {sheet.number}: text from top to bottom, left as it is: {line.text[:40]}" for line in upright
            ]
    lines += [_table_line(table) for table in tables]
    return sorted(lines, key=lambda line: (line.base, line.x0))


def _table_line(table: Table) -> Line:
    x0, y0, x1, y1 = table.box
    return Line("", x0, y0, x1, y1, y0, 12.0, table.page, table=table)


def _footnotes(sheet: Sheet, lines: list[Line]) -> tuple[list[Line], list[Line]]:
    """Lines under a short rule low on the sheet, set smaller than the text above: notes, out of the paragraphs' way."""
    sizes = sorted(line.size for line in lines if line.table is None)
    if not sizes:
        return lines, []
    body = sizes[len(sizes) // 2]
    typed = [Rule(line.x0, line.base, line.x1, line.base) for line in lines if _TYPED_RULE.fullmatch(line.text)]
    for rule in sorted([*sheet.rules, *typed], key=lambda rule: rule.y0):
        wide = rule.x1 - rule.x0
        if rule.y1 - rule.y0 > 2 or not 40 < wide < 0.45 * sheet.width or rule.y0 < 0.4 * sheet.height:
            continue
        below = [line for line in lines if line.y0 > rule.y0 - 3]
        if (
            below
            and (rule in typed or _NOTE.match(below[0].text))
            and all(line.table is None and line.size < 0.95 * body for line in below)
        ):
            above = [line for line in lines if line.y0 <= rule.y0 - 3]
            return [line for line in above if rule not in typed or line.base != rule.y0], below
    return lines, []


def _note_paragraphs(notes: list[Line]) -> list[Paragraph]:
    found: list[Paragraph] = []
    for line in notes:
        if found and not _NOTE.match(line.text):
            found[-1].lines.append(line)
        else:
            found.append(Paragraph([line]))
    return found


def _block(paragraph: Paragraph, common: Measure, compounds: frozenset[str]) -> Block:
    first = paragraph.first
    if first.table is not None:
        rows = first.table.rows
        return Block("table", "\n".join(" | ".join(row) for row in rows), first.page, rows=rows, box=first.table.box)
    text = ""
    for line in paragraph.lines:
        text = joined(text, line.text, compounds)
    box = union([line.box for line in paragraph.lines if line.page == first.page])
    large = first.size > 1.15 * common.size
    short = len(text) < 120 and not text.endswith(("。", "；", ";", "，"))
    heading = short and (large or (first.bold and len(paragraph.lines) == 1 and len(text) < 60))
    level = 1 if first.size > 1.4 * common.size else 2
    return Block(
        "heading" if heading else "paragraph",
        text,
        first.page,
        _role(paragraph),
        level if heading else 0,
        box=box,
        size=first.size,
    )


def _role(paragraph: Paragraph) -> Role:
    first = paragraph.first
    if first.red and first.page == 1:
        return "red-header"
    if all(is_centred(line) for line in paragraph.lines):
        return "centre"
    return "right" if is_set_right(first) else ""


def _tables_joined(blocks: list[Block]) -> list[Block]:
    """A table that goes on at the top of the next page is one table; a heading row printed again is printed once."""
    found: list[Block] = []
    for block in blocks:
        last = found[-1] if found else None
        if (
            last is not None
            and block.kind == last.kind == "table"
            and block.page > last.page
            and _same_columns(last, block)
        ):
            rows = block.rows[1:] if block.rows[0] == last.rows[0] else block.rows
            rows = last.rows + rows
            found[-1] = replace(
                last, rows=rows, text="\n".join(" | ".join(row) for row in rows), page=block.page, box=block.box
            )  # fmt: skip
        else:
            found.append(block)
    return found


def _same_columns(last: Block, block: Block) -> bool:
    assert last.box is not None and block.box is not None
    return (
        abs(last.box[0] - block.box[0]) < 6
        and abs(last.box[2] - block.box[2]) < 6
        and (max(map(len, last.rows)) == max(map(len, block.rows)))
    )
