"""The file under an archive on SQLite: its pages and indexes, and what its tables and views are defined as.

A bit that flips in a definition may break no page and still change what every query says. So the definitions are summed
when a schema is made (`sum_up`, by the worker's `upgrade`), and the sum is kept in a number that SQLite keeps for its
users (`PRAGMA user_version`). Postgres proves its own pages, where its checksums are on.
"""

from __future__ import annotations

import zlib

from sqlalchemy import Connection, text

from archive.database import on_postgres
from archive.schema import VIEWS, metadata
from archive.walk import Walk

_OURS = frozenset({*metadata.tables, *VIEWS, "alembic_version", "search_config", "search_data", "search_idx"})
"""what others add to the file beside it (statistics, views and indexes of their own) is theirs"""
NOT_SUMMED = 0
"""an archive whose schema was made before there were sums, until the next upgrade"""
_INDEXES = frozenset(index.name for table in metadata.tables.values() for index in table.indexes)
_DEFINED = text("SELECT type, name, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type, name")


def sum_up(connection: Connection) -> None:
    """Keeps the sum of the definitions as they are now."""
    if not on_postgres(connection):
        connection.exec_driver_sql(f"PRAGMA user_version = {_sum(connection)}")


def prove_file(walk: Walk) -> None:
    """SQLite's own check of its file, and the definitions against their sum."""
    with walk.archive.connect() as connection:
        if on_postgres(connection):
            return
        for (said,) in connection.execute(text("PRAGMA integrity_check(100)")):
            if said != "ok":
                walk.found("file", walk.archive.name, str(said))
        kept = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
        if kept not in (_sum(connection), NOT_SUMMED):
            walk.found("file", walk.archive.name, "its tables, indexes or views are not defined as they were made")


def _sum(connection: Connection) -> int:
    """31 bits over every definition of ours."""
    said = 0
    for kind, name, table, sql in connection.execute(_DEFINED):
        if (name if kind in ("table", "view") else table) in _OURS and (kind != "index" or name in _INDEXES):
            said = zlib.crc32(f"{kind}\n{name}\n{table}\n{sql}\n".encode(), said)
    return said & 0x7FFFFFFF or 1
