"""Comma- or tab-separated values as one table."""

from __future__ import annotations

import csv
import io

from worker.decode import decode
from worker.extract.files.model import Block, Broken, FileText

MAX_ROWS = 200_000
csv.field_size_limit(1 << 20)


def read(body: bytes) -> FileText:
    """What the file says. Raises Broken for what is no text or no table."""
    decoded = decode(body, None)
    if decoded.replacements > 0.05 * max(len(decoded.text), 1) or "\x00" in decoded.text:
        raise Broken("bytes that are no text in any encoding")
    sample = decoded.text[:8192]
    sign = max("\t,;|", key=lambda mark: sample.count(mark))
    rows: list[tuple[str, ...]] = []
    try:
        for row in csv.reader(io.StringIO(decoded.text, newline=""), delimiter=sign):
            cells = [" ".join(cell.split()) for cell in row]
            if any(cells):
                rows.append(tuple(cells))
            if len(rows) >= MAX_ROWS:
                break
    except csv.Error as error:
        raise Broken(f"no table: {error}") from error
    unread = (f"only the first {MAX_ROWS} rows are read",) if len(rows) >= MAX_ROWS else ()
    text = "\n".join(" | ".join(row) for row in rows)
    return FileText("csv", (Block("table", text, rows=tuple(rows)),) if rows else (), unread=unread)
