"""Migrations on archives that hold something: nothing is lost, and the chain still proves every row."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import insert, inspect, select, text
from sqlalchemy.exc import IntegrityError

from archive import REVISION, open_archive, open_writable
from archive.anchor import Anchor, anchor
from archive.copying import tables
from archive.database import reading_engine, writing_engine
from archive.records import Change
from archive.schema import payloads
from archive.search import index as search_index
from archive.verify import verify
from tests.archive.tampered import filled
from tests.archive.test_full_disk import on_a_small_disk
from tests.archive.test_kill import killed
from worker.migrate import current, upgrade


def test_natures_come_to_a_full_archive_and_its_old_lines_stay_proved(empty_url: str, tmp_path: Path) -> None:
    before, written = full_archive_of(empty_url, "0004", tmp_path)
    assert "0005" in upgrade(empty_url)
    with open_archive(empty_url) as archive:
        assert list(archive.changes_after()) == before and len(before) > 3
        assert verify(archive, anchor=written).damage == ()
        with archive.connect() as connection:
            assert set(connection.scalars(text("SELECT nature FROM change_log"))) == {None}


def test_incidents_stay_when_a_stopped_notifier_becomes_one(empty_url: str) -> None:
    upgrade(empty_url, "0009")
    said = "1, NULL, 'disk-full', NULL, NULL, {at}, {at}, NULL, NULL, 'no room', 1"
    engine = writing_engine(empty_url)
    with engine.begin() as connection:
        at = "0" if connection.dialect.name == "sqlite" else "to_timestamp(0)"
        connection.execute(text(f"INSERT INTO incident_log VALUES ({said.format(at=at)})"))
    engine.dispose()
    assert upgrade(empty_url)[0] == "0010"
    with open_writable(empty_url) as writer, writer.begin() as tx:
        (kept,) = tx.open_incidents()
        assert (kept.incident_id, kept.kind, kept.reason) == (1, "disk-full", "no room")
        assert tx.session.connection.scalar(text("SELECT count(*) FROM incidents")) == 1


def test_a_digest_stays_there_once_when_its_index_becomes_one_of_hashes(empty_url: str, tmp_path: Path) -> None:
    _, written = full_archive_of(empty_url, "0012", tmp_path)
    assert upgrade(empty_url)[0] == "0013"
    with open_archive(empty_url) as archive:
        assert verify(archive, anchor=written).damage == ()
    engine = writing_engine(empty_url)
    with engine.connect() as connection:
        row = dict(connection.execute(select(payloads).limit(1)).mappings().one())
        with pytest.raises(IntegrityError, match="digest"):
            connection.execute(insert(payloads), [{**row, "payload_no": 10**6}])
    engine.dispose()


OLDEST = "0003"
"""the first schema that could hold an archive as it is sealed today"""
UPGRADE = """
import worker.migrate
print("begun", flush=True)
worker.migrate.upgrade(url)
"""


def test_an_upgrade_of_a_full_archive_that_is_killed_has_not_begun_and_is_simply_run_again(
    empty_url: str, tmp_path: Path
) -> None:
    before, written = full_archive_of(empty_url, OLDEST, tmp_path)
    for after in (0.3, 0.5, 0.8, 1.2):
        killed(empty_url, UPGRADE, after)
        assert current(empty_url) in (OLDEST, REVISION)
    upgrade(empty_url)
    with open_archive(empty_url) as archive:
        assert list(archive.changes_after()) == before and len(before) > 3
        assert verify(archive, anchor=written).damage == ()


def test_an_upgrade_without_room_has_not_begun_and_says_so(sqlite_file: str, tmp_path: Path) -> None:
    before, written = full_archive_of(sqlite_file, OLDEST, tmp_path)
    for size in (10_000, 60_000):  # so large may its log grow, and no larger
        failed = on_a_small_disk(size, "--database", sqlite_file, "migrate")
        assert failed.returncode == 1 and "Make room and run it again" in failed.stderr, failed.stderr
        assert current(sqlite_file) == OLDEST
    upgrade(sqlite_file)
    with open_archive(sqlite_file) as archive:
        assert list(archive.changes_after()) == before
        assert verify(archive, anchor=written).damage == ()


@pytest.fixture
def sqlite_file(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'old.db'}"


def full_archive_of(url: str, revision: str, folder: Path) -> tuple[list[Change], Anchor]:
    """An archive with the schema of a revision and rows as they were written then; its changes and its anchor."""
    today = f"sqlite:///{folder / 'today.db'}"
    upgrade(today)
    with open_writable(today) as writer:
        filled(writer, natures=False)
    upgrade(url, revision)
    source, target = reading_engine(today), writing_engine(url, foreign_keys=False)
    with source.connect() as here, target.begin() as there:
        known = inspect(there)
        for table in tables():
            if not known.has_table(table.name):
                continue
            names = {column["name"] for column in known.get_columns(table.name)}
            rows = here.execute(select(*(column for column in table.c if column.name in names))).mappings().all()
            if rows:
                there.execute(insert(table), [dict(row) for row in rows])
        search_index.rebuild(there)
    source.dispose()
    target.dispose()
    with open_archive(today) as archive:
        return list(archive.changes_after()), anchor(archive)
