"""Stored captures that a decision rests on, read again outside the transaction that decides.

    settle(tx, readings) -> Unread(capture) raised, nothing written -> read apart -> settle(tx, readings) once more

Reading takes seconds where a page is long, and whoever writes meanwhile waits: so a transaction only ever asks for a
reading, and looks at everything anew when it has it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any, TypeVar

from archive import Transaction, Writer
from archive.records import Capture, Page
from worker.readers import read_apart, read_in_child
from worker.reading import Payload, Read
from worker.settings import Source

T = TypeVar("T")

Commit = Callable[[Callable[[Transaction], Any]], Awaitable[Any]]
Readings = Mapping[int, Read]
"""capture_id -> what today's reader says of it, read before the transaction began"""
Decide = Callable[[Transaction, Readings], T]


class Unread(Exception):
    """A decision rests on a capture that is to be read first: outside, because reading takes long. Nothing is
    written."""

    def __init__(self, capture_id: int) -> None:
        super().__init__(f"capture {capture_id} is to be read first")
        self.capture_id = capture_id


def page_key(page: Page) -> str:
    """Identity of the one document a page is by itself."""
    return f"page|{page.urlkey}"


def payload_of(capture: Capture, body: bytes) -> Payload:
    """A stored capture's bytes, ready to read again."""
    return Payload(
        body, capture.final_url, capture.url, capture.fetched_at, capture.headers, capture.status, capture.media_type,
        moved=capture.outcome == "moved",
    )  # fmt: skip


async def decided(commit: Commit, source: Source, decide: Decide[T]) -> T:
    """What `decide` came to in a transaction of its own, with every capture it asked for read before."""
    readings: dict[int, Read] = {}
    while True:
        try:
            done: T = await commit(lambda tx: decide(tx, readings))
            return done
        except Unread as unread:
            number = unread.capture_id
            page, payload = await commit(partial(stored, capture_id=number))
            readings[number] = await read_apart(payload, source, page.kind, page_key(page))


def decided_here(writer: Writer, source: Source, decide: Decide[T]) -> T:
    """The same for callers that may block."""
    readings: dict[int, Read] = {}
    while True:
        try:
            with writer.begin() as tx:
                return decide(tx, readings)
        except Unread as unread:
            with writer.begin() as tx:
                page, payload = stored(tx, unread.capture_id)
            readings[unread.capture_id] = read_in_child(payload, source, page.kind, page_key(page))


def stored(tx: Transaction, capture_id: int) -> tuple[Page, Payload]:
    """A capture's bytes, ready to read, and the page they came from."""
    capture = tx.capture(capture_id)
    body = tx.payload(capture.payload_digest) if capture.payload_digest else b""
    return tx.page(capture.page_id), payload_of(capture, body)
