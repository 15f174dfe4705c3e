"""An archive with changes to tell, and a notifier run against it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime, timedelta
from ipaddress import ip_network
from typing import Any

import pytest

from archive import Archive, Committer, Transaction, Writer, open_archive, open_writable
from archive.records import Consumer, Nature, Removal
from tests.archive.house import START, decided, fetched, later, revision, says, watched
from worker.notify.crew import sender_of
from worker.notify.model import Notifier
from worker.notify.runner import Runner
from worker.settings import Settings
from worker.tally import Tally

LOOPBACK = (ip_network("127.0.0.0/8"),)


class Clock:
    """A time that the test moves."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, span: timedelta) -> None:
        self.now += span


class Office:
    """An archive, and notifiers that are run against it step by step."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.writer: Writer = open_writable(url)
        self.archive: Archive = open_archive(url)
        self.committer = Committer(self.writer)
        self.clock = Clock()
        self.tags: dict[str, tuple[str, ...]] = {"county": ("water",)}
        self.tally = Tally()
        self.written = 0

    def close(self) -> None:
        self.committer.close()
        self.archive.close()
        self.writer.close()

    def writes(self, key: str = "one", text: str | None = None, **more: Any) -> None:
        """A new version of a document; silent where its `nature` says so."""
        self.written += 1
        (page,) = watched(self.writer, key)
        with self.writer.begin() as tx:
            body = text if text is not None else f"state {self.written} of the notice"
            capture = tx.record_capture(fetched(page, later(self.written), path=key), f"{self.written}".encode())
            known = tx.heads([key])
            change = "changed" if key in known else "new"
            nature = more.pop("nature", Nature(None, 0.1, None, ("body",)) if key in known else None)
            decided(tx, capture, revision(key, says(body, **more), change, nature=nature))  # type: ignore[arg-type]

    def removes(self, key: str) -> None:
        self.written += 1
        (page,) = watched(self.writer, key)
        with self.writer.begin() as tx:
            capture = tx.record_capture(fetched(page, later(self.written), outcome="gone", path=key), b"404")
            decided(tx, capture, gone=(Removal(key),))

    def commit(self, write: Callable[[Transaction], Any]) -> Awaitable[Any]:
        """As the daemon does it; a test may replace it."""
        return asyncio.wrap_future(self.committer.submit(write))

    def runner(self, notifier: Notifier) -> Runner:
        settings = Settings("sources.yaml", None, self.url, (), LOOPBACK, notifiers=(notifier,))
        return Runner(
            notifier, sender_of(notifier, settings, self.clock), self.archive,
            lambda write: self.commit(write), self.clock,
            lambda source: self.tags.get(source, ()), chance=lambda: 1.0, count=self.tally.told,
        )  # fmt: skip

    def tells(self, notifier: Notifier, between: Callable[[Runner], None] = lambda runner: None) -> Consumer:
        """Everything that is due now is told; how the notifier fares then."""

        async def run() -> None:
            runner = self.runner(notifier)
            between(runner)
            await runner.drain()

        asyncio.run(run())
        return self.fares(notifier)

    def fares(self, notifier: Notifier) -> Consumer:
        return next(lag.consumer for lag in self.archive.consumers() if lag.consumer.name == notifier.name)


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    """On both databases."""
    office = Office(database_url)
    yield office
    office.close()


@pytest.fixture
def desk(sqlite_url: str) -> Iterator[Office]:
    """On SQLite: for what has nothing to do with the database."""
    office = Office(sqlite_url)
    yield office
    office.close()
