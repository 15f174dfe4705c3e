"""The change log has no gaps for a reader, whoever writes and whenever the reader crashes."""

from __future__ import annotations

import random
import threading
import time
from pathlib import Path

from sqlalchemy import text

from archive import Writer, open_archive, open_writable
from archive.errors import Unavailable
from archive.records import SourceRow
from benchmarks.followers import follow
from tests.archive.house import SITE, START, decided, fetched, later, revision, says, watched

WRITERS = 8
READERS = 4
ROUNDS = 25


def test_eight_writers_and_four_crashing_readers_miss_nothing_and_repeat_nothing(postgres_url: str) -> None:
    with open_writable(postgres_url) as writer:
        pages = watched(writer, *(f"p{i}" for i in range(WRITERS)))
    done = threading.Event()
    failures: list[BaseException] = []

    def write(number: int) -> None:
        chance = random.Random(number)
        try:
            with open_writable(postgres_url) as writer:
                for i in range(ROUNDS):
                    _write_some(writer, pages[number], number, i, chance)
        except BaseException as error:
            failures.append(error)

    seen: list[list[int]] = [[] for _ in range(READERS)]

    def read(number: int) -> None:
        chance, cursor = random.Random(100 + number), 0
        try:
            while True:
                finished = done.is_set()
                with open_archive(postgres_url) as archive:
                    for change in archive.changes_after(cursor, chance.randint(1, 30)):
                        if chance.random() < 0.02:
                            break  # crashed: what was not remembered is asked for again
                        seen[number].append(change.seq)
                        cursor = change.seq
                    if finished and cursor == archive.last_seq():
                        return
                time.sleep(0.005)
        except BaseException as error:
            failures.append(error)

    writers = [threading.Thread(target=write, args=(i,)) for i in range(WRITERS)]
    readers = [threading.Thread(target=read, args=(i,)) for i in range(READERS)]
    for thread in (*writers, *readers):
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    for thread in readers:
        thread.join()
    assert not failures, failures
    with open_archive(postgres_url) as archive:
        everything = [change.seq for change in archive.changes_after(0)]
    assert len(everything) >= WRITERS * ROUNDS and everything == list(range(1, len(everything) + 1))
    assert all(numbers == everything for numbers in seen)


def test_readers_that_are_killed_while_others_write_miss_nothing_and_repeat_nothing(
    database_url: str, tmp_path: Path
) -> None:
    done = follow(database_url, tmp_path, writers=2, readers=2, commits=40)
    assert done.changes == 800 and done.kills and done.well, done


def _write_some(writer: Writer, page: int, number: int, i: int, chance: random.Random) -> None:
    """A transaction of a few changes that stays open for a random while, and sometimes is undone."""
    while True:
        try:
            with writer.begin() as tx:
                capture = tx.record_capture(fetched(page, later(i), path=f"p{number}"), f"{number} {i}".encode())
                for j in range(chance.randint(1, 3)):
                    decided(tx, capture, revision(f"{number}|{i}|{j}", says(f"{number} {i} {j}")))
                    time.sleep(chance.random() * 0.004)
                if chance.random() < 0.1:
                    raise ZeroDivisionError
            return
        except (ZeroDivisionError, Unavailable):
            continue


def test_writers_that_edit_one_document_number_its_versions_without_gap_or_repeat(database_url: str) -> None:
    with open_writable(database_url) as writer:
        (page,) = watched(writer, "notice")
        with writer.begin() as tx:
            decided(tx, tx.record_capture(fetched(page, START), b"0"), revision("n", says("0")))
        failures: list[BaseException] = []

        def edit(number: int) -> None:
            try:
                with open_writable(database_url) as other:  # as another process would
                    for i in range(20):
                        with other.begin() as tx:
                            tx.heads(["n"])
                            capture = tx.record_capture(fetched(page, later(i)), f"{number} {i}".encode())
                            decided(tx, capture, revision("n", says(f"{number} {i}"), "changed"))
            except BaseException as error:
                failures.append(error)

        threads = [threading.Thread(target=edit, args=(i,)) for i in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not failures, failures
    with open_archive(database_url) as archive:
        document = archive.resolve(SITE + "n")
        assert [version.number for version in archive.versions(document)] == list(range(1, 82))
        assert [c.version for c in archive.changes_after(0)] == list(range(1, 82))


def test_writers_that_find_the_same_new_document_make_it_once(postgres_url: str) -> None:
    with open_writable(postgres_url) as writer:
        (page,) = watched(writer, "notice")
        start = threading.Barrier(6)
        failures: list[BaseException] = []

        def find(number: int) -> None:
            start.wait()
            for i in range(10):
                try:
                    with writer.begin() as tx:
                        capture = tx.record_capture(fetched(page, later(i)), f"{number} {i}".encode())
                        decided(tx, capture, *(revision(f"n{i}|{j}", says(f"{i} {j}")) for j in range(3)))
                except BaseException as error:
                    failures.append(error)

        threads = [threading.Thread(target=find, args=(i,)) for i in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not failures, failures
    with open_archive(postgres_url) as archive, archive.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM documents")) == 30
        assert connection.scalar(text("SELECT count(*) FROM versions")) == 30
        assert [c.kind for c in archive.changes_after(0)] == ["new"] * 30


def test_sources_are_synchronised_again_without_a_trace(database_url: str) -> None:
    with open_writable(database_url) as writer:
        for _ in range(2):
            with writer.begin() as tx:
                tx.sync_sources([SourceRow("s", SITE, "board", True, ("a",), "{}")], START)
    with open_archive(database_url) as archive:
        (state,) = archive.sources()
        assert (state.source_id, state.enabled, state.pages) == ("s", True, 0)
