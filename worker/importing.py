"""Imported captures into versions: each page's captures in the order of their times, read as a live page is read.

    captures of the page not yet derived, oldest first -> read -> decide against the heads -> versions and changes

Their cause is `source`: the page did change then. A capture older than a document's head changes nothing of it, so an
import never puts an old state on top of a newer one; nothing is called gone, no page is polled, no link is followed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from archive import Archive, Transaction, Writer
from archive.importing import underived
from archive.records import Capture, Change, Page
from worker.again import page_key, stored
from worker.decide import decide
from worker.derive import confirmed
from worker.doubt import doubt
from worker.readers import read_in_child as read
from worker.reading import Read, derived_with, is_content
from worker.rederive import derivation_of, known_of, placed
from worker.settings import Source


@dataclass(slots=True)
class Derived:
    """What deriving imported captures came to so far."""

    pages: int = 0
    captures: int = 0
    versions: int = 0
    unread: int = 0
    """captures that are no content, or that no extractor could read"""


def derive_imported(
    archive: Archive, writer: Writer, sources: Mapping[str, Source], page_ids: Iterable[int],
    tell: Callable[[Derived], None] = lambda done: None,
) -> Derived:  # fmt: skip
    """Makes versions of these pages' captures, one transaction a capture, so it can be broken off and run again.

    A page whose source is not configured is read by the rules of a source without any.
    """
    done = Derived()
    for page_id in page_ids:
        held_back: HeldBack | None = None
        for number in underived(archive, page_id):
            with writer.begin() as tx:
                page, payload = stored(tx, number)
            source = sources.get(page.source_id) or Source(page.source_id, page.url)
            result = read(payload, source, page.kind, page_key(page)) if payload.body else None
            with writer.begin() as tx:
                changes, held_back = derive_one(tx, source, page_id, number, result, held_back)
            done.captures += 1
            done.unread += changes is None
            done.versions += len(changes or ())
        done.pages += 1
        tell(done)
    return done


@dataclass(frozen=True, slots=True)
class HeldBack:
    """A capture that the next one is to confirm, with its reading."""

    capture: Capture
    sketch: str
    result: Read


def derive_one(
    tx: Transaction, source: Source, page_id: int, number: int, result: Read | None, before: HeldBack | None
) -> tuple[tuple[Change, ...] | None, HeldBack | None]:
    """Writes what one capture of the past changes (None where it is no content); and what is held back, by the same
    rule as for a poll."""
    if result is None:
        return None, before
    capture, page = tx.capture(number), tx.page(page_id)
    derivation = derivation_of(capture, result)
    if not is_content(result.outcome):
        tx.record_derivation(derivation)
        return None, before
    told = _told_of(page, before)
    seen = placed(tx, page, result.seen)
    known = known_of(tx, seen)
    if (doubted := doubt(told, seen, known)) is not None:
        tx.record_derivation(replace(derivation, error=f"held back until confirmed: {doubted.reason}"))
        return None, HeldBack(capture, doubted.sketch(told), result)
    readings = {before.capture.capture_id: before.result} if before else {}
    changes = confirmed(tx, source, told, seen, known, readings)
    known = known_of(tx, seen) if changes else known
    changes += tx.record_decision(capture, derivation, decide(seen, known, capture.fetched_at), capture.fetched_at)
    if page.payload_capture_id == capture.capture_id:
        tx.set_derived_with(page_id, derived_with(result, source))
    return changes, None


def _told_of(page: Page, before: HeldBack | None) -> Page:
    """The page as it stood when the capture after `before` was taken."""
    if before is None:
        return replace(page, suspect_hash=None, suspect_since=None)
    capture = before.capture
    return replace(
        page, suspect_hash=before.sketch, suspect_since=capture.fetched_at, payload_capture_id=capture.capture_id
    )  # fmt: skip
