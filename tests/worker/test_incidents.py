"""Incidents: opened when something lasts, said once, closed when it is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from archive import Writer, open_writable
from archive.records import OUTCOMES, Consumer, PollResult, SourceHealth, advice
from archive.records.remedies import ADVICE, UNKNOWN
from tests.archive.house import START, later, watched
from worker.incidents import UNWATCHED, judge, judge_disk, judge_notifiers, pages_failing, review
from worker.telling import QUIET

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
WELL = SourceHealth(
    "county", True, "http://county.example.org/", "county.example.org", 0, "ok", None, False, 100, 0, None
)  # fmt: skip
DOWN = replace(WELL, failures=3, outcome="error:connect", error="connection refused")


def test_an_entry_page_that_failed_twice_is_no_incident_yet() -> None:
    assert judge(replace(DOWN, failures=2), (), NOW) == ()


def test_the_third_failure_opens_one_that_says_what_to_do() -> None:
    (opened,) = judge(DOWN, (), NOW)
    assert (opened.kind, opened.source_id, opened.opened_at, opened.closed_at) == ("entry-failing", "county", NOW, None)
    assert opened.reason.startswith("the entry page failed 3 times in a row (error:connect: connection refused)")
    assert opened.reason.endswith(advice("error:connect"))


def test_it_is_opened_once_counted_on_and_closed_by_the_first_answer() -> None:
    (opened,) = judge(DOWN, (), NOW)
    opened = replace(opened, incident_id=7)
    assert judge(DOWN, (opened,), NOW + timedelta(minutes=1)) == ()
    (counted,) = judge(replace(DOWN, failures=4), (opened,), NOW + timedelta(minutes=2))
    assert (counted.incident_id, counted.count, counted.opened_at, counted.closed_at) == (7, 4, NOW, None)
    over = NOW + timedelta(minutes=3)
    (closed,) = judge(WELL, (counted,), over)
    assert (closed.incident_id, closed.closed_at) == (7, over) and "answers again" in closed.reason


def test_an_entry_page_whose_removal_is_confirmed_is_one_at_once() -> None:
    (opened,) = judge(replace(WELL, failures=1, outcome="gone", gone=True), (), NOW)
    assert opened.reason.startswith("the entry page is gone (gone); the page is not there any more")


def test_a_source_no_longer_watched_needs_nobody() -> None:
    (opened,) = judge(DOWN, (), NOW)
    (closed,) = judge(replace(DOWN, enabled=False), (replace(opened, incident_id=7),), NOW)
    assert closed.closed_at == NOW and UNWATCHED in closed.reason


@pytest.mark.parametrize(
    ("pages", "failing", "opened"),
    [(100, 19, False), (100, 20, True), (6, 4, False), (6, 5, True), (10_000, 1_999, False)],
)
def test_too_many_failing_pages_are_a_fifth_and_at_least_five(pages: int, failing: int, opened: bool) -> None:
    health = replace(WELL, pages=pages, failing=failing, failing_outcome="blocked")
    assert [one.kind for one in judge(health, (), NOW)] == (["pages-failing"] if opened else [])


def test_it_stays_open_until_clearly_fewer_fail() -> None:
    assert pages_failing(replace(WELL, failing=11), open_already=True)
    assert not pages_failing(replace(WELL, failing=10), open_already=True)


def test_a_full_disk_is_one_incident_until_there_is_room() -> None:
    (opened,) = judge_disk("no room", (), NOW)
    opened = replace(opened, incident_id=1)
    assert judge_disk("no room", (opened,), NOW) == ()
    (closed,) = judge_disk(None, (opened,), NOW)
    assert closed.closed_at == NOW
    assert judge_disk(None, (), NOW) == ()


def test_stopped_notifiers_are_one_incident_until_all_are_resumed() -> None:
    (opened,) = judge_notifiers({"ops": "answers 410"}, (), NOW)
    assert (opened.kind, opened.source_id, opened.count) == ("notifier-stopped", None, 1)
    assert "notifier ops stopped (answers 410): `muniment notify --resume ops`" in opened.reason
    opened = replace(opened, incident_id=1)
    assert judge_notifiers({"ops": "answers 410"}, (opened,), NOW) == ()
    (more,) = judge_notifiers({"ops": "answers 410", "press": "answers 410"}, (opened,), NOW)
    assert (more.incident_id, more.count, more.closed_at) == (1, 2, None)
    (closed,) = judge_notifiers({}, (more,), NOW)
    assert closed.closed_at == NOW


def test_a_notifier_that_was_told_410_needs_somebody(database_url: str) -> None:
    with open_writable(database_url) as writer, writer.begin() as tx:
        tx.save_consumer(Consumer("ops", 3, stopped="answers 410"))
        tx.save_consumer(Consumer("given up", 3, stopped="answers 410"))
        (opened,) = review(tx, set(), NOW, notifiers=["ops"])
        assert opened.kind == "notifier-stopped" and "given up" not in opened.reason
        assert review(tx, set(), NOW) == (), "a round tells nobody"
        tx.save_consumer(Consumer("ops", 3))
        (closed,) = review(tx, set(), later(1), notifiers=["ops"])
        assert closed.closed_at == later(1) and tx.open_incidents() == []


def test_there_is_advice_for_every_outcome_that_is_a_failure() -> None:
    assert set(OUTCOMES) - QUIET <= set(ADVICE)
    assert advice("error:nobody-knows") == advice(None) == UNKNOWN


def test_reviewing_writes_only_what_changed_and_says_only_what_opened_or_closed(database_url: str) -> None:
    with open_writable(database_url) as writer:
        entry, *_ = watched(writer, "", "one")
        _made_entry(writer)
        assert _reviewed(writer, {"county"}, 1) == []
        _polled(writer, entry, "blocked", 3, 2)
        assert _reviewed(writer, {"county"}, 3) == [("entry-failing", None)]
        _polled(writer, entry, "blocked", 4, 4)
        assert _reviewed(writer, {"county"}, 5) == []
        _polled(writer, entry, "ok", 0, 6)
        assert _reviewed(writer, set(), 7) == [("entry-failing", later(7))], "what is open is always looked at"
        with writer.begin() as tx:
            assert tx.open_incidents() == []


def _made_entry(writer: Writer) -> None:
    from archive.records import FoundPage
    from tests.archive.house import SITE

    with writer.begin() as tx:
        tx.add_pages([FoundPage("county", SITE, "listing", depth=0, entry=True)], START)


def _polled(writer: Writer, page: int, outcome: str, failures: int, minutes: int) -> None:
    with writer.begin() as tx:
        tx.finish_poll(PollResult(page, later(minutes), outcome, later(minutes + 60), failures=failures))


def _reviewed(writer: Writer, sources: set[str], minutes: int) -> list[tuple[str, datetime | None]]:
    with writer.begin() as tx:
        return [(step.kind, step.closed_at) for step in review(tx, sources, later(minutes))]
