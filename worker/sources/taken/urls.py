"""A list of URLs, one a line, as changedetection.io, browsers and people write it; words behind a URL become tags."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from worker.sources.taken.model import Found, Watch

_ADDRESS = re.compile(r"https?://\S+")
_BULLET = re.compile(r"[-*•]\s+")
_REMARK = re.compile(r"\s#.*")
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
"""what a text begins with that Windows calls Unicode"""


def taken(path: Path) -> Found | None:
    """The URLs of a file; None where it has none. Lines that begin with `#` are comments."""
    if path.is_dir():
        return None
    raw, watches, left, addresses = path.read_bytes(), [], [], 0
    text = raw.decode("utf-16" if raw.startswith(_WIDE) else "utf-8-sig", errors="replace")
    for number, row in enumerate(text.splitlines(), 1):
        row = _REMARK.sub("", _BULLET.sub("", row.strip(), count=1))
        if not row or row.startswith("#"):
            continue
        found = _ADDRESS.match(row)
        addresses += found is not None
        if found and "\ufffd" in row:
            left.append(f"line {number}: {row[:60]!r} is not in UTF-8; save the list as UTF-8")
        elif found:
            tags = row[found.end() :].replace(",", " ").split()
            watches.append(Watch(found[0], kind="auto", tags=tuple(tags)))
        else:
            left.append(f"line {number}: {row[:60]!r} does not begin with a URL")
    return Found(tuple(watches), tuple(left)) if addresses else None
