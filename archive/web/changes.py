"""What was new, changed, gone, back or moved, newest first, by day and source, each with its difference in place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from archive.filtering import ChangeFilter
from archive.glimpses import Glimpse
from archive.records import Change
from archive.web import filters, links
from archive.web.differences import WORTH, Part, parts_of
from archive.web.reader import archive_of
from archive.web.rendering import page
from archive.web.shown import signed
from archive.web.words.fields import LABELS

ROWS = 50
PERIODS = (("1", timedelta(days=1)), ("7", timedelta(days=7)), ("30", timedelta(days=30)))


@dataclass(frozen=True, slots=True)
class Entry:
    """One change as the page shows it."""

    change: Change
    glimpse: Glimpse | None
    parts: tuple[Part, ...]

    @property
    def name(self) -> str:
        """What the document is called: its title, else how its text begins, else who wrote it, else its address."""
        glimpse = self.glimpse
        said = [self.change.title]
        if glimpse:
            said += [glimpse.title, glimpse.beginning, signed(glimpse.author, glimpse.floor)]
        return next((one for one in said if one.strip()), self.change.url)

    @property
    def beginning(self) -> str:
        """How the text begins, where that says more than the name and a difference does not."""
        glimpse = self.glimpse
        return glimpse.beginning if glimpse and self.change.kind == "new" and glimpse.beginning != self.name else ""

    @property
    def silent(self) -> bool:
        """Whether the text changed while the page's own date did not."""
        return self.change.nature is not None and self.change.nature.silent is True

    @property
    def address(self) -> str:
        """Where the change is seen whole."""
        change = self.change
        if change.previous_version is not None and change.previous_version != change.version:
            return links.compare(change.document_id, change.previous_version, change.version)
        return links.document(change.document_id, change.version if change.kind == "new" else None)


@dataclass(frozen=True, slots=True)
class Day:
    """The changes of one day, by source in the order of their newest."""

    date: date
    sources: tuple[tuple[str, tuple[Entry, ...]], ...]


def changes(request: Request) -> Response:
    """The page."""
    archive, web = archive_of(request), request.app.state.web
    zone: ZoneInfo = web.renderer.zone
    wanted = filters.parsed(request.query_params, zone)
    found = archive.changes_found(wanted, filters.position(request.query_params, "before"), ROWS)
    days = by_day(entries(found.changes, archive.glimpses(found.changes)), zone)
    today = web.now().astimezone(zone).date()
    known = archive.source_tags()
    return page(
        request, "changes.html", days=days, wanted=wanted, older=found.older, looked_back_to=found.looked_back_to,
        recent=archive.recently(web.now() - timedelta(days=1)), sources=list(known),
        tags=sorted({tag for tags in known.values() for tag in tags}), kinds=filters.CHANGE_KINDS,
        types=filters.DOCUMENT_KINDS, fields=LABELS, first="before" not in request.query_params,
        said=filters.query(wanted, zone), with_=lambda **more: _with(wanted, zone, more),
        today=today, yesterday=today - timedelta(days=1), feed=_feed(request, wanted, zone),
        periods=_periods(web.now(), zone),
    )  # fmt: skip


def entries(found: Iterable[Change], glimpses: Mapping[int, Glimpse]) -> list[Entry]:
    """The changes with what is seen of them at first sight."""
    worth, shown = WORTH, []
    for change in found:
        parts, worth = ((), worth) if change.kind in ("new", "gone") else parts_of(change, worth)
        shown.append(Entry(change, glimpses.get(change.seq), parts))
    return shown


def by_day(shown: Sequence[Entry], zone: ZoneInfo) -> list[Day]:
    """The entries by day of the zone, then by source; both in the order in which they first come."""
    days = []
    for day, rows in groupby(shown, lambda entry: entry.change.at.astimezone(zone).date()):
        sources: dict[str, list[Entry]] = {}
        for entry in rows:
            sources.setdefault(entry.change.source_id, []).append(entry)
        days.append(Day(day, tuple((name, tuple(group)) for name, group in sources.items())))
    return days


def _with(wanted: ChangeFilter, zone: ZoneInfo, more: Mapping[str, Any]) -> str:
    """The page with some parts of the filter changed, from its newest change on."""
    return links.link("/changes", **filters.query(replace(wanted, **more), zone))


def _feed(request: Request, wanted: ChangeFilter, zone: ZoneInfo) -> str | None:
    """The address of the same filter as a feed, where feeds are served."""
    said = filters.query(wanted, zone)
    return links.link(links.FEED, **said) if links.served(request, links.FEED) else None


def _periods(now: Any, zone: ZoneInfo) -> list[tuple[str, str]]:
    return [(days, (now - span).astimezone(zone).date().isoformat()) for days, span in PERIODS]


ROUTES = [Route("/changes", changes)]
