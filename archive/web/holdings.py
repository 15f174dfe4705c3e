"""What the archive holds: counts, bytes, growth, the chain's head, when it was last verified, and what went wrong."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from archive import Archive
from archive.stats import Growth, Stats, stats
from archive.web import charts
from archive.web.reader import archive_of
from archive.web.rendering import page, translator

KEPT = timedelta(minutes=10)
"""counting everything takes long in a large archive: the counts are shown with their age"""
WEEKS = 26
INCIDENTS = 50


@dataclass(frozen=True, slots=True)
class Counted:
    """The counts and when they were made."""

    at: datetime
    stats: Stats


class Counter:
    """The counts of one archive, made anew when they are older than KEPT."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last: tuple[str, Counted] | None = None

    def counted(self, archive: Archive, now: datetime, count: Callable[[Archive], Stats] = stats) -> Counted:
        """Counts that are at most KEPT old; one thread counts, the others wait for it."""
        with self._lock:
            if self._last is None or self._last[0] != archive.url or now - self._last[1].at > KEPT:
                self._last = (archive.url, Counted(now, count(archive)))
            return self._last[1]


COUNTER = Counter()


@dataclass(frozen=True, slots=True)
class Grown:
    """One source's growth over all weeks."""

    source_id: str
    captures: int
    payloads: int
    payload_bytes: int


def holdings(request: Request) -> Response:
    """The page."""
    archive, now, t = archive_of(request), request.app.state.web.now(), translator(request)
    counted = COUNTER.counted(archive, now)
    incidents = archive.incidents(limit=INCIDENTS)
    return page(
        request, "holdings.html", counted=counted, stats=counted.stats, head=archive.chain_head(),
        sources=by_source(counted.stats.growth), incidents=incidents, heartbeat=archive.heartbeat(),
        verified=archive.last_verification(),
        growth=charts.columns(by_week(counted.stats.growth, now.date()), t("bytes kept by week, the newest last")),
    )  # fmt: skip


def by_source(growth: tuple[Growth, ...]) -> list[Grown]:
    """What each source brought, the largest first."""
    found: dict[str, Grown] = {}
    for one in growth:
        old = found.get(one.source_id, Grown(one.source_id, 0, 0, 0))
        found[one.source_id] = Grown(
            one.source_id, old.captures + one.captures, old.payloads + one.payloads,
            old.payload_bytes + one.payload_bytes,
        )  # fmt: skip
    return sorted(found.values(), key=lambda each: -each.payload_bytes)


def by_week(growth: tuple[Growth, ...], today: date) -> list[tuple[str, float]]:
    """(words, bytes) of the last weeks, oldest first; weeks without anything too."""
    this = today - timedelta(days=today.weekday())
    weeks = [this - timedelta(weeks=back) for back in range(WEEKS - 1, -1, -1)]
    sizes = dict.fromkeys(weeks, 0)
    for one in growth:
        if one.week in sizes:
            sizes[one.week] += one.payload_bytes
    from archive.web.shown import size

    return [(f"{week.isoformat()}: {size(amount)}", float(amount)) for week, amount in sizes.items()]


ROUTES = [Route("/archive", holdings)]
