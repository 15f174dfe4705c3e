"""The recipes of docs/downstream.md are run as they stand there, and answer the page's question."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from archive import open_archive, open_writable
from archive.export import export
from archive.records import Facts
from tests.archive.house import SITE
from tests.archive.shelf import Shelf
from tests.archive.test_views import VIEWS

PAGE = Path(__file__).parents[1] / "docs" / "downstream.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
BLOCKS = [(match[1], match[2]) for match in BLOCK.finditer(PAGE.read_text("utf-8"))]
OLD, NEW = "补贴标准为每人1000元，由财政局发放。", "补贴标准为每人800元，由财政局发放。"


def recipe(language: str, containing: str) -> str:
    """The only block of the page in this language that says so."""
    (found,) = [said for kind, said in BLOCKS if kind == language and containing in said]
    return found


@pytest.fixture
def edited(database_url: str) -> Iterator[Shelf]:
    """A notice that was edited after publication, one that was not, one that is gone, and an edited post."""
    with open_writable(database_url) as writer:
        shelf = Shelf(writer)
        published = Facts(SITE + "a", published_at=datetime(2024, 2, 28, tzinfo=UTC))
        shelf.say("a", OLD, "关于发放补贴的通知", fields={"document_number": "县财〔2024〕3号"}, facts=published)
        shelf.say("b", "照旧。", "未改的通知")
        shelf.say("c", "已撤回的内容。", "撤回的通知")
        shelf.say("p", "帖子", "帖子", kind="post")
        shelf.say("a", NEW, "关于发放补贴的通知", fields={"document_number": "县财〔2024〕3号"}, facts=published)
        shelf.say("p", "帖子改了", "帖子", kind="post")
        shelf.remove("c")
        yield shelf


def test_the_sql_names_the_edited_notice_and_what_it_said(edited: Shelf) -> None:
    with open_archive(edited.writer.url) as archive, archive.connect() as connection:
        rows = connection.execute(text(recipe("sql", "edited_at").rstrip().rstrip(";"))).mappings().all()
        gone = connection.execute(text(recipe("sql", "gone_at").rstrip().rstrip(";"))).mappings().all()
    assert [(row["title"], row["document_number"], row["said"], row["says"]) for row in rows] == [
        ("关于发放补贴的通知", "县财〔2024〕3号", OLD, NEW)
    ]
    assert [(row["title"], row["text"]) for row in gone] == [("撤回的通知", "已撤回的内容。")]


def test_every_view_of_the_contract_is_described_with_its_columns() -> None:
    described = {}
    for line in PAGE.read_text("utf-8").splitlines():
        if (match := re.match(r"\| `(\w+)` \|[^|]*\|(.*)\|$", line)) is not None:
            described[match[1]] = re.sub(r"\([^)]*\)", "", match[2]).replace(" ", "").split(",")
    assert described == {view: columns.split() for view, columns in VIEWS.items()}


PYTHON = [(said, said.split("\n")[0]) for kind, said in BLOCKS if kind == "python"]


@pytest.mark.parametrize(("said", "first"), PYTHON, ids=[first for _, first in PYTHON])
def test_the_python_recipes_run_and_answer(said: str, first: str, sqlite_url: str, tmp_path: Path) -> None:
    for package in ("duckdb", "pandas", "polars"):
        if f"import {package}" in said and importlib.util.find_spec(package) is None:
            pytest.skip(f"{package} is not installed")
    with open_writable(sqlite_url) as writer:
        shelf = Shelf(writer)
        shelf.say("a", OLD, "关于发放补贴的通知")
        shelf.say("b", "照旧。", "未改的通知")
        shelf.say("a", NEW, "关于发放补贴的通知", at=6 * 24 * 60)
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    Path(sqlite_url.removeprefix("sqlite:///")).rename(folder / "muniment.db")
    with open_archive(f"sqlite:///{folder / 'muniment.db'}") as archive:
        export(archive, "jsonl", folder / "changes.jsonl")
        export(archive, "parquet", folder / "parquet")
    environ = {"PYTHONPATH": str(PAGE.parents[1]), "PYTHONUTF8": "1", "PATH": "", "HOME": str(folder)}
    run = subprocess.run([sys.executable, "-c", said], cwd=folder, env=environ, capture_output=True, timeout=120)
    shown = run.stdout.decode()
    assert run.returncode == 0, run.stderr.decode()
    assert "关于发放补贴的通知" in shown
    if "search" in said:
        assert f"on 5 March it said: {OLD}" in shown and "until 2024-03-07" in shown
    elif "cursor" not in said:
        assert "1000" in shown and "800" in shown and "照旧" not in shown
