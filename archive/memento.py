"""Memento (RFC 7089): the terms of time travel on the web, made from versions. Pure; the web pages serve what is made
here.

    original resource (URI-R)   the page as it was on the web
    memento (URI-M)             one version of the document
    TimeGate (URI-G)            answers `Accept-Datetime` with the memento in force at that time
    TimeMap (URI-T)             the list of all mementos
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

LINK_FORMAT = "application/link-format"
"""media type of a TimeMap (RFC 6690)"""


@dataclass(frozen=True, slots=True)
class Memento:
    """One version, as far as time travel is concerned: its number and from when on it was in force."""

    number: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where a document's resources stand; `memento` gives the URI-M of a version."""

    original: str
    timegate: str
    timemap: str
    memento: Callable[[int], str]


def accept_datetime(value: str) -> datetime | None:
    """The time that a client asks for (RFC 7089 section 2.1.1: RFC 1123 form, GMT); None for what is none: answer
    400."""
    try:
        said = parsedate_to_datetime(value)
        return said.astimezone(UTC) if said.tzinfo is not None else said.replace(tzinfo=UTC)
    except (TypeError, ValueError, OverflowError):
        return None


def negotiated(mementos: Sequence[Memento], when: datetime | None) -> Memento | None:
    """The memento in force at that time; the first one for a time before it (section 4.5.3), the newest for no time.
    None: there is none at all. `mementos` are in order."""
    if not mementos or when is None:
        return mementos[-1] if mementos else None
    return next((memento for memento in reversed(mementos) if memento.at <= when), mementos[0])


def memento_headers(mementos: Sequence[Memento], number: int, addresses: Addresses) -> dict[str, str]:
    """Headers of the answer that is memento `number` (section 2.1): `Memento-Datetime` and `Link`. Raises KeyError."""
    place = {memento.number: place for place, memento in enumerate(mementos)}[number]
    return {
        "Memento-Datetime": http_date(mementos[place].at),
        "Link": ", ".join([*_about(addresses), *_around(mementos, place, addresses)]),
    }


def timegate_headers(mementos: Sequence[Memento], number: int, addresses: Addresses) -> dict[str, str]:
    """Headers of the TimeGate's redirect (302) to memento `number` (section 4.1.1). Raises KeyError."""
    headers = memento_headers(mementos, number, addresses)
    return {"Vary": "accept-datetime", "Location": addresses.memento(number), "Link": headers["Link"]}


def timemap(mementos: Sequence[Memento], addresses: Addresses) -> str:
    """The TimeMap as `application/link-format` (section 5)."""
    links = [_link(addresses.original, "original"), _link(addresses.timegate, "timegate")]
    ends = {"from": mementos[0].at, "until": mementos[-1].at} if mementos else {}
    links.append(
        _link(addresses.timemap, "self", type=LINK_FORMAT, **{name: http_date(at) for name, at in ends.items()})
    )
    for place, memento in enumerate(mementos):
        terms = [term for term, there in (("first", 0), ("last", len(mementos) - 1)) if place == there]
        links.append(
            _link(addresses.memento(memento.number), " ".join([*terms, "memento"]), datetime=http_date(memento.at))
        )
    return ",\n".join(links) + "\n"


def http_date(at: datetime) -> str:
    """A time as HTTP writes it (RFC 9110 section 5.6.7): `Fri, 01 Mar 2024 08:00:00 GMT`."""
    return format_datetime(at.astimezone(UTC).replace(microsecond=0), usegmt=True)


def _about(addresses: Addresses) -> Iterator[str]:
    yield _link(addresses.original, "original")
    yield _link(addresses.timegate, "timegate")
    yield _link(addresses.timemap, "timemap", type=LINK_FORMAT)


def _around(mementos: Sequence[Memento], place: int, addresses: Addresses) -> Iterable[str]:
    """First, last, and the neighbours of a memento; one link for each, with all the terms that it is."""
    last = len(mementos) - 1
    wanted = (("first", 0), ("prev", place - 1), ("", place), ("next", place + 1), ("last", last))
    terms: dict[int, list[str]] = {}
    for term, there in wanted:
        if 0 <= there <= last:
            terms.setdefault(there, []).extend([term] if term else [])
    for there in sorted(terms):
        memento = mementos[there]
        yield _link(
            addresses.memento(memento.number), " ".join([*terms[there], "memento"]), datetime=http_date(memento.at)
        )


def _link(target: str, relation: str, **attributes: str) -> str:
    said = "".join(f'; {name}="{value}"' for name, value in attributes.items())
    return f'<{target}>; rel="{relation}"{said}'
