"""Cursors of the archive's own consumers: rows of `consumers`, which are no evidence and not in the chain."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select

from archive.records import Consumer, ConsumerLag
from archive.rows import maybe, storable
from archive.schema import changes, consumers
from archive.session import Session, last_seq

_COLUMNS = tuple(field.name for field in fields(Consumer))
_ONE = select(consumers).where(consumers.c.name == bindparam("wanted"))
_FIRST_AFTER = select(changes.c.at).where(changes.c.seq > bindparam("after")).order_by(changes.c.seq).limit(1)
LONGEST_ERROR = 1000
"""characters of an error that are kept"""


def consumer(connection: Connection, name: str) -> Consumer | None:
    """The consumer of that name, or None."""
    row = connection.execute(_ONE, {"wanted": name}).mappings().first()
    return None if row is None else _consumer(row)


def save(session: Session, said: Consumer) -> None:
    """Writes a consumer as it is now."""
    row = {name: getattr(said, name) for name in _COLUMNS}
    row["name"], row["stopped"] = storable(said.name), maybe(said.stopped)
    row["last_error"] = None if said.last_error is None else storable(said.last_error[:LONGEST_ERROR])
    statement = session.insert(consumers).values(row)
    rest = {name: statement.excluded[name] for name in _COLUMNS if name != "name"}
    session.connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_=rest))


def forget(session: Session, name: str) -> bool:
    """Forgets a consumer and its cursor; whether there was one."""
    statement = delete(consumers).where(consumers.c.name == name).returning(consumers.c.name)
    return session.connection.scalar(statement) is not None


def lags(connection: Connection) -> list[ConsumerLag]:
    """Every consumer by name, and how far it is behind."""
    newest = last_seq(connection)
    rows = connection.execute(select(consumers).order_by(consumers.c.name)).mappings().all()
    found = []
    for said in map(_consumer, rows):
        waiting_at = connection.scalar(_FIRST_AFTER, {"after": said.seq}) if said.seq < newest else None
        found.append(ConsumerLag(said, newest, waiting_at))
    return found


def _consumer(row: Any) -> Consumer:
    return Consumer(**{name: row[name] for name in _COLUMNS})
