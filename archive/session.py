"""What every write in one transaction shares: the connection, labels, and what the commit will add to log and chain.

    write rows -> note their entries and changes here -> `seal`: lock, number the changes, write the link -> commit

The lock is taken last and held for one round trip: writers wait for each other only there. It makes `seq` gap-free for
readers: whoever sees 7 sees everything up to 7, because nobody numbers 8 before 7 is committed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, bindparam, func, insert, select, text
from sqlalchemy.dialects.postgresql import Insert
from sqlalchemy.dialects.postgresql import insert as upsert_postgres
from sqlalchemy.dialects.sqlite import insert as upsert_sqlite

from archive.chain import GENESIS, Entry, Operation, link_hash, ordered, pack
from archive.database import EPOCH, on_postgres
from archive.digest import row_digest
from archive.frames import Decoded
from archive.records import Change
from archive.rows import json_or_none, nature_text, storable
from archive.schema import DUE, changes, labels, links, pages, sources
from archive.statement import Statement

SEALING = 7_306_155
"""key of the advisory lock under which Postgres writers number changes and links, one at a time"""
LONGEST_LABEL = 500
"""characters of a label; the rest is cut"""
MOST_LABELS, MOST_SIBLINGS = 1_000, 10_000
"""what a process remembers of each, at most: a server may send a new media type with every answer"""

_LAST_LINK = Statement(
    select(links.c.link_no, links.c.last_seq, links.c.at, links.c.hash).order_by(links.c.link_no.desc()).limit(1)
)
_LABEL = Statement(select(labels.c.label_no).where(labels.c.label == bindparam("wanted")))
_SOURCE = Statement(select(sources.c.source_no).where(sources.c.source_id == bindparam("wanted")))
_SIBLING = Statement(
    select(pages.c.payload_no)
    .where(DUE, pages.c.host == bindparam("host"), pages.c.kind == bindparam("kind"), pages.c.payload_no.is_not(None))
    .limit(1)
)
_LINK, _CHANGE = Statement(insert(links)), Statement(insert(changes))
_LOCK = Statement(text("SELECT pg_advisory_xact_lock(:key)"))


@dataclass(frozen=True, slots=True)
class PendingChange:
    """A change that gets its number when the transaction commits."""

    change: Change
    document_no: int


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a transaction was, to go back to when a savepoint is undone."""

    entries: int
    changes: int
    labels: frozenset[str]


@dataclass(slots=True)
class Memory:
    """What a process remembers between its transactions; all of it could be asked of the database again."""

    labels: dict[str, int] = field(default_factory=dict)
    sources: dict[str, int] = field(default_factory=dict)
    """source -> its number; a source keeps it for ever"""
    decoded: Decoded = field(default_factory=Decoded)
    siblings: dict[tuple[str, str], int] = field(default_factory=dict)
    """host and kind of page -> a payload of such a page: what the first payload of the next one is compressed
    against"""


