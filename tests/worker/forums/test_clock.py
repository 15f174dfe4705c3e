"""The zone and the order of day and month, by what a page says beside its posts."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.worker.forums.golden import SERVED_AT, read
from worker.extract.model import Reading

MYBB = """<html><head><title>Gate hinges</title><script>var my_post_key = "0";</script></head><body>
<div id="content"><div class="navigation"><a href="forumdisplay.php?fid=2">Repairs</a></div>
<div id="posts"><div class="post" id="post_7"><div class="post_author"><div class="author_information">
<strong><span class="largetext"><a href="member.php?uid=3">smith</a></span></strong></div></div>
<div class="post_content"><div class="post_head"><div class="float_right"><strong><a href="#pid7">#1</a></strong></div>
<span class="post_date">{posted}</span></div><div class="post_body" id="pid_7">{text}</div></div></div></div></div>
<div id="footer"><span id="current_time"><strong>{label}</strong> {now}</span> MyBB</div></body></html>"""


def posted(shown: str, *, now: str, label: str = "Current time:", text: str = "They squeak.") -> datetime | None:
    page = MYBB.format(posted=shown, now=now, label=label, text=text)
    url = "http://yard.example/showthread.php?tid=5"
    found = read(Reading(url, url, page, "utf-8", "header", served_at=SERVED_AT))
    return next(document for document in found.documents if document.kind == "post").facts.published_at


@pytest.mark.parametrize("label", ["Current time:", "当前时间：", "Aktuelle Zeit:"])
def test_the_footers_clock_tells_the_zone_in_any_language(label: str) -> None:
    assert posted("2026-11-05, 10:30 AM", now="2026-11-21, 10:00 AM", label=label) == datetime(
        2026, 11, 5, 2, 30, tzinfo=UTC
    )


@pytest.mark.parametrize(
    ("shown", "now", "day"),
    [
        ("11-05-2026, 10:30 AM", "11-21-2026, 10:00 AM", (11, 5)),
        ("11-05-2026, 10:30 AM", "21-11-2026, 10:00 AM", (5, 11)),
        ("05/11/2026, 10:30 AM", "21/11/2026, 10:00 AM", (11, 5)),
    ],
)
def test_todays_date_tells_whether_the_day_leads(shown: str, now: str, day: tuple[int, int]) -> None:
    at = posted(shown, now=now)
    assert at is not None and (at.month, at.day) == day


def test_what_a_post_says_changes_neither_zone_nor_order() -> None:
    quiet = posted("11-05-2026, 10:30 AM", now="11-21-2026, 10:00 AM")
    loud = posted(
        "11-05-2026, 10:30 AM", now="11-21-2026, 10:00 AM", text="Due 25/12/2026 and 26/12/2026, says the flyer."
    )
    assert quiet == loud == datetime(2026, 11, 5, 2, 30, tzinfo=UTC)
