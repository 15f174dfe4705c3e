"""The frontier's rows: sources, the pages they lead to, and which of them are due. `Transaction` is their door."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Update, and_, bindparam, case, func, insert, or_, select, update

from archive.database import any_of
from archive.records import FoundPage, Page, PollResult, SourceRow
from archive.rows import maybe, page_of, storable, to_json
from archive.schema import LEFT_OUT, memberships, pages, parts, payloads, sightings, sources
from archive.session import Session
from archive.statement import Statement, on_conflict
from archive.urlkey import host_of, urlkey

ANSWERED = frozenset({"ok", "moved", "revisit", "not-modified", "gone", "soft-404"})
"""outcomes after which everything on the page counts as checked"""

PAGE = (
    select(pages, sources.c.source_id, payloads.c.digest)
    .join(sources, sources.c.source_no == pages.c.source_no)
    .outerjoin(payloads, payloads.c.payload_no == pages.c.payload_no)
)
_BY_ID = Statement(PAGE.where(pages.c.page_no == bindparam("wanted")))
_BY_KEY = Statement(PAGE.where(pages.c.urlkey == bindparam("wanted")))
_KNOWN = Statement(
    select(pages.c.page_no, pages.c.urlkey, pages.c.source_no, pages.c.activity, pages.c.paused, pages.c.state).where(
        pages.c.urlkey.in_(bindparam("wanted", expanding=True))
    ),
    many="wanted",
)
_RESTING = (
    select(pages.c.host, func.max(pages.c.next_poll_at))
    .where(pages.c.last_outcome == "error:rate-limited", pages.c.next_poll_at > bindparam("now"))
    .group_by(pages.c.host)
)
_OWNERS = Statement(
    select(sources.c.source_id, sources.c.source_no, sources.c.enabled).where(
        sources.c.source_id.in_(bindparam("wanted", expanding=True))
    ),
    many="wanted",
)
_SOURCE_NO = select(sources.c.source_no).where(sources.c.source_id == bindparam("wanted"))
_COUNTS = Statement(
    select(
        func.count().label("pages"),
        func.coalesce(func.sum(case((memberships.c.list_page, 1), else_=0)), 0).label("lists"),
    )
    .select_from(memberships)
    .where(memberships.c.source_no == _SOURCE_NO.scalar_subquery())
)


def sync_sources(session: Session, rows: Sequence[SourceRow], now: datetime) -> None:
    """Makes the table of sources what the configuration says. Sources no longer listed are disabled; their documents
    stay."""
    known = {row.source_id: row for row in session.connection.execute(select(sources))}
    for row in rows:
        values: dict[str, Any] = {
            "url": storable(row.url), "kind": row.kind, "enabled": row.enabled, "tags": to_json(row.tags),
            "settings": storable(row.settings),
        }  # fmt: skip
        old = known.get(row.source_id)
        if old is None:
            session.connection.execute(insert(sources).values(source_id=row.source_id, added_at=now, **values))
        elif any(getattr(old, name) != value for name, value in values.items()):
            session.connection.execute(update(sources).where(sources.c.source_id == row.source_id).values(**values))
    listed = {row.source_id for row in rows}
    gone = [name for name, old in known.items() if old.enabled and name not in listed]
    if gone:
        left = any_of(session.connection, sources.c.source_id, gone)
        session.connection.execute(update(sources).where(left).values(enabled=False))
    _settle_owners(session)


def _settle_owners(session: Session) -> None:
    """Pages of a disabled source pass to an enabled one that leads to them too, or leave the due set; those of an
    enabled one are in it."""
    enabled = select(sources.c.source_no).where(sources.c.enabled)
    disabled = select(sources.c.source_no).where(~sources.c.enabled)
    heir = (
        select(func.min(memberships.c.source_no))
        .where(memberships.c.page_no == pages.c.page_no, memberships.c.source_no.in_(enabled))
        .scalar_subquery()
    )
    orphaned = pages.c.source_no.in_(disabled)
    session.connection.execute(update(pages).where(orphaned, heir.is_not(None)).values(source_no=heir, paused=False))
    session.connection.execute(update(pages).where(orphaned, ~pages.c.paused).values(paused=True))
    session.connection.execute(update(pages).where(pages.c.source_no.in_(enabled), pages.c.paused).values(paused=False))


def add_pages(session: Session, found: Sequence[FoundPage], now: datetime) -> int:
    """Puts pages on the frontier, once per urlkey; how many were new. A known page is remembered for this source too,
    is due now when its activity is another one, and passes to an enabled source from a disabled one."""
    by_key: dict[str, FoundPage] = {}
    for page in found:
        by_key.setdefault(urlkey(page.url), page)
    keys = sorted(by_key)
    wanted = {page.source_id for page in found}
    owners = {row["source_id"]: row for row in _OWNERS.rows_of_any(session.connection, sorted(wanted))}
    known = _known(session, keys)
    new = [_new_page(key, by_key[key], owners[by_key[key].source_id], now) for key in keys if key not in known]
    added: dict[str, int] = {}
    if new:
        added = {row["urlkey"]: row["page_no"] for row in _ADD.rows_of_each(session.connection, new)}
        known |= _known(session, [row["urlkey"] for row in new if row["urlkey"] not in added])
    _remember(session, by_key, owners, {**{key: row["page_no"] for key, row in known.items()}, **added})
    _refresh(session, by_key, owners, known, now)
    return len(added)


def _known(session: Session, keys: Sequence[str]) -> dict[str, dict[str, Any]]:
    return {row["urlkey"]: row for row in _KNOWN.rows_of_any(session.connection, keys)}


_ADD = Statement(lambda postgres: on_conflict(postgres, pages).returning(pages.c.urlkey, pages.c.page_no))
_MEMBER = Statement(lambda postgres: on_conflict(postgres, memberships))


def _new_page(key: str, page: FoundPage, owner: Any, now: datetime) -> dict[str, Any]:
    return {
        "source_no": owner["source_no"], "url": storable(page.url), "urlkey": storable(key), "host": host_of(page.url),
        "kind": page.kind, "depth": page.depth, "entry": page.entry, "list_page": page.list_page,
        "paused": not owner["enabled"], "state": "active", "rank": page.rank, "activity": maybe(page.activity),
        "found_on": page.found_on, "found_at": now, "next_poll_at": page.due_at or now, "failures": 0,
        "polls_since_full": 0, "missing_polls": 0,
    }  # fmt: skip


def _remember(session: Session, by_key: dict[str, FoundPage], owners: dict[str, Any], numbers: dict[str, int]) -> None:
    rows = [
        {"source_no": owners[page.source_id]["source_no"], "page_no": numbers[key], "list_page": page.list_page}
        for key, page in by_key.items()
    ]
    _MEMBER.run_each(session.connection, rows)


_WOKEN = Statement(
    update(pages)
    .where(pages.c.page_no == bindparam("wanted"))
    .values(
        activity=bindparam("new_activity"),
        next_poll_at=bindparam("due"),
        state=case((pages.c.state == "retired", "active"), else_=pages.c.state),
    )
)
_TAKEN = Statement(
    update(pages).where(pages.c.page_no == bindparam("wanted")).values(source_no=bindparam("owner"), paused=False)
)
_ENTERED = Statement(
    update(pages)
    .where(pages.c.page_no == bindparam("wanted"), pages.c.source_no == bindparam("owner"))
    .values(entry=True, kind=case((pages.c.kind == "auto", bindparam("new_kind")), else_=pages.c.kind))
)


def _refresh(
    session: Session, by_key: dict[str, FoundPage], owners: dict[str, Any], known: dict[str, Any], now: datetime
) -> None:
    woken, taken, entered = [], [], []
    for key, row in known.items():
        page, owner = by_key[key], owners[by_key[key].source_id]
        number = row["page_no"]
        listed_again = row["state"] == "retired" and row["activity"] == LEFT_OUT
        if listed_again or (page.activity is not None and page.activity != row["activity"]):
            woken.append({"wanted": number, "new_activity": maybe(page.activity), "due": page.due_at or now})
        if row["paused"] and owner["enabled"]:
            taken.append({"wanted": number, "owner": owner["source_no"]})
        if page.entry:
            entered.append({"wanted": number, "owner": owner["source_no"], "new_kind": page.kind})
    for statement, rows in ((_WOKEN, woken), (_TAKEN, taken), (_ENTERED, entered)):
        statement.run_each(session.connection, rows)


def page_counts(session: Session, source_id: str) -> tuple[int, int]:
    """(pages, list pages) that a source leads to."""
    row = _COUNTS.row(session.connection, {"wanted": source_id})
    return (int(row["pages"]), int(row["lists"])) if row else (0, 0)


def resting_hosts(session: Session, now: datetime) -> dict[str, datetime]:
    """Hosts whose last word to some page was to be left alone, and until when."""
    rows = session.connection.execute(_RESTING, {"now": now})
    return {str(host): until for host, until in rows}


def page(session: Session, page_id: int) -> Page | None:
    """The page of that number, or None."""
    row = _BY_ID.row(session.connection, {"wanted": page_id})
    return page_of(row) if row else None


def page_by_url(session: Session, url: str) -> Page | None:
    """The page that this URL is, in whatever spelling, or None."""
    row = _BY_KEY.row(session.connection, {"wanted": storable(urlkey(url))})
    return page_of(row) if row else None


def make_due(session: Session, now: datetime, source_ids: Collection[str], page_ids: Collection[int]) -> None:
    """Makes all active pages of these sources, and these pages whatever became of them, due at `now`."""
    named = any_of(session.connection, sources.c.source_id, source_ids)
    owned = pages.c.source_no.in_(select(sources.c.source_no).where(named))
    chosen = or_(and_(owned, pages.c.state == "active"), any_of(session.connection, pages.c.page_no, page_ids))
    # those due already too: one that is being polled just now shows by this that it is wanted again
    asked_for = case((pages.c.state == "retired", "active"), else_=pages.c.state)
    session.connection.execute(update(pages).where(chosen).values(next_poll_at=now, state=asked_for))


def postpone(session: Session, page_id: int, until: datetime) -> None:
    """Makes a page due later, without a poll."""
    session.connection.execute(update(pages).where(pages.c.page_no == page_id).values(next_poll_at=until))


_TOUCHED = Statement(
    update(pages)
    .where(
        pages.c.page_no == bindparam("wanted"),
        pages.c.derived_with.is_not_distinct_from(bindparam("still", type_=pages.c.derived_with.type)),
    )
    .values(touched_at=bindparam("at"))
    .returning(pages.c.page_no)
)
_PART_TOUCHED = Statement(
    update(parts)
    .where(parts.c.page_no == bindparam("wanted"))
    .values(
        read_at=bindparam("at"),
        first_read_at=func.coalesce(parts.c.first_read_at, bindparam("at", type_=parts.c.read_at.type)),
    )
)
_NOW_CAPTURE = select(pages.c.payload_capture_no).where(pages.c.page_no == bindparam("wanted")).scalar_subquery()
_SIGHTED = Statement(
    update(sightings)
    .where(
        sightings.c.page_no == bindparam("wanted"),
        sightings.c.capture_no == bindparam("read_from"),
        sightings.c.capture_no != _NOW_CAPTURE,
    )
    .values(capture_no=_NOW_CAPTURE, last_seen_at=bindparam("at"), last_checked_at=bindparam("at"))
)


def touch_page_documents(
    session: Session, page_id: int, at: datetime, read_from: int | None, derived_with: str | None
) -> bool:
    """The page's last content payload was seen again: all it says counts as seen at `at`, its part of a topic as
    read. False, and nothing written, where the page remembers another `derived_with` by now."""
    if _TOUCHED.value(session.connection, {"wanted": page_id, "at": at, "still": derived_with}) is None:
        return False
    # another payload that says the same: what was read from the one before stands on this one
    if read_from is not None:
        _SIGHTED.run(session.connection, {"wanted": page_id, "read_from": read_from, "at": at})
    _PART_TOUCHED.run(session.connection, {"wanted": page_id, "at": at})
    return True


def set_derived_with(session: Session, page_ids: Iterable[int], derived_with: str) -> None:
    """Remembers what read these pages' last content payload; not where it is to be read again."""
    read = [number for number in page_ids if number not in session.overtaken]
    chosen = any_of(session.connection, pages.c.page_no, read)
    session.connection.execute(update(pages).where(chosen).values(derived_with=derived_with))


