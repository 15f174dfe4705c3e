"""An archive copied from one database to another, SQLite or Postgres, and shown to be equal by hash.

    one snapshot -> table by table, rows as they are, numbers included -> the search index made anew -> digests compared

The copy has the same ids, the same chain and the same head: an anchor of the one fits the other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, insert, select, text, update

from archive.columns import metadata
from archive.database import in_our_words, on_postgres, reading_engine, writing_engine
from archive.digest import row_digest
from archive.errors import ArchiveError, Damaged
from archive.revision import check_revision
from archive.schema import documents
from archive.search import index as search_index

ROWS = 1000
"""rows written at a time"""
MADE_ANEW = frozenset({"search", "heartbeat"})
"""not copied: the search index is another thing on either database, and no daemon polls the copy"""
Tell = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class Copied:
    """Rows and digest of every table, the same on both sides."""

    rows: dict[str, int]
    digests: dict[str, str]


def copy(source_url: str, target_url: str, *, tell: Tell = lambda table, rows: None) -> Copied:
    """Copies everything into an empty archive whose schema exists (the worker's `upgrade` makes one) in one
    transaction.

    Raises ArchiveError where the target is not empty, Damaged where a table did not come over equal, NoRoom where the
    target's disk is full: then nothing is kept.
    """
    source, target = reading_engine(source_url), writing_engine(target_url)
    try:
        check_revision(source)
        check_revision(target)
        with in_our_words(), source.connect() as here, target.begin() as there:
            _refuse_full(there)
            rows = {table.name: _table(here, there, table, tell) for table in tables()}
            _parents(here, there)
            search_index.rebuild(there)
            if on_postgres(there):
                _sequences(there)
            return Copied(rows, _equal(here, there))
    finally:
        source.dispose()
        target.dispose()


def tables() -> list[Table]:
    """The tables that are copied, parents first."""
    return [table for table in metadata.sorted_tables if table.name not in MADE_ANEW]


def _refuse_full(there: Connection) -> None:
    for table in tables():
        if there.execute(select(*table.primary_key.columns).limit(1)).first() is not None:
            raise ArchiveError(f"the target is not empty: it has rows in {table.name}")


def _rows(connection: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    query = select(table).order_by(*table.primary_key.columns).execution_options(yield_per=ROWS)
    for part in connection.execute(query).mappings().partitions():
        yield [dict(row) for row in part]


def _table(here: Connection, there: Connection, table: Table, tell: Tell) -> int:
    done = 0
    for rows in _rows(here, table):
        if table is documents:  # a topic may be younger than its posts
            rows = [{**row, "parent_no": None} for row in rows]
        there.execute(insert(table), rows)
        done += len(rows)
        tell(table.name, done)
    return done


def _parents(here: Connection, there: Connection) -> None:
    query = select(documents.c.document_no, documents.c.parent_no).where(documents.c.parent_no.is_not(None))
    for part in here.execute(query.execution_options(yield_per=ROWS)).partitions():
        for row in part:
            there.execute(
                update(documents).where(documents.c.document_no == row.document_no).values(parent_no=row.parent_no)
            )


def _sequences(there: Connection) -> None:
    """Postgres hands out numbers by itself: the next one must be free."""
    for table in tables():
        for column in table.primary_key.columns:
            name = there.scalar(
                text("SELECT pg_get_serial_sequence(:table, :column)"), {"table": table.name, "column": column.name}
            )
            if name is not None:
                highest = there.scalar(text(f"SELECT max({column.name}) FROM {table.name}"))
                there.execute(text("SELECT setval(:name, :next, false)"), {"name": name, "next": (highest or 0) + 1})


def _equal(here: Connection, there: Connection) -> dict[str, str]:
    said = {}
    for table in tables():
        one, other = table_digest(here, table), table_digest(there, table)
        if one != other:
            raise Damaged(f"{table.name} did not come over equal; nothing was kept")
        said[table.name] = one
    return said


def table_digest(connection: Connection, table: Table) -> str:
    """SHA-256 over all rows of a table in the order of their keys: the same for the same rows on either database."""
    whole = hashlib.sha256()
    names = [column.name for column in table.columns]
    for rows in _rows(connection, table):
        for row in rows:
            whole.update(row_digest(table.name, [row[name] for name in names]))
    return whole.hexdigest()
