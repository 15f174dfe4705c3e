"""An archive that has something of everything, and somebody who edits it behind its back."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Engine, text

from archive import Writer, open_archive
from archive.compact import compact
from archive.database import writing_engine
from archive.records import Facts, Nature, Removal
from archive.verify import Verification, verify
from tests.archive.house import SITE, decided, derived, fetched, later, revision, says, watched
from tests.archive.test_payloads import history


def filled(writer: Writer, visits: int = 14, natures: bool = True) -> None:
    """Two pages over time: versions, revisits, a removal, a return, soft errors, compacted and fresh payloads."""
    one, two, gone = watched(writer, "one", "two", "gone")
    for visit, body in enumerate(history(1, visits, 60)):
        with writer.begin() as tx:
            capture = tx.record_capture(fetched(one, later(visit), path="one"), body)
            words = (
                f"version {visit // 3} of the notice about the bridge, which stays closed until further notice for "
                "everybody"
            )
            facts = Facts(
                SITE + "one",
                author="交通局",
                published_at=later(-visit),
                edited_at=later(visit),
                extra={"visit": visit},
                closed=True,
            )
            kind: Any = "new" if visit == 0 else "changed"
            if visit % 3 == 0:
                nature = Nature(True, 0.1, None, ("body",)) if visit and natures else None
                said = says(words, fields={"issuer": "交通局"})
                decided(tx, capture, revision("one", said, kind, facts=facts, nature=nature))
            else:
                decided(tx, capture, seen=("one",))
            tx.record_capture(fetched(two, later(visit), path="two"), b"always the same")
    with writer.begin() as tx:
        capture = tx.record_capture(fetched(gone, later(99), outcome="gone", path="gone"), b"404")
        tx.record_derivation(derived(capture, outcome="soft-404"))
        decided(tx, capture, gone=(Removal("one"),))
    compact(writer)
    with writer.begin() as tx:
        for visit, body in enumerate(history(2, 3, 60)):
            tx.record_capture(fetched(two, later(200 + visit), path="two"), body)


def checked(url: str, **more: Any) -> Verification:
    with open_archive(url) as archive:
        return verify(archive, **more)


@contextlib.contextmanager
def tampering(url: str) -> Iterator[Engine]:
    """An engine for someone who edits the database behind the archive's back: nothing stops him."""
    engine = writing_engine(url, foreign_keys=False)
    yield engine
    engine.dispose()


def unguarded(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL session_replication_role = replica"))
