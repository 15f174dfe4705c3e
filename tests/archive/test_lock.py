"""A hold on the archive that is lost on Postgres: who lost it writes nothing, who takes over waits, and it can be had
again."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from archive import hold_archive, open_writable
from archive.errors import HeldElsewhere, Unavailable
from archive.lock import HOLDING
from archive.records import SourceRow
from tests.archive.house import START


def added(name: str) -> SourceRow:
    return SourceRow(name, f"http://{name}.example.org/", "listing", True)


def end_sessions_that_hold(url: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        ended = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = :key"
        connection.execute(text(ended), {"key": HOLDING})
        while connection.scalar(text("SELECT count(*) FROM pg_locks WHERE objid = :key"), {"key": HOLDING}):
            time.sleep(0.02)
    engine.dispose()


def test_who_lost_the_hold_writes_nothing_until_it_has_it_again(postgres_url: str) -> None:
    with hold_archive(postgres_url) as held, open_writable(postgres_url) as writer:
        writer.fence = held.fence
        held.check()
        with writer.begin() as tx:
            tx.sync_sources([added("one")], START)
        end_sessions_that_hold(postgres_url)
        with pytest.raises(Unavailable, match="has ended"), writer.begin() as tx:
            tx.sync_sources([added("two")], START)
        with pytest.raises(Unavailable, match="has ended"):
            held.check()
        with hold_archive(postgres_url):
            with pytest.raises(HeldElsewhere):
                held.regain()
            with pytest.raises(Unavailable), writer.begin():
                pass
        held.regain()
        held.check()
        with writer.begin() as tx:
            assert {health.source_id for health in tx.source_health()} == {"one"}


def test_who_takes_over_waits_for_what_the_last_holder_still_writes(postgres_url: str) -> None:
    taken = threading.Event()

    def take_over() -> None:
        with hold_archive(postgres_url, wait=True):
            taken.set()

    with hold_archive(postgres_url) as held, open_writable(postgres_url) as writer:
        writer.fence = held.fence
        with writer.begin() as tx:
            end_sessions_that_hold(postgres_url)
            thread = threading.Thread(target=take_over)
            thread.start()
            assert not taken.wait(1)
            tx.sync_sources([added("last")], START)
        assert taken.wait(20)
        thread.join()


def test_a_session_that_only_we_have_lost_keeps_us_out_no_longer(postgres_url: str) -> None:
    with hold_archive(postgres_url) as held:
        line = vars(held)["_connection"].connection.driver_connection.fileno()
        servers_end = os.dup(line)  # the server hears nothing of it that our end is gone
        nowhere = os.open(os.devnull, os.O_RDWR)
        os.dup2(nowhere, line)
        with pytest.raises(Unavailable, match="has ended"):
            held.check()
        with pytest.raises(HeldElsewhere), hold_archive(postgres_url):
            pass
        held.regain()
        held.check()
        os.close(servers_end)
        os.close(nowhere)


def test_a_server_that_does_not_answer_is_no_mistake_of_ours(tmp_path: Path) -> None:
    url = f"postgresql+psycopg://postgres@/postgres?host={tmp_path}"
    with pytest.raises(Unavailable, match="did not answer"), hold_archive(url, wait=True):
        pass