class Session:
    """One open writing transaction."""

    def __init__(self, connection: Connection, memory: Memory) -> None:
        self.connection = connection
        self.postgres = on_postgres(connection)
        self.decoded, self.siblings = memory.decoded, memory.siblings
        self._known_labels = memory.labels
        self._new_labels: dict[str, int] = {}
        self._known_sources = memory.sources
        self._new_sources: dict[str, int] = {}
        self._entries: list[Entry] = []
        self._changes: list[PendingChange] = []
        self._at = EPOCH
        self._note: str | None = None
        self.overtaken: set[int] = set()
        """pages with documents that another page showed later than the capture just written: to be read again"""

    def insert(self, table: Any) -> Insert:
        """An INSERT that knows ON CONFLICT. What it did is asked with RETURNING: `rowcount` is -1 on Postgres."""
        # the two classes spell ON CONFLICT alike
        return upsert_postgres(table) if self.postgres else cast(Insert, upsert_sqlite(table))

    def label(self, said: str | None) -> int | None:
        """The number under which a short, often repeated text is kept."""
        if said is None:
            return None
        said = storable(said[:LONGEST_LABEL])
        known = self._known_labels.get(said) or self._new_labels.get(said)
        if known is None:
            known = _LABEL.value(self.connection, {"wanted": said})
            if known is None:
                statement = self.insert(labels).values(label=said).on_conflict_do_nothing().returning(labels.c.label_no)
                known = self.connection.scalar(statement) or _LABEL.value(self.connection, {"wanted": said})
            assert known is not None
            self._new_labels[said] = known
        return known

    def source_no(self, source_id: str) -> int | None:
        """The number of a source, or None."""
        known: int | None = self._known_sources.get(source_id)
        if known is None:
            known = _SOURCE.value(self.connection, {"wanted": source_id})
            if known is not None:
                self._new_sources[source_id] = known
        return known

    def sibling(self, like: tuple[str, str]) -> int | None:
        """The number of a payload of a page of this host and kind, or None."""
        if like not in self.siblings:
            found = _SIBLING.value(self.connection, {"host": like[0], "kind": like[1]})
            if found is None:
                return None
            self.siblings[like] = found
        return self.siblings[like]

    def saw(self, at: datetime) -> None:
        """Tells the link the time: the latest that any write of this transaction was told."""
        self._at = max(self._at, at)

    def entry(self, table: str, key: tuple[int, ...], values: Sequence[object], operation: Operation = "add") -> None:
        """Puts a row into the link that this transaction's commit will write."""
        self._entries.append(Entry(table, operation, key, row_digest(table, values)))

    def note(self, note: str) -> None:
        """Says in the link what kind of house-keeping this commit is."""
        self._note = note

    def change(self, change: Change, document_no: int) -> None:
        """Appends a line to the change log; its `seq` is set when the transaction commits."""
        self._changes.append(PendingChange(change, document_no))

    def mark(self) -> Mark:
        """The place to `rewind` to if a savepoint is undone."""
        return Mark(len(self._entries), len(self._changes), frozenset(self._new_labels))

    def rewind(self, mark: Mark) -> None:
        """Forgets what was noted since `mark`."""
        del self._entries[mark.entries :], self._changes[mark.changes :]
        self._new_labels = {said: number for said, number in self._new_labels.items() if said in mark.labels}

    def seal(self) -> None:
        """Numbers the changes and writes the link: the last thing before the commit."""
        if not (self._entries or self._changes or self._note):
            return
        if self.postgres:
            _LOCK.run(self.connection, {"key": SEALING})
        last = _LAST_LINK.row(self.connection, {})
        before, number, seq = (last["hash"], last["link_no"], last["last_seq"]) if last else (GENESIS, 0, 0)
        seq = self._write_changes(seq)
        kept = ordered(self._entries)
        packed, added = pack(kept), [entry.digest for entry in kept if entry.operation == "add"]
        at = max(self._at, last["at"]) if last else self._at
        _LINK.run(
            self.connection,
            {
                "link_no": number + 1, "at": at, "last_seq": seq, "note": self._note, "entries": packed,
                "hash": link_hash(bytes(before), number + 1, at, seq, self._note, packed, added),
            },
        )  # fmt: skip

    def _write_changes(self, seq: int) -> int:
        rows = []
        for pending in self._changes:
            seq += 1
            change = pending.change
            object.__setattr__(change, "seq", seq)  # made before its number could be known; see the module's docstring
            row = change_columns(change)
            self._entries.append(
                Entry("changes", "add", (seq,), row_digest("changes", change_values(row, change.document_id)))
            )
            rows.append({**row, "document_no": pending.document_no})
        _CHANGE.run_each(self.connection, rows)
        return seq

    def committed(self) -> None:
        """Tells the process what the commit made lasting."""
        if len(self._known_labels) + len(self._new_labels) > MOST_LABELS:
            self._known_labels.clear()
        if len(self.siblings) > MOST_SIBLINGS:
            self.siblings.clear()
        if len(self._new_labels) <= MOST_LABELS:
            self._known_labels.update(self._new_labels)
        self._known_sources.update(self._new_sources)


def change_columns(change: Change) -> dict[str, Any]:
    """The columns of `changes`, but for the document's number."""
    return {
        "seq": change.seq, "at": change.at, "kind": change.kind, "document_kind": change.document_kind,
        "title": storable(change.title), "url": storable(change.url), "version": change.version,
        "previous_version": change.previous_version, "cause": change.cause, "capture_no": change.capture_id,
        "fields": json_or_none(change.fields), "nature": nature_text(change.nature),
    }  # fmt: skip


CHANGE_VALUES = (
    "seq", "at", "kind", "document_kind", "title", "url", "version", "previous_version", "cause", "capture_no",
    "fields",
)  # fmt: skip


def change_values(row: Any, document_id: str) -> list[object]:
    """What the chain takes of a change. A line without a nature has the digest it had before natures were kept; one
    more value makes another list, so neither adding nor removing a nature goes unnoticed."""
    values = [document_id, *(row[name] for name in CHANGE_VALUES)]
    return values if row["nature"] is None else [*values, row["nature"]]


def last_seq(connection: Connection) -> int:
    """The number of the newest change; 0 before the first."""
    return connection.scalar(select(func.max(changes.c.seq))) or 0
