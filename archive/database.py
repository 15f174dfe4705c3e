"""Where SQLite and Postgres differ: how they are opened, how they keep time, how a row is locked. Nowhere else.

SQLite    WAL, synchronous=FULL, foreign keys on, BEGIN IMMEDIATE for writers; readers open the file `mode=ro`
Postgres  psycopg; READ COMMITTED for writers; readers are `default_transaction_read_only`
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Dialect,
    Engine,
    Integer,
    any_,
    cast,
    create_engine,
    event,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.types import TypeDecorator, TypeEngine

from archive.errors import ArchiveError, Damaged, NoRoom, Unavailable

BUSY_SECONDS = 60.0
"""how long SQLite waits for another writer"""
MOST_PLACES = 1000
"""items of a list that get a parameter each"""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

Number = BigInteger().with_variant(Integer, "sqlite")
"""64 bits on both; on SQLite the spelling that makes a primary key the row's own number"""


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC times, exact to the microsecond: `timestamptz` on Postgres, microseconds since 1970 on SQLite.

    Naive values are refused: SQLite would forget their zone.
    """

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(TIMESTAMP(timezone=True))
        return dialect.type_descriptor(BigInteger())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without a zone cannot be stored: {value!r}")
        return value.astimezone(UTC) if dialect.name == "postgresql" else (value - EPOCH) // MICROSECOND

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if isinstance(value, datetime):
            return value.astimezone(UTC)
        return EPOCH + timedelta(microseconds=int(value))


def parse(url: str) -> URL:
    """The database's URL, checked. Raises ArchiveError for one that Muniment cannot use."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise ArchiveError(
            f"not a database URL: {url!r}; use sqlite:///muniment.db or postgresql+psycopg://..."
        ) from error
    if parsed.drivername in ("postgresql", "postgres"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername not in ("sqlite", "postgresql+psycopg"):
        raise ArchiveError(
            f"no archive can be kept in {parsed.drivername!r}; use sqlite:///muniment.db or postgresql+psycopg://..."
        )
    if parsed.drivername != "sqlite" and find_spec("psycopg") is None:
        raise ArchiveError(
            "an archive on Postgres needs its driver: pip install 'muniment[postgres]', or `make postgres` in a clone"
        )
    if parsed.drivername == "sqlite" and parsed.database in (None, "", ":memory:"):
        raise ArchiveError("an archive needs a file: sqlite:///muniment.db")
    return parsed


def sqlite_path(url: str) -> Path | None:
    """The database file of a SQLite URL, absolute; None for Postgres."""
    parsed = parse(url)
    return Path(str(parsed.database)).absolute() if parsed.drivername == "sqlite" else None


def writing_engine(url: str, *, foreign_keys: bool = True) -> Engine:
    """An engine whose transactions may write. SQLite's begin with BEGIN IMMEDIATE."""
    parsed, path = parse(url), sqlite_path(url)
    if path is None:
        return create_engine(parsed, pool_pre_ping=True, pool_size=4, max_overflow=28, connect_args=connecting(parsed))
    engine = create_engine(parsed, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False})
    pragmas = (
        "PRAGMA auto_vacuum=INCREMENTAL", "PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL",
        f"PRAGMA foreign_keys={int(foreign_keys)}", "PRAGMA cache_size=-16000", "PRAGMA temp_store=MEMORY",
    )  # fmt: skip
    _set_up(engine, pragmas, "BEGIN IMMEDIATE")
    return engine


def reading_engine(url: str) -> Engine:
    """An engine that cannot write, whatever is sent through it; each transaction sees one state of the archive."""
    parsed, path = parse(url), sqlite_path(url)
    if path is None:
        return create_engine(
            parsed, pool_pre_ping=True, isolation_level="REPEATABLE READ",
            connect_args=connecting(parsed, "-c default_transaction_read_only=on"),
        )  # fmt: skip
    if not path.exists():
        raise ArchiveError(f"no archive at {path}; `muniment run` or `muniment poll --all` makes one")

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(
            f"file:{quote(str(path))}?mode=ro", uri=True, timeout=BUSY_SECONDS, check_same_thread=False
        )  # fmt: skip

    engine = create_engine(parsed, creator=connect)
    _set_up(engine, ("PRAGMA query_only=1", "PRAGMA cache_size=-16000", "PRAGMA temp_store=MEMORY"), "BEGIN")
    return engine


