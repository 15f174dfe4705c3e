"""The filter of the change log as an address says it: `?kind=changed&source=county&silent=1&since=2026-11-01`.

The page of changes, the API and the feeds read it the same way, so that every filter is an address of each:

    wanted = parsed(request.query_params, zone)         raises BadQuestion
    query(wanted, zone)                                 the same filter as parameters again
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

from starlette.datastructures import QueryParams

from archive.filtering import ChangeFilter
from archive.records import ChangeKind, Kind
from archive.web.failures import BadQuestion
from archive.web.times import within
from archive.web.words import word

CHANGE_KINDS: tuple[ChangeKind, ...] = get_args(ChangeKind)
DOCUMENT_KINDS: tuple[Kind, ...] = get_args(Kind)
MOST_VALUES = 50
LONGEST = 300
"""characters of a value"""
NAMES = ("source", "tag", "kind", "type", "field", "word", "silent", "since", "until", "readings")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def parsed(parameters: QueryParams, zone: ZoneInfo, readings: bool = False) -> ChangeFilter:
    """The filter. `source`, `tag`, `kind` and `type` may be repeated; days are those of `zone`, the last one included.
    `readings`: whether changes that only our better reading made belong to it where the address does not say."""
    return ChangeFilter(
        sources=_several(parameters, "source"),
        tags=_several(parameters, "tag"),
        kinds=tuple(kind for kind in CHANGE_KINDS if kind in _of(parameters, "kind", CHANGE_KINDS)),
        document_kinds=tuple(kind for kind in DOCUMENT_KINDS if kind in _of(parameters, "type", DOCUMENT_KINDS)),
        field=_one(parameters, "field"),
        word=_one(parameters, "word"),
        silent=_yes(parameters, "silent"),
        since=_moment(parameters, "since", zone, timedelta(0)),
        until=_moment(parameters, "until", zone, timedelta(days=1)),
        readings=_yes(parameters, "readings") if "readings" in parameters else readings,
    )


def query(wanted: ChangeFilter, zone: ZoneInfo) -> dict[str, object]:
    """The filter as the parameters of an address; what asks nothing is left out."""
    said: dict[str, object] = {
        "source": wanted.sources, "tag": wanted.tags, "kind": wanted.kinds, "type": wanted.document_kinds,
        "field": wanted.field, "word": wanted.word, "silent": "1" if wanted.silent else "",
        "since": _said(wanted.since, zone, timedelta(0)), "until": _said(wanted.until, zone, timedelta(days=1)),
        "readings": "1" if wanted.readings else "",
    }  # fmt: skip
    return {name: value for name, value in said.items() if value}


def position(parameters: QueryParams, name: str) -> int | None:
    """A number of the log that an address names. Raises BadQuestion."""
    said = parameters.get(name, "")
    if not said:
        return None
    if not (said.isascii() and said.isdigit() and len(said) < 19):
        raise BadQuestion(word("{value} is no number of a change"), value=said[:LONGEST])
    return int(said)


def _several(parameters: QueryParams, name: str) -> tuple[str, ...]:
    said = [value.strip()[:LONGEST] for value in parameters.getlist(name)]
    return tuple(dict.fromkeys(value for value in said if value))[:MOST_VALUES]


def _of(parameters: QueryParams, name: str, known: tuple[str, ...]) -> tuple[str, ...]:
    said = _several(parameters, name)
    for value in said:
        if value not in known:
            raise BadQuestion(
                word("{value} is none of {known}"), value=value, known=", ".join(known)
            )
    return said


def _one(parameters: QueryParams, name: str) -> str:
    return parameters.get(name, "").strip()[:LONGEST]


def _yes(parameters: QueryParams, name: str) -> bool:
    return parameters.get(name, "") not in ("", "0", "false", "no")


def _moment(parameters: QueryParams, name: str, zone: ZoneInfo, whole_day: timedelta) -> datetime | None:
    said = parameters.get(name, "").strip()
    if not said:
        return None
    try:
        when = datetime.fromisoformat(said)
    except ValueError:
        message = word("{value} is no day and no time; write 2026-03-01 or 2026-03-01T08:00Z")
        raise BadQuestion(message, value=said[:LONGEST]) from None
    if _DAY.fullmatch(said):
        begun = within(when.replace(tzinfo=zone), said)
        return datetime.combine(when.date() + whole_day, time(), zone).astimezone(UTC) if whole_day else begun
    return within(when if when.tzinfo else when.replace(tzinfo=zone), said)


def _said(moment: datetime | None, zone: ZoneInfo, whole_day: timedelta) -> str:
    if moment is None:
        return ""
    local = moment.astimezone(zone)
    if local.time() == time():
        return (local - whole_day).date().isoformat()
    return moment.isoformat().replace("+00:00", "Z")
