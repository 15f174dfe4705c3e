"""JSON Lines: one change a line, oldest first, each line whole or not there.

The file is its own cursor: the last line's `seq`. An export goes on after it; half a line, left by a kill, is cut off.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from archive.errors import ArchiveError
from archive.export.model import Exported, Progress
from archive.export.rows import ChangeRecord, change_records, rfc3339
from archive.reading import Archive

TAIL = 1 << 20
"""bytes read at a time when the last line is looked for"""
_NAMES = tuple(field.name for field in fields(ChangeRecord))


def write(archive: Archive, output: Path, since: int | None, progress: Progress) -> Exported:
    """Appends changes after the file's last one, and after `since`. `-` is standard output, from `since` on."""
    if str(output) == "-":
        return _written(archive, sys.stdout.buffer, "-", since or 0, progress)
    output.parent.mkdir(parents=True, exist_ok=True)
    with output.open("ab+") as file:
        last = _last_seq(file, output)
        done = _written(archive, file, str(output), max(last, since or 0), progress)
        file.flush()
        os.fsync(file.fileno())
    return done


def line(record: ChangeRecord) -> bytes:
    """One change as its line."""
    said = {}
    for name in _NAMES:
        value = getattr(record, name)
        said[name] = rfc3339(value) if isinstance(value, datetime) else value
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _written(archive: Archive, file: BinaryIO, name: str, after: int, progress: Progress) -> Exported:
    done = Exported("jsonl", 0, after, (name,))
    for records in change_records(archive, after):
        file.write(b"".join(map(line, records)))
        done = Exported("jsonl", done.records + len(records), records[-1].seq, (name,))
        progress(done)
    return done


def _last_seq(file: BinaryIO, output: Path) -> int:
    """The `seq` of the last whole line; what stands after it is cut off. Raises ArchiveError for other files."""
    end = file.seek(0, os.SEEK_END)
    tail, start = b"", end
    while start > 0 and tail.count(b"\n") < 2:
        start = max(0, start - TAIL)
        file.seek(start)
        tail = file.read(end - start)
    whole, _, rest = tail.rpartition(b"\n")
    if rest:
        file.truncate(end - len(rest))
        file.seek(0, os.SEEK_END)
    last = whole.rpartition(b"\n")[2]
    if not last:
        return 0
    try:
        return int(json.loads(last)["seq"])
    except (ValueError, KeyError, TypeError) as error:
        raise ArchiveError(f"{output} is no export of changes: its last line has no `seq`") from error
