"""A disk without room: what belonged to the write is undone whole, and later writes go on."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.exc import OperationalError

from archive import Committer, Transaction, open_archive, open_writable
from archive.database import in_our_words, is_full
from archive.errors import NoRoom, Unavailable
from archive.export import export
from archive.records import SourceRow
from archive.verify import verify
from tests.archive.house import START
from tests.archive.tampered import filled


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


SMALL = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # as a quota: the write fails, nobody is killed
size = int(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
from worker.cli.app import run
sys.exit(run(sys.argv[2:]))
"""
"""no file may grow beyond so many bytes: what a full disk is to one process"""


def on_a_small_disk(size: int, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", SMALL, str(size), *command], capture_output=True, text=True)


@pytest.mark.parametrize("size", [40_000, 150_000])
@pytest.mark.parametrize("name", ["backup", "copy", "warc", "compact", "retention"])
def test_what_finds_no_room_says_so_and_goes_on_once_there_is_some(
    sqlite_url: str, tmp_path: Path, name: str, size: int
) -> None:
    with open_writable(sqlite_url) as writer:
        filled(writer, 60)
    with open_archive(sqlite_url) as archive:
        before = list(archive.changes_after(0))
    there = tmp_path / "there"
    commands = {
        "backup": ["backup", f"{there}"], "copy": ["copy", "--to", f"sqlite:///{there}"], "compact": ["compact"],
        "retention": ["retention", "0d", "--remove"],
    }  # fmt: skip
    command = commands.get(name, ["export", name, "--output", f"{there}"])
    failed = on_a_small_disk(size, "--database", sqlite_url, *command)
    if failed.returncode != 0:
        assert failed.returncode == 1 and "Make room and run it again" in failed.stderr, failed.stderr
        assert "Traceback" not in failed.stderr
        done = subprocess.run(
            [sys.executable, "-m", "worker", "--database", sqlite_url, *command], capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
    for url in (sqlite_url, *([f"sqlite:///{there}"] if name in ("backup", "copy") else [])):
        with open_archive(url) as archive:
            assert verify(archive).damage == () and list(archive.changes_after(0)) == before
    assert failed.returncode == 1 or size > 40_000


def test_an_export_that_had_no_room_to_begin_begins_once_there_is_some(sqlite_url: str, tmp_path: Path) -> None:
    (tmp_path / "warc").mkdir()
    (tmp_path / "warc" / "export.json.part").touch()
    with open_writable(sqlite_url) as writer:
        filled(writer, 3)
    with open_archive(sqlite_url) as archive:
        assert export(archive, "warc", tmp_path / "warc").records


def test_a_schema_that_finds_no_room_has_not_begun(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"
    failed = on_a_small_disk(60_000, "--database", url, "migrate")
    assert failed.returncode == 1 and "Make room and run it again" in failed.stderr
    assert on_a_small_disk(100_000_000, "--database", url, "migrate").returncode == 0
    with open_archive(url) as archive:
        assert verify(archive).damage == ()


def test_a_server_that_is_gone_has_not_answered(tmp_path: Path) -> None:
    engine = create_engine(f"postgresql+psycopg://postgres@/postgres?host={tmp_path}")
    with pytest.raises(Unavailable, match="did not answer"), in_our_words(), engine.connect():
        pass
