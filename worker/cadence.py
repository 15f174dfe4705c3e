"""When to come again: pure functions over APScheduler's triggers, with `now` as an argument.

interval   a grid of the source's interval, shifted by the page's own phase, so that pages found together drift
apart
           and stay apart; several misfires are one poll, because only the next grid point after now counts
cron       APScheduler's CronTrigger in the source's zone, plus a small delay that is the page's own
items      pages found from a list are asked less often the longer they have said the same
failures   soon at first, then ever later, never later than a day (or the source's own interval)
missing    a page that answers that it is not there is asked at its source's rhythm until that is confirmed
gone       a page whose removal is confirmed is asked after as long as it has been away already, at least once a
week
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from archive.records import Page
from worker.settings import Every, Source

FIRST_RETRY = timedelta(minutes=1)
MAX_BACKOFF = timedelta(days=1)
GONE_EVERY = timedelta(days=7)
MAX_ITEM_INTERVAL = timedelta(days=7)
AGE_PER_POLL = 12
"""an item that has said the same for t is asked again after t/12"""
STEADY = ("board", "listing", "feed", "sitemap")
"""kinds of pages on which new items appear: always at the source's own rhythm"""
CRON_SPREAD = timedelta(seconds=60)

_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun")


def phase(page_id: int) -> float:
    """A page's own place in [0, 1): spread evenly over ids that follow each other (golden ratio)."""
    return (page_id * 0.6180339887498949) % 1.0


@lru_cache(maxsize=256)
def parse_cron(expression: str, zone: str) -> CronTrigger:
    """The trigger of a five-field crontab line. Numbers of weekdays are cron's (0 and 7 are Sunday), which
    APScheduler's
    own `from_crontab` counts from Monday. Raises ValueError (also for an unknown zone, a KeyError underneath)."""
    fields = expression.split()
    if len(fields) != 5:
        raise ValueError(f"{len(fields)} fields instead of five (minute hour day month weekday)")
    minute, hour, day, month, weekday = fields
    try:
        where = ZoneInfo(zone)
    except (KeyError, ValueError) as error:
        raise ValueError(f"no time zone {zone!r}") from error
    return CronTrigger(
        minute=minute, hour=hour, day=day, month=month, day_of_week=_weekdays(weekday), timezone=where
    )  # fmt: skip


def _weekdays(field: str) -> str:
    """cron's weekday numbers as names; a range over the week's end (5-7, sat-mon) becomes its days."""
    days: list[str] = []
    for item in field.lower().split(","):
        spans, _, step = item.partition("/")
        spans = "0-6" if spans == "*" and step else spans
        match = re.fullmatch(r"([0-7])(?:-([0-7]))?", spans)
        if match is None:
            days.append(item)
            continue
        first = int(match[1])
        last = int(match[2]) if match[2] else (6 if step else first)
        if last < first:
            last += 7
        days += [_DAYS[number % 7] for number in range(first, last + 1, int(step or 1))]
    return ",".join(dict.fromkeys(days))


def next_regular(every: Every, page_id: int, now: datetime, at_least: timedelta = timedelta(0)) -> datetime:
    """The next poll by the source's own rhythm: after `now`, and at least `at_least` away where that is longer."""
    if every.cron is not None:
        fires = _next(parse_cron(every.cron, every.zone), now + max(at_least, timedelta(seconds=1)))
        if fires is None:  # a cron line that never fires again (31 February): look again once a day
            return now + MAX_BACKOFF
        return fires + CRON_SPREAD * phase(page_id)
    interval = max(every.interval or timedelta(hours=1), at_least)
    seconds = max(interval.total_seconds(), 1.0)
    grid = IntervalTrigger(
        seconds=seconds, start_date=_EPOCH + timedelta(seconds=seconds * phase(page_id)), timezone=UTC
    )  # fmt: skip
    return _next(grid, now + timedelta(seconds=seconds / 2)) or now + interval


def next_digest(interval: timedelta | None, cron: str | None, zone: str, now: datetime) -> datetime:
    """When the next digest is due, after `now`: on the grid of the interval (whole hours for `1h`), or by cron."""
    if cron is not None:
        return _next(parse_cron(cron, zone), now + timedelta(seconds=1)) or now + MAX_BACKOFF
    seconds = max((interval or timedelta(hours=1)).total_seconds(), 1.0)
    grid = IntervalTrigger(seconds=seconds, start_date=_EPOCH, timezone=UTC)
    return _next(grid, now + timedelta(seconds=1)) or now + timedelta(seconds=seconds)


def _next(trigger: CronTrigger | IntervalTrigger, after: datetime) -> datetime | None:
    fires: datetime | None = trigger.get_next_fire_time(None, after)
    return fires.astimezone(UTC) if fires is not None else None


def item_interval(page: Page, now: datetime) -> timedelta:
    """How long an item may rest: a twelfth of the time for which it has said the same."""
    since = page.last_changed_at or page.found_at or now
    return min(max((now - since) / AGE_PER_POLL, timedelta(0)), MAX_ITEM_INTERVAL)


def next_after_success(source: Source, page: Page, now: datetime) -> datetime:
    """When to poll again a page that answered."""
    steady = page.entry or page.list_page or page.kind in STEADY
    return next_regular(source.every, page.page_id, now, timedelta(0) if steady else item_interval(page, now))


def next_after_failure(
    source: Source, page: Page, failures: int, now: datetime, not_before: datetime | None = None
) -> datetime:
    """When to poll again after the `failures`-th failure in a row; never before what the host asked for."""
    regular = next_regular(source.every, page.page_id, now)
    backoff: timedelta = FIRST_RETRY * int(2 ** min(failures - 1, 20)) * (0.9 + 0.2 * phase(page.page_id))
    usual = regular - now
    limit = max(MAX_BACKOFF, usual)
    soon = now + min(backoff, limit)
    when = min(soon, regular) if backoff < usual else soon
    return max(when, not_before) if not_before else when


def next_while_missing(source: Source, page: Page, now: datetime) -> datetime:
    """When to ask again for a page that says it is not there: in time to confirm it, however rarely it is usually
    asked."""
    soon = now + max(source.confirm.over / 2, FIRST_RETRY)
    return min(next_regular(source.every, page.page_id, now), soon)


def next_after_gone(source: Source, page: Page, since: datetime, now: datetime) -> datetime:
    """When to ask again for a page whose removal is confirmed and that has been away since then: what was taken down by
    mistake is back soon, what stays away is asked ever more rarely."""
    away = min(max(now - since, next_regular(source.every, page.page_id, now) - now), GONE_EVERY)
    return now + away * (0.9 + 0.2 * phase(page.page_id))
