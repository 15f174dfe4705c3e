"""Imported captures into versions: each page's captures in the order of their times, read as a live page is read.

    captures of the page not yet derived, oldest first -> read -> decide against the heads -> versions and changes

Their cause is `source`: the page did change then. A capture older than a document's head changes nothing of it, so an
import never puts an old state on top of a newer one; nothing is called gone, no page is polled, no link is followed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from archive import Archive, Transaction, Writer
from archive.importing import underived
from archive.records import Capture, Change, Page
from worker.decide import Known, Seen, decide
from worker.judgement import implausible, sketch
from worker.readers import read_in_child as read
from worker.reading import Read, derived_with, is_content
from worker.rederive import completed, derivation_of, known_of, page_key, payload_of
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
        suspect: str | None = None
        for number in underived(archive, page_id):
            with writer.begin() as tx:
                capture = tx.capture(number)
                page = replace(tx.page(page_id), suspect_hash=suspect)
                source = sources.get(page.source_id) or Source(page.source_id, page.url)
                changes, suspect = derive_one(tx, source, page, capture)
            done.captures += 1
            done.unread += changes is None
            done.versions += len(changes or ())
        done.pages += 1
        tell(done)
    return done


def derive_one(
    tx: Transaction, source: Source, page: Page, capture: Capture
) -> tuple[tuple[Change, ...] | None, str | None]:
    """Reads one capture of the past and writes what it changes (None where it is no content); and the sketch of a
    capture held back, for the next one to confirm."""
    if capture.payload_digest is None:
        return None, page.suspect_hash
    result = read(payload_of(capture, tx.payload(capture.payload_digest)), source, page.kind, page_key(page))
    derivation = derivation_of(capture, result)
    if not is_content(result.outcome):
        tx.record_derivation(derivation)
        return None, page.suspect_hash
    seen = completed(tx, result.seen)
    known = known_of(tx, seen)
    if (doubted := _doubted(page, seen, known, result)) is not None:
        tx.record_derivation(replace(derivation, error="held back until confirmed"))
        return None, doubted
    changes = tx.record_decision(capture, derivation, decide(seen, known, capture.fetched_at), capture.fetched_at)
    if page.payload_capture_id == capture.capture_id:
        tx.set_derived_with(page.page_id, derived_with(result, source))
    return changes, None


def _doubted(page: Page, seen: Sequence[Seen], known: Known, result: Read) -> str | None:
    """The sketch of a document that says far less than it is known to say, unless the capture before said so too."""
    for document in seen:
        head = known.heads.get(document.key)
        old = known.contents.get(head.content_hash) if head else None
        if old is None or document.kind in ("post", "topic"):
            continue
        if implausible(old, document.content, page.suspect_hash):
            return sketch(document.content)
    return None
