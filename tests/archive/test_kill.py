"""Killed at any moment, or out of disk: nothing acknowledged is lost, nothing is half there, proof stays clean."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from archive import Committer, open_archive, open_writable
from archive.backup import backup
from archive.copying import copy
from archive.errors import ArchiveError
from archive.verify import verify
from tests.archive.house import SITE, decided, fetched, later, revision, says, watched
from tests.archive.tampered import filled
from tests.archive.test_payloads import history
from worker.migrate import upgrade

ROOT = Path(__file__).parent.parent.parent
KILLS = 3
"""of each kind of write, on each database; `benchmarks/` has more"""

POLL = """
from archive import Committer, open_writable
writer = open_writable(url)
committer = Committer(writer)
with writer.begin() as tx:
    page = tx.page_by_url(SITE + "one").page_id
    begun = tx.session.connection.exec_driver_sql("SELECT coalesce(max(capture_no), 0) FROM captures").scalar()
bodies = history(5, 400, 60)
import archive.near, archive.near.bands
print("begun", flush=True)
for visit in range(400):
    at = later(begun * 10 + visit)
    capture = committer.submit(lambda tx: tx.record_capture(fetched(page, at, path="one"), bodies[visit])).result()
    print("capture", capture.capture_id, capture.payload_digest, flush=True)
    words = says(f"{begun} {visit}")
    (change,) = committer.submit(lambda tx: decided(tx, capture, revision("one", words, "changed"))).result()
    print("change", change.seq, words.content_hash, flush=True)
"""
COMPACT = """
from archive import open_writable
from archive.compact import compact
writer = open_writable(url)
print("begun", flush=True)
compact(writer, tell=lambda done: print("batch", done.payloads, flush=True))
"""
RETENTION = """
from datetime import timedelta
from archive import open_archive, open_writable
from archive import retention
retention.BATCH = 3
with open_archive(url) as archive:
    plan = retention.plan(archive, [retention.Rule(timedelta(0))], later(100_000))
print("begun", len(plan.payloads), flush=True)
retention.remove(open_writable(url), plan, tell=lambda done: print("batch", done, flush=True))
"""
BACKUP = """
from pathlib import Path
from archive.backup import backup
from worker.migrate import upgrade
print("begun", flush=True)
if not Path({file!r}).exists():
    backup(url, Path({file!r}), prepare=upgrade)
"""
COPY = """
from archive.copying import copy
from archive.errors import ArchiveError
print("begun", flush=True)
try:
    copy(url, {url!r})
except ArchiveError as error:
    assert "not empty" in str(error)
