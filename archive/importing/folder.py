"""A folder of saved copies of one page, each file named by the time it was made (UTC).

    20240131T080000Z.html   20240131080000.html   2024-01-31T080000Z.html.gz
"""

from __future__ import annotations

import gzip
import mimetypes
import re
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from archive.errors import ArchiveError
from archive.importing.past import PastCapture

NAMED = 5
"""damaged files that are named"""
_NAME = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})[T_ -]?(\d{2})[:-]?(\d{2})[:-]?(\d{2})(?:\.(\d{1,6}))?Z?(?=\.|$)")


class BadFiles(ArchiveError):
    """Files of a folder that are damaged or cannot be read: it names them. All others were given."""


def time_of(name: str) -> datetime | None:
    """The time that a file's name begins with; None for none."""
    match = _NAME.match(name)
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    fraction = int(match[7].ljust(6, "0")) if match[7] else 0
    try:
        return datetime(year, month, day, hour, minute, second, fraction, UTC)
    except ValueError:
        return None


def read_folder(folder: Path, url: str) -> Iterator[PastCapture]:
    """Each file as a capture of `url`, oldest first; files whose names are no times are left out. Raises ArchiveError
    for a folder without any, and BadFiles, after all that could be read, for those that could not."""
    if not folder.is_dir():
        raise ArchiveError(f"{folder} is no folder")
    timed = [(when, path) for path in folder.iterdir() if path.is_file() and (when := time_of(path.name)) is not None]
    if not timed:
        raise ArchiveError(f"no file in {folder} is named by its time, such as 20240131T080000Z.html")
    bad: list[str] = []
    for when, path in sorted(timed):
        name = path.name
        try:
            body = path.read_bytes()
            if name.endswith(".gz") and body[:2] == b"\x1f\x8b":
                body, name = gzip.decompress(body), name[:-3]
        except (OSError, EOFError, zlib.error) as error:
            bad.append(f"{path} is damaged or cannot be read: {error}")
            continue
        yield PastCapture(url, when, body, media_type=mimetypes.guess_type(name)[0])
    if bad:
        more = [f"{len(bad) - NAMED} more files"] if len(bad) > NAMED else []
        raise BadFiles("; ".join([*bad[:NAMED], *more]))
