"""One page, polled once. START HERE to read the worker: this is the walk.

    fetch            politeness, robots, guard, conditional GET, retries: a `Fetched`, never an exception
    record_capture   payload stored once by digest; committed: from here the page is safe whatever happens next
    read             in a process of its own: decode, recognise, extract, normalise, hash
    settle           one transaction: decide, versions, changes, links, next poll

Two commits a poll: the evidence first, what we make of it second. A payload seen again and read before needs no
reading, nor does one in which only tokens and clocks differ (`worker.skim`): one commit.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TypeVar

from archive import Committer, Transaction
from archive.records import Capture, NewCapture, Page
from worker.again import decided, page_key, payload_of
from worker.derive import Settled, Validators, settle, settle_answer, settle_unchanged
from worker.fetch.model import Fetched, Request
from worker.fetch.room import body_kept
from worker.readers import read_apart, warm_up
from worker.reading import is_content, says_the_same, still_current
from worker.scans import needs_ocr, put_off
from worker.settings import Settings, Source

T = TypeVar("T")

STAYED = frozenset({"ok", "revisit", "not-modified"})
"""outcomes of a page's last poll after which the same bytes say nothing new"""

Fetch = Callable[[Request], Awaitable[Fetched]]
"""the network's only door, as the walk sees it"""


@dataclass(frozen=True, slots=True)
class Polled:
    """What one poll came to, and what it took."""

    page: Page
    fetched: Fetched
    settled: Settled
    took: timedelta


class Walk:
    """Polls pages: everything that a poll needs and that outlives it."""

    def __init__(self, settings: Settings, fetch: Fetch, committer: Committer) -> None:
        self.settings = settings
        self._fetch = fetch
        self._committer = committer
        self.on_scan: Callable[[int], None] = lambda page_id: None
        """told of each page whose file waits for OCR"""
        self._known_revisions: asyncio.Future[Mapping[str, int]] | None = None

    async def poll(self, page: Page, source: Source) -> Polled:
        """Visits one page once: fetched, kept, read, decided. What the page or its server do wrong is an outcome; a
        broken archive and our own mistakes are raised."""
        loop = asyncio.get_running_loop()
        begun = loop.time()
        with body_kept():
            fetched = await self._fetch(request_for(page, source, self.settings))
            settled = await self._keep(page, source, fetched)
        return Polled(page, fetched, settled, timedelta(seconds=loop.time() - begun))

    async def _keep(self, page: Page, source: Source, fetched: Fetched) -> Settled:
        new = capture_of(page, source, fetched)
        if not is_content(fetched.outcome):
            body, error, retry_at = fetched.body or None, fetched.error, fetched.retry_at
            return await self._commit(
                lambda tx: settle_answer(tx, source, page, tx.record_capture(new, body), None, error, retry_at)
            )
        validators = validators_of(page, fetched)
        body = fetched.body if fetched.outcome != "not-modified" else None
        # what comes back as it was, from a removal or from another address, is read again: only deciding can say so
        stayed = page.state == "active" and page.last_outcome in STAYED
        read = stayed and page.derived_with is not None
        current = read and still_current(page.derived_with, source, await self._revisions())
        if current and (_same_payload(page, fetched) or await _same_words(page, fetched)):
            seen_again = await self._commit(lambda tx: _seen_again(tx, source, page, new, body, validators))
            if isinstance(seen_again, Settled):
                return seen_again
            capture, kept = seen_again
        else:
            capture, kept = await self._commit(lambda tx: _recorded(tx, new, body))
        payload = replace(payload_of(capture, kept), requested_url=page.url)
        result = await read_apart(payload, source, page.kind, page_key(page))
        if needs_ocr(result):
            put = await decided(
                self._commit, source,
                lambda tx, readings: put_off(tx, source, page, capture, result, validators, readings),
            )  # fmt: skip
            self.on_scan(page.page_id)
            return put
        return await decided(
            self._commit, source, lambda tx, readings: settle(tx, source, page, capture, result, validators, readings)
        )

    def warm_up(self) -> asyncio.Future[Mapping[str, int]]:
        """Starts the first of the processes that read pages, while other things are fetched; what each reader's
        revision is, as that process says it."""
        if self._known_revisions is None:
            self._known_revisions = asyncio.ensure_future(asyncio.to_thread(warm_up))
        return self._known_revisions

    async def _revisions(self) -> Mapping[str, int]:
        return await asyncio.shield(self.warm_up())

    async def _commit(self, write: Callable[[Transaction], T]) -> T:
        return await asyncio.wrap_future(self._committer.submit(write))


