"""Room on the disk: when polling pauses, and when it goes on."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from archive import Committer, Transaction, open_writable
from archive.errors import NoRoom
from tests.support.town import Town
from worker import disk
from worker.daemon import utc_now
from worker.daemon.polling import Daemon, sync
from worker.disk import Floor, Guard, Room, shown, too_little
from worker.sources.values import floor


def test_the_floor_is_half_a_gigabyte_or_two_percent_whichever_is_less() -> None:
    assert Floor().of(10**12) == 500 * 10**6
    assert Floor().of(10**10) == 2 * 10**8
    assert Floor(size=7).of(10**12) == 7
    assert Floor(share=0.05).of(1000) == 50


def test_a_little_more_room_is_asked_for_before_it_goes_on() -> None:
    assert too_little(Room(99, 1000), 100, held=False)
    assert not too_little(Room(100, 1000), 100, held=False)
    assert too_little(Room(109, 1000), 100, held=True)
    assert not too_little(Room(111, 1000), 100, held=True)


def test_the_reason_stays_the_same_while_it_lasts(monkeypatch: pytest.MonkeyPatch) -> None:
    free = [400]
    monkeypatch.setattr(disk, "room", lambda path: Room(free[0], 1000))
    guard = Guard(Path("/data/muniment.db"), Floor(size=500))
    guard.look()
    first = guard.reason
    assert first and "400 bytes free at /data" in first and "by itself" in first
    free[0] = 300
    guard.look()
    assert guard.reason == first
    free[0] = 600
    guard.look()
    assert guard.reason is None and guard.free == 600


def test_a_write_without_room_pauses_until_a_later_small_write_succeeds() -> None:
    guard = Guard(None, Floor())
    guard.refused(NoRoom("the disk under the database is full"), 100.0)
    guard.look()
    assert guard.reason and "of the database server" in guard.reason
    guard.wrote(101.0)
    assert guard.reason, "too soon"
    guard.wrote(100.0 + disk.RETRY)
    assert guard.reason is None
    guard.refused(NoRoom("again"), 200.0)
    guard.wrote(200.0 + disk.RETRY)
    assert guard.reason, "it waits longer each time"
    guard.wrote(200.0 + 2 * disk.RETRY)
    guard.fine()
    guard.refused(NoRoom("much later"), 900.0)
    guard.wrote(900.0 + disk.RETRY)
    assert guard.reason is None


def test_bytes_for_people() -> None:
    assert [shown(size) for size in (312, 4_000, 9_999_999, 312_000_000, 25 * 10**9)] == [
        "312 bytes", "4 KB", "9999 KB", "312 MB", "25 GB",
    ]  # fmt: skip


def test_a_floor_is_written_as_a_size_or_a_share() -> None:
    assert (floor("500MB"), floor("2%"), floor(0)) == (Floor(size=500 * 10**6), Floor(share=0.02), Floor(size=0))
    for wrong in ("lots", "100%", True):
        with pytest.raises(ValueError, match="use for example"):
            floor(wrong)


def test_a_look_for_due_pages_beside_a_write_without_room_pauses_and_stops_nothing(
    town: Town, watch: Callable[..., Any]
) -> None:
    town.says("/n/1.html", "<p>text</p>")
    here = watch("/n/1.html", kind="page")

    async def two_ticks() -> str | None:
        daemon = Daemon(here.settings, writer, {}, None)
        begun, hold = threading.Event(), threading.Event()

        def holds(tx: Transaction) -> None:
            begun.set()
            hold.wait(30)

        daemon._committer.submit(holds)
        assert await asyncio.to_thread(begun.wait, 30)
        full = daemon._committer.submit(_finds_no_room)  # what comes while another group is written is one group
        ticking = asyncio.create_task(daemon.tick())
        await asyncio.to_thread(_both_wait, daemon._committer)
        hold.set()
        await ticking
        with pytest.raises(NoRoom):
            full.result(30)
        reason = daemon.vitals.guard.reason
        await asyncio.to_thread(daemon._committer.close)
        return reason

    with open_writable(here.database) as writer:
        with writer.begin() as tx:
            sync(tx, here.settings, utc_now())
        assert "the disk under the database is full" in str(asyncio.run(two_ticks()))
    assert town.visits("/n/1.html") == 0


def _both_wait(committer: Committer) -> None:
    end = time.monotonic() + 30
    while committer._waiting.qsize() < 2:
        assert time.monotonic() < end, "the two writes were not submitted"
        time.sleep(0.01)


class _Full(Exception):
    sqlstate = "53100"


def _finds_no_room(tx: Transaction) -> None:
    raise OperationalError("INSERT", {}, _Full("could not extend file"))
