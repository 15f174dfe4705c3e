"""Commands killed (SIGKILL) at random moments and run again: nothing of the archive is lost, nothing half is left.

    python -m benchmarks.broken_off [--kills 50] [--database sqlite|postgres]

Each kind of command on an archive that has lived: backup, copy, the exports, rederive, import, compact, retention and
an upgrade from an old schema. After the kills it is run once more to its end; then the archive and what the command
made must be proved and say what they said before. On Postgres the server's process behind a writer is killed, too:
whatever the writer was told is lasting must be there once the server has recovered. `benchmarks.kills` kills writers.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import OperationalError

from archive import open_archive
from archive.errors import ArchiveError
from archive.export import export
from archive.importing import read_warc
from archive.records import Change
from archive.verify import verify
from benchmarks.kills import WRITERS, lost
from benchmarks.lived import bodies, live
from benchmarks.postgres import postgres
from tests.archive.house import SITE
from tests.archive.test_kill import HEAD, ROOT
from tests.migration.test_full import OLDEST, full_archive_of
from worker.migrate import upgrade

COMMANDS = {
    "backup": ["backup", "{there}.db"], "copy": ["copy", "--to", "sqlite:///{there}.db"],
    "export jsonl": ["export", "jsonl", "--output", "{there}.jsonl"],
    "export parquet": ["export", "parquet", "--output", "{there}"],
    "export warc": ["export", "warc", "--output", "{there}"], "rederive": ["rederive"],
    "import": ["import", "folder", "{past}", "--url", "http://past.example.org/"], "compact": ["compact"],
    "retention": ["retention", "0d", "--remove"], "migrate": ["migrate"],
}  # fmt: skip
PATIENCE = 60.0
"""seconds that a server has to recover"""
ADDS = ("import", "rederive")
"""commands after which there may be more changes than before"""


def main() -> int:
    """Kills, and prints a line for each command; 1 for anything lost, damaged or left half."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=50, help="of each command")
    parser.add_argument("--database", choices=("sqlite", "postgres"), action="append")
    parser.add_argument("--only", choices=COMMANDS, action="append", metavar="COMMAND")
    args = parser.parse_args()
    good = True
    for name in args.database or ["sqlite", "postgres"]:
        for command in args.only or COMMANDS:
            with tempfile.TemporaryDirectory() as folder, _database(name, Path(folder)) as url:
                good &= url is None or trial(name, url, command, args.kills, Path(folder))
        if name == "postgres" and "TEST_DATABASE_URL" not in os.environ:  # that server is not ours to kill
            with postgres() as url:
                good &= url is None or _server(url, args.kills)
    return 0 if good else 1


@contextmanager
def _database(name: str, folder: Path) -> Iterator[str | None]:
    if name == "sqlite":
        yield f"sqlite:///{folder}/lived.db"
        return
    with postgres() as url:
        yield url


def trial(name: str, url: str, command: str, kills: int, folder: Path) -> bool:
    """Kills one command so often on an archive made at `url`, says what that came to, and whether it was well."""
    if command == "migrate":
        before, _ = full_archive_of(url, OLDEST, folder)
    else:
        live(url)
        before = changes_of(url)
    (folder / "sources.yaml").write_text(f"sources: [{{id: county, url: '{SITE}', kind: listing}}]\n")
    (folder / "past").mkdir()
    for day, body in enumerate(bodies(9, 28), 1):
        (folder / "past" / f"202001{day:02}T080000Z.html").write_bytes(b"<h1>Old</h1>" + body)
    words = [word.format(there=folder / "there", past=folder / "past") for word in COMMANDS[command]]
    chance, killed = random.Random(4), 0
    longest = 2.0
    for _ in range(kills):
        begun = time.monotonic()
        if command == "copy" and not Path(f"{folder}/there.db").exists():
            upgrade(f"sqlite:///{folder}/there.db")
        with _command(url, folder, words) as process:
            try:
                process.wait(0.2 + chance.random() * longest)
                longest = min(longest, time.monotonic() - begun)  # it was quicker: kill within what it takes
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                killed += 1
        if command == "backup":
            Path(f"{folder}/there.db").unlink(missing_ok=True)
    process = _command(url, folder, words)
    said = process.communicate()[0].strip()
    wrong = _wrong(command, url, folder, before)
    full = command == "copy" and "not empty" in said  # an earlier one came to its end
    well = not wrong and (process.returncode == 0 or full)
    told = "run again: done" if well else f"run again: exit code {process.returncode}, {said[-300:]!r}; {wrong}"
    print(f"{name}, {command}: killed {killed} of {kills} times; {told}", flush=True)
    return well