def _seen_again(
    tx: Transaction, source: Source, page: Page, new: NewCapture, body: bytes | None, validators: Validators
) -> Settled | tuple[Capture, bytes]:
    """Both commits of a poll in one; or the capture and its bytes where they must be read again, because somebody has
    written of the page since it was judged."""
    now = tx.page(page.page_id)
    as_judged = (now.derived_with, now.payload_capture_id) == (page.derived_with, page.payload_capture_id)
    capture = tx.record_capture(new, body)
    settled = settle_unchanged(tx, source, page, capture, validators) if as_judged else None
    return settled or (capture, _bytes_of(tx, capture, body))


def _recorded(tx: Transaction, new: NewCapture, body: bytes | None) -> tuple[Capture, bytes]:
    """The capture, stored, and the bytes to read: its own, or those that a 304 stands for."""
    capture = tx.record_capture(new, body)
    return capture, _bytes_of(tx, capture, body)


def _bytes_of(tx: Transaction, capture: Capture, body: bytes | None) -> bytes:
    if body is not None:
        return body
    return tx.payload(capture.payload_digest) if capture.payload_digest else b""


def _same_payload(page: Page, fetched: Fetched) -> bool:
    if fetched.outcome == "not-modified":
        return page.payload_digest is not None
    return fetched.outcome == "ok" and page.payload_digest == fetched.digest


async def _same_words(page: Page, fetched: Fetched) -> bool:
    """Whether other bytes say the same (`worker.skim`). What answers from another address may have moved."""
    return fetched.outcome == "ok" and await asyncio.to_thread(says_the_same, page.derived_with, fetched.body)


def request_for(page: Page, source: Source, settings: Settings) -> Request:
    """What is asked of the network for one poll; conditional unless a full fetch is due or the last payload kept was
    not read: the validators are those of the last one that was, and a 304 to them would be taken for the other."""
    conditional = page.derived_with is not None and page.polls_since_full < source.full_every
    return Request(
        url=page.url,
        user_agent=settings.user_agent,
        etag=page.etag if conditional else None,
        last_modified=page.last_modified if conditional else None,
        headers=source.headers,
        home=source.url,
        cookies=source.cookies,
        proxy=source.proxy,
        deadline=source.deadline,
        max_size=source.follow.files.max_size if page.kind == "file" and source.follow.files else source.max_size,
        tls=source.tls,
        politeness=source.politeness,
        jar=source.source_id if source.keep_cookies else None,
        render=source.render,
    )


def validators_of(page: Page, fetched: Fetched) -> Validators:
    """What the next conditional request will send (RFC 9110 section 13): what this answer said, or what held before."""
    if fetched.outcome == "not-modified":
        return Validators(
            fetched.header("etag") or page.etag, fetched.header("last-modified") or page.last_modified,
            page.polls_since_full + 1,
        )  # fmt: skip
    return Validators(fetched.header("etag"), fetched.header("last-modified"), 0)


def capture_of(page: Page, source: Source, fetched: Fetched) -> NewCapture:
    """The exchange as evidence."""
    return NewCapture(
        page_id=page.page_id, source_id=source.source_id, url=page.url, final_url=fetched.final_url,
        fetched_at=fetched.fetched_at, outcome=fetched.outcome, status=fetched.status, error=fetched.error,
        media_type=fetched.header("content-type"), headers=fetched.headers, duration=fetched.duration, tls=fetched.tls,
    )  # fmt: skip
