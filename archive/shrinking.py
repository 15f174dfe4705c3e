"""Space that rewritten payloads left behind, given back to the file system: all of it where nobody else holds the
archive, else what can be had beside a daemon.

SQLite    VACUUM; beside a daemon, or without room for a second file, the free pages at the file's end, in small steps
Postgres  VACUUM FULL, which keeps readers waiting: only where much is free and no reader keeps it waiting; else VACUUM,
          after which the space is used for the next payloads
"""

from __future__ import annotations

import sqlite3

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from archive.database import in_our_words, is_full, is_transient, on_postgres
from archive.errors import HeldElsewhere
from archive.lock import hold_archive
from archive.writing import Writer

MUCH = 8
"""Postgres writes the table anew when so many times the rows just replaced are more than all"""
PATIENCE = "5s"
"""how long Postgres waits for readers, and lets others wait behind it, before it does without"""


def give_back(writer: Writer, replaced: int) -> None:
    """Returns the space of so many rows of `payloads` that were replaced."""
    with in_our_words():
        if on_postgres(writer.engine):
            _on_postgres(writer, replaced)
            return
        if not _written_anew(writer):
            _outside_transactions(writer, "PRAGMA incremental_vacuum")
        _outside_transactions(writer, "PRAGMA wal_checkpoint(TRUNCATE)")


def _written_anew(writer: Writer) -> bool:
    """Writes the file anew; False where somebody else holds the archive, or the disk has no room for two."""
    try:
        with hold_archive(writer.url):
            _outside_transactions(writer, "VACUUM")
    except HeldElsewhere:
        return False
    except sqlite3.Error as error:
        if not is_full(error):
            raise
        return False
    return True


def _on_postgres(writer: Writer, replaced: int) -> None:
    with writer.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        rows = connection.scalar(text("SELECT count(*) FROM payloads")) or 0
        if replaced * MUCH < rows or not _anew(connection, writer.url):
            connection.execute(text("VACUUM (ANALYZE) payloads"))


def _anew(connection: Connection, url: str) -> bool:
    """Writes the table anew; False where somebody else holds the archive or reads it, or the disk has no room for
    two."""
    try:
        with hold_archive(url):
            connection.execute(text(f"SET lock_timeout = '{PATIENCE}'"))
            try:
                connection.execute(text("VACUUM (FULL, ANALYZE) payloads"))
            finally:
                connection.execute(text("RESET lock_timeout"))
    except HeldElsewhere:
        return False
    except DBAPIError as error:
        if not (is_transient(error) or is_full(error)):
            raise
        return False
    return True


def _outside_transactions(writer: Writer, statement: str) -> None:
    raw = writer.engine.raw_connection()
    try:
        cursor = raw.cursor()
        cursor.execute(statement)
        cursor.fetchall()
        cursor.close()
    finally:
        raw.close()
