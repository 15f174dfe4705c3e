"""The change log asked for some of it: every filter, page after page, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import archive.filtering as filtering
from archive import open_archive, open_writable
from archive.filtering import ChangeFilter
from archive.records import Change, Nature, SourceRow
from archive.search.query import QueryError
from tests.archive.house import SITE, START, later
from tests.archive.shelf import Shelf
from tests.web.test_api_plans import statements


@pytest.fixture
def shelf(database_url: str) -> Iterator[Shelf]:
    with open_writable(database_url) as writer:
        filled = Shelf(writer, "county", "board")
        with writer.begin() as tx:
            county = SourceRow("county", SITE, "listing", True, ("office", "north"))
            tx.sync_sources([county, SourceRow("board", SITE, "board", True, ("forum",))], START)
        filled.say("a", "每户补助一万元。", "危房改造通知", at=1)
        filled.say("b", "今天停水了。", "", at=2, kind="post", source="board")
        filled.say("a", "每户补助八千元。", "危房改造通知", at=10, nature=Nature(True, 0.2, None, ("body",)))
        filled.say("b", "今天停水了，明天恢复。", "", at=11, kind="post", nature=Nature(None, 0.4, None, ("body",)))
        filled.remove("b", at=20)
        filled.say("c", "停电通知的正文。", "停电通知", at=30)
        yield filled


def numbers(shelf: Shelf, before: int | None = None, limit: int = 50, **wanted: Any) -> list[int]:
    return [change.seq for change in found(shelf, before, limit, **wanted)]


def found(shelf: Shelf, before: int | None = None, limit: int = 50, **wanted: Any) -> tuple[Change, ...]:
    with open_archive(shelf.writer.url) as archive:
        return archive.changes_found(ChangeFilter(**wanted), before, limit).changes


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({}, [6, 5, 4, 3, 2, 1]),
        ({"sources": ("board",)}, [5, 4, 2]),
        ({"sources": ("nowhere",)}, []),
        ({"tags": ("north", "south")}, [6, 3, 1]),
        ({"tags": ("forum",), "sources": ("county",)}, []),
        ({"kinds": ("gone",)}, [5]),
        ({"kinds": ("gone", "changed")}, [5, 4, 3]),
        ({"document_kinds": ("post",)}, [5, 4, 2]),
        ({"kinds": ("new",), "document_kinds": ("notice",)}, [6, 1]),
        ({"field": "text"}, [6, 4, 3, 2, 1]),
        ({"field": "te"}, []),
        ({"field": "%"}, []),
        ({"silent": True}, [3]),
        ({"silent": True, "sources": ("board",)}, []),
        ({"since": later(10), "until": later(20)}, [4, 3]),
        ({"since": later(31)}, []),
        ({"until": later(2)}, [1]),
        ({"word": "停水"}, [5, 4, 2]),
        ({"word": "八千元"}, [3]),
        ({"word": '"停电通知"', "kinds": ("new",)}, [6]),
        ({"word": "停水", "since": later(11), "until": later(12)}, [4]),
        ({"word": "从未说过"}, []),
    ],
)  # fmt: skip
def test_only_what_fits_is_found_newest_first(shelf: Shelf, wanted: dict[str, Any], expected: list[int]) -> None:
    assert numbers(shelf, **wanted) == expected


@pytest.mark.parametrize("wanted", [{}, {"sources": ("board", "county")}, {"word": "停水"}, {"kinds": ("new",)}])
def test_page_after_page_misses_nothing_and_shows_nothing_twice(shelf: Shelf, wanted: dict[str, Any]) -> None:
    whole, walked, before = numbers(shelf, **wanted), [], None
    with open_archive(shelf.writer.url) as archive:
        while True:
            page = archive.changes_found(ChangeFilter(**wanted), before, 2)
            walked += [change.seq for change in page.changes]
            before = page.older
            if before is None:
                break
    assert walked == whole


def test_a_rare_answer_is_looked_for_a_stretch_at_a_time(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filtering, "STRETCH", 2)
    monkeypatch.setattr(filtering, "FEW", 0)
    wanted = ChangeFilter(sources=("board",), document_kinds=("post",), kinds=("new", "moved"))
    with open_archive(shelf.writer.url) as archive:
        first = archive.changes_found(wanted)
        assert (first.changes, first.older, first.looked_back_to) == ((), 5, later(20))
        second = archive.changes_found(wanted, first.older)
        assert (second.changes, second.older, second.looked_back_to) == ((), 3, later(10))
        third = archive.changes_found(wanted, second.older)
        assert ([change.seq for change in third.changes], third.older) == ([2], None)


def test_a_stretch_counts_only_lines_that_an_index_has_in_order(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filtering, "STRETCH", 2)
    monkeypatch.setattr(filtering, "FEW", 0)
    with open_archive(shelf.writer.url) as archive:
        first = archive.changes_found(ChangeFilter(sources=("board",), kinds=("new",)))
        assert ([change.seq for change in first.changes], first.older) == ([2], 2)
        silent = archive.changes_found(ChangeFilter(sources=("county",), silent=True))
        assert ([change.seq for change in silent.changes], silent.older) == ([3], None)


def test_a_time_that_many_lines_follow_gives_the_same(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    exact = numbers(shelf, since=later(10))
    monkeypatch.setattr(filtering, "RANGED", 2)
    assert len(exact) > 2
    assert numbers(shelf, since=later(10)) == exact
    assert numbers(shelf, since=later(31)) == []


def test_sqlite_walks_the_log_for_a_source_of_many_documents(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setattr(filtering, "FEW", 0)
    with open_writable(sqlite_url) as writer:
        Shelf(writer, "county", "board").say("a", "停水。")
    with open_archive(sqlite_url) as archive, statements(archive) as sent:
        archive.changes_found(ChangeFilter(sources=("county",)))
        sql, values = next(each for each in sent if "changes.seq <" in each[0])
        with archive.connect() as connection:
            plan = [str(row[-1]) for row in connection.exec_driver_sql("EXPLAIN QUERY PLAN " + sql, values)]
    assert not [line for line in plan if "source_no=?" in line or "ORDER BY" in line], plan


def test_what_only_we_read_anew_can_be_left_out(shelf: Shelf) -> None:
    assert numbers(shelf, readings=False) == [6, 5, 4, 3, 2, 1]
    assert not ChangeFilter(readings=False) and ChangeFilter(silent=True)


def test_a_word_that_means_nothing_is_said_to(shelf: Shelf) -> None:
    with pytest.raises(QueryError):
        numbers(shelf, word="。。。")


@pytest.mark.parametrize(
    "wanted",
    [
        ChangeFilter(), ChangeFilter(kinds=("gone",)), ChangeFilter(silent=True), ChangeFilter(sources=("board",)),
        ChangeFilter(since=later(10), until=later(20)), ChangeFilter(word="停水"), ChangeFilter(field="title"),
    ],
    ids=lambda wanted: str(wanted)[13:60],
)  # fmt: skip
def test_no_filter_reads_the_whole_log(shelf: Shelf, wanted: ChangeFilter) -> None:
    from sqlalchemy import event, text

    with open_archive(shelf.writer.url) as archive, archive.connect() as connection:
        postgres = connection.dialect.name == "postgresql"
        asked: list[tuple[str, Any]] = []

        def note(_: object, __: object, statement: str, parameters: Any, *rest: object) -> None:
            asked.append((statement, parameters))

        event.listen(archive.engine, "before_cursor_execute", note)
        filtering.found(connection, wanted)
        event.remove(archive.engine, "before_cursor_execute", note)
        if postgres:
            connection.execute(text("SET LOCAL enable_seqscan = off"))
        for statement, parameters in asked:
            if "changes" not in statement:
                continue
            explain = "EXPLAIN " if postgres else "EXPLAIN QUERY PLAN "
            plan = [str(row[-1]) for row in connection.exec_driver_sql(explain + statement, parameters)]
            scans = [line for line in plan if "Seq Scan on changes" in line or line.startswith("SCAN changes")]
            assert [line for line in scans if "USING" not in line] == [], "\n".join([statement, *plan])
