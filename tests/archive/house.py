"""Words for tests of the archive: sources, pages, captures and decisions made short."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from archive import Transaction, Writer
from archive.records import (
    Capture,
    Change,
    ChangeKind,
    Content,
    Decision,
    Derivation,
    Facts,
    FoundPage,
    Kind,
    Nature,
    NewCapture,
    Removal,
    Revision,
    Sighting,
    SourceRow,
)

START = datetime(2024, 3, 1, 8, 0, tzinfo=UTC)
SITE = "http://county.example.org/"


def later(minutes: float) -> datetime:
    """So many minutes after the start."""
    return START + timedelta(minutes=minutes)


def watched(writer: Writer, *paths: str, source: str = "county") -> list[int]:
    """One enabled source with pages at these paths; their numbers."""
    with writer.begin() as tx:
        tx.sync_sources([SourceRow(source, SITE, "listing", True)], START)
        tx.add_pages([FoundPage(source, SITE + path, "page", depth=1) for path in paths], START)
        pages = [tx.page_by_url(SITE + path) for path in paths]
    return [page.page_id for page in pages if page]


def fetched(
    page_id: int, at: datetime, *, outcome: str = "ok", source: str = "county", path: str = "notice",
    headers: tuple[tuple[str, str], ...] = (("Server", "nginx"), ("Date", "Fri, 01 Mar 2024 08:00:00 GMT")),
) -> NewCapture:  # fmt: skip
    """An attempt at a page."""
    return NewCapture(
        page_id, source, SITE + path, SITE + path, at, outcome, 200, headers=headers, media_type="text/html",
        duration=timedelta(milliseconds=120), tls="TLSv1.3 verified",
    )  # fmt: skip


def says(text: str, title: str = "A notice", fields: Mapping[str, object] | None = None) -> Content:
    """A content whose hash follows from what it says."""
    said = repr((title, text, sorted((fields or {}).items())))
    return Content(f"c1:{hashlib.sha256(said.encode('utf-8', 'replace')).hexdigest()}", title, text, fields or {})


def revision(
    key: str, content: Content, change: ChangeKind | None = "new", *, kind: Kind = "notice", facts: Facts | None = None,
    parent: str | None = None, writes: bool = True, returns_to: int | None = None, nature: Nature | None = None,
) -> Revision:  # fmt: skip
    """A version to be."""
    return Revision(
        key, kind, facts or Facts(SITE + key), content, "source", change, parent, returns_to, {"text": ["a", "b"]},
        writes, nature,
    )  # fmt: skip


def derived(capture: Capture, extractor: str = "reader", number: int = 1, outcome: str | None = None) -> Derivation:
    """What reading a capture gave."""
    return Derivation(
        capture.capture_id, extractor, number, outcome or capture.outcome, capture.fetched_at, "utf-8", "meta"
    )


def decided(
    tx: Transaction, capture: Capture, *revisions: Revision, seen: tuple[str, ...] = (), gone: tuple[Removal, ...] = (),
    sightings: tuple[Sighting, ...] = (),
) -> tuple[Change, ...]:  # fmt: skip
    """A decision about a capture, written."""
    decision = Decision(revisions, (*(Sighting(key) for key in seen), *sightings), gone)
    return tx.record_decision(capture, derived(capture), decision, capture.fetched_at)
