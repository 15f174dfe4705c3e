"""Brings a database's schema to this code's: Alembic's only door.

The whole upgrade is one transaction on both databases: killed half-way, it has not begun. Two processes that upgrade
at the same time do it one after the other.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import archive
from archive.database import in_our_words, on_postgres, parse, sqlite_path, writing_engine
from archive.errors import Damaged, SchemaMismatch
from archive.file_proof import sum_up
from worker.footprint import without

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection

UPGRADING = 7_306_154
"""key of the advisory lock that keeps two upgrades apart on Postgres"""


def scripts() -> Path:
    """The folder of the migrations: beside the packages in a work tree, inside `archive` in an installed wheel."""
    packaged = Path(archive.__file__).parent / "_migrations"
    return packaged if packaged.is_dir() else Path(archive.__file__).parent.parent / "migrations"


def upgrade(database_url: str, revision: str = "head") -> tuple[str, ...]:
    """Creates or upgrades the schema; the revisions applied, oldest first (empty: it was up to date).

    Raises SchemaMismatch for a database that a newer Muniment has written, NoRoom where its disk is full (then nothing
    has begun), ArchiveError for an unusable URL.
    """
    parse(database_url)
    if path := sqlite_path(database_url):
        path.parent.mkdir(parents=True, exist_ok=True)
    if revision == "head" and current(database_url) == archive.REVISION:
        return ()
    return _upgrade(database_url, revision)


def current(database_url: str) -> str | None:
    """The revision of a database's schema; None where there is none yet."""
    from sqlalchemy import inspect, text

    if (path := sqlite_path(database_url)) and not path.exists():
        return None
    engine = writing_engine(database_url)
    try:
        with in_our_words(), engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            found = connection.scalar(text("SELECT version_num FROM alembic_version"))
            return str(found) if found else None
    finally:
        engine.dispose()


def _upgrade(database_url: str, revision: str) -> tuple[str, ...]:
    with without("mako.ext.pygmentplugin"):  # forty grammars for pages of errors that nobody is shown
        from alembic import command
        from alembic.script import ScriptDirectory
    from sqlalchemy import text

    engine = writing_engine(database_url, foreign_keys=False)
    try:
        with in_our_words(), engine.begin() as connection:
            if on_postgres(connection):
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": UPGRADING})
            config = config_for(connection)
            known = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()][::-1]
            before = _revision(connection)
            if before is not None and before not in known:
                raise SchemaMismatch(
                    f"the schema is at {before}, which this Muniment does not know; a newer one has written it: "
                    "install that one"
                )
            command.upgrade(config, revision)
            _check(connection)
            sum_up(connection)
            after = _revision(connection)
    finally:
        engine.dispose()
    first = known.index(before) + 1 if before in known else 0
    return tuple(known[first : known.index(str(after)) + 1])


def config_for(connection: Connection) -> Config:
    """Alembic's configuration for one open connection."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(scripts()).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _revision(connection: Connection) -> str | None:
    from alembic.runtime.migration import MigrationContext

    return MigrationContext.configure(connection).get_current_revision()


def _check(connection: Connection) -> None:
    """Foreign keys were off while SQLite's tables were rebuilt: nothing may point nowhere now."""
    if on_postgres(connection):
        return
    if lost := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(5):
        raise Damaged(f"rows that point to nothing after the upgrade: {[tuple(row) for row in lost]}")
