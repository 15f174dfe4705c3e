"""The archive's door.

    from archive import open_archive            reads, lazily and typed; cannot write
    from archive import open_writable           the worker's

Needs SQLAlchemy and zstd only; never imports the worker. What is behind the door is imported when it is asked for:
a command that reads need not wait for all that writes.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from archive.committer import Committer
    from archive.lock import hold_archive
    from archive.reading import Archive, open_archive
    from archive.schema import REVISION
    from archive.writing import Transaction, Writer

__all__ = ["REVISION", "Archive", "Committer", "Transaction", "Writer", "hold_archive", "open_archive", "open_writable"]

_ROOMS = {
    "REVISION": "schema", "Archive": "reading", "Committer": "committer", "Transaction": "writing", "Writer": "writing",
    "hold_archive": "lock", "open_archive": "reading",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    """What the door names, imported from its room on first use."""
    if name not in _ROOMS:
        raise AttributeError(name)
    value = getattr(import_module(f"archive.{_ROOMS[name]}"), name)
    globals()[name] = value
    return value


def open_writable(url: str) -> Writer:
    """An archive open for writing. Raises SchemaMismatch, Unavailable, ArchiveError."""
    from archive.writing import Writer

    return Writer(url)
