"""Eight writers and four readers that are killed again and again, each its own process: what readers miss or see twice.

    python -m benchmarks.followers [--changes 20000] [--writers 8] [--readers 4] [--database postgres|sqlite]

A reader appends the number of each change that it has dealt with to a file, as a downstream tool would, and is killed
(SIGKILL) at random moments; the next one goes on behind the last whole line. In the end every reader must have dealt
with 1, 2, 3 ... without a gap, a repeat or a change of order, and the archive must be proved. A small one of these is
among the tests.
"""

from __future__ import annotations

import argparse
import random
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from archive import open_archive, open_writable
from archive.verify import verify
from benchmarks.postgres import postgres
from tests.archive.house import watched
from worker.migrate import upgrade

ROOT = Path(__file__).parent.parent
EACH = 10
"""changes of one commit"""
PATIENCE = 300.0
"""seconds that a reader has to reach the end once nothing is written any more"""

WRITE = """
import sys
sys.path.insert(0, sys.argv[4])
from archive import open_writable
from tests.archive.house import SITE, decided, fetched, later, revision, says
url, number, commits = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
writer = open_writable(url)
with writer.begin() as tx:
    page = tx.page_by_url(SITE + f"p{number}").page_id
for i in range(commits):
    with writer.begin() as tx:
        capture = tx.record_capture(fetched(page, later(i), path=f"p{number}"), f"{number} {i}".encode() * 20)
        decided(tx, capture, *(revision(f"{number}|{i}|{j}", says(f"{number} {i} {j}")) for j in range(EACH)))
"""
READ = """
import os, sys, time
sys.path.insert(0, sys.argv[3])
from archive import open_archive
url, path = sys.argv[1:3]
handled = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND)
whole = open(path).read().rpartition("\\n")[0]
os.truncate(path, len(whole) + bool(whole))
cursor = int(whole.rpartition("\\n")[2] or 0)
while True:
    with open_archive(url) as archive:
        for change in archive.changes_after(cursor):
            os.write(handled, b"%d\\n" % change.seq)
            cursor = change.seq
    time.sleep(0.05)
"""


@dataclass(frozen=True, slots=True)
class Followed:
    """What a trial came to: changes written, readers killed, changes missed and dealt with twice or out of order (of
    all readers), damages found, writers that failed."""

    changes: int
    kills: int
    missed: int
    repeated: int
    damages: int
    failed: int

    @property
    def well(self) -> bool:
        """Whether nothing was missed, repeated, damaged or failed."""
        return not (self.missed or self.repeated or self.damages or self.failed)


def follow(url: str, folder: Path, writers: int, readers: int, commits: int) -> Followed:
    """Writers that commit so often beside readers that crash, on an archive with the schema."""
    with open_writable(url) as writer:
        watched(writer, *(f"p{number}" for number in range(writers)))
    chance, kills = random.Random(1), 0
    files = [folder / f"reader{number}" for number in range(readers)]
    write = WRITE.replace("EACH", str(EACH))
    writing = [_process(write, url, str(number), str(commits)) for number in range(writers)]
    reading = [_process(READ, url, str(file)) for file in files]
    try:
        while any(process.poll() is None for process in writing):
            time.sleep(0.2 + chance.random() * 2)
            number = chance.randrange(readers)
            reading[number].send_signal(signal.SIGKILL)
            reading[number].wait()
            kills += 1
            reading[number] = _process(READ, url, str(files[number]))
        with open_archive(url) as archive:
            last = archive.last_seq()
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and any(_handled(file)[-1:] != [last] for file in files):
            time.sleep(0.2)
    finally:
        for process in (*writing, *reading):
            process.kill()
            process.wait()
    missed = repeated = 0
    for handled in map(_handled, files):
        missed += last - len(set(handled))
        repeated += sum(after <= before for before, after in pairwise(handled))
    with open_archive(url) as archive:
        damages = len(verify(archive).damage)
    return Followed(last, kills, missed, repeated, damages, sum(process.returncode != 0 for process in writing))


def _process(script: str, *words: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", script, *words, str(ROOT)], cwd=ROOT)


def _handled(file: Path) -> list[int]:
    """The numbers of whole lines."""
    return [int(line) for line in file.read_text().split("\n")[:-1]] if file.exists() else []


def main() -> int:
    """Plays it and prints what was missed and repeated; 1 for anything."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--changes", type=int, default=20_000)
    parser.add_argument("--writers", type=int, default=8)
    parser.add_argument("--readers", type=int, default=4)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="postgres")
    args = parser.parse_args()
    commits = -(-args.changes // (args.writers * EACH))
    with tempfile.TemporaryDirectory() as folder:
        if args.database == "sqlite":
            return _trial("SQLite", f"sqlite:///{folder}/followed.db", Path(folder), args, commits)
        with postgres() as url:
            return 0 if url is None else _trial("Postgres", url, Path(folder), args, commits)


def _trial(name: str, url: str, folder: Path, args: argparse.Namespace, commits: int) -> int:
    upgrade(url)
    done = follow(url, folder, args.writers, args.readers, commits)
    print(
        f"{name}: {args.writers} writers, {done.failed} failed; {done.changes:,} changes; {args.readers} readers, "
        f"killed {done.kills} times: {done.missed} missed, {done.repeated} repeated; {done.damages} damages"
    )
    return 0 if done.well else 1


if __name__ == "__main__":
    raise SystemExit(main())
