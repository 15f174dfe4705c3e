"""Writers killed (SIGKILL) at random moments: nothing that was acknowledged may be lost, and proof must stay clean.

    python -m benchmarks.kills [--kills 50] [--database sqlite|postgres]

So many kills each while captures and versions are written one by one, while the archive is compacted, while retention
removes bytes, and while captures of the past are imported. A writer says what it was told is lasting; after every kill
the archive is verified, and in the end all that was said must be there. Kills of an upgrade stand in
`tests/archive/test_kill.py`, whose writers these are.
"""

from __future__ import annotations

import argparse
import random
import tempfile

from archive import open_archive, open_writable
from archive.verify import verify
from benchmarks.lived import bodies
from benchmarks.postgres import postgres
from tests.archive.house import SITE, decided, fetched, later, revision, says, watched
from tests.archive.test_kill import COMPACT, POLL, RETENTION, killed
from worker.migrate import upgrade

IMPORT = """
from archive import open_writable
from archive.importing import PastCapture, import_captures, past
from benchmarks.lived import bodies
past.BATCH = 5
begun = int.from_bytes(__import__("os").urandom(3), "big")
old = (PastCapture(SITE + "one", later(-9e6 + begun / 7 + n), body) for n, body in enumerate(bodies(begun, 400)))
print("begun", flush=True)
import_captures(open_writable(url), old, now=later(0), progress=lambda done: print("imported", done.stored, flush=True))
"""
WRITERS = {
    "poll and derive": (POLL, 0.5), "import": (IMPORT, 0.5), "compact": (COMPACT, 0.2), "retention": (RETENTION, 0.2),
}  # fmt: skip
"""and the seconds within which each is killed; in turn, so that there is always something to compact and to remove"""


def main() -> int:
    """Kills, and prints what was lost; 1 for anything."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=50, help="of each kind of write")
    parser.add_argument("--database", choices=("sqlite", "postgres"), action="append")
    args = parser.parse_args()
    wanted, good = args.database or ["sqlite", "postgres"], True
    if "sqlite" in wanted:
        with tempfile.TemporaryDirectory() as folder:
            good &= _trial("SQLite", f"sqlite:///{folder}/killed.db", args.kills)
    if "postgres" in wanted:
        with postgres() as url:
            if url is not None:
                good &= _trial("Postgres", url, args.kills)
    return 0 if good else 1


def _trial(name: str, url: str, kills: int) -> bool:
    upgrade(url)
    with open_writable(url) as writer:
        (page,) = watched(writer, "one")
        for number, body in enumerate(bodies(1, 20)):
            with writer.begin() as tx:
                capture = tx.record_capture(fetched(page, later(number), path="one"), body)
                if number == 0:
                    decided(tx, capture, revision("one", says("first")))
    chance = random.Random(2)
    said: dict[str, list[list[str]]] = {kind: [] for kind in WRITERS}
    damage = dict.fromkeys(WRITERS, 0)
    for _ in range(kills):
        for kind, (script, longest) in WRITERS.items():
            said[kind] += killed(url, script, chance.random() * longest)
            with open_archive(url) as archive:
                damage[kind] += len(verify(archive).damage)
    missing = {kind: lost(url, words) for kind, words in said.items()}
    for kind, words in said.items():
        told = f"{len(words) - kills} writes acknowledged, {missing[kind]} lost, {damage[kind]} damages"
        print(f"{name}, {kind}: {kills} kills, {told}")
    return not (any(missing.values()) or any(damage.values()))


def lost(url: str, said: list[list[str]], path: str = "one") -> int:
    """Of what writers were told is lasting, how much is not there: captures with their digest, changes with what their
    version says, imported captures by their number."""
    missing = imported = 0
    with open_archive(url) as archive:
        versions = archive.versions(archive.resolve(SITE + path))
        texts = {version.number: version.content.content_hash for version in versions}
        changes = {change.seq: change for change in archive.changes_after(0)}
        for words in said:
            if words[0] == "capture":
                missing += archive.capture(int(words[1])).payload_digest != words[2]
            elif words[0] == "change":
                missing += int(words[1]) not in changes or texts[changes[int(words[1])].version] != words[2]
            imported += words[0] == "imported"
        past = sum(capture.fetched_at < later(-1) for capture in archive.captures())
    return missing + max(0, imported * 5 - past)


if __name__ == "__main__":
    raise SystemExit(main())
