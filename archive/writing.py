"""The worker's door to the archive: `Writer` opens transactions, a `Transaction` is everything that one may write.

    with open_writable(url) as writer:
        with writer.begin() as tx:
            capture = tx.record_capture(new, payload)

Leaving the block commits; an exception undoes all of it. The `seq` of returned changes is set by the commit.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime

from sqlalchemy import Connection

from archive import captures, consumers, decisions, heads, heartbeat, incidents, pages, payloads, verifications
from archive.database import in_our_words, parse, sqlite_path, writing_engine
from archive.due import due_pages
from archive.errors import NotFound
from archive.records import (
    Capture,
    Change,
    Consumer,
    Content,
    Decision,
    Derivation,
    FoundPage,
    Head,
    Heartbeat,
    Incident,
    NewCapture,
    Page,
    Part,
    PollResult,
    SourceHealth,
    SourceRow,
    Verified,
)
from archive.revision import check_revision
from archive.session import Memory, Session, last_seq
from archive.statement import drive


class Transaction:
    """One transaction. Its methods see what it has written; others see it after the commit."""

    def __init__(self, session: Session) -> None:
        self.session = session

    # --- the frontier ----------------------------------------------------------------------------------------------

    def sync_sources(self, rows: Sequence[SourceRow], now: datetime) -> None:
        """Makes the archive's sources those of the configuration. A source not listed is disabled: its documents stay,
        its pages leave the due set, or pass to an enabled source that leads to them too."""
        pages.sync_sources(self.session, rows, now)

    def add_pages(self, found: Sequence[FoundPage], now: datetime) -> int:
        """Puts pages on the frontier, once per urlkey; how many were new. A known page remembers the additional source,
        becomes due when its `activity` is another one, and passes from a disabled source to an enabled one."""
        return pages.add_pages(self.session, found, now)

    def page_counts(self, source_id: str) -> tuple[int, int]:
        """(pages, list pages) that this source leads to."""
        return pages.page_counts(self.session, source_id)

    def resting_hosts(self, now: datetime) -> dict[str, datetime]:
        """Hosts that asked to be left alone (`error:rate-limited`), and until when: a new process keeps what an
        earlier one was told. Looks at all pages: not for every tick."""
        return pages.resting_hosts(self.session, now)

    def due_pages(
        self, now: datetime, limit: int, per_host: int, skip_hosts: Collection[str] = (),
        sources: Collection[str] | None = None, polled_before: datetime | None = None, retired_too: bool = False,
    ) -> list[Page]:  # fmt: skip
        """At most `limit` due pages of enabled sources, at most `per_host` of one host, by time and rank.

        With `polled_before`: active pages never polled or last polled before then, whenever they are due (a round);
        with `retired_too` also those that are gone or retired.
        """
        return due_pages(self.session, now, limit, per_host, skip_hosts, sources, polled_before, retired_too)

    def page(self, page_id: int) -> Page:
        """The page of that number. Raises NotFound."""
        found = pages.page(self.session, page_id)
        if found is None:
            raise NotFound(f"no page {page_id}")
        return found

    def page_by_url(self, url: str) -> Page | None:
        """The page that this URL is, in whatever spelling, or None."""
        return pages.page_by_url(self.session, url)

    def make_due(
        self, now: datetime, *, source_ids: Collection[str] = (), page_ids: Collection[int] = ()
    ) -> None:  # fmt: skip
        """Makes all active pages of these sources, and these pages whatever became of them, due at `now`."""
        pages.make_due(self.session, now, source_ids, page_ids)

    def postpone(self, page_id: int, until: datetime) -> None:
        """Makes a page due later, without a poll (its visit window is closed)."""
        pages.postpone(self.session, page_id, until)

    def touch_page_documents(
        self, page_id: int, at: datetime, read_from: int | None = None, derived_with: str | None = None
    ) -> bool:  # fmt: skip
        """The page's last content payload came again, or (`read_from`: the capture of the one before) another that says
        the same: all documents it showed count as seen at `at`, its part as read. False, and nothing written, where the
        page remembers another `derived_with` by now: a document it showed has moved on or is gone, so read it again."""
        return pages.touch_page_documents(self.session, page_id, at, read_from, derived_with)

    def set_derived_with(self, page_id: int, derived_with: str) -> None:
        """Remembers what read the page's last content payload."""
        pages.set_derived_with(self.session, [page_id], derived_with)

    def pages_derived_with(self, marker: str) -> list[Page]:
        """Pages whose `derived_with` is this, oldest poll first. Looks at all pages: not for every tick."""
        return pages.pages_derived_with(self.session, marker)

    def finish_poll(self, result: PollResult) -> None:
        """Writes how a poll ended and when the page is polled next."""
        pages.finish_poll(self.session, result)

    # --- captures --------------------------------------------------------------------------------------------------

    def record_capture(self, new: NewCapture, payload: bytes | None) -> Capture:
        """Stores one attempt. A payload is kept once by its SHA-256; an `ok` one that equals the page's last content
        payload makes the outcome `revisit`; `revisit` and `not-modified` captures point to that payload."""
        return captures.record_capture(self.session, new, payload)

    def record_derivation(self, derivation: Derivation) -> None:
        """Appends what a reading made of a capture, unless the last one said the same."""
        captures.record_derivation(self.session, derivation)

    def capture(self, capture_id: int) -> Capture:
        """The capture of that number. Raises NotFound."""
        return captures.capture(self.session.connection, capture_id)

    def payload(self, digest: str) -> bytes:
        """The bytes with this SHA-256. Raises NotFound, Damaged."""
        return payloads.get(self.session.connection, digest, self.session.decoded)

    # --- documents -------------------------------------------------------------------------------------------------

    def heads(self, keys: Collection[str]) -> dict[str, Head]:
        """Heads of the documents with these keys, of those that are known."""
        return heads.heads(self.session, keys)

    def contents(self, hashes: Collection[str]) -> dict[str, Content]:
        """Contents by hash, of those that are known."""
        return heads.contents(self.session.connection, hashes)

    def earlier(self, keys: Collection[str]) -> dict[str, dict[str, int]]:
        """States each document had: key -> content hash -> number of the newest version that said so."""
        return heads.earlier(self.session.connection, keys)

    def missing_posts(self, topic_key: str, before: datetime) -> tuple[Head, ...]:
        """Present posts of a topic that were last seen before that time."""
        return heads.missing_posts(self.session.connection, topic_key, before)

    def children(self, topic_key: str) -> tuple[str, ...]:
        """Keys of a topic's present posts."""
        return heads.children(self.session.connection, topic_key)

    def documents_on_page(self, page_id: int) -> tuple[str, ...]:
        """Keys of the present documents last seen on this page."""
        return heads.documents_on_page(self.session.connection, page_id)

    def parts(self, topic_key: str) -> tuple[Part, ...]:
        """The pages of a topic that were read, in order."""
        return heads.topic_parts(self.session.connection, topic_key)

    def record_part(self, part: Part, total: int) -> None:
        """Remembers that a part was read; parts beyond `total` are forgotten."""
        heads.record_part(self.session, part, total)

    def end_sweep(self, topic_key: str) -> None:
        """The next reading of each of the topic's parts is the first of a new sweep."""
        heads.end_sweep(self.session, topic_key)

    def forget_part(self, page_id: int) -> None:
        """The page is no part of its topic any more; the next page that leads there makes it due."""
        heads.forget_part(self.session, page_id)

    def record_decision(
        self, capture: Capture, derivation: Derivation, decision: Decision, now: datetime
    ) -> tuple[Change, ...]:  # fmt: skip
        """Writes all that one derived capture changes: contents, versions, heads, facts, sightings, removals, the
        changes it returns (in the order they are logged) and the derivation where it says something new."""
        return decisions.record_decision(self.session, capture, derivation, decision, now)

    # --- what operators watch --------------------------------------------------------------------------------------

    def due_now(self, now: datetime, resting: Collection[str] = ()) -> tuple[int, datetime | None]:
        """How many pages are due, and since when the first of them is whose host may be asked."""
        return heartbeat.due_now(self.session.connection, now, resting)

    def beat(self, said: Heartbeat) -> None:
        """Writes what the daemon says of itself over what it said before."""
        heartbeat.save(self.session, said)

    def note_verification(self, said: Verified) -> None:
        """Keeps what a run of `verify` came to."""
        verifications.save(self.session, said)

    def source_health(self, source_ids: Collection[str] | None = None) -> list[SourceHealth]:
        """What incidents of these sources (None: of all) are judged by. Looks at all pages of those sources."""
        return incidents.source_health(self.session.connection, source_ids)

    def open_incidents(self) -> list[Incident]:
        """Incidents that are not over."""
        return incidents.found(self.session.connection, open_only=True)

    def record_incidents(self, steps: Sequence[Incident]) -> None:
        """Writes incidents as they are now: new ones (number 0), and those known."""
        incidents.record(self.session, steps)

    def last_seq(self) -> int:
        """The number of the newest committed change; 0 before the first."""
        return last_seq(self.session.connection)

    # --- consumers of the change log --------------------------------------------------------------------------------

    def consumer(self, name: str) -> Consumer | None:
        """The consumer of that name, or None."""
        return consumers.consumer(self.session.connection, name)

    def save_consumer(self, consumer: Consumer) -> None:
        """Writes a consumer's cursor and how it fares."""
        consumers.save(self.session, consumer)

    def forget_consumer(self, name: str) -> bool:
        """Forgets a consumer and its cursor; whether there was one."""
        return consumers.forget(self.session, name)

    @contextlib.contextmanager
    def savepoint(self) -> Iterator[None]:
        """A part of the transaction that can fail alone: an exception undoes only what was written inside."""
        mark, connection = self.session.mark(), self.session.connection
        drive(connection, "SAVEPOINT part")
        try:
            yield
        except BaseException:
            self.session.rewind(mark)
            if not connection.invalidated:
                drive(connection, "ROLLBACK TO SAVEPOINT part")
                drive(connection, "RELEASE SAVEPOINT part")
            raise
        drive(connection, "RELEASE SAVEPOINT part")


class Writer:
    """An archive open for writing. May be used from several threads, by one transaction at a time on SQLite."""

    def __init__(self, url: str) -> None:
        self.name = parse(url).render_as_string(hide_password=True)
        self.url = url
        self.fence: Callable[[Connection], None] | None = None
        """called as each transaction begins, by who holds the archive: raises where that is over"""
        self.engine = writing_engine(url)
        self._memory = Memory()
        self._turn: threading.Lock | contextlib.nullcontext[None] = (
            threading.Lock() if sqlite_path(url) is not None else contextlib.nullcontext()
        )
        check_revision(self.engine)

    @contextlib.contextmanager
    def begin(self) -> Iterator[Transaction]:
        """One transaction: committed at the end of the block, undone by an exception. Raises Unavailable when the
        database does not answer, or chose this transaction to end a deadlock; NoRoom when its disk is full."""
        # two threads of one process need not wait for each other by polling SQLite's lock
        with in_our_words(), self._turn, self.engine.begin() as connection:
            if self.fence is not None:
                self.fence(connection)
            session = Session(connection, self._memory)
            yield Transaction(session)
            session.seal()
        session.committed()

    def close(self) -> None:
        """Gives the connections back."""
        self.engine.dispose()

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()