"""
HEAD = """
import sys
sys.path.insert(0, sys.argv[2])
from tests.archive.house import SITE, decided, fetched, later, revision, says
from tests.archive.test_payloads import history
url = sys.argv[1]
"""


def killed(url: str, script: str, after: float) -> list[list[str]]:
    """Runs a writer and kills it so many seconds after its first word; the words of its whole lines."""
    process = subprocess.Popen(
        [sys.executable, "-c", HEAD + script, url, str(ROOT)], stdout=subprocess.PIPE, cwd=ROOT, text=True
    )  # fmt: skip
    assert process.stdout is not None
    first = process.stdout.readline()
    time.sleep(after)
    process.send_signal(signal.SIGKILL)
    said = first + process.communicate()[0]
    assert first and process.returncode in (0, -signal.SIGKILL)
    return [line.split() for line in said.split("\n")[:-1]]


def moments(seed: int) -> Iterator[float]:
    chance = random.Random(seed)
    yield from (0.1 + chance.random() * 0.5 for _ in range(KILLS))


def test_nothing_acknowledged_is_lost_when_polling_is_killed(database_url: str) -> None:
    with open_writable(database_url) as writer:
        (page,) = watched(writer, "one")
        with writer.begin() as tx:
            decided(
                tx, tx.record_capture(fetched(page, later(0), path="one"), b"first"), revision("one", says("first"))
            )
    acknowledged = []
    for after in moments(1):
        acknowledged += killed(database_url, POLL, after)
    with open_archive(database_url) as archive:
        assert verify(archive).damage == ()
        document = archive.resolve(SITE + "one")
        changes = {change.seq: change for change in archive.changes_after(0)}
        said = {version.number: version.content.content_hash for version in archive.versions(document)}
        for kind, number, value in (words for words in acknowledged if len(words) == 3):
            if kind == "capture":
                assert archive.capture(number).payload_digest == value and archive.payload(value)
            else:
                assert said[changes[int(number)].version] == value
        assert list(changes) == list(range(1, len(changes) + 1)) and len(acknowledged) > 10


@pytest.mark.parametrize("script", [COMPACT, RETENTION], ids=["compact", "retention"])
def test_keeping_house_can_be_killed_at_any_moment(database_url: str, script: str) -> None:
    with open_writable(database_url) as writer:
        (page,) = watched(writer, "one")
        bodies = history(6, 150, 150)
        with writer.begin() as tx:
            captures = [tx.record_capture(fetched(page, later(i), path="one"), body) for i, body in enumerate(bodies)]
            for i in (0, 70):
                decided(tx, captures[i], revision("one", says(f"{i}"), "changed" if i else "new"))
    for after in moments(2):
        killed(database_url, script, after / 2)
    with open_archive(database_url) as archive:
        assert verify(archive).damage == ()
        for i in (0, 70, 149):
            assert archive.payload(str(captures[i].payload_digest)) == bodies[i]


def test_a_killed_backup_has_no_name_and_a_killed_copy_has_not_begun(database_url: str, tmp_path: Path) -> None:
    with open_writable(database_url) as writer:
        filled(writer, 40)
    with open_archive(database_url) as archive:
        before = list(archive.changes_after(0))
    backed_up, copied = tmp_path / "backup.db", tmp_path / "copy.db"
    upgrade(f"sqlite:///{copied}")
    for after in moments(4):
        killed(database_url, BACKUP.format(file=str(backed_up)), after / 3)
        killed(database_url, COPY.format(url=f"sqlite:///{copied}"), after / 3)
        for whole in (backed_up, copied):
            if whole.exists():
                with open_archive(f"sqlite:///{whole}") as archive:
                    assert verify(archive).damage == () and list(archive.changes_after(0)) in (before, [])
    if not backed_up.exists():
        backup(database_url, backed_up, prepare=upgrade)
    with open_archive(f"sqlite:///{copied}") as archive:
        begun = bool(list(archive.changes_after(0)))
    if not begun:
        copy(database_url, f"sqlite:///{copied}")
    for whole in (backed_up, copied):
        with open_archive(f"sqlite:///{whole}") as archive:
            assert verify(archive).damage == () and list(archive.changes_after(0)) == before
    assert not list(tmp_path.glob(".backup.db*"))


def test_a_killed_upgrade_has_not_begun(empty_url: str) -> None:
    script = """
from alembic import command
import worker.migrate
from sqlalchemy import event
from archive import database
made = worker.migrate.writing_engine
def slow(url, **more):
    engine = made(url, **more)
    def told(connection, cursor, statement, *rest):
        if "CREATE" in statement:
            print("made", flush=True)
            import time; time.sleep(0.01)
    event.listen(engine, "after_cursor_execute", told)
    return engine
worker.migrate.writing_engine = slow
worker.migrate.upgrade(url)
"""
    for after in moments(3):
        killed(empty_url, script, after / 4)
    upgrade(empty_url)
    with open_writable(empty_url) as writer:
        filled(writer, 3)
    with open_archive(empty_url) as archive:
        assert verify(archive).damage == ()


@pytest.mark.parametrize("command", ["export warc", "export jsonl", "import", "rederive"])
def test_a_command_that_is_killed_is_simply_run_again(empty_url: str, tmp_path: Path, command: str) -> None:
    from benchmarks.broken_off import trial  # which uses the writers of this file

    assert trial("test", empty_url, command, 2, tmp_path)


def test_a_full_disk_fails_the_write_and_nothing_else(sqlite_url: str) -> None:
    with open_writable(sqlite_url) as writer:
        (page,) = watched(writer, "one")
    chance = random.Random(8)
    acknowledged, failed = [], 0
    with open_writable(sqlite_url) as writer:

        @event.listens_for(writer.engine, "connect")
        def small(connection: Any, record: object) -> None:
            connection.execute("PRAGMA max_page_count=400")

        writer.engine.dispose()
        committer = Committer(writer)
        for i in range(200):
            body = chance.randbytes(20_000)
            try:
                acknowledged.append(
                    (
                        committer.submit(
                            lambda tx, i=i, body=body: tx.record_capture(fetched(page, later(i), path="one"), body)
                        ).result(),
                        body,
                    )
                )
            except (DBAPIError, ArchiveError):
                failed += 1
                if failed > 5:
                    break
        committer.close()
    assert failed and acknowledged
    with open_archive(sqlite_url) as archive:
        assert verify(archive).damage == ()
        for capture, body in acknowledged:
            assert archive.payload(str(capture.payload_digest)) == body
        with archive.connect() as connection:
            assert connection.scalar(text("SELECT count(*) FROM captures")) == len(acknowledged)
    with open_writable(sqlite_url) as writer, writer.begin() as tx:
        assert tx.record_capture(fetched(page, later(999), path="one"), b"space again").capture_id
