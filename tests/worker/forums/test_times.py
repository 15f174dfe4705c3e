"""Times as forums print them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from worker.extract.forums.times import Clock, clock_zone, how_known, label_zone, read_stamp, read_time, roughness

EAST = timezone(timedelta(hours=8))
CLOCK = Clock(EAST, "test", datetime(2026, 11, 21, 2, 0, tzinfo=UTC))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("发表于 2026-9-8 11:02:33", "2026-09-08T11:02:33+08:00"),
        ("2026年9月8日 下午3:05", "2026-09-08T15:05:00+08:00"),
        ("昨天\xa023:59", "2026-11-20T23:59:00+08:00"),
        ("前天 08:10", "2026-11-19T08:10:00+08:00"),
        ("半小时前", "2026-11-21T09:30:00+08:00"),
        ("3\xa0天前", "2026-11-18T10:00:00+08:00"),
        ("12 分钟前", "2026-11-21T09:48:00+08:00"),
        ("5 小时 7 分钟前", "2026-11-21T04:53:00+08:00"),
        ("11-3 07:05", "2026-11-03T07:05:00+08:00"),
        ("12-30 07:05", "2025-12-30T07:05:00+08:00"),
        ("Thu Sep 10, 2026 9:48 am", "2026-09-10T09:48:00+08:00"),
        ("30th March 2025, 16:26", "2025-03-30T16:26:00+08:00"),
        ("11-24-02, 05:36 PM", "2002-11-24T17:36:00+08:00"),
        ("10-14-2026,\xa009:42 PM", "2026-10-14T21:42:00+08:00"),
        ("Feb 14, 26, 9:17 am", "2026-02-14T09:17:00+08:00"),
        ("Feb 14, 2026 | 9:05 pm", "2026-02-14T21:05:00+08:00"),
        ("Yesterday, 11:58 PM", "2026-11-20T23:58:00+08:00"),
        ("an hour ago", "2026-11-21T09:00:00+08:00"),
        ("Friday at 3:05 PM", "2026-11-20T15:05:00+08:00"),
        ("12 Mai 2026, 14:00", "2026-05-12T14:00:00+08:00"),
        ("周四 11月 05, 2026 10:30 pm", "2026-11-05T22:30:00+08:00"),
        ("2026年11月05日 星期四 22:30", "2026-11-05T22:30:00+08:00"),
        ("11月 5日 22:30", "2026-11-05T22:30:00+08:00"),
        ("周一 08:10", "2026-11-16T08:10:00+08:00"),
        ("一小时前", "2026-11-21T09:00:00+08:00"),
        ("2 小时以前", "2026-11-21T08:00:00+08:00"),
        ("2 hours, 5 minutes ago", "2026-11-21T07:55:00+08:00"),
        ("no time at all", None),
        ("2026-13-40 99:99", None),
    ],
)
def test_words_become_a_time_in_the_pages_zone(words: str, expected: str | None) -> None:
    at = read_time(words, CLOCK)
    assert (at.isoformat() if at else None) == expected


def test_machine_times_keep_their_own_zone() -> None:
    assert read_stamp("2026-09-14T11:20:05+0100", CLOCK) == datetime(2026, 9, 14, 10, 20, 5, tzinfo=UTC)
    assert read_stamp("1789381205", CLOCK) == datetime(2026, 9, 14, 10, 20, 5, tzinfo=UTC)
    assert read_stamp("2026-09-14 11:20", CLOCK) == datetime(2026, 9, 14, 3, 20, tzinfo=UTC)


def test_relative_words_without_a_clock_say_nothing() -> None:
    assert read_time("3 天前", Clock(EAST, "test")) is None


@pytest.mark.parametrize(
    ("label", "hours"), [("GMT+8", 8), ("GMT +5.5", 5.5), ("UTC-03:30", -3.5), ("UTC + 1 hour", 1), ("UTC", 0)]
)
def test_labels_of_zones(label: str, hours: float) -> None:
    zone = label_zone(label)
    assert zone is not None and zone.utcoffset(None) == timedelta(hours=hours)


def test_a_clock_on_the_page_tells_the_offset_to_the_quarter_hour() -> None:
    served = datetime(2026, 11, 21, 2, 0, 40, tzinfo=UTC)
    assert clock_zone(datetime(2026, 11, 21, 7, 45), served) == timezone(timedelta(hours=5, minutes=45))  # noqa: DTZ001
    assert clock_zone(datetime(2026, 11, 23, 7, 45), served) is None  # noqa: DTZ001


@pytest.mark.parametrize("piece", ["周四 ", "11月 ", "1 hours ", "1 minutes, and ", "2026-1-1 (星期四 "])
def test_endless_words_are_looked_at_up_to_a_bound(piece: str) -> None:
    far = piece * 30_000 + "2001年2月3日 04:05"
    assert read_time(far, CLOCK) != datetime(2001, 2, 3, 4, 5, tzinfo=EAST)


@pytest.mark.parametrize(
    ("words", "how", "hours"),
    [
        ("发表于 2026-11-20 23:59", "absolute", None),
        ("昨天 23:59", "relative", None),
        ("12 分钟前", "relative", None),
        ("刚刚", "relative", None),
        ("半小时前", "relative, within an hour", 1),
        ("5 hours ago", "relative, within an hour", 1),
        ("发表于 3 天前", "relative, within a day", 24),
        ("2 months ago", "relative, within a month", 720),
        ("a year ago", "relative, within a year", 8760),
    ],
)
def test_how_a_time_was_known_says_how_far_it_may_be_off(words: str, how: str, hours: int | None) -> None:
    assert how_known(words) == how
    assert roughness(how) == (timedelta(hours=hours) if hours else None)


@pytest.mark.parametrize(
    "words",
    [
        "śr wrz 02, 2026 3:50 am", "Qua Set 02, 2026 3:50 am", "02 settembre 2026 alle 03:50",
        "Çrş Eyl 02, 2026 3:50 am", "St zář 02, 2026 3:50 am", "ke 02 syys 2026, klo 03:50",
        "九月 02, 2026, 03:50:00 上午", "2 Eylül 2026 03:50",
        "2026년 9월 2일 (수) 오전 3:50", "2026/09/02(水) 03:50:11.22", "2 de septiembre de 2026 a las 03:50",
    ],
)  # fmt: skip
def test_dates_of_the_languages_that_platforms_ship(words: str) -> None:
    found = read_time(words, CLOCK)
    assert found is not None and found.isoformat()[:16] == "2026-09-02T03:50"


@pytest.mark.parametrize(
    ("words", "hours"),
    [
        ("3 小時前", 3), ("5 個月前", 5 * 30 * 24), ("vor 3 Stunden", 3), ("vor einem Tag", 24), ("il y a 2 jours", 48),
        ("hace una hora", 1), ("há 3 horas", 3), ("4 ore fa", 4), ("3 часа назад", 3), ("2 dni temu", 48),
        ("3 uur geleden", 3),
    ],
)  # fmt: skip
def test_times_that_count_back_in_other_languages(words: str, hours: int) -> None:
    assert CLOCK.now is not None
    assert read_time(words, CLOCK) == CLOCK.now - timedelta(hours=hours)
    assert how_known(words).startswith("relative, within")


@pytest.mark.parametrize("words", ["Вчера, 03:50", "wczoraj, 03:50", "Ieri, 03:50", "Ayer a las 03:50", "Hier à 03:50"])
def test_yesterday_in_other_languages(words: str) -> None:
    found = read_time(words, CLOCK)
    assert found is not None and found.isoformat()[:16] == "2026-11-20T03:50"
    assert how_known(words) == "relative"


@pytest.mark.parametrize("words", ["Pro 12", "set 10 of 12", "out 5", "Mag 3", "hierarchy 12:30"])
def test_words_of_other_senses_are_no_dates(words: str) -> None:
    assert read_time(words, CLOCK) is None
