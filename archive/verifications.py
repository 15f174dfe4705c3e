"""What `verify` found, kept so that it can be seen when an archive was looked through last. `Transaction` and `Archive`
are its doors.
"""

from __future__ import annotations

from dataclasses import asdict

from sqlalchemy import Connection, insert, select

from archive.records import Verified
from archive.rows import maybe
from archive.schema import verifications
from archive.session import Session


def save(session: Session, said: Verified) -> None:
    """Appends the run."""
    session.connection.execute(insert(verifications).values({**asdict(said), "first": maybe(said.first)}))


def last(connection: Connection) -> Verified | None:
    """The last run; None where there was none."""
    newest = select(verifications).order_by(verifications.c.verification_no.desc()).limit(1)
    row = connection.execute(newest).mappings().first()
    return Verified(**{name: value for name, value in row.items() if name != "verification_no"}) if row else None
