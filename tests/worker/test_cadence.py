from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from archive.records import Page
from worker import cadence
from worker.settings import Every, Source

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)  # a Monday
HALF_HOUR = Every(interval=timedelta(minutes=30))


def page(page_id: int = 7, **known: object) -> Page:
    values: dict[str, object] = {
        "page_id": page_id, "source_id": "county", "url": "http://county.example/", "urlkey": "example,county)/",
        "host": "county.example", "kind": "page", "depth": 1, "entry": False, "list_page": False, "next_poll_at": NOW,
    }  # fmt: skip
    return Page(**(values | known))  # type: ignore[arg-type]


def source(every: Every = HALF_HOUR) -> Source:
    return Source("county", "http://county.example/", every=every)


@pytest.mark.parametrize("page_id", range(1, 200, 13))
def test_an_interval_comes_again_between_half_and_one_and_a_half_of_it(page_id: int) -> None:
    wait = cadence.next_regular(HALF_HOUR, page_id, NOW) - NOW
    assert timedelta(minutes=15) <= wait <= timedelta(minutes=45)


def test_a_page_keeps_its_own_minute_for_ever() -> None:
    first = cadence.next_regular(HALF_HOUR, 7, NOW)
    second = cadence.next_regular(HALF_HOUR, 7, first)
    assert second - first == timedelta(minutes=30)


def test_pages_found_together_are_spread_over_the_interval() -> None:
    minutes = {cadence.next_regular(HALF_HOUR, page_id, NOW).minute for page_id in range(100)}
    assert len(minutes) >= 28


def test_a_week_of_sleep_is_one_poll_not_hundreds() -> None:
    due = cadence.next_regular(HALF_HOUR, 7, NOW + timedelta(days=7))
    assert due > NOW + timedelta(days=7)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("*/20 8-18 * * mon-fri", "2026-03-02T09:20"),
        ("0 3 * * *", "2026-03-03T03:00"),
        ("0 3 * * 0", "2026-03-08T03:00"),
        ("0 3 * * 7", "2026-03-08T03:00"),
        ("0 3 * * 1-5", "2026-03-03T03:00"),
        ("0 3 * * 6-7", "2026-03-07T03:00"),
        ("0 3 * * */2", "2026-03-03T03:00"),
    ],
)
def test_cron_counts_weekdays_as_crontab_does(expression: str, expected: str) -> None:
    due = cadence.next_regular(Every(cron=expression), 0, NOW + timedelta(minutes=1))
    assert f"{due:%Y-%m-%dT%H:%M}" == expected


def test_cron_is_read_in_its_own_zone() -> None:
    due = cadence.next_regular(Every(cron="0 8 * * *", zone="Asia/Shanghai"), 0, NOW)
    assert due == datetime(2026, 3, 3, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("expression", "zone"), [("* * * *", "UTC"), ("61 * * * *", "UTC"), ("* * * * *", "Moon/Crater")]
)
def test_a_cron_line_that_cannot_be_read_says_so(expression: str, zone: str) -> None:
    with pytest.raises(ValueError):
        cadence.parse_cron(expression, zone)


def test_an_item_that_stays_the_same_is_asked_less_often() -> None:
    fresh = page(found_at=NOW - timedelta(hours=1))
    old = page(found_at=NOW - timedelta(days=60))
    assert cadence.next_after_success(source(), fresh, NOW) - NOW <= timedelta(minutes=45)
    assert timedelta(days=2) <= cadence.next_after_success(source(), old, NOW) - NOW <= timedelta(days=8)


def test_a_list_is_always_asked_at_its_sources_rhythm() -> None:
    old = page(found_at=NOW - timedelta(days=600), kind="listing")
    assert cadence.next_after_success(source(), old, NOW) - NOW <= timedelta(minutes=45)


def test_a_failing_page_is_tried_soon_then_ever_later_and_never_later_than_a_day() -> None:
    waits = [cadence.next_after_failure(source(), page(), failures, NOW) - NOW for failures in range(1, 20)]
    assert waits[0] <= timedelta(minutes=2)
    assert waits == sorted(waits)
    assert waits[-1] <= cadence.MAX_BACKOFF * 1.2


def test_a_failing_page_waits_for_its_host() -> None:
    asked = NOW + timedelta(hours=1)
    assert cadence.next_after_failure(source(), page(), 1, NOW, asked) == asked


def test_a_page_that_may_be_gone_is_asked_in_time_to_confirm_it() -> None:
    rare = source(Every(interval=timedelta(days=30)))
    assert cadence.next_while_missing(rare, page(), NOW) - NOW == timedelta(hours=3)


def test_a_page_confirmed_gone_is_asked_ever_more_rarely_but_once_a_week() -> None:
    waits = [
        cadence.next_after_gone(source(), page(), NOW - timedelta(hours=hours), NOW) - NOW
        for hours in (0, 1, 24, 24 * 400)
    ]
    assert waits[0] <= timedelta(hours=1)
    assert waits == sorted(waits)
    assert timedelta(days=6) <= waits[-1] <= timedelta(days=8)
