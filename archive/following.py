"""The change log read forwards from a number, all of it or what fits a filter: what follows the archive as it grows.

    followed(connection, ChangeFilter(sources=("county",)), after=120, limit=100) -> changes, looked at up to 4711

One question looks at `archive.filtering.STRETCH` lines at most; whoever asks goes on from `looked_to`, and so neither
misses a change nor reads the same stretch again because nothing in it fitted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from archive.filtering import STRETCH, ChangeFilter, conditions_of, numbers_of_sources
from archive.history import CHANGE, change_of
from archive.records import Change
from archive.schema import changes, documents, versions
from archive.session import last_seq

WORDED_STRETCH = 500
"""lines whose texts one question looks at"""


@dataclass(frozen=True, slots=True)
class Followed:
    """Changes, oldest first. `looked_to`: ask again from this number; everything up to it has been looked at."""

    changes: tuple[Change, ...]
    looked_to: int
    newest: int
    """the newest change of the archive; where it is above `looked_to`, ask again at once"""


def followed(connection: Connection, wanted: ChangeFilter, after: int, limit: int) -> Followed:
    """Changes with numbers above `after` that fit. Raises QueryError for a word that means nothing."""
    newest = last_seq(connection)
    conditions = conditions_of(wanted)
    chosen = numbers_of_sources(connection, wanted)
    if chosen is not None:
        conditions.append(documents.c.source_no.in_(chosen))
    if newest <= after or chosen == []:
        return Followed((), max(after, newest) if chosen == [] else after, newest)
    end = min(newest, after + (WORDED_STRETCH if wanted.word else STRETCH))
    statement = CHANGE.where(changes.c.seq > after, changes.c.seq <= end, *conditions).order_by(changes.c.seq)
    if wanted.word:
        rows = _saying(connection, wanted.word, connection.execute(statement).mappings().all())
    else:
        rows = list(connection.execute(statement.limit(limit + 1)).mappings().all())
    said = tuple(change_of(row) for row in rows[:limit])
    return Followed(said, said[-1].seq if len(rows) > limit else end, newest)


def _saying(connection: Connection, word: str, rows: Sequence[Mapping[Any, Any]]) -> list[Mapping[Any, Any]]:
    """Those changes whose version says so."""
    from archive.search.find import looked_at
    from archive.search.match import matches
    from archive.search.query import parse

    query = parse(word)
    pairs = {(row["document_no"], row["version"]) for row in rows}
    contents_of: dict[tuple[int, int], int] = {}
    if pairs:
        numbers = select(versions.c.document_no, versions.c.number, versions.c.content_no).where(
            versions.c.document_no.in_({number for number, _ in pairs})
        )
        for row in connection.execute(numbers):
            if (row.document_no, row.number) in pairs:
                contents_of[row.document_no, row.number] = row.content_no
    wanted = sorted(set(contents_of.values()))
    good = {
        number
        for start in range(0, len(wanted), 200)
        for number, row in looked_at(connection, wanted[start : start + 200])
        if matches(query, row) is not None
    }
    return [row for row in rows if contents_of.get((row["document_no"], row["version"])) in good]


