"""A disk without room: what belonged to the write is undone whole, and later writes go on."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy.exc import OperationalError

from archive import Committer, Transaction, open_writable
from archive.database import is_full
from archive.errors import NoRoom
from archive.records import SourceRow
from tests.archive.house import START


def added(name: str, size: int = 1) -> SourceRow:
    return SourceRow(name, f"http://{name}.example.org/" + "x" * size, "listing", True)


def names(tx: Transaction) -> set[str]:
    return {health.source_id for health in tx.source_health()}


def limit(tx: Transaction, more: int | None) -> None:
    """So many more pages of the database file; None for as many as one likes."""
    pages = tx.session.connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    most = 1_000_000 if more is None else pages + more
    tx.session.connection.exec_driver_sql(f"PRAGMA max_page_count = {most}")


def test_a_group_that_finds_no_room_is_undone_whole_and_the_next_one_goes_on(sqlite_url: str) -> None:
    with open_writable(sqlite_url) as writer:
        committer = Committer(writer)
        committer.submit(lambda tx: limit(tx, 3)).result()
        hold, held = threading.Event(), threading.Event()

        def waits(tx: Transaction) -> None:
            held.set()
            hold.wait(30)

        first = committer.submit(waits)
        assert held.wait(30)
        before = committer.submit(lambda tx: tx.sync_sources([added("before")], START))
        large = committer.submit(lambda tx: tx.sync_sources([added("large", 500_000)], START))
        after = committer.submit(lambda tx: tx.sync_sources([added("after")], START))
        hold.set()
        first.result()
        for write in (before, large, after):
            with pytest.raises(NoRoom, match="disk under the database is full"):
                write.result(60)
        committer.submit(lambda tx: limit(tx, None)).result()
        committer.submit(lambda tx: tx.sync_sources([added("later", 500_000)], START)).result()
        assert committer.submit(names).result() == {"later"}
        committer.close()


class NoSpaceThere(Exception):
    """What psycopg raises for a server whose disk is full."""

    def __init__(self, sqlstate: str) -> None:
        super().__init__("could not extend file")
        self.sqlstate = sqlstate


def test_a_server_without_room_is_known_by_its_code() -> None:
    assert is_full(OperationalError("INSERT", {}, NoSpaceThere("53100")))
    assert not is_full(OperationalError("INSERT", {}, NoSpaceThere("53200")))
