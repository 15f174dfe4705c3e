"""A list of URLs, one a line, as changedetection.io, browsers and people write it; words behind a URL become tags."""

from __future__ import annotations

import re
from pathlib import Path

from worker.sources.taken.model import Found, Watch

_ADDRESS = re.compile(r"https?://\S+")


def taken(path: Path) -> Found | None:
    """The URLs of a file; None where it has none. Lines that begin with `#` are comments."""
    if path.is_dir():
        return None
    watches, left = [], []
    for number, row in enumerate(path.read_text(encoding="utf-8-sig", errors="replace").splitlines(), 1):
        row = row.strip()
        if not row or row.startswith("#"):
            continue
        found = _ADDRESS.match(row)
        if found:
            tags = row[found.end() :].replace(",", " ").split()
            watches.append(Watch(found[0], kind="auto", tags=tuple(tags)))
        else:
            left.append(f"line {number}: {row[:60]!r} does not begin with a URL")
    return Found(tuple(watches), tuple(left)) if watches else None