def pages_derived_with(session: Session, marker: str) -> list[Page]:
    """Pages that remember this, oldest poll first."""
    statement = PAGE.where(pages.c.derived_with == marker).order_by(pages.c.last_poll_at)
    return [page_of(row) for row in session.connection.execute(statement).mappings()]


_SET = (
    "last_poll_at", "last_outcome", "next_poll_at", "failures", "polls_since_full", "missing_since", "missing_polls",
    "state",
    "suspect_hash", "suspect_since",
)  # fmt: skip
_KEPT_UNLESS_SAID = ("kind", "topic_key", "part", "derived_with", "last_changed_at", "answered_at")
_VALIDATORS = ("etag", "last_modified")


def _finishing(replaced: Sequence[str], kept: Sequence[str]) -> Update:
    def said(name: str) -> BindParameter[Any]:
        return bindparam(f"s_{name}", type_=pages.c[name].type)

    values: dict[str, Any] = {name: said(name) for name in replaced}
    values |= {name: func.coalesce(said(name), pages.c[name]) for name in kept}
    moved = pages.c.next_poll_at > bindparam("polled_from", type_=pages.c.next_poll_at.type)
    # wanted again while it was polled: due at once, even where this poll found that it is none of the topic's pages
    values["state"] = case((moved & (said("state") == "retired"), "active"), else_=said("state"))
    values["next_poll_at"] = case((moved, pages.c.next_poll_at), else_=said("next_poll_at"))
    return update(pages).where(pages.c.page_no == bindparam("wanted")).values(**values)


