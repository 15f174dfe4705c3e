"""Whether a database's schema is the one this code was written for."""

from __future__ import annotations

import sqlite3

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from archive.database import in_our_words, on_postgres, unavailable
from archive.errors import Damaged, SchemaMismatch
from archive.schema import REVISION

NO_SUCH_TABLE = "42P01"
_SAYS = text("SELECT version_num FROM alembic_version")
_HAS = text("SELECT count(*) FROM sqlite_master WHERE name = 'alembic_version'")


def check_revision(engine: Engine) -> None:
    """Raises SchemaMismatch for a database of another schema, Unavailable for one that does not answer, Damaged for a
    file that is no database any more, NoRoom where there is not even room to open it."""
    try:
        with in_our_words(), engine.connect() as connection:
            found = _on_server(connection) if on_postgres(engine) else _in_file(connection)
    except DBAPIError as error:
        # what was asked is no mistake: where SQLite says so, it means the file
        if getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR:
            raise Damaged(f"the database is damaged: {error.orig}") from error
        raise unavailable(error) from error
    except UnicodeDecodeError as error:  # the driver's, over SQLite's own complaint about a definition
        raise Damaged("the database is damaged: its list of tables is no text") from error
    if found is None:
        raise SchemaMismatch("the database holds no archive yet; `muniment migrate` makes one")
    if str(found) > REVISION:
        raise SchemaMismatch(
            f"the archive's schema {found} is newer than this Muniment ({REVISION}); install the newer one"
        )
    if str(found) < REVISION:
        raise SchemaMismatch(
            f"the archive's schema {found} is older than this Muniment ({REVISION}); run `muniment migrate`"
        )


def _on_server(connection: Connection) -> object:
    try:
        return connection.scalar(_SAYS)
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != NO_SUCH_TABLE:
            raise
        return None


def _in_file(connection: Connection) -> object:
    return connection.scalar(_SAYS) if connection.scalar(_HAS) else None
