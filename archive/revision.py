"""Whether a database's schema is the one this code was written for."""

from __future__ import annotations

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError

from archive.database import is_transient, on_postgres, unavailable
from archive.errors import SchemaMismatch
from archive.schema import REVISION

NO_SUCH_TABLE = "42P01"


def check_revision(engine: Engine) -> None:
    """Raises SchemaMismatch for a database of another schema, Unavailable for one that does not answer."""
    try:
        with engine.connect() as connection:
            found = connection.scalar(text("SELECT version_num FROM alembic_version"))
    except (OperationalError, ProgrammingError) as error:
        # a server that was not reached says no state; on SQLite a file that is not there holds no archive
        state = getattr(error.orig, "sqlstate", None)
        if is_transient(error) or (on_postgres(engine) and state != NO_SUCH_TABLE):
            raise unavailable(error) from error
        found = None
    except DBAPIError as error:
        raise unavailable(error) from error
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
