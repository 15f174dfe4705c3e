"""Filters of a query: the same documents whether those that pass are few or many, and no plan that walks a source."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from archive import Archive, open_archive, open_writable
from archive.records import Kind
from archive.search import narrowing
from tests.archive.shelf import Shelf
from tests.web.test_api_plans import statements

QUERIES = (
    "停水 source:county", "停水 source:board", "停水 kind:post", "source:board", "kind:notice", "state:gone", "停水",
    "停水 source:county since:2024-02 until:2024-04", "since:2024-03", "通知 source:board kind:notice", "author:nobody",
    "source:county -停水", "停水 source:nobody",
)  # fmt: skip
MANY = "停水 source:county"


@pytest.fixture
def archive(database_url: str) -> Iterator[Archive]:
    with open_writable(database_url) as writer:
        shelf = Shelf(writer, "county", "board")
        for number in range(12):
            source = "county" if number % 3 else "board"
            kind: Kind = "notice" if number % 3 else "post"
            says = f"第{number}号：明日停水。" if number % 4 else f"第{number}号：照常供应。"
            shelf.say(f"{number}", says, f"通知{number}", source=source, kind=kind)
        for number in range(0, 12, 2):
            shelf.say(f"{number}", f"第{number}号：现已恢复供水。", f"通知{number}")
    with open_archive(database_url) as opened:
        yield opened


def titles(archive: Archive, query: str) -> list[str]:
    """Of all hits, over pages of two."""
    said: list[str] = []
    cursor: str | None = None
    while True:
        results = archive.search(query, 2, cursor)
        said += ["".join(piece.text for piece in hit.title) for hit in results.hits]
        if (cursor := results.cursor) is None:
            return said


def spans(archive: Archive, query: str) -> list[tuple[str, tuple[int, ...]]]:
    return [
        (each.document_id, tuple(span.first_version for span in each.spans))
        for each in archive.search_versions(query).found
    ]


@pytest.mark.parametrize("query", QUERIES)
def test_few_and_many_give_the_same(archive: Archive, query: str, monkeypatch: pytest.MonkeyPatch) -> None:
    few, few_spans = titles(archive, query), spans(archive, query)
    monkeypatch.setattr(narrowing, "FEW", -1)
    assert titles(archive, query) == few
    assert spans(archive, query) == few_spans
    monkeypatch.setattr(narrowing, "FEW", 1000)
    monkeypatch.setattr(narrowing, "FEW_CONTENTS", 3)
    assert titles(archive, query) == few
    assert spans(archive, query) == few_spans


def test_the_filters_find_something(archive: Archive) -> None:
    assert len(titles(archive, MANY)) == 4
    assert len(spans(archive, MANY)) == 6  # two no longer say so
    assert len(titles(archive, "source:board")) == 4


def test_no_content_makes_sqlite_walk_the_documents_of_a_source(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    if archive.engine.dialect.name != "sqlite":
        pytest.skip("Postgres has statistics to go by")
    monkeypatch.setattr(narrowing, "FEW", -1)
    with statements(archive) as sent:
        titles(archive, MANY)
        spans(archive, MANY)
    asked = [(sql, values) for sql, values in sent if "MATCH" in sql]
    assert len(asked) >= 2
    with archive.connect() as connection:
        for sql, values in asked:
            plan = [str(row[-1]) for row in connection.exec_driver_sql("EXPLAIN QUERY PLAN " + sql, values)]
            assert not [line for line in plan if re.search(r"ix_documents_source_no|SEARCH s USING COVERING", line)]
            assert [line for line in plan if "content_no=?" in line]
