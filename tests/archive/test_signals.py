"""Incidents and the heartbeat: what the archive keeps for operators, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from archive import Writer, open_archive, open_writable
from archive.records import Heartbeat, Incident, PollResult, SourceRow
from archive.verify import verify
from tests.archive.house import SITE, START, later, watched

BEAT = Heartbeat(
    later(1), START, "box", 77, "polling", None, later(1), later(0.5), 3, START, 1, 10**12, 5 * 10**8, 60_000_000
)
FAILING = Incident(
    0, "county", "entry-failing", SITE, "county.example.org", later(1), later(1), None, "blocked", "refused", 3
)  # fmt: skip


@pytest.fixture
def writer(database_url: str) -> Iterator[Writer]:
    with open_writable(database_url) as writer:
        yield writer


def test_the_heartbeat_is_one_row_written_over(writer: Writer) -> None:
    with open_archive(writer.url) as archive:
        assert archive.heartbeat() is None
        for said in (BEAT, replace(BEAT, beat_at=later(2), state="paused", reason="disk\x00 full", disk_free=None)):
            with writer.begin() as tx:
                tx.beat(said)
        assert archive.heartbeat() == replace(
            BEAT, beat_at=later(2), state="paused", reason="disk\ufffd full", disk_free=None
        )


def test_due_pages_are_counted_and_those_of_hosts_at_rest_are_not_late(writer: Writer) -> None:
    watched(writer, "one", "two")
    with writer.begin() as tx:
        assert tx.due_now(later(5)) == (2, START)
        assert tx.due_now(later(5), {"county.example.org"}) == (2, None)
        assert tx.due_now(later(5), {"other.example.org"}) == (2, START)
        assert tx.due_now(later(-5)) == (0, None)


def test_incidents_are_kept_open_first_and_leave_the_proof_as_it_was(writer: Writer) -> None:
    watched(writer, "one")
    disk = Incident(0, None, "disk-full", None, None, later(2), later(2), None, None, "no room", 1)
    with writer.begin() as tx:
        tx.record_incidents([FAILING, disk])
    with writer.begin() as tx:
        newest, oldest = tx.open_incidents()
        assert (newest.kind, newest.source_id, oldest.source_id) == ("disk-full", None, "county")
        tx.record_incidents([replace(newest, closed_at=later(9), last_at=later(9), reason="room again")])
    with open_archive(writer.url) as archive:
        found = archive.incidents()
        assert [(one.kind, one.closed_at) for one in found] == [("entry-failing", None), ("disk-full", later(9))]
        assert replace(found[0], incident_id=0) == FAILING
        assert archive.incidents(open_only=True) == found[:1]
        assert archive.incidents(source_id="county") == found[:1]
        assert archive.incidents(source_id="town") == []
        assert verify(archive).damage == ()


def test_health_speaks_of_the_entry_page_and_of_pages_that_failed_twice(writer: Writer) -> None:
    entry, one, two, three = watched(writer, "", "one", "two", "three")
    with writer.begin() as tx:
        for page, outcome, failures in (
            (entry, "blocked", 4), (one, "error:timeout", 2), (two, "error:timeout", 3), (three, "ok", 0),
        ):
            tx.finish_poll(PollResult(page, later(1), outcome, later(60), failures=failures))
        (health,) = tx.source_health()
        assert (health.pages, health.failing, health.failing_outcome) == (4, 3, "error:timeout")
        assert tx.source_health({"town"}) == []
        tx.sync_sources([SourceRow("county", SITE, "listing", False)], later(2))
        (health,) = tx.source_health({"county"})
        assert (health.enabled, health.pages) == (False, 0)
