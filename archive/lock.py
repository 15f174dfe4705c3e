"""One process polls an archive: a lock that the kernel, or the database, frees when its holder dies, however it
dies.

    SQLite      a lock on a file beside the database
    Postgres    a session's advisory lock; where the session ended it is taken again, unless somebody else has it

On Postgres a session can end while its process lives. What that process still writes is fenced: each of its
transactions asks whether the session lives, under a lock that whoever takes over waits for.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import time
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection, Integer, bindparam, column, create_engine, func, select, table, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from archive.database import connecting, in_our_words, parse, sqlite_path
from archive.errors import HeldElsewhere, Unavailable
from archive.revision import check_revision
from archive.statement import Statement

HOLDING = 7_306_156
"""key of the session's advisory lock on Postgres; with a number of its own beside it, the session's name"""
FENCE = 7_306_157
"""key of the lock that every transaction of the holder shares, and that the next holder must have had alone"""
WAIT_SECONDS = 0.2
"""how often a standby asks"""
LAST_WRITE_SECONDS = 10.0
"""how long the last holder's last transaction is waited for by who does not stand by"""

_LOCKS = table("pg_locks", column("pid", Integer), *map(column, ("locktype", "classid", "objid", "objsubid")))
# advisory locks of two numbers have objsubid 2 (pg_locks in Postgres' manual)
_NAMED = select(_LOCKS.c.pid).where(
    _LOCKS.c.locktype == "advisory", _LOCKS.c.classid == HOLDING, _LOCKS.c.objsubid == 2,
    _LOCKS.c.objid == bindparam("name"),
)  # fmt: skip
_LIVES = Statement(_NAMED)
_SHARE = Statement(text("SELECT pg_advisory_xact_lock_shared(:key)"))


class Hold:
    """An archive held. On SQLite nothing here ever fails: a file's lock cannot be lost."""

    def check(self) -> None:
        """Raises Unavailable where the hold was lost."""

    def regain(self) -> None:
        """Takes a lost hold again. Raises Unavailable while the database does not answer, HeldElsewhere where another
        process took it, SchemaMismatch where that one brought the schema up to its own."""

    def fence(self, connection: Connection) -> None:
        """Called as a transaction begins: raises Unavailable unless the archive stays held until it has ended."""


@contextlib.contextmanager
def hold_archive(url: str, *, wait: bool = False) -> Iterator[Hold]:
    """Holds the archive for polling while the block runs. Raises HeldElsewhere when another process does, Unavailable
    where the database does not answer; with `wait`, waits until that one is gone."""
    path = sqlite_path(url)
    with _file(path, wait) if path is not None else _session(url, wait) as held:
        yield held


@contextlib.contextmanager
def _file(path: Path, wait: bool) -> Iterator[Hold]:
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = path.with_name(path.name + ".lock")
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(descriptor, 32).decode(errors="replace").strip()
            raise HeldElsewhere(f"another process{f' (pid {holder})' if holder else ''} holds {path}") from None
        with contextlib.suppress(OSError):  # who holds it is a courtesy: a full disk is no reason not to
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield Hold()
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _session(url: str, wait: bool) -> Iterator[Hold]:
    held = _SessionHold(url)
    try:
        held.take(wait=wait)
        yield held
    finally:
        held.release()


class _SessionHold(Hold):
    """A session of Postgres that holds an archive."""

    def __init__(self, url: str) -> None:
        parsed = parse(url)
        self._engine = create_engine(
            parsed, isolation_level="AUTOCOMMIT", poolclass=NullPool, connect_args=connecting(parsed)
        )
        self._connection: Connection | None = None
        self._name = 0

    def take(self, *, wait: bool) -> None:
        """Raises HeldElsewhere, Unavailable; with `wait` the second only where the database never answered."""
        answered = False
        while True:
            try:
                with in_our_words():
                    self._connect()
                    answered = True
                    while not (name := self._taken()):
                        if not wait:
                            raise HeldElsewhere(f"another process holds {self._engine.url.render_as_string()}")
                        time.sleep(WAIT_SECONDS)
                    self._let_the_last_one_finish(wait)
                self._name = name
                return
            except Unavailable:
                if not (wait and answered):
                    raise
                time.sleep(WAIT_SECONDS)

    def check(self) -> None:
        if self._connection is None:
            raise Unavailable("the session that held the archive has ended")
        try:
            self._connection.scalar(text("SELECT 1"))  # the lock lasts as long as this session
        except DBAPIError as error:
            raise Unavailable(f"the session that held the archive has ended: {error.orig}") from error

    def regain(self) -> None:
        self.take(wait=False)
        check_revision(self._engine)

    def fence(self, connection: Connection) -> None:
        _SHARE.run(connection, {"key": FENCE})
        if _LIVES.value(connection, {"name": self._name}) is None:
            raise Unavailable("the session that held the archive has ended")

    def release(self) -> None:
        """Lets go. Not left to the end of the session: the server takes its time over one that was closed, and who
        comes next would be told that somebody still polls."""
        if self._connection is not None:
            with contextlib.suppress(SQLAlchemyError):
                self._connection.scalar(text("SELECT pg_advisory_unlock_all()"))
        self._engine.dispose()

    def _connect(self) -> None:
        lost, self._connection = self._connection, None
        if lost is not None:
            with contextlib.suppress(SQLAlchemyError):
                lost.invalidate()
                lost.close()
        self._connection = connection = self._engine.connect()
        # a session that only we have lost would keep us out as if it were somebody else's
        while (pid := connection.scalar(_NAMED, {"name": self._name})) is not None:
            connection.execute(select(func.pg_terminate_backend(pid)))
            time.sleep(WAIT_SECONDS)

    def _taken(self) -> int:
        """The name under which the archive is held now; 0 where somebody else holds it."""
        assert self._connection is not None
        if not self._connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": HOLDING}):
            return 0
        name = secrets.randbelow(2**31 - 1) + 1
        self._connection.execute(text("SELECT pg_advisory_lock(:key, :name)"), {"key": HOLDING, "name": name})
        return name

    def _let_the_last_one_finish(self, wait: bool) -> None:
        """Until no transaction of the last holder is under way; those that it begins from now on see that it is not
        the holder any more."""
        assert self._connection is not None
        until = time.monotonic() + LAST_WRITE_SECONDS
        while not self._connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": FENCE}):
            if not wait and time.monotonic() > until:
                raise HeldElsewhere("the last process that held the archive is still writing to it")
            time.sleep(WAIT_SECONDS)
        self._connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": FENCE})
