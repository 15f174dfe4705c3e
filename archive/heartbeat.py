"""What the daemon says of itself, kept in one row where other processes read it. `Transaction` and `Archive` are its
doors."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select

from archive.records import Heartbeat
from archive.rows import maybe, storable
from archive.schema import DUE, heartbeat, pages
from archive.session import Session

ONLY = 1
LOOK = 2000
"""due pages looked at for one whose host may be asked"""

_DUE = select(func.count()).where(DUE, pages.c.next_poll_at <= bindparam("now", type_=pages.c.next_poll_at.type))
_FIRST = (
    select(pages.c.next_poll_at, pages.c.host)
    .where(DUE, pages.c.next_poll_at <= bindparam("now", type_=pages.c.next_poll_at.type))
    .order_by(pages.c.next_poll_at, pages.c.rank)
    .limit(LOOK)
)


def due_now(connection: Connection, now: datetime, resting: Collection[str]) -> tuple[int, datetime | None]:
    """How many pages are due, and since when the first of them is whose host is not `resting`; None where the first
    LOOK all rest."""
    due = connection.scalar(_DUE, {"now": now}) or 0
    if not due:
        return 0, None
    first = connection.execute(_FIRST if resting else _FIRST.limit(1), {"now": now})
    return due, next((row.next_poll_at for row in first if row.host not in resting), None)


def save(session: Session, said: Heartbeat) -> None:
    """Writes the row over what was there."""
    values = {**asdict(said), "host": storable(said.host), "reason": maybe(said.reason)}
    statement = session.insert(heartbeat).values(beat_no=ONLY, **values)
    session.connection.execute(statement.on_conflict_do_update(index_elements=["beat_no"], set_=values))


def last(connection: Connection) -> Heartbeat | None:
    """The row, or None where no daemon ever ran."""
    row = connection.execute(select(heartbeat).where(heartbeat.c.beat_no == ONLY)).mappings().first()
    return Heartbeat(**{name: value for name, value in row.items() if name != "beat_no"}) if row else None
