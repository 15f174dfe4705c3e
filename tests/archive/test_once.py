"""A payload that several processes bring for the first time at once is kept once, and each of them has it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from sqlalchemy import func, select

from archive import open_archive, open_writable
from archive.digest import sha256
from archive.schema import captures, payloads
from archive.verify import verify
from tests.archive.house import watched
from tests.archive.test_payloads import history

ROOT = Path(__file__).parents[2]
WRITERS, ROUNDS, EACH = 4, 12, 5
BRINGS = """
import random, sys
sys.path.insert(0, sys.argv[3])
from archive import open_writable
from archive.errors import Unavailable
from tests.archive.house import SITE, fetched, later
from tests.archive.test_once import EACH, ROUNDS
from tests.archive.test_payloads import history
url, path = sys.argv[1:3]
writer, bodies, chance = open_writable(url), history(11, ROUNDS * EACH, 40), random.Random(path)
with writer.begin() as tx:
    page = tx.page_by_url(SITE + path).page_id
print("ready", flush=True)
sys.stdin.readline()
for start in range(0, len(bodies), EACH):
    order = chance.sample(range(start, start + EACH), EACH)
    while True:
        try:
            with writer.begin() as tx:
                for at in order:
                    tx.record_capture(fetched(page, later(at), path=path), bodies[at])
            break
        except Unavailable:
            print("again", flush=True)
"""
"""the payloads of each round in an order of its own: who waits for whom is not always the same, and who is chosen to
end a deadlock begins the round again, as the daemon would"""


def test_what_several_processes_bring_first_at_the_same_time_is_kept_once(database_url: str) -> None:
    paths = [f"p{number}" for number in range(WRITERS)]
    with open_writable(database_url) as writer:
        watched(writer, *paths)
    command = [sys.executable, "-c", BRINGS, database_url]
    processes = [
        subprocess.Popen(
            [*command, path, str(ROOT)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, text=True
        )
        for path in paths
    ]
    for process in processes:
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    for process in processes:
        process.communicate()
        assert process.returncode == 0
    bodies = {sha256(body): body for body in history(11, ROUNDS * EACH, 40)}
    with open_archive(database_url) as archive, archive.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(payloads)) == len(bodies) == ROUNDS * EACH
        assert connection.scalar(select(func.count()).select_from(captures)) == WRITERS * len(bodies)
        said = connection.execute(
            select(captures.c.fetched_at, payloads.c.digest, func.count())
            .join(payloads, payloads.c.payload_no == captures.c.payload_no)
            .group_by(captures.c.fetched_at, payloads.c.digest)
        ).all()
        assert len(said) == len(bodies) and {count for *_, count in said} == {WRITERS}
        assert {digest: archive.payload(digest) for digest in bodies} == bodies
        assert verify(archive).damage == ()
