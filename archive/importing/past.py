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

from sqlalchemy import bindparam, exists, select, update

from archive.captures import record_capture
from archive.digest import sha256
from archive.errors import ArchiveError
from archive.pages import add_pages, page_by_url
from archive.reading import Archive
from archive.records import FoundPage, NewCapture
from archive.schema import captures, derivations, pages, payloads, sources
from archive.session import Session
from archive.urlkey import urlkey
from archive.writing import Writer

SOURCE = "imported"
"""source of pages that no source of the archive leads to; never polled"""
BATCH, BATCH_BYTES = 200, 32 * 1024 * 1024
"""captures and bytes of one transaction, at most"""
PAGES_HELD = 512
"""pages whose known captures are kept in memory"""

_PAGE = (
    select(
        pages.c.payload_no, pages.c.payload_capture_no, pages.c.headers_base_no, pages.c.derived_with,
        captures.c.fetched_at,
    )
    .outerjoin(captures, captures.c.capture_no == pages.c.payload_capture_no)
    .where(pages.c.page_no == bindparam("wanted"))
)  # fmt: skip
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
_RESTORE = (
    update(pages)
    .where(pages.c.page_no == bindparam("wanted"))
    .values({name: bindparam(f"old_{name}") for name in ("payload_no", "payload_capture_no", "derived_with")})
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
                for capture in sorted(batch, key=lambda c: (urlkey(c.url), c.fetched_at)):
                    self._store_one(tx.session, capture, counted)
        except BaseException:
            self._pages.clear()  # what was remembered of this batch is not lasting
            raise
        done.stored, done.known = done.stored + counted.stored, done.known + counted.known
        done.skipped += counted.skipped
        done.pages |= counted.pages

    def _store_one(self, session: Session, past: PastCapture, done: Imported) -> None:
        outcome = outcome_of(past.status)
        page_no, source_id, known = self._page(session, past.url)
        payload, digest = past.payload, None if past.payload is None else sha256(past.payload)
        if payload is None and past.same_as is not None:
            digest = known.get(past.same_as)
            outcome = "revisit" if digest is not None else None
        if outcome is None or (payload is None and digest is None and outcome == "ok"):
            done.skipped += 1
        elif past.fetched_at in known and (known[past.fetched_at] == digest or digest is None):
            done.known += 1
            done.pages.add(page_no)
        else:
            if payload is None and digest is not None:
                payload, outcome = _payload(session, digest), "ok"
            new = NewCapture(
                page_no, source_id, past.url, past.final_url or past.url, past.fetched_at, outcome, past.status,
                media_type=past.media_type, headers=past.headers,
            )  # fmt: skip
            record_past(session, new, payload)
            known[past.fetched_at] = digest
            done.stored += 1
            done.pages.add(page_no)

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


def record_past(session: Session, new: NewCapture, payload: bytes | None) -> None:
    """Stores one capture; an older one than the page's last payload leaves that in its place."""
    before = session.connection.execute(_PAGE, {"wanted": new.page_id}).one()
    record_capture(session, new, payload)
    if before.fetched_at is not None and new.fetched_at < before.fetched_at:
        session.connection.execute(
            _RESTORE,
            {
                "wanted": new.page_id, "old_payload_no": before.payload_no,
                "old_payload_capture_no": before.payload_capture_no, "old_derived_with": before.derived_with,
            },
        )  # fmt: skip


def _payload(session: Session, digest: str) -> bytes:
    from archive.payloads import get

    return get(session.connection, digest)


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
