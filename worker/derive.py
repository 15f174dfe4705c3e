"""A stored capture into versions, changes and new pages of the frontier: one transaction for each capture.

read(payload)        decode, recognise, extract, normalise, hash           worker.reading: pure, in a thread
settle(...)          here, one transaction, in this order:
    heads of the documents seen                                            what was known
    heads read by another revision: their own capture read again first     cause `rederived`
    implausible? held back until a second capture says the same
    decide -> versions, changes, sightings, derivation                     worker.decide: pure
    a whole sweep over a topic: what it did not show                       worker.topics
    links to the frontier, when to come again                              worker.frontier, worker.cadence: pure
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from archive import Transaction
from archive.records import Capture, Change, Decision, Derivation, FoundPage, Page, PageKind, PollResult
from worker import cadence
from worker.again import Readings
from worker.decide import Known, Seen, decide, judge_page, remove
from worker.doubt import Doubt, confirms, doubt
from worker.extract.model import Extraction
from worker.frontier import admit
from worker.reading import Read, derived_with, is_content
from worker.rederive import derivation_of, known_of, placed, rederive_capture, reread
from worker.settings import Source
from worker.topics import Swept, left_out, misanswered, part_read, part_unchanged

HELD_BACK = "held back"
"""in place of `derived_with`: the same bytes again are read again, and may confirm what was held back"""
SUSPECT_AGAIN = timedelta(minutes=10)
"""a capture held back is compared with the next one soon, not a day later"""


@dataclass(frozen=True, slots=True)
class Settled:
    """What one poll came to, for the log line and the report of a round."""

    outcome: str
    next_poll_at: datetime
    changes: tuple[Change, ...] = ()
    documents: int = 0
    new_pages: int = 0
    failures: int = 0
    again: tuple[int, ...] = ()
    """pages to poll once more before this one's topic can be judged: they are due"""
    note: str | None = None
    """what went wrong, or why a capture was held back, in words"""


def settle(
    tx: Transaction, source: Source, page: Page, capture: Capture, result: Read, validators: Validators,
    readings: Readings,
) -> Settled:  # fmt: skip
    """Writes what one capture's reading changes, and when the page is polled next. Raises Unread, with nothing written,
    where another capture is to be read again first (`worker.again.decided`)."""
    derivation = derivation_of(capture, result)
    if not is_content(result.outcome) or result.extraction is None:
        tx.record_derivation(derivation)
        return settle_answer(tx, source, page, capture, derivation, result.error or result.why)
    now, extraction = capture.fetched_at, result.extraction
    seen = placed(tx, page, result.seen)
    known = known_of(tx, seen)
    if (doubted := doubt(page, seen, known)) is not None:
        return _hold_back(tx, source, page, capture, derivation, doubted)
    changes = confirmed(tx, source, page, seen, known, readings)
    known = reread(tx, source, seen, known_of(tx, seen) if changes else known, result, readings)
    decision = decide(seen, known, now, passing=_passing(source))
    beyond = left_out(tx, extraction.part, now) and not page.entry
    if misanswered(extraction.part):  # what it shows is seen where it stands
        decision = replace(decision, sightings=())
    if beyond:
        tx.forget_part(page.page_id)
    changes += tx.record_decision(capture, derivation, decision, now)
    swept = part_read(tx, source.confirm, capture, derivation, extraction.part)
    changes += swept.changes
    new_pages = _to_frontier(tx, source, page, extraction, now)
    when = cadence.next_after_success(source, page if not changes else replace(page, last_changed_at=now), now)
    part = extraction.part
    tx.finish_poll(
        replace(
            _polled(page, capture, when, validators),
            kind=_kind(page, extraction), changed=bool(changes),
            derived_with=None if _overtaken(seen, known, now) else derived_with(result, source),
            topic_key=part.topic_key if part else None, part=(part.asked or part.number) if part else None,
            state="retired" if beyond else "active",
        )
    )  # fmt: skip
    return Settled(capture.outcome, when, changes, len(seen), new_pages, again=swept.again)


def settle_unchanged(
    tx: Transaction, source: Source, page: Page, capture: Capture, validators: Validators
) -> Settled | None:  # fmt: skip
    """A revisit or 304 of a payload that was read as it would be read today: everything on the page is seen again.
    None, and nothing written, where that no longer holds: a document it showed has moved to another page or is gone."""
    now = capture.fetched_at
    remembered = page.derived_with if capture.revisit_of is not None else None
    if not tx.touch_page_documents(page.page_id, now, page.payload_capture_id, remembered):
        return None
    swept = Swept()
    if page.topic_key is not None and page.part is not None:
        swept = part_unchanged(tx, source.confirm, capture, _unread(capture), page.topic_key)
    when = cadence.next_after_success(source, page, now)
    tx.finish_poll(replace(_polled(page, capture, when, validators), derived_with=page.derived_with))
    return Settled(capture.outcome, when, swept.changes, again=swept.again)


