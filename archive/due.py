"""Which pages are due: by index, fair between hosts, however many are known or due.

the first due pages by time        enough for nearly every tick
a host holds them all up?          then host by host, each its first few: a loose walk over the hosts' index
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Integer, Select, and_, bindparam, or_, select, text

from archive.database import any_of
from archive.pages import PAGE
from archive.records import Page
from archive.rows import page_of
from archive.schema import DUE, ROUND, pages, sources
from archive.session import Session
from archive.statement import Statement

LOOK = 4
"""how many candidates are looked at for each page wanted"""
LEAST_LOOK = 1000

_BY_IDS = Statement(PAGE.where(pages.c.page_no.in_(bindparam("wanted", expanding=True))), many="wanted")
_CANDIDATE = (pages.c.page_no, pages.c.host, pages.c.next_poll_at, pages.c.rank)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is asked for; `sources` as their numbers."""

    now: datetime
    limit: int
    per_host: int
    skip_hosts: Collection[str]
    sources: Sequence[int] | None
    polled_before: datetime | None
    retired_too: bool


def due_pages(
    session: Session, now: datetime, limit: int, per_host: int, skip_hosts: Collection[str],
    source_ids: Collection[str] | None, polled_before: datetime | None, retired_too: bool,
) -> list[Page]:  # fmt: skip
    """At most `limit` due pages, at most `per_host` of one host, by time and rank (see `Transaction.due_pages`)."""
    numbers = None
    if source_ids is not None:
        named = any_of(session.connection, sources.c.source_id, source_ids)
        wanted = select(sources.c.source_no).where(named, sources.c.enabled)
        numbers = list(session.connection.scalars(wanted))
    asked = _Wanted(now, limit, per_host, skip_hosts, numbers, polled_before, retired_too)
    chosen = _choose(_candidates(session, asked), limit, per_host)
    rows = _BY_IDS.rows(session.connection, {"wanted": chosen}) if chosen else ()
    found = {row["page_no"]: page_of(row) for row in rows}
    return [found[number] for number in chosen]


def _candidates(session: Session, asked: _Wanted) -> list[Any]:
    look = max(LOOK * asked.limit, LEAST_LOOK)
    if asked.polled_before is not None:
        return _of_round(session, asked, look)
    due = _only(session.connection, select(*_CANDIDATE).where(DUE, pages.c.next_poll_at <= asked.now), asked)
    first = list(session.connection.execute(due.order_by(pages.c.next_poll_at, pages.c.rank).limit(look)))
    if len(first) < look or len(_choose(first, asked.limit, asked.per_host)) >= asked.limit:
        return first
    return first + _host_by_host(session, asked, due)


def _only(connection: Connection, statement: Select[Any], asked: _Wanted) -> Select[Any]:
    if asked.skip_hosts:
        statement = statement.where(~any_of(connection, pages.c.host, asked.skip_hosts))
    if asked.sources is not None:
        statement = statement.where(any_of(connection, pages.c.source_no, asked.sources))
    return statement


_NEXT_HOST = text(
    "SELECT min(host) FROM pages WHERE NOT paused AND state <> 'retired' AND host > :host"
).bindparams(host="")  # fmt: skip


def _host_by_host(session: Session, asked: _Wanted, due: Select[Any]) -> list[Any]:
    """The first due pages of every host in turn, until there are enough."""
    found: list[Any] = []
    host: str | None = ""
    by_host = (
        due.where(pages.c.host == bindparam("of")).order_by(pages.c.next_poll_at, pages.c.rank).limit(asked.per_host)
    )
    while len(found) < LOOK * asked.limit:
        host = session.connection.scalar(_NEXT_HOST, {"host": host})
        if host is None:
            break
        if host not in asked.skip_hosts:
            found += session.connection.execute(by_host, {"of": host})
    return found


_OF_SOURCE = (
    select(*_CANDIDATE)
    .where(
        ROUND,
        pages.c.source_no == bindparam("source"),
        pages.c.host.not_in(bindparam("skipped", expanding=True)),
    )
    .order_by(pages.c.last_poll_at)
    .limit(bindparam("look", type_=Integer))
)
_NEVER_POLLED = Statement(_OF_SOURCE.where(pages.c.last_poll_at.is_(None)), many="skipped")
_POLLED_BEFORE = Statement(_OF_SOURCE.where(pages.c.last_poll_at < bindparam("before")), many="skipped")


def _of_round(session: Session, asked: _Wanted, look: int) -> list[Any]:
    """Active pages not polled since the round began, whenever they are due; never polled ones first."""
    assert asked.polled_before is not None
    found: list[Any] = []
    numbers = asked.sources
    if numbers is None:
        numbers = list(session.connection.scalars(select(sources.c.source_no).where(sources.c.enabled)))
    said: dict[str, Any] = {"look": look, "before": asked.polled_before, "skipped": list(asked.skip_hosts) or [""]}
    for number in numbers:
        for statement in (_NEVER_POLLED, _POLLED_BEFORE):
            rows = statement.rows(session.connection, {**said, "source": number})
            found += [tuple(row.values()) for row in rows]
    if asked.retired_too:
        away = and_(
            pages.c.state != "active", or_(pages.c.last_poll_at.is_(None), pages.c.last_poll_at < asked.polled_before)
        )
        left = _only(session.connection, select(*_CANDIDATE).where(~pages.c.paused, away), asked)
        found += session.connection.execute(left.limit(look))
    return found


def _choose(candidates: Iterable[Any], limit: int, per_host: int) -> list[int]:
    """Numbers of the pages taken, by time and rank, at most `per_host` of one host."""
    chosen: dict[int, None] = {}
    taken: dict[str, int] = {}
    for number, host, _, _ in sorted(candidates, key=lambda row: (row[2], row[3], row[0])):
        if number in chosen or taken.get(host, 0) >= per_host:
            continue
        chosen[number] = None
        taken[host] = taken.get(host, 0) + 1
        if len(chosen) == limit:
            break
    return list(chosen)
