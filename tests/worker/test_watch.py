"""Whether polling truly happens: judged from a heartbeat, by the watchdog, and told to the supervisor."""

from __future__ import annotations

import socket
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.records import Heartbeat
from worker.supervisor import ALIVE, READY, Supervisor, status
from worker.watch import LATE, SILENT, Progress, lateness, ready, stalled
from worker.watchdog import Watchdog

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
SECOND = timedelta(seconds=1)
BEAT = Heartbeat(
    NOW - 5 * SECOND, NOW - timedelta(hours=2), "box", 7, "polling", None, NOW - SECOND, NOW - SECOND, 0, None, 0,
    None, None, None,
)  # fmt: skip


def test_a_daemon_that_beats_and_ticks_is_ready() -> None:
    assert ready(BEAT, NOW).ready


@pytest.mark.parametrize(
    ("beat", "said"),
    [
        (None, "start `muniment run`"),
        (replace(BEAT, state="stopped"), "was stopped 5 s ago"),
        (replace(BEAT, beat_at=NOW - SILENT - SECOND), "last heard of 61 s ago"),
        (replace(BEAT, ticked_at=NOW - SILENT - SECOND), "last looked for 61 s ago"),
        (replace(BEAT, ticked_at=None), "last looked for 2 h ago"),
        (replace(BEAT, state="paused", reason="the disk is nearly full"), "pauses: the disk is nearly full"),
        (
            replace(BEAT, due=3, due_since=NOW - LATE - SECOND, polled_at=NOW - LATE - SECOND),
            "due for 10 min, and no poll ended",
        ),
        (replace(BEAT, due=3, due_since=NOW - LATE - SECOND, polled_at=None), "no poll ended"),
    ],
)
def test_what_keeps_it_from_being_ready_is_said(beat: Heartbeat | None, said: str) -> None:
    judged = ready(beat, NOW)
    assert not judged.ready and said in " ".join(judged.reasons)


def test_a_long_line_of_due_pages_is_no_fault_while_polls_end() -> None:
    assert ready(replace(BEAT, due=9000, due_since=NOW - timedelta(hours=5)), NOW).ready


def test_nor_are_pages_of_hosts_that_asked_to_be_left_alone() -> None:
    assert ready(replace(BEAT, due=50, due_since=None, polled_at=NOW - timedelta(hours=1)), NOW).ready


def test_lateness_is_never_negative() -> None:
    assert lateness(replace(BEAT, due_since=NOW + SECOND), NOW) == timedelta(0)


def test_standing_still_is_no_tick_or_no_end_of_a_poll() -> None:
    assert stalled(Progress(ticked=99, polled=99, busy=3), 100, 60, 300) is None
    assert "last looked for" in str(stalled(Progress(ticked=39, polled=99, busy=0), 100, 60, 300))
    assert stalled(Progress(ticked=999, polled=0, busy=0), 1000, 60, 300) is None
    assert stalled(Progress(ticked=999, polled=700, busy=2), 1000, 60, 300) is None
    assert "2 hosts are being polled" in str(stalled(Progress(ticked=999, polled=699, busy=2), 1000, 60, 300))


def test_the_supervisor_is_told_over_its_socket(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind(str(tmp_path / "notify"))
        supervisor = Supervisor({"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "120000000"})
        assert supervisor.patience == 120.0
        supervisor.tell(READY, status("watching\n3 sources"))
        assert heard.recv(200) == b"READY=1\nSTATUS=watching 3 sources"
    supervisor.tell(READY)  # nobody listens any more


def test_no_supervisor_is_no_trouble() -> None:
    supervisor = Supervisor({})
    supervisor.tell(READY)
    assert supervisor.patience is None
    assert Supervisor({"WATCHDOG_USEC": "1000000", "WATCHDOG_PID": "1"}).patience is None


class Told(Supervisor):
    """Keeps what it was told."""

    def __init__(self) -> None:
        super().__init__({})
        self.lines: list[str] = []

    def tell(self, *lines: str) -> None:
        self.lines += lines


def test_the_watchdog_says_that_all_is_well_until_something_stands_still() -> None:
    told, fired, judged = Told(), threading.Event(), iter([None, None, "no tick"])
    said: list[str] = []

    def fire(reason: str) -> None:
        said.append(reason)
        fired.set()

    clock = iter(range(1000))
    Watchdog(lambda _: next(judged), fire, told, lambda: float(next(clock)), every=0.01).start()
    assert fired.wait(30)
    assert said == ["no tick"] and told.lines == [ALIVE, ALIVE]


def test_a_process_that_was_halted_gets_the_time_to_move_again() -> None:
    told, looked = Told(), threading.Event()
    times = iter([0.0, 1000.0, 1000.0, 1000.1, *[1001.0] * 100])
    moments: list[float] = []

    def judge(now: float) -> None:
        moments.append(now)
        looked.set()

    dog = Watchdog(judge, lambda reason: None, told, lambda: next(times), every=0.01)
    dog.start()
    assert looked.wait(30)
    dog.end()
    assert moments[0] == 1000.1
