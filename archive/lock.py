"""One process polls an archive: a lock that the kernel, or the database, frees when its holder dies, however it
dies."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from archive.database import parse, sqlite_path
from archive.errors import HeldElsewhere, Unavailable

HOLDING = 7_306_156
"""key of the session's advisory lock on Postgres"""
WAIT_SECONDS = 0.2
"""how often a standby asks"""


@contextlib.contextmanager
def hold_archive(url: str, *, wait: bool = False) -> Iterator[Callable[[], None]]:
    """Holds the archive for polling while the block runs. Raises HeldElsewhere when another process does; with `wait`,
    waits until that one is gone.

    Gives a function that raises Unavailable where the lock was lost meanwhile: a session of Postgres can be ended by
    others, a file's lock cannot.
    """
    path = sqlite_path(url)
    with _file(path, wait) if path is not None else _session(url, wait) as still_held:
        yield still_held


@contextlib.contextmanager
def _file(path: Path, wait: bool) -> Iterator[Callable[[], None]]:
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
        yield lambda: None
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _session(url: str, wait: bool) -> Iterator[Callable[[], None]]:
    engine = create_engine(parse(url), isolation_level="AUTOCOMMIT", connect_args={"keepalives_idle": 30})
    try:
        with engine.connect() as connection:
            while not connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": HOLDING}):
                if not wait:
                    raise HeldElsewhere(f"another process holds {connection.engine.url.render_as_string()}")
                time.sleep(WAIT_SECONDS)

            def still_held() -> None:
                try:
                    connection.scalar(text("SELECT 1"))  # the lock lasts as long as this session
                except DBAPIError as error:
                    raise Unavailable(f"the session that held the archive has ended: {error.orig}") from error

            try:
                yield still_held
            finally:
                # not left to the end of the session: the server takes its time over one that was closed, and who comes
                # next would be told that somebody still polls
                with contextlib.suppress(SQLAlchemyError):
                    connection.scalar(text("SELECT pg_advisory_unlock(:key)"), {"key": HOLDING})
    finally:
        engine.dispose()
