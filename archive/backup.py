"""A whole archive in one file, taken while others write, and proved before it gets its name.

    SQLite    the database's own online backup, page by page
    Postgres  every table copied out of one snapshot into a SQLite archive

The file is a SQLite archive: opened with `sqlite:///FILE` as it is, or copied back (`archive.copying`) to wherever it
is wanted.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable
from pathlib import Path

from archive.copying import copy
from archive.database import in_our_words, sqlite_path
from archive.errors import ArchiveError, Damaged
from archive.reading import open_archive
from archive.verify import Verification, verify

STEP = 2000
"""pages copied before others get their turn"""


def backup(
    url: str, file: Path, *, prepare: Callable[[str], object], tell: Callable[[str, int], None] = lambda what,
    done: None
) -> Verification:  # fmt: skip
    """Writes the archive at `url` into `file`, proves the file, and only then gives it its name; what the proof said.

    `prepare(url)` makes an empty schema (the worker's `upgrade`). Raises ArchiveError where the file exists already or
    its folder cannot be written, Damaged where the copy is not sound, NoRoom where there is not room enough: the
    unfinished file is removed.
    """
    if file.exists():
        raise ArchiveError(f"{file} exists already; a backup is never written over another file")
    if not file.parent.is_dir():
        raise ArchiveError(f"{file.parent} is no folder")
    partial = file.with_name(f".{file.name}.partial")
    for leftover in _with_company(partial):
        leftover.unlink(missing_ok=True)
    try:
        source = sqlite_path(url)
        with in_our_words():
            if source is not None:
                _online(source, partial, tell)
            else:
                prepare(f"sqlite:///{partial}")
                copy(url, f"sqlite:///{partial}", tell=tell)
            found = _proved(partial)
            _settle(partial)
        partial.rename(file)
        return found
    finally:
        for leftover in _with_company(partial):
            leftover.unlink(missing_ok=True)


def _online(source: Path, target: Path, tell: Callable[[str, int], None]) -> None:
    if not source.exists():
        raise ArchiveError(f"no archive at {source}")
    with contextlib.closing(sqlite3.connect(source)) as here, contextlib.closing(sqlite3.connect(target)) as there:
        # one read transaction throughout: writers would otherwise make the copy begin anew again and again
        here.execute("BEGIN")
        here.execute("SELECT count(*) FROM sqlite_master").fetchone()
        here.backup(there, pages=STEP, progress=lambda status, left, total: tell("pages", total - left))


def _proved(file: Path) -> Verification:
    with open_archive(f"sqlite:///{file}") as archive:
        found = verify(archive)
    if found.damage:
        raise Damaged(f"the backup is not sound and was not kept: {found.damage[0]}")
    return found


def _settle(file: Path) -> None:
    """Everything in one file, none in a log beside it, also when the file is read from a medium that cannot be
    written."""
    with contextlib.closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE").fetchall()


def _with_company(file: Path) -> tuple[Path, ...]:
    return (file, *(file.with_name(file.name + end) for end in ("-wal", "-shm", "-journal")))