def settle_answer(
    tx: Transaction, source: Source, page: Page, capture: Capture, derivation: Derivation | None, note: str | None,
    retry_at: datetime | None = None,
) -> Settled:  # fmt: skip
    """An answer that is no content: a removal is counted, everything else tried again later, nothing stored is
    touched."""
    outcome, now = derivation.outcome if derivation else capture.outcome, capture.fetched_at
    if outcome not in ("gone", "soft-404"):
        failures = page.failures + 1
        when = cadence.next_after_failure(source, page, failures, now, retry_at)
        kept = replace(_polled(page, capture, when), failures=failures, outcome=outcome, state=page.state)
        # a failure says nothing of the page: what was counted or held back before it still stands
        tx.finish_poll(
            replace(
                kept, missing_since=page.missing_since, missing_polls=page.missing_polls,
                suspect_hash=page.suspect_hash, suspect_since=page.suspect_since,
            )
        )  # fmt: skip
        return Settled(outcome, when, failures=failures, note=note)
    missing = judge_page(page, source.confirm, now)
    changes: tuple[Change, ...] = ()
    if missing.confirmed and page.state != "gone":
        changes = tx.record_decision(capture, derivation or _unread(capture), _removal(tx, page), now)
    if missing.confirmed:
        when = cadence.next_after_gone(source, page, missing.since, now)
    else:
        when = cadence.next_while_missing(source, page, now)
    tx.finish_poll(
        replace(
            _polled(page, capture, when), outcome=outcome, missing_since=missing.since, missing_polls=missing.polls,
            state="gone" if missing.confirmed else "active", changed=bool(changes),
        )
    )  # fmt: skip
    return Settled(outcome, when, changes, note=note)


def _removal(tx: Transaction, page: Page) -> Decision:
    """What goes with a page: its documents; with a topic's first page the topic and, silently, its posts."""
    if page.topic_key is None:
        return remove(tx.documents_on_page(page.page_id))
    if page.part not in (None, 1):
        return Decision()
    topic = tx.heads([page.topic_key]).get(page.topic_key)
    present = topic is not None and topic.state == "present"
    return remove([page.topic_key], tx.children(page.topic_key)) if present else Decision()


def _hold_back(
    tx: Transaction, source: Source, page: Page, capture: Capture, derivation: Derivation, doubted: Doubt
) -> Settled:  # fmt: skip
    now, why = capture.fetched_at, f"held back until confirmed: {doubted.reason}"
    tx.record_derivation(replace(derivation, error=why))
    when = min(cadence.next_after_success(source, page, now), now + SUSPECT_AGAIN)
    polled = replace(_polled(page, capture, when, Validators()), derived_with=HELD_BACK)
    tx.finish_poll(replace(polled, suspect_hash=doubted.sketch(page), suspect_since=now))
    return Settled(capture.outcome, when, note=why)


def confirmed(
    tx: Transaction, source: Source, page: Page, seen: Sequence[Seen], known: Known, readings: Readings
) -> tuple[Change, ...]:
    """What the capture held back changes, now that this one says about the same: it was the first to say so."""
    if page.payload_capture_id is None or not confirms(page, seen, known):
        return ()
    first = tx.capture(page.payload_capture_id)
    if first.fetched_at != page.suspect_since:
        return ()
    return rederive_capture(tx, source, tx.page(first.page_id), first, readings, "source")


def _overtaken(seen: Sequence[Seen], known: Known, now: datetime) -> bool:
    """Whether a later capture said something else of a document here: the same bytes again would say it has
    returned, so they are to be read."""
    heads = ((known.heads.get(document.key), document.content.content_hash) for document in seen)
    return any(head is not None and head.captured_at > now and head.content_hash != said for head, said in heads)


def _passing(source: Source) -> frozenset[str]:
    said = {"date_only": source.date_only, "order_only": source.order_only}
    return frozenset(name for name, wish in said.items() if wish == "ignore")


def _to_frontier(tx: Transaction, source: Source, page: Page, extraction: Extraction, now: datetime) -> int:
    """Puts the page's links on the frontier; how many were new."""
    if not admit(source, page, extraction, 0):
        return 0  # most pages lead nowhere, and counting looks at all pages of the source
    pages, lists = tx.page_counts(source.source_id)
    found = admit(source, page, extraction, lists)
    room = source.follow.pages - pages
    return tx.add_pages(found if room >= len(found) else _fitting(tx, found, room), now) if found else 0


def _fitting(tx: Transaction, found: Sequence[FoundPage], room: int) -> tuple[FoundPage, ...]:
    """Known pages always; new ones while the source has room."""
    fitting: list[FoundPage] = []
    for candidate in found:
        new = tx.page_by_url(candidate.url) is None
        if not new or room > 0:
            fitting.append(candidate)
            room -= new
    return tuple(fitting)


@dataclass(frozen=True, slots=True)
class Validators:
    """What the next conditional request sends; empty makes it a full fetch."""

    etag: str | None = None
    last_modified: str | None = None
    polls_since_full: int = 0


def _polled(page: Page, capture: Capture, when: datetime, validators: Validators | None = None) -> PollResult:
    kept = validators or Validators(page.etag, page.last_modified, page.polls_since_full)
    return PollResult(
        page.page_id, capture.fetched_at, capture.outcome, when, etag=kept.etag, last_modified=kept.last_modified,
        polls_since_full=kept.polls_since_full, keep_validators=False, polled_from=page.next_poll_at,
    )  # fmt: skip


def _unread(capture: Capture) -> Derivation:
    """For decisions that rest on the exchange alone."""
    return Derivation(capture.capture_id, "none", 0, capture.outcome, capture.fetched_at)


def _kind(page: Page, extraction: Extraction) -> PageKind | None:
    """What an `auto` page turned out to be; an item that looks like a list stays a page: it opens no walk of its
    own."""
    if page.kind != "auto":
        return None
    kinds: dict[str, PageKind] = {
        "board": "board",
        "topic": "topic",
        "feed": "feed",
        "sitemap": "sitemap",
        "listing": "listing",
    }
    kind = kinds.get(extraction.page_kind, "page")
    return kind if page.entry or page.list_page or kind == "topic" else "page"
