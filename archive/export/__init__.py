"""The archive for other tools: one file per format, all incremental, resumable, with progress, in bounded memory.

    jsonl     one line for each change, with all that its version says       one file, appended to
    parquet   the same as columns, by kind and year                          a folder of part files
    warc      captures as WARC 1.1 with a CDXJ index                         a folder, for pywb and the like
    atom      the newest changes as a feed                                   one file, written anew

`export(archive, "jsonl", Path("changes.jsonl"))` goes on where the last export into the same place ended; with `since`
it takes changes after that `seq` only. Killed at any moment it leaves what was whole, and goes on from there.
"""

from __future__ import annotations

from collections.abc import Callable
from errno import EDQUOT, EFBIG, ENOSPC
from pathlib import Path
from typing import Protocol

from archive.errors import ArchiveError, NoRoom
from archive.export.model import Exported, Progress
from archive.reading import Archive

__all__ = ["FORMATS", "Exported", "Progress", "export"]


class Exporter(Protocol):
    """What writes one format."""

    def __call__(self, archive: Archive, output: Path, since: int | None, progress: Progress) -> Exported: ...


def _jsonl(archive: Archive, output: Path, since: int | None, progress: Progress) -> Exported:
    from archive.export.jsonl import write

    return write(archive, output, since, progress)


def _parquet(archive: Archive, output: Path, since: int | None, progress: Progress) -> Exported:
    from archive.export.parquet import write

    return write(archive, output, since, progress)


def _warc(archive: Archive, output: Path, since: int | None, progress: Progress) -> Exported:
    from archive.export.warc import write

    return write(archive, output, since, progress)


def _atom(archive: Archive, output: Path, since: int | None, progress: Progress) -> Exported:
    from archive.export.atom import write

    return write(archive, output, since, progress)


_NO_ROOM = (EDQUOT, EFBIG, ENOSPC)

FORMATS: dict[str, Exporter] = {"jsonl": _jsonl, "parquet": _parquet, "warc": _warc, "atom": _atom}
"""written by hand; each opens its file, and what that needs, only when it is used"""


def export(
    archive: Archive, name: str, output: Path, since: int | None = None,
    progress: Callable[[Exported], None] = lambda done: None,
) -> Exported:  # fmt: skip
    """Writes one format to `output`. Raises NoRoom where its disk is full, ArchiveError for an unknown format, a
    package that is missing, or an output that something else has written."""
    if name not in FORMATS:
        raise ArchiveError(f"no format {name!r}; there are {', '.join(FORMATS)}")
    if since is not None and since < 0:
        raise ArchiveError("`since` is the `seq` of a change, or 0")
    try:
        return FORMATS[name](archive, output, since, progress)
    except OSError as error:
        kind = NoRoom if error.errno in _NO_ROOM else ArchiveError
        raise kind(f"{output} cannot be written: {error.strerror or error}") from error