def _command(url: str, folder: Path, words: list[str]) -> subprocess.Popen[str]:
    environ = {**os.environ, "MUNIMENT_CONFIG": f"{folder}/sources.yaml"}
    return subprocess.Popen(
        [sys.executable, "-m", "worker", "--database", url, *words], cwd=ROOT, env=environ, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip


def changes_of(url: str) -> list[Change]:
    """All changes of an archive."""
    with open_archive(url) as archive:
        return list(archive.changes_after(0))


def _wrong(command: str, url: str, folder: Path, before: list[Change]) -> list[str]:
    """What is not as it must be, of the archive and of what the command made."""
    made = [f"sqlite:///{folder}/there.db"] if command in ("backup", "copy") else []
    wrong = []
    for each in (url, *made):
        with open_archive(each) as archive:
            wrong += [str(damage) for damage in verify(archive).damage[:2]]
        now = changes_of(each)
        if now[: len(before)] != before or (len(now) > len(before) and command not in ADDS):
            wrong.append(f"{len(now)} changes instead of {len(before)}")
        if [change.seq for change in now] != list(range(1, len(now) + 1)):
            wrong.append("the numbers of changes have gaps")
    if command == "export jsonl":
        lines = Path(f"{folder}/there.jsonl").read_text("utf-8").splitlines()
        if [json.loads(line)["seq"] for line in lines] != [change.seq for change in before]:
            wrong.append(f"{len(lines)} lines")
    if command == "export parquet":
        from pyarrow import parquet

        files = (folder / "there").rglob("*.parquet")
        seqs = [seq for file in files for seq in parquet.ParquetFile(file).read(columns=["seq"])["seq"].to_pylist()]
        if sorted(seqs) != [change.seq for change in before]:
            wrong.append(f"{len(seqs)} rows")
    if command == "export warc":
        wrong += _wrong_warc(url, folder)
    return wrong


def _wrong_warc(url: str, folder: Path) -> list[str]:
    """Against an export that nobody disturbed."""
    with open_archive(url) as archive:
        export(archive, "warc", folder / "whole")
    found, whole = _captures(folder / "there"), _captures(folder / "whole")
    return [] if found == whole else [f"{len(found)} records instead of {len(whole)}"]


def _captures(folder: Path) -> list[tuple[str, datetime]]:
    files = folder.glob("*.warc.gz")
    return sorted((capture.url, capture.fetched_at) for file in files for capture in read_warc(file))


def _server(url: str, kills: int) -> bool:
    """Kills the process of the server that a writer speaks to: the server ends all sessions and recovers."""
    upgrade(url)
    live(url)
    said: list[list[str]] = []
    chance = random.Random(6)
    script = HEAD + WRITERS["poll and derive"][0].replace('"one"', '"notice"')
    for _ in range(kills):
        _again(lambda: len(changes_of(url)))
        writer = subprocess.Popen(
            [sys.executable, "-c", script, url, str(ROOT)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            cwd=ROOT, text=True,
        )  # fmt: skip
        assert writer.stdout is not None
        first = writer.stdout.readline()
        time.sleep(chance.random() * 0.5)
        _again(lambda: _kill_backend(url))
        said += [line.split() for line in (first + writer.communicate()[0]).split("\n")[:-1]]
    missing = _again(lambda: lost(url, said, "notice"))
    with open_archive(url) as archive:
        damage = verify(archive).damage
    told = f"{len(said) - kills} writes acknowledged, {missing} lost, {len(damage)} damages"
    print(f"postgres, server process killed: {kills} kills, {told}", flush=True)
    return not (missing or damage)


def _kill_backend(url: str) -> int:
    engine = create_engine(make_url(url).set(database="postgres"), isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            wanted = text("SELECT pid FROM pg_stat_activity WHERE datname = :name ORDER BY backend_start")
            pids = connection.scalars(wanted, {"name": make_url(url).database}).all()
            for pid in pids[:1]:
                os.kill(pid, signal.SIGKILL)
        return len(pids)
    finally:
        engine.dispose()


def _again(do: Callable[[], int]) -> int:
    """What it answers, once the server has recovered."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return do()
        except (ArchiveError, OperationalError):
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


if __name__ == "__main__":
    raise SystemExit(main())
