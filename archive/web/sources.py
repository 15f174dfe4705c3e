"""Sources at a glance, one source whole, and one page's captures: is it read, and if not, what is to be done?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from archive.errors import NotFound
from archive.health import Health, healths
from archive.listing import captures_found, page_found, pages_found, source_number
from archive.records import Incident, SourceState
from archive.states import source_states
from archive.web import charts, links
from archive.web.failures import BadQuestion
from archive.web.reader import archive_of
from archive.web.rendering import page, translator
from archive.web.shown import when_of
from archive.web.words import word
from archive.web.words.sources import advice_for

SOURCES, PAGES, CAPTURES = 100, 100, 50
CONDITIONS = ("failing", "late", "new", "well", "resting")
"""of sources, those first that need a person"""
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


def late_by(state: SourceState, now: datetime) -> timedelta | None:
    """How long a source's next poll has been due, where that is too long."""
    due = state.next_poll_at
    return now - due if state.enabled and due is not None and now - due > LATE else None


def condition_of(state: SourceState, troubled: bool, now: datetime) -> str:
    """One of CONDITIONS; `troubled`: an incident of the source is open."""
    if not state.enabled:
        return "resting"
    if troubled or state.failures:
        return "failing"
    if state.last_poll_at is None:
        return "new"
    return "late" if late_by(state, now) else "well"


def line_of(health: Health, incidents: Sequence[Incident], now: datetime) -> Line:
    """A source for the list. Pure."""
    condition = condition_of(health.state, bool(incidents), now)
    return Line(health, tuple(incidents), late_by(health.state, now), condition)


def sources(request: Request) -> Response:
    """Every source, the ones that need a person first; `?condition=` only those, `?page=`."""
    archive, now = archive_of(request), request.app.state.web.now()
    wanted, number = request.query_params.get("condition"), _number(request, "page") or 1
    if wanted is not None and wanted not in CONDITIONS:
        raise BadQuestion(word("no source is ever {value}; one of {known}"), value=wanted, known=" ".join(CONDITIONS))
    by_source: dict[str | None, list[Incident]] = {}
    for incident in archive.incidents(open_only=True):
        by_source.setdefault(incident.source_id, []).append(incident)
    with archive.connect() as connection:
        known = [
            (condition_of(state, state.source_id in by_source, now), state)
            for state in source_states(connection, versions=False)
        ]
        asked = [each for each in known if wanted in (None, each[0])]
        asked.sort(key=lambda each: (CONDITIONS.index(each[0]), each[1].source_id))
        turned = asked[(number - 1) * SOURCES : number * SOURCES]
        lines = [
            line_of(health, by_source.get(health.state.source_id, ()), now)
            for health in healths(connection, now, [state for _, state in turned])
        ]
    t, when = translator(request), partial(when_of, request.app.state.web.renderer.zone)
    return page(
        request, "sources.html", lines=lines, counts=Counter(condition for condition, _ in known), order=CONDITIONS,
        wanted=wanted, number=number, more=len(asked) > number * SOURCES, all=len(known),
        heartbeat=archive.heartbeat(), general=by_source.get(None, []), behind=_behind(archive.heartbeat(), now),
        strip=lambda marks: charts.strip(marks, t, when), weeks=lambda found: charts.weeks(found, t, 30),
    )  # fmt: skip


def source(request: Request) -> Response:
    """One source: condition, charts, failures with advice, pages."""
    archive, now = archive_of(request), request.app.state.web.now()
    name = request.path_params["source_id"]
    with archive.connect() as connection:
        source_number(connection, name)
    found = archive.healths(now, name)
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
