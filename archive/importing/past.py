"""Captures of the past into the archive, in whatever order they come.

A capture newer than what its page last brought is stored like one just fetched. An older one is stored beside: what the
next poll compares with (the page's last payload) stays as it was. The same capture twice is stored once, so an import
that was broken off is simply run again.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from sqlalchemy import bindparam, exists, select

from archive.captures import record_after
from archive.digest import sha256
from archive.errors import ArchiveError
from archive.pages import add_pages, page_by_url
from archive.payloads import get
from archive.reading import Archive
from archive.records import FoundPage, NewCapture
from archive.schema import captures, derivations, pages, payloads, sources
from archive.session import Session
from archive.standing import move, standing, with_payload_of
from archive.urlkey import urlkey
from archive.writing import Writer

SOURCE = "imported"
"""source of pages that no source of the archive leads to; never polled"""
BATCH, BATCH_BYTES = 200, 32 * 1024 * 1024
"""captures and bytes of one transaction, at most"""
PAGES_HELD = 512
"""pages whose known captures are kept in memory"""

_SHOWN_AT = (
    select(captures.c.fetched_at)
    .join(pages, pages.c.payload_capture_no == captures.c.capture_no)
    .where(pages.c.page_no == bindparam("wanted"))
)
_KNOWN = (
    select(captures.c.fetched_at, payloads.c.digest)
    .outerjoin(payloads, payloads.c.payload_no == captures.c.payload_no)
    .where(captures.c.page_no == bindparam("wanted"))
)
_UNDERIVED = (
    select(captures.c.capture_no)
    .where(captures.c.page_no == bindparam("wanted"), captures.c.outcome.in_(("ok", "moved")))
    .where(~exists().where(derivations.c.capture_no == captures.c.capture_no))
    .order_by(captures.c.fetched_at, captures.c.capture_no)
)


@dataclass(frozen=True, slots=True)
class PastCapture:
    """One exchange of the past. `payload` is the body without content or transfer encoding; None where only its digest
    is known: then `same_as` names the time of the capture of this URL that brought the same one."""

    url: str
    fetched_at: datetime
    payload: bytes | None
    status: int | None = 200
    headers: tuple[tuple[str, str], ...] = ()
    media_type: str | None = None
    final_url: str | None = None
    same_as: datetime | None = None


@dataclass(slots=True)
class Imported:
    """What an import came to. `pages` are the numbers of the pages whose captures were read, known ones too: an import
    that was broken off before its captures were derived is simply run again."""

    read: int = 0
    stored: int = 0
    known: int = 0
    """captures that the archive had already"""
    skipped: int = 0
    """redirects, and revisits of captures that are not there"""
    pages: set[int] = field(default_factory=set)


def import_captures(
    writer: Writer, past: Iterable[PastCapture], *, now: datetime, source_id: str | None = None,
    progress: Callable[[Imported], None] = lambda done: None,
) -> Imported:  # fmt: skip
    """Stores captures of the past; `progress` is told after each batch. A page that is known keeps its source; a new
    one gets `source_id` (an existing source), or the source `imported`. Raises ArchiveError for an unknown source."""
    done, importer = Imported(), _Importer(source_id, now)
    batch: list[PastCapture] = []
    size = 0
    for capture in past:
        done.read += 1
        batch.append(capture)
        size += len(capture.payload or b"")
        if len(batch) >= BATCH or size >= BATCH_BYTES:
            importer.store(writer, batch, done)
            progress(done)
            batch, size = [], 0
    if batch:
        importer.store(writer, batch, done)
        progress(done)
    return done


def underived(archive: Archive, page_id: int) -> list[int]:
    """Numbers of a page's captures that brought content and that no extractor has read yet, by the time they were
    made."""
    with archive.connect() as connection:
        return list(connection.scalars(_UNDERIVED, {"wanted": page_id}))


def outcome_of(status: int | None) -> str | None:
    """The outcome of an exchange with this status (contract section 1); None for one that says nothing: a redirect."""
    if status is None or 200 <= status < 300:
        return "ok"
    if status < 400:
        return None
    if status in (404, 410):
        return "gone"
    if status == 429:
        return "error:rate-limited"
    return "error:http-4xx" if status < 500 else "error:http-5xx"


class _Importer:
    """One import: which pages it has met, and what they have already."""

    def __init__(self, source_id: str | None, now: datetime) -> None:
        self._source_id, self._now = source_id, now
        self._pages: OrderedDict[str, tuple[int, str, dict[datetime, str | None]]] = OrderedDict()

    def store(self, writer: Writer, batch: list[PastCapture], done: Imported) -> None:
        """One transaction; in the order of time for each page, so that neighbours are compressed against each other."""
        counted = Imported(pages=set())
        try:
            with writer.begin() as tx:
                batch = sorted(batch, key=lambda c: (urlkey(c.url), c.fetched_at))
                for _, of_page in groupby(batch, key=lambda c: urlkey(c.url)):
                    self._store_page(tx.session, list(of_page), counted)
        except BaseException:
            self._pages.clear()  # what was remembered of this batch is not lasting
            raise
        done.stored, done.known = done.stored + counted.stored, done.known + counted.known
        done.skipped += counted.skipped
        done.pages |= counted.pages

    def _store_page(self, session: Session, batch: list[PastCapture], done: Imported) -> None:
        """The captures of one page; where the page stands is written once."""
        page_no, source_id, known = self._page(session, batch[0].url)
        before = now = standing(session, page_no)
        shown_at = session.connection.scalar(_SHOWN_AT, {"wanted": page_no})
        for past in batch:
            said = _said(past, known)
            if said is None:
                done.skipped += 1
                continue
            done.pages.add(page_no)
            payload, digest, outcome = said
            if past.fetched_at in known and (known[past.fetched_at] == digest or digest is None):
                done.known += 1
                continue
            if payload is None and digest is not None:
                payload = get(session.connection, digest)
            new = NewCapture(
                page_no, source_id, past.url, past.final_url or past.url, past.fetched_at, outcome, past.status,
                media_type=past.media_type, headers=past.headers,
            )  # fmt: skip
            _, after = record_after(session, now, new, payload)
            if shown_at is not None and past.fetched_at < shown_at:
                now = with_payload_of(after, now)  # what the next poll is compared with stays
            else:
                shown_at = past.fetched_at if after.payload_capture_no != now.payload_capture_no else shown_at
                now = after
            known[past.fetched_at] = digest
            done.stored += 1
        move(session, before, now)

    def _page(self, session: Session, url: str) -> tuple[int, str, dict[datetime, str | None]]:
        key = urlkey(url)
        if key in self._pages:
            self._pages.move_to_end(key)
            return self._pages[key]
        page = page_by_url(session, url)
        if page is None:
            source_id = self._source_id or SOURCE
            _ensure_source(session, source_id, url, self._now)
            add_pages(session, [FoundPage(source_id, url, "auto", depth=0)], self._now)
            page = page_by_url(session, url)
            assert page is not None
        known = {
            row.fetched_at: None if row.digest is None else bytes(row.digest).hex()
            for row in session.connection.execute(_KNOWN, {"wanted": page.page_id})
        }
        self._pages[key] = page.page_id, page.source_id, known
        if len(self._pages) > PAGES_HELD:
            self._pages.popitem(last=False)
        return self._pages[key]


def _said(
    past: PastCapture, known: dict[datetime, str | None]
) -> tuple[bytes | None, str | None, str] | None:  # fmt: skip
    """Payload, where its bytes came along, its digest, and the outcome; None where there is nothing to store."""
    outcome, payload = outcome_of(past.status), past.payload
    digest = None if payload is None else sha256(payload)
    if payload is None and past.same_as is not None:
        digest = known.get(past.same_as)
        outcome = "ok" if digest is not None else None
    if outcome is None or (digest is None and outcome == "ok"):
        return None
    return payload, digest, outcome


def _ensure_source(session: Session, source_id: str, url: str, now: datetime) -> None:
    wanted = select(sources.c.source_no).where(sources.c.source_id == source_id)
    if session.connection.scalar(wanted) is not None:
        return
    if source_id != SOURCE:
        raise ArchiveError(f"no source {source_id!r}; give one of the archive's sources, or none")
    row = {
        "source_id": SOURCE, "url": url, "kind": "auto", "enabled": False, "tags": "[]", "settings": "{}",
        "added_at": now,
    }  # fmt: skip
    session.connection.execute(session.insert(sources).values(row).on_conflict_do_nothing())
