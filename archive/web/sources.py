"""Sources at a glance, one source whole, and one page's captures: is it read, and if not, what is to be done?"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from archive.errors import NotFound
from archive.health import Health
from archive.listing import captures_found, page_found, pages_found
from archive.records import Incident
from archive.web import charts, links
from archive.web.failures import BadQuestion
from archive.web.reader import archive_of
from archive.web.rendering import page, translator
from archive.web.shown import when_of
from archive.web.words import word
from archive.web.words.sources import advice_for

PAGES, CAPTURES = 100, 50
LATE = timedelta(minutes=5)
"""behind its time: a poll that is this much overdue"""


@dataclass(frozen=True, slots=True)
class Line:
    """A source as the list shows it."""

    health: Health
    incidents: tuple[Incident, ...]
    late: timedelta | None
    """how long its next poll has been due"""
    condition: str
    """`resting`, `failing`, `late`, `new` or `well`"""

    @property
    def answer_time(self) -> timedelta | None:
        """The middle one of the last polls' durations."""
        known = sorted(mark.duration for mark in self.health.polls if mark.duration is not None)
        return known[len(known) // 2] if known else None

    @property
    def changes(self) -> int:
        """Of the last weeks."""
        return sum(week.total for week in self.health.weeks)


def line_of(health: Health, incidents: tuple[Incident, ...], now: datetime) -> Line:
    """What condition a source is in. Pure."""
    state = health.state
    due = state.next_poll_at
    late = now - due if state.enabled and due is not None and now - due > LATE else None
    if not state.enabled:
        condition = "resting"
    elif incidents or state.failures:
        condition = "failing"
    elif not health.polls:
        condition = "new"
    else:
        condition = "late" if late else "well"
    return Line(health, incidents, late, condition)


def sources(request: Request) -> Response:
    """Every source, the ones that need a person first."""
    archive, now = archive_of(request), request.app.state.web.now()
    by_source: dict[str | None, list[Incident]] = {}
    for incident in archive.incidents(open_only=True):
        by_source.setdefault(incident.source_id, []).append(incident)
    lines = [
        line_of(health, tuple(by_source.get(health.state.source_id, ())), now) for health in archive.healths(now)
    ]
    order = ("failing", "late", "new", "well", "resting")
    lines.sort(key=lambda line: (order.index(line.condition), line.health.state.source_id))
    t, when = translator(request), partial(when_of, request.app.state.web.renderer.zone)
    return page(
        request, "sources.html", lines=lines, counts=Counter(line.condition for line in lines), order=order,
        heartbeat=archive.heartbeat(), general=by_source.get(None, []), behind=_behind(archive.heartbeat(), now),
        strip=lambda marks: charts.strip(marks, t, when), weeks=lambda found: charts.weeks(found, t, 30),
    )  # fmt: skip


def source(request: Request) -> Response:
    """One source: condition, charts, failures with advice, pages."""
    archive, now = archive_of(request), request.app.state.web.now()
    name = request.path_params["source_id"]
    found = archive.healths(now, name)
    if not found:
        near = [each.source_id for each in archive.sources()]
        raise NotFound(f"no source {name!r}", tuple(near[:5]))
    incidents = archive.incidents(source_id=name, limit=20)
    line = line_of(found[0], tuple(one for one in incidents if one.closed_at is None), now)
    failing = "failing" in request.query_params
    after = _number(request, "after") or 0
    with archive.connect() as connection:
        rows = pages_found(connection, source_id=name, outcome=None, failing=failing, after=after, limit=PAGES)
    t, when = translator(request), partial(when_of, request.app.state.web.renderer.zone)
    last = line.health.polls[-1] if line.health.polls else None
    return page(
        request, "source.html", feed=links.source_feed(name), line=line,
        state=line.health.state, incidents=incidents, rows=rows.rows,
        failing=failing, after=after, more=rows.on,
        counted=charts.outcomes(Counter(mark.outcome for mark in line.health.polls)),
        advice=advice_for(last.outcome) if last and charts.manner(last.outcome) == "bad" else None, last=last,
        strip=charts.strip(line.health.polls, t, when), weeks=charts.weeks(line.health.weeks, t), manner=charts.manner,
    )  # fmt: skip


def of_page(request: Request) -> Response:
    """One page's captures, newest first: each attempt with its outcome and the evidence for it."""
    archive = archive_of(request)
    before = _number(request, "before")
    with archive.connect() as connection:
        status = page_found(connection, _id(request))
        found = captures_found(connection, page_id=status.page_id, source_id=None, before=before, limit=CAPTURES)
    return page(
        request, "captures.html", status=status, rows=found.rows, manner=charts.manner, advice=advice_for,
        more=found.on, first=before is None,
    )  # fmt: skip


def _behind(heartbeat: object, now: datetime) -> timedelta | None:
    """How long ago the daemon last gave a sign of life, where that is too long."""
    at = getattr(heartbeat, "beat_at", None)
    return now - at if at is not None and now - at > timedelta(minutes=2) else None


def _id(request: Request) -> int:
    said = request.path_params["page_id"]
    if not (said.isascii() and said.isdigit() and len(said) < 19):
        raise NotFound(f"no page {said[:40]!r}")
    return int(said)


def _number(request: Request, name: str) -> int | None:
    said = request.query_params.get(name)
    if said is None:
        return None
    if not (said.isascii() and said.isdigit() and len(said) < 19):
        raise BadQuestion(word("{value} is no number to go on from"), value=said[:40])
    return int(said)


ROUTES = [Route("/sources", sources), Route("/sources/{source_id}", source), Route("/pages/{page_id}", of_page)]
