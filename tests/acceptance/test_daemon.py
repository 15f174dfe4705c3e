"""The real daemon as a process: signals, reload, two of them, standby, kill -9."""

from __future__ import annotations

import json
import signal

import pytest

from tests.acceptance.conftest import ALL, Muniment, documents, stopped, until
from worker.demo.world import STEPS


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_polls_and_stops_politely(on_sqlite: Muniment, number: signal.Signals) -> None:
    daemon = on_sqlite.start("run")
    until(lambda: documents(on_sqlite) == ALL, "everything is read once")
    assert stopped(daemon, number) == 0
    log = on_sqlite.log(daemon)
    assert log.splitlines()[-1].startswith("stopped ") and "Traceback" not in log


def test_it_sees_what_changes_on_both_databases(muniment: Muniment) -> None:
    daemon = muniment.start("--log-format", "json", "run")
    until(lambda: documents(muniment) == ALL, "everything is read once")
    for step in STEPS[:4]:
        step.do(muniment.world)

    def kinds() -> list[tuple[str, str]]:
        with muniment.archive() as archive:
            return sorted((change.kind, change.document_kind) for change in archive.changes_after(ALL))

    expected = sorted(change for step in STEPS[:4] for change in step.brings)
    until(lambda: len(kinds()) >= len(expected), "all changes are seen")
    assert kinds() == expected
    assert stopped(daemon) == 0
    lines = [json.loads(line) for line in muniment.log(daemon).splitlines()]
    assert {"started", "polled", "new", "changed", "gone", "stopped"} <= {line["event"] for line in lines}


def test_a_second_daemon_is_refused_and_a_standby_takes_over(muniment: Muniment) -> None:
    first = muniment.start("run")
    until(lambda: documents(muniment) == ALL, "everything is read once")
    done = muniment.run("run", expect=6)
    assert "holds" in done.stderr and "Traceback" not in done.stderr
    standby = muniment.start("run", "--standby")
    first.kill()
    first.wait()
    until(lambda: "started" in muniment.log(standby), "the standby takes over")
    STEPS[3].do(muniment.world)
    until(lambda: any("changed" in line for line in muniment.log(standby).splitlines()), "the standby polls")
    assert stopped(standby) == 0


def test_a_standby_that_still_waits_stops_politely(on_sqlite: Muniment) -> None:
    first = on_sqlite.start("run")
    until(lambda: documents(on_sqlite) > 0, "the first one polls")
    standby = on_sqlite.start("run", "--standby")
    until(lambda: "waiting" in on_sqlite.log(standby), "the standby says that it waits")
    assert stopped(standby) == 0
    assert first.poll() is None


@pytest.mark.parametrize("by", ["changed file", "SIGHUP"])
def test_a_changed_configuration_is_taken_over_and_a_wrong_one_refused(on_sqlite: Muniment, by: str) -> None:
    board = {"id": "board", "url": f"{on_sqlite.site.url}/forum.php", "kind": "board"}
    notices = {"id": "notices", "url": f"{on_sqlite.site.url}/zwgk/tzgg/", "kind": "listing"}
    on_sqlite.configure(board)
    daemon = on_sqlite.start("run")
    until(lambda: documents(on_sqlite) == 14, "the board is read")

    on_sqlite.configure(board, {**notices, "every": "30 mins"})
    if by == "SIGHUP":
        daemon.send_signal(signal.SIGHUP)
    until(lambda: "is not a duration" in on_sqlite.log(daemon), "the mistake is named")
    assert daemon.poll() is None

    on_sqlite.configure(notices)
    if by == "SIGHUP":
        daemon.send_signal(signal.SIGHUP)
    until(lambda: documents(on_sqlite) == ALL, "the new source is polled, the removed one keeps its documents")
    with on_sqlite.archive() as archive:
        until(
            lambda: {state.source_id for state in archive.sources() if state.enabled} == {"notices"}, "one source left"
        )
    assert stopped(daemon) == 0


def test_killed_at_any_moment_it_goes_on_without_loss_or_repetition(muniment: Muniment) -> None:
    for pause in (2, 5, 9, 14, ALL):
        daemon = muniment.start("run")
        until(lambda: documents(muniment) >= min(pause, ALL), f"{pause} documents are stored")  # noqa: B023
        before = documents(muniment)
        daemon.kill()
        daemon.wait()
        assert documents(muniment) >= before
    muniment.run("poll", "--all")
    assert documents(muniment) == ALL
    with muniment.archive() as archive:
        changes = list(archive.changes_after())
        assert [change.seq for change in changes] == list(range(1, len(changes) + 1))
        assert [change.kind for change in changes] == ["new"] * ALL
        assert len({change.document_id for change in changes}) == ALL
        assert all(document.version == 1 for document in archive.documents())
