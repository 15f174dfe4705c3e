"""The change log asked for some of it: by source, tag, kind, field, word, silence and time; newest first.

    found(connection, ChangeFilter(kinds=("changed",), silent=True), before=None, limit=50) -> Page of changes

No question reads the whole log. What an index serves is asked of the index; everything else looks at a stretch of
`STRETCH` lines and says where to go on, so that a rare answer costs the reader a click and the archive nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, case, func, select

from archive.database import on_postgres
from archive.history import CHANGE, change_of
from archive.records import Change, ChangeKind, Kind
from archive.schema import SILENT, changes, documents, sources, versions

STRETCH = 20_000
"""lines of the log that one question looks at, at most, where no index leads to the answer"""
FEW = 2_000
"""documents of the asked sources, up to which their lines are found through them"""
WORDED = 600
"""newest contents with the word that are looked at"""
RANGED = 100_000
"""lines since a time that are looked through for the first of them"""
CHUNK = 200
COUNTED = 5_000
"""newest lines of the log that are counted for a look at what happened lately"""

Row = Mapping[Any, Any]


@dataclass(frozen=True, slots=True)
class ChangeFilter:
    """Which changes are wanted; what is empty asks nothing."""

    sources: tuple[str, ...] = ()
    """any of these sources"""
    tags: tuple[str, ...] = ()
    """of a source with any of these tags"""
    kinds: tuple[ChangeKind, ...] = ()
    document_kinds: tuple[Kind, ...] = ()
    field: str = ""
    """only changes of this field (`text`, `title`, `attachments`, `published_on` ...)"""
    word: str = ""
    """words and phrases, as search knows them, in the version that the change made"""
    silent: bool = False
    """only texts that changed while the page's own date did not"""
    since: datetime | None = None
    until: datetime | None = None
    """exclusive"""
    readings: bool = True
    """also changes that only our better reading made (`cause = rederived`)"""

    def __bool__(self) -> bool:
        """Whether anything is asked."""
        return self != ChangeFilter(readings=self.readings)


@dataclass(frozen=True, slots=True)
class FoundChanges:
    """Changes, newest first. `older` is the number before which to go on, None where there is nothing before;
    `looked_back_to`: the time down to which the log was looked at, where that is not its beginning."""

    changes: tuple[Change, ...]
    older: int | None = None
    looked_back_to: datetime | None = None


def found(connection: Connection, wanted: ChangeFilter, before: int | None = None, limit: int = 50) -> FoundChanges:
    """The newest changes that fit, with numbers below `before`. Raises QueryError for a word that means nothing."""
    conditions: list[ColumnElement[bool]] = conditions_of(wanted)
    chosen = numbers_of_sources(connection, wanted)
    if chosen is not None:
        if not chosen:
            return FoundChanges(())
        # the log is to be walked from its end: SQLite, without statistics, would sort all lines of the source
        source_no = documents.c.source_no if on_postgres(connection) else documents.c.source_no + 0
        conditions.append(source_no.in_(chosen))
    top = before if before is not None else (connection.scalar(select(func.max(changes.c.seq))) or 0) + 1
    floor = 0
    if wanted.since is not None or wanted.until is not None:
        lowest, highest = _bounds(connection, wanted)
        if highest is None:
            return FoundChanges(())
        top, floor = min(top, highest + 1), lowest - 1
    if wanted.word:
        return _worded(connection, wanted.word, conditions, top, limit)
    few = None if chosen is None else _few_documents(connection, chosen)
    if few is not None:
        # `+ 0`: no index on seq is to be walked instead, past all the lines of other sources
        seq = changes.c.seq + 0
        statement = CHANGE.where(changes.c.document_no.in_(few), seq < top, seq > floor, *conditions)
        return _page(connection, statement.order_by(seq.desc()), limit)
    stretch = _stretch(connection, wanted, top, floor)
    # one lower bound: of two, SQLite walks down to the first
    statement = CHANGE.where(changes.c.seq < top, changes.c.seq > stretch, *conditions)
    page = _page(connection, statement.order_by(changes.c.seq.desc()), limit)
    if page.older is not None or stretch == floor:
        return page
    looked = connection.scalar(select(changes.c.at).where(changes.c.seq == stretch + 1))
    return FoundChanges(page.changes, stretch + 1, looked)


@dataclass(frozen=True, slots=True)
class Recently:
    """How many changes there were since a time, each kind for itself; `silent` are among `changed` and `back`."""

    kinds: Mapping[str, int]
    silent: int
    more: bool
    """only the newest `COUNTED` were counted; there are more"""


def recently(connection: Connection, since: datetime) -> Recently:
    """What happened since then, among the newest `COUNTED` lines of the log."""
    newest = select(changes.c.seq, changes.c.at, changes.c.kind, changes.c.cause, changes.c.nature)
    inside = newest.order_by(changes.c.seq.desc()).limit(COUNTED).subquery()
    silent = func.sum(case((inside.c.nature.contains('"silent":true'), 1), else_=0))
    statement = select(inside.c.kind, func.count(), silent).where(
        inside.c.at >= since, (inside.c.cause == "source") | (inside.c.kind != "changed")
    )
    rows = connection.execute(statement.group_by(inside.c.kind)).all()
    counts = {kind: number for kind, number, _ in rows}
    return Recently(counts, sum(int(quiet or 0) for _, _, quiet in rows), sum(counts.values()) >= COUNTED)


