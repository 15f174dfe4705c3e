"""Payloads: byte-exact, once, small, on short lines of bases, and never silently damaged."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from archive import Writer, open_archive, open_writable
from archive.compact import compact
from archive.errors import Damaged, NotFound
from archive.frames import COMPACTING, POLLING, pack_bases, unpack_bases
from archive.lock import hold_archive
from tests.archive.house import fetched, later, watched

CHANGES = 90


@pytest.fixture
def writer(database_url: str) -> Iterator[Writer]:
    with open_writable(database_url) as writer:
        yield writer


def history(seed: int = 1, changes: int = CHANGES, lines: int = 300) -> list[bytes]:
    """A page whose counter moves at every visit and of whose lines one changes now and then."""
    chance = random.Random(seed)
    body = [f"<p>{i} {chance.getrandbits(200):x}</p>" for i in range(lines)]
    bodies = []
    for visit in range(changes):
        if visit % 5 == 0:
            body[chance.randrange(lines)] = f"<p>edited {chance.getrandbits(200):x}</p>"
        bodies.append("\n".join([*body, f"<i>{visit * 7919} views</i>"]).encode())
    return bodies


def stored(writer: Writer, bodies: list[bytes], path: str = "page") -> list[str]:
    (page,) = watched(writer, path)
    with writer.begin() as tx:
        return [
            str(tx.record_capture(fetched(page, later(i), path=path), body).payload_digest)
            for i, body in enumerate(bodies)
        ]


def test_a_history_comes_back_byte_for_byte_and_costs_a_fraction(writer: Writer) -> None:
    bodies = history()
    digests = stored(writer, bodies)
    with open_archive(writer.url) as archive, archive.connect() as connection:
        assert [archive.payload(digest) for digest in digests] == bodies
        kept, depth = connection.execute(text("SELECT sum(length(data)), max(depth) FROM payloads")).one()
        alone = connection.scalar(text("SELECT count(*) FROM payloads WHERE base_no IS NULL"))
    assert kept < sum(map(len, bodies)) / 40 and depth <= POLLING.cap and alone == 1


def test_compaction_makes_it_smaller_and_changes_no_byte(writer: Writer) -> None:
    bodies = history()
    digests = stored(writer, bodies)
    shared = stored(writer, [*history(2, 12), bodies[-1]], "other")
    done = compact(writer)
    assert done.payloads == CHANGES + 12 and done.bytes_after < done.bytes_before
    with open_archive(writer.url) as archive, archive.connect() as connection:
        assert [archive.payload(digest) for digest in digests] == bodies
        assert archive.payload(shared[3]) == history(2, 12)[3]
        assert connection.scalar(text("SELECT max(depth) FROM payloads")) <= COMPACTING.cap
    assert compact(writer).payloads == 0
    later_bodies = history(3, 4)
    (page,) = watched(writer, "page")
    with writer.begin() as tx:
        for i, body in enumerate(later_bodies):
            tx.record_capture(fetched(page, later(900 + i), path="page"), body)
    assert compact(writer).payloads == 4


def table_bytes(writer: Writer) -> int:
    with writer.engine.connect() as connection:
        return int(connection.scalar(text("SELECT pg_table_size('payloads')")) or 0)


def test_postgres_gets_back_the_room_of_what_compaction_wrote_anew(postgres_url: str) -> None:
    with open_writable(postgres_url) as writer:
        stored(writer, history())
        before = table_bytes(writer)
        done = compact(writer)
        assert done.bytes_after < done.bytes_before and table_bytes(writer) <= before


def test_beside_a_daemon_or_a_reader_compaction_of_postgres_keeps_nobody_waiting(postgres_url: str) -> None:
    with open_writable(postgres_url) as writer:
        stored(writer, history())
        with hold_archive(postgres_url):
            assert compact(writer).payloads == CHANGES
        stored(writer, history(5), "other")
        with open_archive(postgres_url) as archive, archive.connect() as reader:
            reader.execute(text("SELECT count(*) FROM payloads"))
            assert compact(writer).payloads == CHANGES
            assert reader.scalar(text("SELECT count(*) FROM payloads")) == CHANGES * 2
        with writer.engine.connect() as connection:
            assert connection.scalar(text("SHOW lock_timeout")) == "0"


def test_the_first_payload_of_a_page_rests_on_one_of_its_kind(writer: Writer) -> None:
    pages = watched(writer, "a", "b")
    chrome, one, two = (history(seed, 1)[0] for seed in (1, 2, 3))
    with writer.begin() as tx:
        for page, words in zip(pages, (one, two), strict=True):
            tx.record_capture(fetched(page, later(1), path="ab"), chrome + words[:500])
        sizes = list(tx.session.connection.scalars(text("SELECT length(data) FROM payloads ORDER BY payload_no")))
    assert sizes[1] < sizes[0] / 10


def test_what_a_page_said_first_is_compressed_as_well_as_it_can_be_by_compaction(writer: Writer) -> None:
    pages = watched(writer, "a", "b")
    chrome, *words = (" ".join(history(seed, 1, 2000)[0].decode().split()[::seed]).encode() for seed in (1, 2, 3))
    bodies = [chrome + word for word in words]
    with writer.begin() as tx:
        digests = [
            str(tx.record_capture(fetched(page, later(1), path="ab"), body).payload_digest)
            for page, body in zip(pages, bodies, strict=True)
        ]
    before = frames(writer)
    assert compact(writer).payloads == 2
    after = frames(writer)
    assert [base for base, _ in after] == [base for base, _ in before] == [None, 1]
    assert all(small < large for (_, small), (_, large) in zip(after, before, strict=True))
    with open_archive(writer.url) as archive:
        assert [archive.payload(digest) for digest in digests] == bodies


def frames(writer: Writer) -> list[tuple[int | None, int]]:
    """Base and length of every frame."""
    with writer.begin() as tx:
        rows = tx.session.connection.execute(text("SELECT base_no, length(data) FROM payloads ORDER BY payload_no"))
        return [(base, length) for base, length in rows]


@pytest.mark.parametrize("body", [b"", b"x", bytes(range(256)) * 3, "索引号".encode("gb18030"), b"\x00" * 100_000])
def test_any_bytes_come_back(writer: Writer, body: bytes) -> None:
    first, second = stored(writer, [b"something before it", body])
    with open_archive(writer.url) as archive:
        assert archive.payload(second) == body and archive.payload(first) == b"something before it"


def test_large_payloads_come_back(sqlite_url: str) -> None:
    chance = random.Random(5)
    bodies = [chance.randbytes(700_000) + bytes([i]) for i in range(3)]
    bodies.append(bodies[0][:350_000] + b"edited" + bodies[0][350_000:] + chance.randbytes(5_000_000))
    with open_writable(sqlite_url) as writer:
        digests = stored(writer, bodies)
        compact(writer)
    with open_archive(sqlite_url) as archive:
        assert [archive.payload(digest) for digest in digests] == bodies


@pytest.mark.parametrize("column", ["data", "base_no", "codec"])
def test_a_damaged_row_is_named_not_returned(writer: Writer, column: str) -> None:
    digests = stored(writer, history(4, 12))
    with writer.engine.begin() as connection:
        row = connection.execute(text("SELECT payload_no, data FROM payloads WHERE depth = 6")).one()
        value = bytes(row.data[:-3]) + bytes([row.data[-3] ^ 4]) + bytes(row.data[-2:])
        new = {"data": value, "base_no": 2, "codec": 5}[column]
        connection.execute(
            text(f"UPDATE payloads SET {column} = :new WHERE payload_no = :n"), {"new": new, "n": row.payload_no}
        )
    with open_archive(writer.url) as archive:
        with pytest.raises(Damaged, match=rf"payloads {row.payload_no}:"):
            archive.payload(digests[-1])
        assert archive.payload(digests[5])


def test_unknown_payloads_are_not_found(writer: Writer) -> None:
    with open_archive(writer.url) as archive:
        for digest in ("0" * 64, "not a digest"):
            with pytest.raises(NotFound):
                archive.payload(digest)


@pytest.mark.parametrize("bases", [(), (9,), (9, 8), (7, 200, 3), (5, 5000, 1, 2)])
def test_bases_are_kept_in_few_bytes(bases: tuple[int, ...]) -> None:
    packed = pack_bases(bases)
    assert unpack_bases(bases[0] if bases else None, packed) == bases and len(packed or b"") <= 2 * len(bases)


def test_a_kill_in_the_middle_of_compaction_leaves_a_whole_archive(writer: Writer) -> None:
    bodies = history(6, 100)
    digests = stored(writer, bodies)

    class Killed(Exception):
        pass

    def stop(done: object) -> None:
        raise Killed

    with pytest.raises(Killed):
        compact(writer, tell=stop)
    with open_archive(writer.url) as archive:
        assert [archive.payload(digest) for digest in digests] == bodies
    assert compact(writer).payloads == 60
    with open_archive(writer.url) as archive:
        assert [archive.payload(digest) for digest in digests] == bodies
