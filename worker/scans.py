"""Scanned files: recognised one after the other in the background, so that polling never waits for an engine.

    poll      reads the file, finds pictures without text    engine installed: `put_off`, nothing is decided yet
                                                             not installed: stored without text, marked
    ScanQueue one at a time, in a thread                     read again with OCR -> `settle_scan`: decided as any
    capture

A page remembers in `derived_with` that it waits, so the queue is found again after a restart. A file that was stored
without text and whose very bytes are recognised later changed by our reading alone (cause `rederived`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace

from archive import Transaction
from archive.errors import NotFound
from archive.records import Capture, Page, PollResult
from worker import cadence, logs
from worker.again import Commit, Readings, decided, page_key, payload_of
from worker.decide import decide
from worker.derive import Settled, Validators, settle
from worker.extract.files.engine import engine_name
from worker.reading import Payload, Read, derived_with, is_content, read
from worker.rederive import derivation_of, known_of, placed
from worker.settings import Settings, Source

WAITING = "waits for ocr"
"""in place of `derived_with`: the capture is stored and not yet decided"""
UNREAD = "needs ocr"
"""in place of `derived_with`: stored without text, because no engine is installed; read again at every poll"""



def needs_ocr(result: Read) -> bool:
    """Whether a file was read whose words are in pictures."""
    return result.outcome == "ok" and any(
        seen.kind == "file" and seen.facts.extra.get("needs_ocr") for seen in result.seen
    )


def put_off(
    tx: Transaction, source: Source, page: Page, capture: Capture, result: Read, validators: Validators,
    readings: Readings,
) -> Settled:  # fmt: skip
    """A scan just read: with an engine it is decided when it is recognised, without one it is stored as it is."""
    if not engine_name():
        settled = settle(tx, source, page, capture, result, validators, readings)
        tx.set_derived_with(page.page_id, UNREAD)
        return replace(settled, note=settled.note or "a scan without text: needs muniment[ocr]")
    tx.record_derivation(replace(derivation_of(capture, result), error="waits for OCR"))
    when = cadence.next_after_success(source, page, capture.fetched_at)
    tx.finish_poll(
        PollResult(
            page.page_id, capture.fetched_at, capture.outcome, when, etag=validators.etag,
            last_modified=validators.last_modified, polls_since_full=validators.polls_since_full, keep_validators=False,
            derived_with=WAITING,
        )
    )  # fmt: skip
    return Settled(capture.outcome, when, note="waits for OCR")


def settle_scan(
    tx: Transaction, source: Source, page_id: int, capture: Capture, result: Read, readings: Readings
) -> Settled | None:
    """A scan recognised: what it says is decided as for any capture; the next poll stays when it was. None where the
    page has brought another payload meanwhile, or is no longer waiting."""
    page = tx.page(page_id)
    if page.derived_with != WAITING or page.payload_capture_id != capture.capture_id:
        return None
    seen = placed(tx, page, result.seen)
    known = known_of(tx, seen)
    heads = [known.heads[document.key] for document in seen if document.key in known.heads]
    if any(tx.capture(head.capture_id).payload_digest == capture.payload_digest for head in heads):
        decision = decide(seen, known, capture.fetched_at, "rederived")
        changes = tx.record_decision(capture, derivation_of(capture, result), decision, capture.fetched_at)
        settled = Settled(capture.outcome, page.next_poll_at, changes, len(seen))
    else:
        validators = Validators(page.etag, page.last_modified, page.polls_since_full)
        settled = settle(tx, source, page, capture, result, validators, readings)
    if is_content(result.outcome):
        tx.set_derived_with(page.page_id, derived_with(result, source))
    return settled


@dataclass(frozen=True, slots=True)
class Recognised:
    """One file out of the queue."""

    page: Page
    settled: Settled


class ScanQueue:
    """Recognises waiting files, one at a time. `add` never blocks."""

    def __init__(self, settings: Callable[[], Settings], commit: Commit) -> None:
        self._settings, self._commit = settings, commit
        self._waiting: asyncio.Queue[int] = asyncio.Queue()
        self._log = logs.get("scans")

    def add(self, page_id: int) -> None:
        """A page whose file waits."""
        self._waiting.put_nowait(page_id)

    async def fill(self) -> None:
        """Takes up what waited when the last process ended."""
        for page in await self._commit(lambda tx: tx.pages_derived_with(WAITING)):
            self.add(page.page_id)

    async def run(self) -> None:
        """Works until cancelled."""
        await self.fill()
        while True:
            await self._next(await self._waiting.get())

    async def drain(self) -> list[Recognised]:
        """Works until nothing waits; what was recognised."""
        await self.fill()
        done = {}
        while not self._waiting.empty():
            if (one := await self._next(self._waiting.get_nowait())) is not None:
                done[one.page.page_id] = one
        return list(done.values())

    async def _next(self, page_id: int) -> Recognised | None:
        found = await self._commit(lambda tx: _stored(tx, page_id))
        if found is None:
            return None
        page, capture, payload = found
        source = self._settings().source(page.source_id)
        if source is None:
            return None
        with_ocr = replace(source, read={**source.read, "ocr": "now"})
        result = await asyncio.to_thread(read, payload, with_ocr, page.kind, page_key(page))
        settled = await decided(
            self._commit, source, lambda tx, readings: settle_scan(tx, source, page_id, capture, result, readings)
        )
        if settled is None:
            return None
        self._log.info(
            "recognised", source=page.source_id, url=page.url, outcome=result.outcome, changes=len(settled.changes)
        )
        return Recognised(page, settled)


def _stored(tx: Transaction, page_id: int) -> tuple[Page, Capture, Payload] | None:
    """The page's last content capture, if it still waits."""
    try:
        page = tx.page(page_id)
        if page.derived_with != WAITING or page.payload_capture_id is None:
            return None
        capture = tx.capture(page.payload_capture_id)
        body = tx.payload(capture.payload_digest) if capture.payload_digest else b""
    except NotFound:
        return None
    return page, capture, replace(payload_of(capture, body), requested_url=page.url)