def conditions_of(wanted: ChangeFilter) -> list[ColumnElement[bool]]:
    """What of a filter the log itself answers: all but sources, tags and word."""
    said: list[Any] = []
    if wanted.kinds:
        one = len(wanted.kinds) == 1
        said.append(changes.c.kind == wanted.kinds[0] if one else changes.c.kind.in_(wanted.kinds))
    if wanted.document_kinds:
        said.append(changes.c.document_kind.in_(wanted.document_kinds))
    if wanted.field:
        key = json.dumps(wanted.field, ensure_ascii=False) + ":"
        said.append(changes.c.fields.contains(key, autoescape=True))
    if wanted.silent:
        said.append(SILENT)
    if wanted.since is not None:
        said.append(changes.c.at >= wanted.since)
    if wanted.until is not None:
        said.append(changes.c.at < wanted.until)
    if not wanted.readings:
        said.append((changes.c.cause == "source") | (changes.c.kind != "changed"))
    return said


def numbers_of_sources(connection: Connection, wanted: ChangeFilter) -> list[int] | None:
    """Numbers of the sources that are asked for; None where all are."""
    if not wanted.sources and not wanted.tags:
        return None
    rows = connection.execute(select(sources.c.source_no, sources.c.source_id, sources.c.tags)).all()
    return [
        row.source_no
        for row in rows
        if (not wanted.sources or row.source_id in wanted.sources)
        and (not wanted.tags or set(wanted.tags) & set(json.loads(row.tags or "[]")))
    ]


def _bounds(connection: Connection, wanted: ChangeFilter) -> tuple[int, int | None]:
    """The lowest and highest number in the period; the log is not ordered by time where the past was imported. 1 for
    the lowest where more than `RANGED` lines follow and all of them are wanted: the newest are soon found."""
    seq = (changes.c.seq + 0).label("seq")  # or Postgres walks the log from its end
    inside = select(seq)
    if wanted.since is not None:
        inside = inside.where(changes.c.at >= wanted.since)
    inside = inside.where(changes.c.at < wanted.until) if wanted.until is not None else inside.limit(RANGED)
    numbers = inside.subquery()
    lowest, highest, count = connection.execute(
        select(func.min(numbers.c.seq), func.max(numbers.c.seq), func.count())
    ).one()
    if wanted.until is None and count == RANGED:
        return 1, connection.scalar(select(func.max(changes.c.seq)))
    return lowest or 0, highest


def _few_documents(connection: Connection, chosen: list[int]) -> list[int] | None:
    """Numbers of the documents of these sources; None where they are many."""
    statement = select(documents.c.document_no).where(documents.c.source_no.in_(chosen)).limit(FEW + 1)
    numbers = list(connection.scalars(statement))
    return numbers if len(numbers) <= FEW else None


def _stretch(connection: Connection, wanted: ChangeFilter, top: int, floor: int) -> int:
    """The number above which to look: so that `STRETCH` lines lie between, of those that an index has in order."""
    guide: Any
    if wanted.silent:
        guide = SILENT
    elif len(wanted.kinds) == 1:
        guide = changes.c.kind == wanted.kinds[0]
    else:
        return max(floor, top - 1 - STRETCH)
    numbers = select(changes.c.seq).where(guide, changes.c.seq < top, changes.c.seq > floor)
    last = connection.scalar(numbers.order_by(changes.c.seq.desc()).offset(STRETCH - 1).limit(1))
    return floor if last is None else last - 1


def _page(connection: Connection, statement: Select[Any], limit: int) -> FoundChanges:
    rows = connection.execute(statement.limit(limit + 1)).mappings().all()
    said = tuple(change_of(row) for row in rows[:limit])
    return FoundChanges(said, said[-1].seq if len(rows) > limit else None)


def _worded(
    connection: Connection, word: str, conditions: Iterable[ColumnElement[bool]], top: int, limit: int
) -> FoundChanges:  # fmt: skip
    """From the newest contents that say so to the changes that made the versions with them. A return to what was said
    long ago is found among the newest `WORDED` contents only."""
    from archive.search.candidates import candidates
    from archive.search.find import looked_at, tokens_of_query
    from archive.search.match import matches
    from archive.search.query import parse

    query = parse(word)
    whole, begun = tokens_of_query(query)
    above = _content_above(connection, top)
    numbers = candidates(connection, whole, begun, above, WORDED) if whole or begun else []
    said: list[tuple[int, Row]] = []
    for start in range(0, len(numbers), CHUNK):
        chunk = numbers[start : start + CHUNK]
        statement = (
            select(versions.c.content_no, *CHANGE.selected_columns)
            .select_from(versions)
            .join(changes, (changes.c.document_no == versions.c.document_no) & (changes.c.version == versions.c.number))
            .join(documents, documents.c.document_no == changes.c.document_no)
            .join(sources, sources.c.source_no == documents.c.source_no)
            .where(versions.c.content_no.in_(chunk), changes.c.seq < top, *conditions)
        )
        rows = connection.execute(statement).mappings().all()
        good = {
            number
            for number, row in looked_at(connection, list({row["content_no"] for row in rows}))
            if matches(query, row) is not None
        }
        said += [(row["seq"], row) for row in rows if row["content_no"] in good]
        if len(said) > limit + CHUNK:
            break
    ordered = sorted(said, key=lambda pair: -pair[0])
    page = tuple(change_of(row) for _, row in ordered[:limit])
    more = len(ordered) > limit or len(numbers) == WORDED
    return FoundChanges(page, page[-1].seq if more and page else None)


def _content_above(connection: Connection, top: int) -> int | None:
    """A number above those of all contents that changes below `top` brought first."""
    near = (
        select(changes.c.document_no, changes.c.version).where(changes.c.seq < top).order_by(changes.c.seq.desc())
        .limit(CHUNK).subquery()
    )  # fmt: skip
    joined = select(func.max(versions.c.content_no)).join(
        near, (near.c.document_no == versions.c.document_no) & (near.c.version == versions.c.number)
    )
    highest = connection.scalar(joined)
    return None if highest is None else highest + 1
