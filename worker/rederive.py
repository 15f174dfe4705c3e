"""Old captures read again with today's extractors: the same walk without the fetch, every version with cause
`rederived`.

    all pages -> the last content capture of each -> read -> decide against the heads -> versions `rederived`

Nothing is called a change of the page, nothing is called gone, and no capture older than a document's head touches it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from archive import Transaction, Writer
from archive.importing import IMPORTED
from archive.records import Capture, Cause, Change, Derivation, Facts, Head, Page
from worker.again import Readings, Unread, decided_here, page_key
from worker.decide import Known, Seen, decide
from worker.reading import Read, derived_with, is_content
from worker.settings import Source


def derivation_of(capture: Capture, result: Read) -> Derivation:
    """What a reading says of its capture, as it is appended."""
    outcome = capture.outcome if result.outcome == "ok" else result.outcome
    decoded = result.decoded
    return Derivation(
        capture.capture_id, result.extractor, result.revision, outcome, capture.fetched_at,
        decoded.encoding if decoded else None, decoded.evidence if decoded else None, result.error,
    )  # fmt: skip


def known_of(tx: Transaction, seen: Sequence[Seen]) -> Known:
    """What the archive knows of these documents; contents and history only of those that differ from their head."""
    heads = tx.heads([document.key for document in seen])
    differing = [document.key for document in seen if differs(document, heads)]
    if not differing:
        return Known(heads, {}, {})
    return Known(heads, tx.contents([heads[key].content_hash for key in differing]), tx.earlier(differing))


def differs(document: Seen, heads: Mapping[str, Head]) -> bool:
    """Whether a document is known and says something else than its head."""
    head = heads.get(document.key)
    return head is not None and head.content_hash != document.content.content_hash


def placed(tx: Transaction, page: Page, seen: Sequence[Seen]) -> tuple[Seen, ...]:
    """The documents as this page shows them: topics completed, a file under the notice whose page offered it."""
    seen = completed(tx, seen)
    if page.found_on is None or not any(document.kind == "file" and document.parent_key is None for document in seen):
        return seen
    parent = page_key(tx.page(page.found_on))
    return tuple(
        replace(document, parent_key=parent) if document.kind == "file" and document.parent_key is None else document
        for document in seen
    )


def completed(tx: Transaction, seen: Sequence[Seen]) -> tuple[Seen, ...]:
    """A topic is seen on each of its pages, and a later page knows less of it: what it leaves out stays as known."""
    topics = tx.heads([document.key for document in seen if document.kind == "topic"])
    return tuple(
        replace(document, facts=_filled(document.facts, topics[document.key].facts))
        if document.key in topics
        else document
        for document in seen
    )


_FILLED = (
    "author", "author_id", "published_at", "edited_at", "platform", "platform_id", "board", "board_key", "closed",
)  # fmt: skip


def _filled(new: Facts, old: Facts) -> Facts:
    kept = {name: getattr(old, name) for name in _FILLED if getattr(new, name) is None}
    return replace(new, extra={**old.extra, **new.extra}, **kept)


def reread(
    tx: Transaction, source: Source, seen: Sequence[Seen], known: Known, result: Read, readings: Readings
) -> Known:  # fmt: skip
    """Heads that another revision read differently: their own capture is read again first, so that only what the page
    itself changed is called the page's. Raises Unread."""
    stale = {
        known.heads[document.key].capture_id
        for document in seen
        if differs(document, known.heads) and not _read_by(known.heads[document.key], result)
    }
    for capture_id in sorted(stale):
        capture = tx.capture(capture_id)
        rederive_capture(tx, source, tx.page(capture.page_id), capture, readings)
    return known_of(tx, seen) if stale else known


def _read_by(head: Head, result: Read) -> bool:
    return (head.extractor, head.extractor_revision) == (result.extractor, result.revision)


def rederive_capture(
    tx: Transaction, source: Source, page: Page, capture: Capture, readings: Readings, cause: Cause = "rederived"
) -> tuple[Change, ...]:
    """Takes over what today's extractor reads in a stored capture of this page; the changes this wrote. Cause `source`
    is for a capture whose judgement was put off until now. Raises Unread where `readings` lacks it."""
    if capture.payload_digest is None:
        return ()
    result = readings.get(capture.capture_id)
    if result is None:
        raise Unread(capture.capture_id)
    derivation = derivation_of(capture, result)
    if not is_content(result.outcome):
        tx.record_derivation(derivation)
        return ()
    seen = placed(tx, page, result.seen)
    decision = decide(seen, known_of(tx, seen), capture.fetched_at, cause)
    changes = tx.record_decision(capture, derivation, decision, capture.fetched_at)
    if page.payload_capture_id == capture.capture_id:
        tx.set_derived_with(page.page_id, derived_with(result, source))
    return changes


@dataclass(frozen=True, slots=True)
class Progress:
    """How far `rederive` is."""

    pages: int
    changed: int
    last_page_id: int


class _DryRun(Exception):
    """Ends a transaction without keeping anything of it."""

    def __init__(self, changes: tuple[Change, ...]) -> None:
        super().__init__()
        self.changes = changes


def rederive(
    writer: Writer, sources: Mapping[str, Source], pages: Iterable[Page], *, dry_run: bool = False,
    tell: Callable[[Page, tuple[Change, ...], Progress], None] = lambda page, changes, progress: None,
) -> Progress:  # fmt: skip
    """Reads the last content capture of each page again; one transaction a page, so it can be stopped and taken up
    again.

    With `dry_run` each transaction is undone, and `tell` is told what it would have written.
    """
    done = changed = last = 0
    for page in pages:
        source = sources.get(page.source_id) or (Source(IMPORTED, page.url) if page.source_id == IMPORTED else None)
        if source is None or page.payload_capture_id is None:
            continue
        try:
            changes = decided_here(writer, source, partial(_taken_over, source, page.page_id, dry_run))
        except _DryRun as told:
            changes = told.changes
        done, changed, last = done + 1, changed + len(changes), page.page_id
        tell(page, changes, Progress(done, changed, last))
    return Progress(done, changed, last)


def _taken_over(source: Source, page_id: int, dry_run: bool, tx: Transaction, readings: Readings) -> tuple[Change, ...]:
    page = tx.page(page_id)  # as it is now: a daemon beside may have polled it meanwhile
    changes: tuple[Change, ...] = ()
    if page.payload_capture_id is not None:
        changes = rederive_capture(tx, source, page, tx.capture(page.payload_capture_id), readings)
    if dry_run:
        raise _DryRun(changes)
    return changes
