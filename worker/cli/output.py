"""How results look on stdout: tables that fit 80 columns (Chinese counts double), JSON, times.

Text that pages wrote is made harmless for a terminal first.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

_WIDE = frozenset("WF")


def width(text: str) -> int:
    """Columns a text takes in a terminal."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in _WIDE else 1 for char in text
    )


def harmless(text: str) -> str:
    """The text on one line, without characters that move a cursor or turn the writing direction."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else " " for char in text)


def harmless_lines(text: str) -> str:
    """The same for text of several lines."""
    return "\n".join(harmless(line.replace("\t", "    ")) for line in text.splitlines())


def cut(text: str, columns: int) -> str:
    """The text in at most so many columns, the end replaced by an ellipsis."""
    text = harmless(text)
    if width(text) <= columns:
        return text
    taken, result = 0, ""
    for char in text:
        taken += width(char)
        if taken > columns - 1:
            break
        result += char
    return result + "…"


def padded(text: str, columns: int) -> str:
    """The text filled with blanks to so many columns."""
    return text + " " * max(columns - width(text), 0)


def screen_width() -> int:
    """Columns of the terminal, 80 where there is none."""
    return max(shutil.get_terminal_size((80, 24)).columns, 40)


def table(rows: Sequence[Sequence[object]], headings: Sequence[str], grow: int | None = None) -> str:
    """A table; numbers stand right. The column `grow` (default: the last) gives way until all fits the terminal."""
    cells = [[harmless("" if cell is None else str(cell)) for cell in row] for row in rows]
    numbers = [
        bool(rows) and all(isinstance(row[i], int) or row[i] is None for row in rows) for i in range(len(headings))
    ]
    columns = [max(width(row[i]) for row in [list(headings), *cells]) for i in range(len(headings))]
    grow = len(headings) - 1 if grow is None else grow
    spare = screen_width() - sum(columns) - 2 * (len(columns) - 1)
    columns[grow] = max(columns[grow] + min(spare, 0), 8)

    def line(row: Sequence[str]) -> str:
        parts = [
            " " * (size - width(text)) + text if right else padded(text, size)
            for text, size, right in zip(
                (cut(cell, size) for cell, size in zip(row, columns, strict=True)), columns, numbers, strict=True
            )
        ]
        return "  ".join(parts).rstrip()

    return "\n".join(line(row) for row in [list(headings), *cells])


def local(moment: datetime | None) -> str:
    """A time for people: UTC to the minute."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}Z" if moment else "-"


def ago(moment: datetime | None, now: datetime) -> str:
    """`12s ago`, `in 3h`, `now`; `never` for None."""
    if moment is None:
        return "never"
    span = now - moment
    text = spoken(abs(span))
    return "now" if text == "0s" else f"{text} ago" if span > timedelta(0) else f"in {text}"


def spoken(span: timedelta) -> str:
    """A duration in its largest unit."""
    seconds = int(span.total_seconds())
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds >= 2 * size:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def plain(value: Any) -> Any:
    """Any of our values as JSON knows it: dataclasses as objects, times as RFC 3339, durations in seconds."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(name): plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    return value


def as_json_text(value: Any) -> str:
    """One JSON document, indented."""
    return json.dumps(plain(value), ensure_ascii=False, indent=2)


def print_json(value: Any) -> None:
    """One JSON document to stdout."""
    print(as_json_text(value))


def coloured(wanted: bool | None) -> bool:
    """Whether to use colours: as asked, else on a terminal (NO_COLOR is respected)."""
    return wanted if wanted is not None else sys.stdout.isatty() and "NO_COLOR" not in os.environ


def print_json_lines(values: Iterable[Any]) -> None:
    """One JSON object a line, as they come."""
    for value in values:
        sys.stdout.write(json.dumps(plain(value), ensure_ascii=False) + "\n")
