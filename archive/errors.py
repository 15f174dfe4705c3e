"""What can go wrong with an archive.

    ArchiveError
    ├── NotFound            no such document, version, capture or payload
    │   └── NotYet          the document had no version at that time
    ├── Damaged             stored bytes do not have the digest they are stored under, or a row contradicts another
    ├── SchemaMismatch      the database is older or newer than this code; says which command helps
    ├── HeldElsewhere       another process holds the archive (exit code 6)
    ├── Unavailable         the database did not answer (transient: trying again makes sense)
    └── NoRoom              a disk is full: of what was being written, nothing is half there (transient)

`transient` is set where the cause is known; nobody searches a message for it.
"""

from __future__ import annotations

from datetime import datetime


class ArchiveError(Exception):
    """Base of everything the archive raises. `transient` says whether trying again makes sense."""

    transient = False


class NotFound(ArchiveError):
    """What was asked for is not in the archive; `near` holds ids that look alike (may be empty)."""

    def __init__(self, message: str, near: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.near = near


class NotYet(NotFound):
    """A document that had no version yet at the time asked for."""

    def __init__(self, document_id: str, when: datetime) -> None:
        super().__init__(f"document {document_id} has no version as early as {when:%Y-%m-%dT%H:%M:%SZ}")
        self.document_id, self.when = document_id, when


class Damaged(ArchiveError):
    """Something stored is not what was stored; the message names table and row."""


class SchemaMismatch(ArchiveError):
    """The database's schema is not the one this code was written for."""


class HeldElsewhere(ArchiveError):
    """Another process holds the archive for polling."""


class Unavailable(ArchiveError):
    """The database did not answer in time or refused the connection."""

    transient = True


class NoRoom(ArchiveError):
    """The disk, quota or tablespace of the database, or the disk of a file that is written, is full. A transaction was
    undone whole, a file is as long as what was whole in it."""

    transient = True
