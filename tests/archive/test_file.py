"""A file whose bytes were changed where no statement passes: `verify` names it, whatever breaks, and never breaks
itself."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from archive import open_archive, open_writable
from archive.database import sqlite_path
from archive.errors import Damaged, SchemaMismatch
from archive.schema import VIEWS
from archive.verify import verify
from tests.archive.tampered import filled
from worker.cli.app import run
from worker.cli.errors import DAMAGE, DONE

PAGE = 4096


@pytest.fixture
def file(sqlite_url: str) -> Path:
    """An archive that holds something, all of it in one file."""
    with open_writable(sqlite_url) as writer:
        filled(writer, 8)
    path = sqlite_path(sqlite_url)
    assert path is not None
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE").fetchall()
    return path


def changed(path: Path, at: int, new: bytes) -> None:
    held = path.read_bytes()
    assert held[at : at + len(new)] != new
    path.write_bytes(held[:at] + new + held[at + len(new) :])


def root_of(path: Path, name: str) -> int:
    with closing(sqlite3.connect(path)) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (name,)).fetchone()
    return (int(page) - 1) * PAGE


def damaged(path: Path) -> set[str]:
    with open_archive(f"sqlite:///{path}") as archive:
        return {damage.table for damage in verify(archive).damage}


@pytest.mark.parametrize(
    "name",
    [
        "payloads", "captures", "contents", "documents", "changes", "links", "versions", "derivations", "search_data",
        "labels", "ix_changes_at", "sqlite_autoindex_contents_1", "ix_documents_url",
    ],
)  # fmt: skip
def test_a_page_that_is_none_any_more_is_told(file: Path, name: str) -> None:
    changed(file, root_of(file, name), b"\xff")
    assert damaged(file)


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_that_says_something_else_is_told(file: Path, view: str) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(
            "UPDATE sqlite_master SET sql = replace(sql, ' AS ', ' as ') WHERE type = 'view' AND name = ?", (view,)
        )
        connection.commit()
    assert damaged(file) == {"file"}


def test_what_others_add_beside_the_archive_is_no_damage(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("ANALYZE")
        connection.execute("CREATE VIEW mine AS SELECT title FROM current_documents")
        connection.execute("CREATE INDEX mine_too ON documents (author)")
        connection.execute("VACUUM")
    assert damaged(file) == set()


def header(path: Path) -> None:
    changed(path, 0, b"T")


def format_number(path: Path) -> None:
    changed(path, 47, b"\x24")


def definition(path: Path) -> None:
    changed(path, path.read_bytes().find(b"CREATE TABLE captures"), b"CREATF")


@pytest.mark.parametrize("harm", [header, format_number, definition])
def test_a_file_that_cannot_be_opened_is_damaged_and_no_empty_database(
    file: Path, harm: Callable[[Path], None], capsys: pytest.CaptureFixture[str]
) -> None:
    harm(file)
    with pytest.raises(Damaged, match="the database is damaged"):
        open_archive(f"sqlite:///{file}")
    assert run(["--database", f"sqlite:///{file}", "verify"]) == DAMAGE
    assert "file sqlite:///" in capsys.readouterr().out


def test_a_database_without_an_archive_says_so(tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "other.db").close()
    with pytest.raises(SchemaMismatch, match="holds no archive yet"):
        open_archive(f"sqlite:///{tmp_path / 'other.db'}")


def test_a_state_is_kept_whole_or_not_at_all(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    state, here = tmp_path / "state", ["--database", f"sqlite:///{file}", "verify", "--state", str(tmp_path / "state")]
    assert run(here) == DONE and not state.exists()
    state.write_text('{"link_no": 3')
    assert run(here) == 2
    assert "is not what `verify --state` keeps" in capsys.readouterr().err