_FINISHED = Statement(_finishing((*_SET, *_VALIDATORS), _KEPT_UNLESS_SAID))
_FINISHED_KEEPING = Statement(_finishing(_SET, (*_KEPT_UNLESS_SAID, *_VALIDATORS)))


def finish_poll(session: Session, result: PollResult) -> None:
    """Writes how a poll ended and when the page is polled next."""
    read_with = None if result.page_id in session.overtaken else result.derived_with
    said = {
        "wanted": result.page_id, "polled_from": result.polled_from,
        "s_last_poll_at": result.at, "s_last_outcome": result.outcome,
        "s_next_poll_at": result.next_poll_at, "s_failures": result.failures,
        "s_polls_since_full": result.polls_since_full, "s_missing_since": result.missing_since,
        "s_missing_polls": result.missing_polls, "s_state": result.state, "s_suspect_hash": result.suspect_hash,
        "s_suspect_since": result.suspect_since, "s_kind": result.kind, "s_topic_key": maybe(result.topic_key),
        "s_part": result.part, "s_derived_with": read_with, "s_etag": maybe(result.etag),
        "s_last_modified": maybe(result.last_modified), "s_last_changed_at": result.at if result.changed else None,
        "s_answered_at": result.at if result.outcome in ANSWERED else None,
    }  # fmt: skip
    (_FINISHED_KEEPING if result.keep_validators else _FINISHED).run(session.connection, said)
