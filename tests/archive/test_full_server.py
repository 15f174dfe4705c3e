"""A Postgres server whose disk is full: commands say so and what to do, nothing acknowledged is lost, and run again
with room they finish."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from archive import open_archive, open_writable
from archive.verify import verify
from tests.archive.tampered import filled
from tests.support.disks import fill, small_disk
from tests.support.server import Server, own_server
from worker.migrate import upgrade


@pytest.fixture(scope="module")
def disk() -> Iterator[Path]:
    """A file system of 100 MB, where the server's user can reach it."""
    folder = Path(tempfile.mkdtemp(prefix="mpd-", dir="/tmp"))
    with small_disk(folder, 100):
        folder.chmod(0o755)
        yield folder
    folder.rmdir()


@pytest.fixture(scope="module")
def server(disk: Path) -> Iterator[Server]:
    with own_server(disk) as running:
        yield running


def muniment(url: str, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "worker", "--database", url, *command], capture_output=True, text=True, check=False
    )


def saved(folder: Path) -> Path:
    """A folder of saved copies of one page, to import."""
    folder.mkdir()
    for number in range(100):
        words = " ".join(f"{number * place:x}" for place in range(1, 1500))
        (folder / f"{20250101000000 + number % 60 + number // 60 * 100}.html").write_text(f"<p>{words}</p>", "utf-8")
    return folder


def database(server: Server, name: str) -> str:
    engine = create_engine(server.url(), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return server.url(name)


@pytest.mark.parametrize(
    ("name", "leaving"),
    [
        ("copy", 0), ("import", 0), ("rederive", 0), ("retention", 0),
        ("copy", 600_000), ("migrate", 600_000), ("import", 600_000), ("compact", 0),
    ],
)  # fmt: skip
def test_a_command_that_finds_no_room_on_the_server_says_so_and_is_run_again(
    server: Server, disk: Path, tmp_path: Path, name: str, leaving: int
) -> None:
    here, there = database(server, "here"), database(server, "there")
    if name == "copy":
        start = f"sqlite:///{tmp_path / 'start.db'}"
        upgrade(start)
    else:
        start = here
        if name != "migrate":
            upgrade(start)
    if name != "migrate":
        with open_writable(start) as writer:
            filled(writer, 60)
        with open_archive(start) as archive:
            before = list(archive.changes_after(0))
    command = {
        "copy": [start, "copy", "--to", there], "migrate": [here, "migrate"], "compact": [here, "compact"],
        "import": [here, "import", "folder", str(saved(tmp_path / "saved")), "--url", "http://a.example/"],
        "rederive": [here, "rederive"], "retention": [here, "retention", "0d", "--remove"],
    }[name]  # fmt: skip
    filler = disk / "filler"
    fill(filler, leaving)
    failed = muniment(*command)
    filler.unlink()
    assert "Traceback" not in failed.stderr and failed.returncode in (0, 1), failed.stderr
    if failed.returncode:
        assert "run it again" in failed.stderr and "room" in failed.stderr
    if not server.runs:
        server.start()
    done = muniment(*command)
    assert done.returncode == 0, done.stderr
    with open_archive(there if name == "copy" else here) as archive:
        assert verify(archive).damage == ()
        if name != "migrate":
            assert list(archive.changes_after(0))[: len(before)] == before
