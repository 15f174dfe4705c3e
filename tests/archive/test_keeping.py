"""Keeping house: backup, copy, retention, stats; nothing is lost and everything stays provable."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from archive import open_archive, open_writable
from archive.backup import backup
from archive.copying import copy
from archive.errors import ArchiveError, NotFound
from archive.retention import Rule, plan, remove
from archive.search.find import search
from archive.stats import stats
from archive.verify import verify
from tests.archive.house import SITE, decided, fetched, later, revision, says, watched
from tests.archive.tampered import filled
from tests.archive.test_payloads import history
from worker.migrate import upgrade

VIEWS = (
    "current_documents", "document_versions", "topics", "topic_posts", "government_notices", "same_content",
    "capture_log",
    "change_log", "page_status", "incidents",
)  # fmt: skip


def everything(url: str) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all views, times as RFC 3339 text."""
    said = {}
    with open_archive(url) as archive, archive.connect() as connection:
        for view in VIEWS:
            rows = [tuple(_plain(value) for value in row) for row in connection.execute(text(f"SELECT * FROM {view}"))]
            said[view] = sorted(rows, key=repr)
    return said


def _plain(value: object) -> object:
    from datetime import UTC, datetime

    if isinstance(value, str) and value.endswith("Z") and len(value) in (20, 27) and value[4] == "-":
        return datetime.fromisoformat(value)
    return value.astimezone(UTC) if isinstance(value, datetime) else value


def test_a_copy_to_the_other_database_and_back_is_equal_by_hash(
    sqlite_url: str, postgres_url: str, tmp_path: Path
) -> None:
    with open_writable(sqlite_url) as writer:
        filled(writer)
        (page,) = watched(writer, "topic")
        with writer.begin() as tx:
            capture = tx.record_capture(fetched(page, later(400), path="topic"), b"topic")
            posts = [revision(f"p{i}", says(f"post {i}"), kind="post", parent="t") for i in range(3)]
            decided(tx, capture, *posts)
            decided(
                tx,
                tx.record_capture(fetched(page, later(401), path="topic"), b"topic 2"),
                revision("t", says("", "Snow"), kind="topic"),
            )
            changed = [
                revision(f"p{i}", says(f"post {i}, edited"), "changed", kind="post", parent="t") for i in range(3)
            ]
            decided(tx, tx.record_capture(fetched(page, later(402), path="topic"), b"topic 3"), *changed)
    there = copy(sqlite_url, postgres_url)
    again = f"sqlite:///{tmp_path / 'again.db'}"
    upgrade(again)
    back = copy(postgres_url, again)
    assert there == back and there.rows["documents"] == 5
    assert everything(sqlite_url) == everything(postgres_url) == everything(again)
    for url in (postgres_url, again):
        with open_archive(url) as archive:
            assert verify(archive).damage == ()
            with archive.connect() as connection:
                assert len(search(connection, "edited").hits) == 3
    with open_writable(postgres_url) as writer, writer.begin() as tx:  # numbers go on where they were
        assert tx.record_capture(fetched(page, later(500), path="topic"), b"more").capture_id > capture.capture_id


def test_a_copy_is_never_mixed_into_an_archive_that_holds_something(sqlite_url: str, tmp_path: Path) -> None:
    with open_writable(sqlite_url) as writer:
        filled(writer, 3)
    other = f"sqlite:///{tmp_path / 'other.db'}"
    upgrade(other)
    copy(sqlite_url, other)
    with pytest.raises(ArchiveError, match="not empty"):
        copy(sqlite_url, other)


def test_a_backup_is_whole_while_others_write(database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "kept.db"
    with open_writable(database_url) as writer:
        filled(writer)
        before = everything(database_url)
        (page,) = watched(writer, "two")
        more = iter(range(1000))

        def write_more(what: str, done: int) -> None:
            with writer.begin() as tx:
                tx.record_capture(fetched(page, later(600 + next(more)), path="two"), b"meanwhile")

        found = backup(database_url, file, prepare=upgrade, tell=write_more)
    assert found.damage == () and everything(f"sqlite:///{file}") == before
    assert sorted(path.name for path in tmp_path.iterdir() if "kept" in path.name) == ["kept.db"]
    with pytest.raises(ArchiveError, match="exists"):
        backup(database_url, file, prepare=upgrade)


def test_an_unsound_archive_makes_no_backup(sqlite_url: str, tmp_path: Path) -> None:
    with open_writable(sqlite_url) as writer:
        filled(writer, 4)
        with writer.engine.begin() as connection:
            connection.execute(text("UPDATE contents SET title = 'forged' WHERE content_no = 1"))
    with pytest.raises(ArchiveError, match="contents 1"):
        backup(sqlite_url, tmp_path / "kept.db", prepare=upgrade)
    assert not [path for path in tmp_path.iterdir() if "kept" in path.name]


def test_retention_says_what_goes_and_keeps_every_version(database_url: str) -> None:
    bodies = history(9, 40, 80)
    with open_writable(database_url) as writer:
        (page,) = watched(writer, "one")
        digests, spoken = [], []
        for visit, body in enumerate(bodies):
            with writer.begin() as tx:
                capture = tx.record_capture(fetched(page, later(60 * 24 * visit), path="one"), body)
                digests.append(str(capture.payload_digest))
                if visit % 10 == 0:
                    decided(tx, capture, revision("one", says(f"{visit}"), "changed" if visit else "new"))
                    spoken.append(digests[-1])
        now = later(60 * 24 * 39)
        with open_archive(database_url) as archive:
            due = plan(archive, [Rule(timedelta(days=15))], now)
            assert due.by_source == {"county": (len(due.payloads), due.bytes)} and len(due.payloads) == 21
            assert plan(archive, [Rule(timedelta(days=15), "another")], now).payloads == ()
        assert remove(writer, due) == 21
        with open_archive(database_url) as archive:
            assert verify(archive).damage == ()
            kept = 0
            for digest, body in zip(digests, bodies, strict=True):
                try:
                    assert archive.payload(digest) == body
                    kept += 1
                except NotFound:
                    assert digest not in spoken
            assert kept == 19 and plan(archive, [Rule(timedelta(days=15))], now).payloads == ()
            assert len(list(archive.versions(archive.resolve(SITE + "one")))) == 4
        with writer.begin() as tx:  # said again, the bytes are back
            tx.record_capture(fetched(page, later(99_999), path="one"), bodies[1])
        with open_archive(database_url) as archive:
            assert archive.payload(digests[1]) == bodies[1] and verify(archive).damage == ()


def test_stats_count_what_is_there(database_url: str) -> None:
    with open_writable(database_url) as writer:
        filled(writer)
    with open_archive(database_url) as archive:
        said = stats(archive)
        assert (said.documents, said.versions, said.changes) == (1, 5, 6)
        assert said.frame_bytes < said.payload_bytes < said.database_bytes * 10 and said.bytes_per_version > 0
        (growth,) = said.growth
        assert (growth.source_id, growth.week, growth.captures) == ("county", date(2024, 2, 26), said.captures)
        assert (growth.payloads, growth.payload_bytes) == (said.payloads, said.frame_bytes)
