"""Nearly the same text elsewhere: found when it arrives, by a banded index in SQL, and judged by what differs.

    shingles   a text as a set of overlapping pieces, and 32 digests of four least hashes each (MinHash)
    judge      two texts with much in common: a reprint, or another notice of the same kind
    bands      which contents share a digest with this one; the relation is written with the version

Only newest versions are in the index: a document's own earlier versions are no reprints of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from archive.records import JsonMap

if TYPE_CHECKING:
    from sqlalchemy import Connection

ROWS, BANDS = 4, 32
"""least hashes in a band, and bands"""
SHORTEST = 60
"""characters of a text from which on it can be a duplicate or a reprint (contract section 3)"""


@dataclass(frozen=True, slots=True)
class Moved:
    """A document whose newest content is another one now; `before_no` is None for a new document."""

    document_no: int
    before_no: int | None
    content_no: int
    title: str
    text: str
    fields: JsonMap
    bands: tuple[int, ...] | None = None
    """where they are known already"""


def heads_moved(connection: Connection, moves: Sequence[Moved], now: datetime) -> None:
    """Writes which of these newest contents are reprints of which others, in the transaction that moved the heads and
    after the rows of `documents` say so."""
    if any(move.before_no is not None or len(move.text) >= SHORTEST for move in moves):
        from archive.near.bands import write  # numpy: 0.1 s that a reader never pays

        write(connection, moves, now)
