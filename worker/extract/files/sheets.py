"""Spreadsheets (XLSX, XLS, ODS) by calamine: each visible sheet a heading and a table; a lone first cell is the
title."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime, time, timedelta

import olefile
import python_calamine as calamine

from worker.extract.files import sniff
from worker.extract.files.containers import MAX_RATIO, MAX_TOTAL, Zip
from worker.extract.files.model import Block, Bomb, Broken, Encrypted, FileText

MAX_ROWS = 200_000
"""of all sheets; what lies behind them is named in `unread`"""


def read(body: bytes) -> FileText:
    """What the file says. Raises Broken, Encrypted or Bomb."""
    kind = "xls"
    if sniff.family(body) == "zip":
        container = Zip(body)
        _check_sizes(container)
        kind = "ods" if container.has("content.xml") else "xlsx"
        if kind == "ods" and b"encryption-data" in container.read("META-INF/manifest.xml"):
            raise Encrypted("a spreadsheet that opens with a password only")
    elif _has_password(body):
        raise Encrypted("a spreadsheet that opens with a password only")
    try:
        workbook = calamine.CalamineWorkbook.from_filelike(io.BytesIO(body))
    except calamine.PasswordError as error:
        raise Encrypted("a spreadsheet that opens with a password only") from error
    except calamine.CalamineError as error:
        if "password" in str(error).lower() or "encrypt" in str(error).lower():
            raise Encrypted("a spreadsheet that opens with a password only") from error
        raise Broken(f"a damaged spreadsheet: {error}") from error
    visible = [
        sheet.name for sheet in workbook.sheets_metadata
        if sheet.visible == calamine.SheetVisibleEnum.Visible and sheet.typ == calamine.SheetTypeEnum.WorkSheet
    ]  # fmt: skip
    blocks: list[Block] = []
    unread = [f"hidden sheet: {sheet.name}" for sheet in workbook.sheets_metadata if sheet.name not in visible]
    left = MAX_ROWS
    for number, name in enumerate(visible, 1):
        try:
            rows = list(_rows(workbook.get_sheet_by_name(name).to_python(skip_empty_area=True), left))
        except calamine.CalamineError as error:
            unread.append(f"sheet {name}: {error}")
            continue
        if len(rows) >= left:
            unread.append(f"sheet {name}: only the first rows are read")
        left -= len(rows)
        blocks += _sheet(name, rows, number, len(visible))
        if left <= 0:
            break
    if not blocks and unread and not visible:
        raise Broken("; ".join(unread[:3]))
    return FileText(kind, tuple(blocks), unread=tuple(unread))


def _check_sizes(container: Zip) -> None:
    total = sum(info.file_size for info in container.infos())
    if total > MAX_TOTAL or any(
        info.file_size > 1 << 20 and info.file_size > MAX_RATIO * max(info.compress_size, 1)
        for info in container.infos()
    ):
        raise Bomb(f"a spreadsheet that unpacks to {total} bytes")


def _has_password(body: bytes) -> bool:
    """Whether a record FilePass stands among the first of the workbook ([MS-XLS] 2.4.117)."""
    with suppress(Exception), olefile.OleFileIO(io.BytesIO(body)) as container:
        name = "Workbook" if container.exists("Workbook") else "Book"
        data, at = container.openstream(name).read(4096), 0
        for _ in range(12):
            kind, size = struct.unpack_from("<HH", data, at)
            if kind == 0x2F:
                return True
            at += 4 + size
    return False


def _rows(cells: Sequence[Sequence[object]], most: int) -> Iterator[tuple[str, ...]]:
    for row in cells[:most]:
        said = [_said(cell) for cell in row]
        while said and not said[-1]:
            said.pop()
        if said:
            yield tuple(said)


def _sheet(name: str, rows: list[tuple[str, ...]], number: int, sheets: int) -> Iterator[Block]:
    """The sheet's name where there are several, lone first cells as headings, the rest as one table."""
    if not rows:
        return
    if sheets > 1:
        yield Block("heading", name, number, level=2)
    first = 0
    while first < min(3, len(rows) - 1) and sum(bool(cell) for cell in rows[first]) == 1:
        text = next(cell for cell in rows[first] if cell)
        yield Block(
            "heading" if len(text) < 100 else "paragraph", text, number, role="title" if first == 0 else "", level=1
        )
        first += 1
    table = tuple(rows[first:])
    yield Block("table", "\n".join(" | ".join(row) for row in table), number, rows=table)


def _said(cell: object) -> str:
    """A cell's value as text: whole numbers without a point, dates as ISO, line breaks as spaces."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ", "minutes")
    if isinstance(cell, (date, time, timedelta)):
        return str(cell)
    return " ".join(str(cell).split())
