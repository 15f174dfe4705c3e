"""The reader's door: `open_archive(url)` gives an `Archive`, typed, lazy, paged, unable to write.

    with open_archive("sqlite:///muniment.db") as archive:
        for change in archive.changes_after(cursor):
            version = archive.version(change.document_id, change.version)

Everything that may be long is an iterator that reads a page of rows at a time, each in a transaction of its own: a slow
consumer holds nothing up.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from archive import records
from archive.database import in_our_words, parse, reading_engine
from archive.errors import ArchiveError, NotFound
from archive.records import (
    Capture,
    Change,
    ChangeKind,
    ConsumerLag,
    Document,
    Heartbeat,
    Incident,
    Kind,
    PageStatus,
    SourceState,
    State,
    Verified,
    Version,
)
from archive.revision import check_revision
from archive.states import page_statuses, source_states, source_tags, waiting_for_ocr

if TYPE_CHECKING:
    from archive.anchor import Anchor
    from archive.filtering import ChangeFilter, FoundChanges, Recently
    from archive.glimpses import Glimpse
    from archive.health import Health
    from archive.history import History
    from archive.search.find import Results
    from archive.search.spans import Appearances


class Archive:
    """An archive open for reading. May be used from several threads. Its rooms are imported when they are asked:
    `status` waits for none of them."""

    def __init__(self, url: str) -> None:
        self.name = parse(url).render_as_string(hide_password=True)
        self.url = url
        self.engine = reading_engine(url)
        try:
            check_revision(self.engine)
        except BaseException:
            self.engine.dispose()
            raise

    @cached_property
    def _history(self) -> History:
        from archive.history import History

        return History(self.connect)

    @contextlib.contextmanager
    def connect(self) -> Iterator[Connection]:
        """A connection that cannot write, for SQL of your own on the views; it sees one state of the archive
        throughout."""
        pool = self.engine.pool
        with in_our_words(), self.engine.connect() as connection:
            connection.begin()  # what goes straight to the driver begins nothing by itself on SQLite
            try:
                yield connection
            finally:
                if self.engine.pool is not pool and not connection.invalidated:
                    connection.detach()  # closed meanwhile by another thread: nobody would take it from its pool

    # --- what is watched -------------------------------------------------------------------------------------------

    def sources(self) -> list[SourceState]:
        """Every source with its health, by id."""
        with self.connect() as connection:
            return source_states(connection)

    def healths(self, now: datetime, source_id: str | None = None) -> list[Health]:
        """Every source, or one, with the last polls of its entry page and its changes of the last weeks."""
        from archive import health

        with self.connect() as connection:
            states = source_states(connection, versions=False)
            return health.healths(connection, now, [one for one in states if source_id in (None, one.source_id)])

    def source_tags(self) -> dict[str, tuple[str, ...]]:
        """Every source's tags, by its id, in order."""
        with self.connect() as connection:
            return source_tags(connection)

    def pages(self, source_id: str | None = None) -> Iterator[PageStatus]:
        """Pages of the frontier in the order they were found."""
        return page_statuses(self.connect, source_id)

    def waiting_for_ocr(self) -> int:
        """Files whose words are in pictures that nothing has recognised yet."""
        with self.connect() as connection:
            return waiting_for_ocr(connection)

    def incidents(self, *, open_only: bool = False, source_id: str | None = None, limit: int = 200) -> list[Incident]:
        """Incidents, those that are open first, then the newest."""
        from archive import incidents

        with self.connect() as connection:
            return incidents.found(connection, open_only=open_only, source_id=source_id, limit=limit)

    def last_verification(self) -> Verified | None:
        """What the last run of `verify` came to; None where none was kept."""
        from archive import verifications

        with self.connect() as connection:
            return verifications.last(connection)

    def chain_head(self) -> Anchor | None:
        """The newest link of the hash chain; None where the archive holds nothing yet."""
        from archive.anchor import anchor

        try:
            return anchor(self)
        except ArchiveError:
            return None

    def heartbeat(self) -> Heartbeat | None:
        """What the daemon last said of itself; None where none ever ran."""
        from archive import heartbeat

        with self.connect() as connection:
            return heartbeat.last(connection)

    # --- changes ---------------------------------------------------------------------------------------------------

    def last_seq(self) -> int:
        """The number of the newest change; 0 before the first."""
        from archive.session import last_seq

        with self.connect() as connection:
            return last_seq(connection)

    def changes_after(
        self, seq: int = 0, limit: int | None = None, *, source_id: str | None = None, document_id: str | None = None,
        kind: ChangeKind | None = None, silent: bool = False,
    ) -> Iterator[Change]:  # fmt: skip
        """Changes after `seq`, oldest first; `silent`: only texts that changed while the page's own date did not.
        Remember the last one's `seq`: asked with it again you miss none and see none twice, whoever writes
        meanwhile."""
        return self._history.changes(seq, limit, source_id, document_id, kind, silent)

    def consumers(self) -> list[ConsumerLag]:
        """Who reads the change log with a cursor kept here (the notifiers), by name: how far each is behind, its
        failures, its next try."""
        from archive.consumers import lags

        with self.connect() as connection:
            return lags(connection)

    def changes_found(self, wanted: ChangeFilter, before: int | None = None, limit: int = 50) -> FoundChanges:
        """The newest changes that fit the filter, newest first, with numbers below `before`. Raises QueryError."""
        from archive.filtering import found

        with self.connect() as connection:
            return found(connection, wanted, before, limit)

    def glimpses(self, wanted: Iterable[Change]) -> dict[int, Glimpse]:
        """What each of these changes' versions is called and how it begins, by the change's number."""
        from archive.glimpses import glimpses

        with self.connect() as connection:
            return glimpses(connection, wanted)

    def recently(self, since: datetime) -> Recently:
        """How many changes of each kind there were since then, among the newest few thousand."""
        from archive.filtering import recently

        with self.connect() as connection:
            return recently(connection, since)

    # --- documents -------------------------------------------------------------------------------------------------

    def resolve(self, reference: str) -> str:
        """The document_id that an id, the beginning of one, or a URL means. Raises NotFound, with similar ids in
        `near`."""
        from archive import lookup

        with self.connect() as connection:
            return lookup.resolve(connection, reference)

    def document(self, document_id: str) -> Document:
        """A document with its newest content. Raises NotFound."""
        from archive import lookup

        with self.connect() as connection:
            return lookup.document(connection, document_id)

    def documents(
        self, *, source_id: str | None = None, kind: Kind | None = None, state: State | None = None,
        parent_id: str | None = None, page_id: int | None = None,
    ) -> Iterator[Document]:  # fmt: skip
        """Documents in the order they were found, those that fit every filter given."""
        from archive import lookup

        return lookup.documents_found(self.connect, source_id, kind, state, parent_id, page_id)

    def versions(self, document_id: str) -> Iterator[Version]:
        """All versions of a document, oldest first. Raises NotFound."""
        return self._history.versions(self._known(document_id))

    def version(self, document_id: str, number: int | None = None) -> Version:
        """One version, the newest without `number`. Raises NotFound."""
        return self._history.version(self._known(document_id), number)

    def at(self, document_id: str, when: datetime) -> Version:
        """The version in force at that time (RFC 7089: the memento). Raises NotFound for a time before the first."""
        return self._history.at(self._known(document_id), when)

    def posts(self, topic_id: str, at: datetime | None = None) -> Iterator[tuple[Document, Version]]:
        """A topic's posts in their order, each with its newest version; with `at` as they stood then, without those not
        yet written or already gone."""
        return self._history.posts(self._known(topic_id), at)

    def same_content(self, document_id: str) -> list[records.SameContent]:
        """Other documents that say the same (`duplicate`) or nearly the same (`reprint`), most similar first."""
        from archive import lookup

        with self.connect() as connection:
            return lookup.same_content(connection, document_id)

    # --- around a document, as a page shows it ----------------------------------------------------------------------

    def timeline(self, document_id: str, before: int | None = None, limit: int = 30) -> records.Timeline:
        """A document's newest versions (below number `before`), newest first, with what the change log says of them."""
        from archive import around

        with self.connect() as connection:
            return around.timeline(connection, document_id, before or 2**31 - 1, limit)

    def family(self, document: Document, urls: Sequence[str] = (), limit: int = 50) -> records.Family:
        """What the document belongs to, what belongs to it, and the documents that the files at `urls` became."""
        from archive import around

        with self.connect() as connection:
            return around.family(connection, document, urls, limit)

    def likenesses(self, document_id: str, limit: int = 20) -> list[records.Likeness]:
        """As `same_content`, the most similar only, with what each of them is called."""
        from archive import around

        with self.connect() as connection:
            return around.likenesses(connection, document_id, limit)

    def thread(
        self, topic_id: str, page: int = 1, limit: int = 50, *, at: datetime | None = None, post_id: str | None = None
    ) -> records.Thread:  # fmt: skip
        """One page of a topic's posts in their order, those that are gone in their places, each with its newest
        versions; with `at` as they stood then; with `post_id` the page of that post. Raises NotFound."""
        from archive import threads

        version = self.version(topic_id) if at is None else self.at(topic_id, at)
        with self.connect() as connection:
            return threads.thread(connection, topic_id, version, page, limit, at, post_id)

    def search(self, query: str, limit: int = 20, cursor: str | None = None) -> Results:
        """Documents that say so now, best first, with marked snippets (`archive.search.query` tells the language).
        Raises QueryError."""
        from archive.search.find import search

        with self.connect() as connection:
            return search(connection, query, limit, cursor)

    def search_versions(self, query: str, limit: int = 20, cursor: str | None = None) -> Appearances:
        """Documents that said so in any version, and when that appeared and vanished. Raises QueryError."""
        from archive.search.spans import search_versions

        with self.connect() as connection:
            return search_versions(connection, query, limit, cursor)

    def _known(self, document_id: str) -> str:
        """The id itself. Raises NotFound."""
        from archive import lookup

        with self.connect() as connection:
            if not lookup.exists(connection, document_id):
                raise NotFound(f"no document {document_id!r}", lookup.near(connection, document_id))
        return document_id

    # --- captures and payloads -------------------------------------------------------------------------------------

    def capture(self, capture_id: int | str) -> Capture:
        """One capture. Raises NotFound."""
        from archive import captures

        try:
            number = int(capture_id)
        except ValueError:
            raise NotFound(f"no capture {capture_id!r}") from None
        with self.connect() as connection:
            return captures.capture(connection, number)

    def derivation(self, capture_id: int) -> records.Derivation | None:
        """What the last reading of a capture made of it; None where nothing has read it."""
        from archive import captures

        with self.connect() as connection:
            return captures.derivation(connection, capture_id)

    def made_from(self, capture_id: int, limit: int = 50) -> list[tuple[records.Mention, int]]:
        """The documents of which a version was read from this capture, each with the version's number."""
        from archive import around

        with self.connect() as connection:
            return around.made_from(connection, capture_id, limit)

    def captures(
        self, *, page_id: int | None = None, url: str | None = None, source_id: str | None = None, after: int = 0
    ) -> Iterator[Capture]:  # fmt: skip
        """Captures with a number above `after`, in the order they were stored, of one page (by number or any spelling
        of its URL) or one source, or all."""
        return self._history.captures(page_id, url, source_id, after)

    def payload(self, digest: str) -> bytes:
        """The bytes with this SHA-256, checked. Raises NotFound, Damaged."""
        from archive import payloads

        with self.connect() as connection:
            return payloads.get(connection, digest)

    def close(self) -> None:
        """Gives the connections back."""
        self.engine.dispose()

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def open_archive(url: str) -> Archive:
    """An archive open for reading; nothing that goes through it can write. Raises SchemaMismatch, Unavailable,
    ArchiveError."""
    return Archive(url)
