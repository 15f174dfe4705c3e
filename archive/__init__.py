"""The archive's door.

    from archive import open_archive            reads, lazily and typed; cannot write
    from archive import open_writable           the worker's

Needs SQLAlchemy and zstandard only; never imports the worker.
"""

from __future__ import annotations

from archive.committer import Committer
from archive.lock import hold_archive
from archive.reading import Archive, open_archive
from archive.schema import REVISION
from archive.writing import Transaction, Writer

__all__ = ["REVISION", "Archive", "Committer", "Transaction", "Writer", "hold_archive", "open_archive", "open_writable"]


def open_writable(url: str) -> Writer:
    """An archive open for writing. Raises SchemaMismatch, Unavailable, ArchiveError."""
    return Writer(url)
