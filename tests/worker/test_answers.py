"""Answers that stand for a payload without bringing it, and pages that come back as they were."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from archive.records import Page
from tests.support.town import Town, notice
from worker.poll import request_for
from worker.round import Target, poll_round
from worker.settings import Confirm, Settings, Source

Watching = Callable[..., Any]
WATER = notice(
    "关于停水检修的通知", "因管网检修，定于一月六日对城东片区停水八小时，请居民提前储水。", number="县水发〔2026〕3号"
)
MISSING = "<html><head><title>404 页面不存在</title></head><body><h1>您访问的页面不存在或已被删除</h1></body></html>"


def test_a_page_that_was_gone_and_answers_as_it_was_is_back(town: Town, watch: Watching) -> None:
    town.says("/n/1.html", WATER)
    here = watch("/n/1.html", kind="page")
    here.poll()
    town.removes("/n/1.html")
    here.poll()
    town.says("/n/1.html", WATER)
    poll_round(here.settings, Target(url=town.url + "/n/1.html"), lambda polled: None)
    assert [row[0] for row in here.changes()] == ["new", "gone", "back"]
    assert here.ask("SELECT state, version FROM current_documents") == [("present", 1)]


def test_the_validators_of_a_good_answer_are_not_sent_for_a_page_last_seen_as_a_soft_404(
    town: Town, watch: Watching
) -> None:
    town.says("/n/1.html", WATER, ETag='"v1"')
    here = watch("/n/1.html", kind="page", confirm=Confirm(2, timedelta(0)))
    here.poll()
    town.says("/n/1.html", MISSING)
    here.poll()
    assert here.ask("SELECT outcome FROM capture_log ORDER BY fetched_at DESC LIMIT 1") == [("soft-404",)]
    town.says("/n/1.html", WATER, ETag='"v1"')
    here.poll()
    here.poll()
    assert [row[0] for row in here.changes()] == ["new"]
    assert here.ask("SELECT state, version FROM current_documents") == [("present", 1)]


def test_the_validators_of_one_payload_are_not_sent_for_another_that_was_never_read() -> None:
    """The process died between its two commits: a 304 to the older payload's tag would be taken for the newer one."""
    now = datetime(2026, 1, 5, tzinfo=UTC)
    source = Source("town", "http://town.example/n/1.html")
    stored = Page(
        1, "town", source.url, "k", "town.example", "page", 0, True, False, now, etag='"v1"', payload_digest="ab",
    )  # fmt: skip
    settings = Settings("sources.yaml", "ops@example.org", "sqlite:///x.db", (source,))
    assert request_for(stored, source, settings).etag is None


def test_a_failure_between_does_not_hide_that_a_page_is_back(town: Town, watch: Watching) -> None:
    town.says("/n/1.html", WATER)
    here = watch("/n/1.html", kind="page")
    once = Target(url=town.url + "/n/1.html")
    here.poll()
    town.removes("/n/1.html")
    here.poll()
    town.answers("/n/1.html", 403)
    poll_round(here.settings, once, lambda polled: None)
    town.says("/n/1.html", WATER)
    poll_round(here.settings, once, lambda polled: None)
    assert [row[0] for row in here.changes()] == ["new", "gone", "back"]


def test_a_page_wanted_again_while_it_is_polled_stays_due(database_url: str) -> None:
    from dataclasses import replace
    from datetime import UTC, datetime

    from archive import open_writable
    from archive.records import FoundPage, PollResult, SourceRow

    now = datetime(2026, 1, 5, 9, tzinfo=UTC)
    later, tomorrow = now + timedelta(seconds=5), now + timedelta(days=1)
    topic = FoundPage("forum", "http://forum.example/thread-1-1-1.html", "topic", 1, activity="3")
    with open_writable(database_url) as writer:
        with writer.begin() as tx:
            tx.sync_sources([SourceRow("forum", "http://forum.example/", "board", True)], now)
            tx.add_pages([topic], now)
            page = tx.page_by_url(topic.url)
        assert page is not None
        polled = PollResult(page.page_id, now, "ok", tomorrow, polled_from=page.next_poll_at)
        with writer.begin() as tx:
            tx.add_pages([replace(topic, activity="4")], later)
            tx.finish_poll(polled)
            assert tx.page(page.page_id).next_poll_at == later
            tx.finish_poll(replace(polled, polled_from=later))
            assert tx.page(page.page_id).next_poll_at == tomorrow
            tx.make_due(later, page_ids=[page.page_id])
            tx.finish_poll(polled)
            assert tx.page(page.page_id).next_poll_at == later
