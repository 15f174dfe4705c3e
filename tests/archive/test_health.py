"""How sources fare: their last polls in order, what reading made of them, and their changes by week."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import text

from archive import open_archive, open_writable
from archive.records import Derivation, FoundPage, NewCapture, Verified
from tests.archive.house import SITE, START, later
from tests.archive.shelf import Shelf


@pytest.fixture
def shelf(database_url: str) -> Iterator[Shelf]:
    with open_writable(database_url) as writer:
        yield Shelf(writer, "county", "board")


def poll(shelf: Shelf, outcome: str, at: float, read: str | None = None, error: str | None = None) -> None:
    with shelf.writer.begin() as tx:
        tx.add_pages([FoundPage("county", f"{SITE}county/", "listing", depth=0, entry=True)], START)
        page = tx.page_by_url(f"{SITE}county/")
        assert page is not None
        body = f"body {at}".encode() if outcome == "ok" else None
        new = NewCapture(
            page.page_id, "county", page.url, page.url, later(at), outcome, 200 if body else None, error,
            duration=timedelta(milliseconds=40),
        )  # fmt: skip
        capture = tx.record_capture(new, body)
        if read is not None:
            tx.record_derivation(Derivation(capture.capture_id, "reader", 1, read, later(at), "gb18030", "meta"))


def test_the_last_polls_of_the_entry_page_stand_in_order_with_what_reading_made_of_them(shelf: Shelf) -> None:
    poll(shelf, "ok", 1, "ok")
    poll(shelf, "ok", 2, "soft-404")
    poll(shelf, "error:timeout", 3, error="no answer in 60 s")
    with open_archive(shelf.writer.url) as archive:
        board, county = archive.healths(later(4))
        assert [(mark.outcome, mark.error) for mark in county.polls] == [
            ("ok", None), ("soft-404", None), ("error:timeout", "no answer in 60 s"),
        ]  # fmt: skip
        assert (board.state.source_id, board.polls) == ("board", ())
        assert archive.healths(later(4), "none") == []


def test_changes_are_counted_by_week_and_kind(shelf: Shelf) -> None:
    day = 24 * 60
    shelf.say("a", "one", at=0)
    shelf.say("b", "two", at=1)
    shelf.say("a", "three", at=8 * day)
    shelf.remove("b", at=8 * day + 1)
    with open_archive(shelf.writer.url) as archive:
        _, county = archive.healths(START + timedelta(days=9))
        found = {week.since: dict(week.kinds) for week in county.weeks if week.total}
    monday = START.date() - timedelta(days=START.weekday())
    assert found == {monday: {"new": 2}, second(START.date()): {"changed": 1, "gone": 1}}
    assert county.weeks_are_whole
    assert len(county.weeks) == 8


def second(start: date) -> date:
    when = start + timedelta(days=8)
    return when - timedelta(days=when.weekday())


def test_the_last_verification_is_kept(shelf: Shelf) -> None:
    with open_archive(shelf.writer.url) as archive:
        assert archive.last_verification() is None
        said = Verified(later(1), later(2), 120, 1, "payloads 3: not its digest", True, 7)
        with shelf.writer.begin() as tx:
            tx.note_verification(Verified(later(0), later(1), 100, 0, None, False, None))
            tx.note_verification(said)
        assert archive.last_verification() == said


def test_a_connection_in_use_while_its_archive_is_closed_is_closed_after_use(shelf: Shelf) -> None:
    archive = open_archive(shelf.writer.url)
    with archive.connect() as connection:
        held = connection.connection.dbapi_connection
        archive.close()
        assert connection.scalar(text("SELECT count(*) FROM change_log")) == 0
    assert held is not None
    with pytest.raises(Exception, match="closed"):
        held.cursor().execute("SELECT 1")
    archive.close()
