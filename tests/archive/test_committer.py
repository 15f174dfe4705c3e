"""Group commit and the lock on the archive: who waits, who fails, who is told."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import CancelledError, Future
from typing import Any

import pytest
from sqlalchemy import Engine, event, text

from archive import Committer, Transaction, hold_archive, open_archive, open_writable
from archive.errors import ArchiveError, HeldElsewhere
from archive.records import Change
from tests.archive.house import START, decided, fetched, later, revision, says, watched


def test_writes_of_many_threads_share_commits_and_lose_nothing(database_url: str) -> None:
    with open_writable(database_url) as writer:
        (page,) = watched(writer, "notice")
        commits: list[int] = []
        event.listen(writer.engine, "commit", lambda connection: commits.append(1))
        committer = Committer(writer)
        held, go = threading.Event(), threading.Event()

        def hold(tx: Transaction) -> None:
            held.set()
            go.wait(10)

        first = committer.submit(hold)
        held.wait(10)
        futures = [
            committer.submit(lambda tx, i=i: tx.record_capture(fetched(page, later(i)), bytes([i]))) for i in range(40)
        ]
        go.set()
        assert sorted(future.result(10).capture_id for future in futures) == list(range(1, 41))
        first.result(10)
        committer.close()
        assert len(commits) == 2


def test_a_write_that_fails_is_undone_alone(database_url: str) -> None:
    with open_writable(database_url) as writer:
        (page,) = watched(writer, "notice")
        committer = Committer(writer)

        def good(tx: Transaction, key: str, at: int) -> Change:
            capture = tx.record_capture(fetched(page, later(at)), key.encode())
            return decided(tx, capture, revision(key, says(key)))[0]

        def bad(tx: Transaction) -> None:
            good(tx, "half", 2)
            raise ZeroDivisionError

        results: list[Future[Any]] = [
            committer.submit(lambda tx: good(tx, "one", 1)), committer.submit(bad),
            committer.submit(lambda tx: good(tx, "two", 3)),
        ]  # fmt: skip
        committer.close()
        assert results[0].result().seq == 1 and results[2].result().seq == 2
        assert isinstance(results[1].exception(), ZeroDivisionError)
    with open_archive(database_url) as archive:
        assert [change.title for change in archive.changes_after(0)] == ["A notice", "A notice"]
        assert [d.key for d in archive.documents()] == ["one", "two"]


def test_a_commit_that_fails_reaches_every_future(database_url: str) -> None:
    with open_writable(database_url) as writer:
        watched(writer, "notice")
        committer = Committer(writer)

        def break_the_commit(connection: object) -> None:
            raise RuntimeError("disk full")

        event.listen(writer.engine, "commit", break_the_commit)
        future = committer.submit(lambda tx: tx.last_seq())
        with pytest.raises(RuntimeError, match="disk full"):
            future.result(10)
        event.remove(writer.engine, "commit", break_the_commit)
        assert committer.submit(lambda tx: tx.last_seq()).result(10) == 0
        committer.close()


def test_a_closed_committer_takes_nothing_more_and_a_cancelled_write_is_not_run(database_url: str) -> None:
    with open_writable(database_url) as writer:
        committer = Committer(writer)
        ran: list[str] = []
        held, go = threading.Event(), threading.Event()
        committer.submit(lambda tx: (held.set(), go.wait(10)))
        held.wait(10)
        future = committer.submit(lambda tx: ran.append("cancelled"))
        assert future.cancel()
        go.set()
        committer.close()
        with pytest.raises(CancelledError):
            future.result(1)
        with pytest.raises(ArchiveError):
            committer.submit(lambda tx: None)
        assert ran == []


def test_a_group_that_lost_a_deadlock_is_run_again(postgres_url: str) -> None:
    with open_writable(postgres_url) as writer, open_writable(postgres_url) as other:
        watched(writer, "a", "b")
        committers = [Committer(writer), Committer(other)]
        meet = threading.Barrier(2)
        tries: list[int] = []

        won = threading.Event()

        def crossing(tx: Transaction, first: int, second: int) -> None:
            if len(tries) == 2:  # again: without waiting it could snatch the row and lose to the same writer once more
                won.wait(10)
            lock = text("SELECT 1 FROM pages WHERE page_no = :n FOR UPDATE")
            tx.session.connection.execute(lock, {"n": first})
            tries.append(first)
            if len(tries) <= 2:
                meet.wait(10)
            tx.session.connection.execute(lock, {"n": second})

        futures = [
            committers[0].submit(lambda tx: crossing(tx, 1, 2)), committers[1].submit(lambda tx: crossing(tx, 2, 1))
        ]  # fmt: skip
        for future in futures:
            future.add_done_callback(lambda done: won.set())
        for future in futures:
            future.result(20)
        assert len(tries) == 3
        for committer in committers:
            committer.close()


HOLDER = """
import sys, time
from archive import hold_archive
with hold_archive(sys.argv[1]):
    print("held", flush=True)
    time.sleep(60)
"""


def test_one_process_holds_the_archive_and_a_kill_frees_it(database_url: str) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, database_url], stdout=subprocess.PIPE)
    try:
        assert holder.stdout is not None and holder.stdout.readline() == b"held\n"
        with pytest.raises(HeldElsewhere), hold_archive(database_url):
            pass
        waited = threading.Event()

        def stand_by() -> None:
            with hold_archive(database_url, wait=True):
                waited.set()

        thread = threading.Thread(target=stand_by)
        thread.start()
        assert not waited.wait(0.3)
        os.kill(holder.pid, signal.SIGKILL)
        assert waited.wait(20)
        thread.join()
    finally:
        holder.kill()
        holder.communicate()
    with hold_archive(database_url):
        assert START


def test_who_lets_go_has_let_go_though_the_server_takes_its_time_over_the_session(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lingering: list[Engine] = []
    with monkeypatch.context() as slow:
        slow.setattr(Engine, "dispose", lambda engine: lingering.append(engine))
        with hold_archive(database_url):
            pass
    try:
        with hold_archive(database_url):
            assert len(lingering) == database_url.startswith("postgresql")
    finally:
        for engine in lingering:
            engine.dispose()