def connecting(parsed: URL, *more: str) -> dict[str, str]:
    """What every connection to Postgres starts with, after what the URL itself says. Compiling a statement takes a
    multiple of the time that the longest of ours runs; and a line on which the other machine went silent is given up by
    both ends within a minute, not after the two hours of most systems."""
    said = parsed.query.get("options", "")
    ours = {"connect_timeout": "10", "keepalives_idle": "30", "keepalives_interval": "10", "keepalives_count": "3"}
    servers = (f"-c tcp_{name}={value}" for name, value in ours.items() if name != "connect_timeout")
    options = " ".join([*([said] if isinstance(said, str) else said), "-c jit=off", *servers, *more]).strip()
    return {**{name: value for name, value in ours.items() if name not in parsed.query}, "options": options}


def _set_up(engine: Engine, pragmas: tuple[str, ...], begin: str) -> None:
    @event.listens_for(engine, "connect")
    def on_connect(connection: sqlite3.Connection, record: object) -> None:
        connection.isolation_level = None  # the module's own BEGIN is deferred: two readers that turn writers lose one
        for pragma in pragmas:
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)


DatabaseError = DBAPIError | sqlite3.Error
"""what a database says, through SQLAlchemy or straight from SQLite's driver"""
_NO_ROOM = frozenset({sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE})
"""SQLite has a word for a full disk only; a quota, or no room for its shared index, is an error of writing"""

_REFUSED = frozenset(
    {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_PERM, sqlite3.SQLITE_READONLY}
)  # fmt: skip
"""no right to the file, a folder that is not there, a disk that fails"""


@contextlib.contextmanager
def in_our_words() -> Iterator[None]:
    """What a database says inside, as the archive says it: raises NoRoom, Unavailable, Damaged, ArchiveError for a file
    that cannot be used; the rest, which are mistakes of ours, as it came."""
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        if is_full(error):
            raise no_room(error) from error
        if is_transient(error):
            raise unavailable(error) from error
        if is_damaged(error):
            raise Damaged(f"the database is damaged: {_said(error)}") from error
        if _code(error) & 0xFF in _REFUSED:
            raise ArchiveError(f"the database cannot be used: {_said(error)}") from error
        raise


def is_transient(error: DatabaseError) -> bool:
    """Whether the same statements may succeed later: a deadlock, a lost connection, a lock not got in time."""
    if getattr(error, "connection_invalidated", False):
        return True
    state = _state(error)
    if state is not None:
        return state[:2] in ("08", "40", "53", "55", "57")
    if isinstance(error, OperationalError) and type(error.orig).__module__.partition(".")[0] == "psycopg":
        return True  # a server that was not reached says no state
    return _code(error) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def is_damaged(error: DatabaseError) -> bool:
    """Whether the database cannot read its own pages (SQLITE_CORRUPT, SQLITE_NOTADB; SQLSTATE class XX)."""
    state = _state(error)
    if state is not None:
        return state in ("XX001", "XX002")
    return _code(error) & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def unavailable(error: DatabaseError) -> Unavailable:
    """The archive's own word for a database that did not answer."""
    return Unavailable(f"the database did not answer: {_said(error)}")


def is_full(error: BaseException) -> bool:
    """Whether a disk, a quota or a tablespace had no room (SQLITE_FULL; SQLSTATE 53100), also where an error of undoing
    hides that."""
    seen: BaseException | None = error
    while seen is not None:
        if _state(seen) == "53100" or _code(seen) in _NO_ROOM or _code(seen) & 0xFF == sqlite3.SQLITE_FULL:
            return True
        seen = seen.__context__
    return False


def _said(error: BaseException) -> BaseException:
    return getattr(error, "orig", None) or error


def _state(error: BaseException) -> str | None:
    state = getattr(_said(error), "sqlstate", None)
    return None if state is None else str(state)


def _code(error: BaseException) -> int:
    return int(getattr(_said(error), "sqlite_errorcode", 0))


def is_undone(connection: Connection) -> bool:
    """Whether SQLite has undone the whole transaction by itself, as it does when a disk is full: what is written after
    would be committed alone."""
    inner = connection.connection.driver_connection
    return isinstance(inner, sqlite3.Connection) and not inner.in_transaction


def no_room(error: DatabaseError) -> NoRoom:
    """The archive's own word for a full disk."""
    return NoRoom(f"the disk under the database is full: {_said(error)}")


def on_postgres(connection: Connection | Engine) -> bool:
    """Whether this connection speaks to Postgres."""
    return connection.dialect.name == "postgresql"


def any_of(connection: Connection, column: ColumnElement[Any], items: Iterable[Any]) -> ColumnElement[bool]:
    """Whether the column is one of these, however many: Postgres takes 65,535 parameters, SQLite as few as 32,766."""
    listed = list(items)
    if len(listed) <= MOST_PLACES:
        return column.in_(listed)
    if on_postgres(connection):
        return column == any_(cast(listed, ARRAY(column.type)))
    return column.in_(select(func.json_each(json.dumps(listed)).table_valued("value").c.value))
