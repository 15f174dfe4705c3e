"""Candidates of a search: the same whichever way Postgres is led, and the shorter way for words of every frequency."""

from __future__ import annotations

import pytest

from archive import open_archive, open_writable
from archive.search import candidates
from archive.search.candidates import LOOKED_AT, _is_walked
from tests.archive.shelf import Shelf
from tests.web.test_api_plans import statements


@pytest.mark.parametrize(
    ("matching", "passing", "walked"),
    [
        (0, 0, False),  # a document number: found in the index, or nowhere
        (10, 1, False),  # one document, edited ten times of late
        (LOOKED_AT - 10, 20, True),  # a word that all say: enough are near
        (LOOKED_AT - 10, 0, False),
        (2, 1, False),
        (50, 20, True),
    ],
)
def test_the_way_that_looks_at_less_is_taken(matching: int, passing: int, walked: bool) -> None:
    assert _is_walked(matching, passing, 60, 300_000) is walked


@pytest.mark.parametrize("dearer", [0.0, 1e9], ids=["walked", "indexed"])
@pytest.mark.parametrize("limit", [1, 3, 20])
def test_both_ways_find_the_same(
    database_url: str, monkeypatch: pytest.MonkeyPatch, dearer: float, limit: int
) -> None:  # fmt: skip
    monkeypatch.setattr(candidates, "LOOKED_AT", 2)
    monkeypatch.setattr(candidates, "DEARER", dearer)
    with open_writable(database_url) as writer:
        shelf = Shelf(writer, "county", "board")
        for number in range(12):
            source = "county" if number % 3 else "board"
            shelf.say(f"{number}", "明日停水。" if number % 4 else "照常供应。", f"通知{number}", source=source)
    with open_archive(database_url) as archive:
        seen: list[str] = []
        cursor: str | None = None
        while True:
            page = archive.search("停水 kind:notice", limit, cursor)
            seen += ["".join(piece.text for piece in hit.title) for hit in page.hits]
            if (cursor := page.cursor) is None:
                break
    assert seen == [f"通知{number}" for number in (11, 10, 9, 7, 6, 5, 3, 2, 1)]


def test_what_one_says_is_asked_of_the_index(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(candidates, "LOOKED_AT", 2)
    with open_writable(postgres_url) as writer:
        shelf = Shelf(writer, "county")
        for number in range(9):
            shelf.say(f"{number}", f"第{number}号。", fields={"document_number": f"县办发〔{number}〕号"})
    with open_archive(postgres_url) as archive, statements(archive) as sent:
        assert len(archive.search("document_number=县办发〔3〕号").hits) == 1
        chosen = [(sql, values) for sql, values in sent if "tsquery" in sql and "passes" not in sql]
        with archive.connect() as connection:
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            plans = [
                " ".join(str(row[0]) for row in connection.exec_driver_sql("EXPLAIN " + sql, values))
                for sql, values in chosen
            ]
    assert len(plans) == 1
    assert "ix_search_tokens" in plans[0]
