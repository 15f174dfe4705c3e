"""One whole round, now: what `muniment poll` does, with or without a daemon beside it.

alone            every active page of the sources, then what is newly found, until nothing is left; a page that failed
                 for a passing reason, or to which a post may have slipped, is polled again at the end
beside a daemon  the pages are made due at once, and the round is over when the daemon has polled them all, or polls
                 none of them for two minutes: their host asked to be left alone
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from archive import Committer, Transaction, Writer, hold_archive, open_archive, open_writable
from archive.errors import HeldElsewhere
from archive.records import Change, FoundPage, Page
from worker.daemon import utc_now
from worker.daemon.polling import sync
from worker.errors import UsageError
from worker.fetch.client import Fetcher
from worker.footprint import keep_for_good
from worker.frontier import belongs
from worker.incidents import review
from worker.migrate import upgrade
from worker.poll import Polled, Walk
from worker.scans import ScanQueue
from worker.settings import Settings, Source
from worker.slots import BATCH, Slots
from worker.telling import Teller, is_failure, tell_incident

T = TypeVar("T")
Tell = Callable[[Polled], None]

LONGEST_WAIT = timedelta(minutes=2)
"""a host that asks for a longer pause ends the round for its pages"""
CHANCES = 3
"""how often a page is polled again before the round ends"""
SECOND_CHANCE_SECONDS = 1.0
MOST = 10_000
"""pages left that are counted; more are as many"""
BESIDE_SECONDS = 0.3
"""how often a round beside a daemon looks whether its pages are done"""


@dataclass(slots=True)
class RoundReport:
    """What one round came to."""

    polled: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    changes: list[Change] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    """URL -> outcome and what happened, of the pages that failed to the end"""
    left: int = 0
    """pages not reached: their host asked for a long pause"""

    @property
    def exit_code(self) -> int:
        """0, or 4 when some page failed."""
        return 4 if self.failed or self.left else 0


@dataclass(frozen=True, slots=True)
class Target:
    """What a round is about: all pages of some sources, or one page."""

    source_ids: frozenset[str] = frozenset()
    url: str | None = None


def poll_round(settings: Settings, target: Target, tell: Tell | None = None) -> RoundReport:
    """One round over `target`, in this process or, where a daemon holds the archive, in that one.

    Raises UsageError for an unknown source and for a URL that no source's rules admit.
    """
    for name in target.source_ids:
        if settings.source(name) is None:
            raise UsageError(f"no source {name!r} in {settings.file}")
    try:
        with hold_archive(settings.database) as held:
            upgrade(settings.database)
            with open_writable(settings.database) as writer:
                writer.fence = held.fence
                return asyncio.run(_alone(settings, writer, target, tell))
    except HeldElsewhere:
        with open_writable(settings.database) as writer:
            return _beside(settings, writer, target)


async def _alone(settings: Settings, writer: Writer, target: Target, tell: Tell | None) -> RoundReport:
    with writer.begin() as tx:
        sync(tx, settings, utc_now())
        resting = tx.resting_hosts(utc_now())
    here = _Round(settings, writer, tell, resting)
    keep_for_good()
    try:
        await (here.url(target.url) if target.url is not None else here.sources(target.source_ids))
        await here.scans()
    finally:
        await here.close()
    if target.source_ids:
        with writer.begin() as tx:
            said = review(tx, target.source_ids, utc_now())
        for incident in said:
            tell_incident(incident)
    return here.report


def _beside(settings: Settings, writer: Writer, target: Target) -> RoundReport:
    begun, report, asked = utc_now(), RoundReport(), None
    with writer.begin() as tx:
        after = tx.last_seq()
        if target.url is None:
            tx.make_due(begun, source_ids=target.source_ids)
        else:
            asked = admitted(tx, settings, target.url, begun)[0].page_id
            tx.make_due(begun, page_ids=[asked])
    report.left, since = _pending(writer, target, begun), time.monotonic()
    while report.left and time.monotonic() - since < LONGEST_WAIT.total_seconds():
        time.sleep(min(BESIDE_SECONDS * (1 + report.left / 100), 10))  # counting many costs the daemon time
        if (left := _pending(writer, target, begun)) != report.left:
            report.left, since = left, time.monotonic()
    with open_archive(settings.database) as archive:
        report.changes += archive.changes_after(after)
        for status in archive.pages():
            mine = status.page_id == asked if asked is not None else status.source_id in target.source_ids
            if mine and status.last_poll_at and status.last_poll_at >= begun and status.last_outcome:
                report.polled += 1
                report.outcomes[status.last_outcome] += 1
                if is_failure(status.last_outcome):
                    report.failed[status.url] = status.last_outcome
    return report


def _pending(writer: Writer, target: Target, begun: datetime) -> int:
    with writer.begin() as tx:
        if target.url is not None:
            page = tx.page_by_url(target.url)
            return int(page is not None and (page.last_poll_at is None or page.last_poll_at < begun))
        return len(tx.due_pages(utc_now(), MOST, MOST, sources=target.source_ids, polled_before=begun))


def admitted(tx: Transaction, settings: Settings, url: str, now: datetime) -> tuple[Page, Source]:
    """The page of a URL, put on the frontier of the source that admits it. Raises UsageError when none does."""
    known = tx.page_by_url(url)
    source = settings.source(known.source_id) if known else None
    source = source or next((s for s in settings.sources if s.enabled and (s.url == url or belongs(s, url))), None)
    if source is None:
        raise UsageError(f"no source in {settings.file} admits {url}; add one, or widen a source's follow.allow")
    if not source.enabled:
        raise UsageError(f"{url} belongs to source {source.source_id!r}, which is not enabled in {settings.file}")
    if known is None:
        tx.add_pages([FoundPage(source.source_id, url, "auto", depth=1)], now)
        known = tx.page_by_url(url)
        assert known is not None
    return known, source


class _Round:
    def __init__(self, settings: Settings, writer: Writer, tell: Tell | None, resting: Mapping[str, datetime]) -> None:
        self.report = RoundReport()
        self._settings, self._begun = settings, utc_now()
        self._committer = Committer(writer)
        self._fetcher = Fetcher(settings.allow_networks, utc_now)
        for host, until in resting.items():
            self._fetcher.rest(host, until)
        self._walk = Walk(settings, self._fetcher.fetch, self._committer)
        self._scans = ScanQueue(lambda: settings, self._commit)
        self._slots = Slots(
            settings.hosts, self._poll, self._parallel, self._fetcher.waits, lambda: self._fetcher.held_up,
            lambda: self._fetcher.idle,
        )  # fmt: skip
        self._tell = tell or Teller().polled
        self._again: dict[int, Page] = {}
        self._chances: dict[int, int] = {}

    async def close(self) -> None:
        await self._slots.drain(0)
        await self._fetcher.aclose()
        await asyncio.to_thread(self._committer.close)

    async def sources(self, source_ids: frozenset[str]) -> None:
        self._walk.warm_up()  # some page will be read
        await self._exhaust(source_ids)
        while self._again:
            again, self._again = self._again, {}
            await asyncio.sleep(SECOND_CHANCE_SECONDS)
            for page in again.values():
                if await self._patience(page.host):
                    await self._poll(page)
            await self._exhaust(source_ids)

    async def _patience(self, host: str) -> bool:
        """Waits until a host may be asked again; False where that is longer than a round waits."""
        while (until := self._fetcher.waits(host)) is not None:
            if until - utc_now() > LONGEST_WAIT:
                return False
            await asyncio.sleep(max((until - utc_now()).total_seconds(), 0.05))
        return True

    async def scans(self) -> None:
        """What the round found in pictures only is recognised before it ends."""
        for one in await self._scans.drain():
            self.report.changes += one.settled.changes

    async def url(self, url: str) -> None:
        page, source = await self._commit(lambda tx: admitted(tx, self._settings, url, utc_now()))
        self._chances[page.page_id] = 0  # its one chance is its last
        await self._poll(page, source)

    async def _exhaust(self, source_ids: frozenset[str]) -> None:
        while True:
            waiting, busy = self._fetcher.waiting(), self._slots.busy
            limit = max(self._slots.free, 1) * BATCH
            pages = await self._due(source_ids, busy | waiting, limit) if self._slots.free else []
            # a host that ended while it was asked what is due was left out: what it led to is due by now
            if self._slots.start(pages) or self._slots.busy or busy:
                await self._slots.wait()
            elif not (pause := await self._pause(source_ids, waiting)):
                return
            else:
                await asyncio.sleep(pause)

    async def _due(self, source_ids: frozenset[str], skip: Collection[str], limit: int) -> list[Page]:
        now, begun = utc_now(), self._begun
        return await self._commit(
            lambda tx: tx.due_pages(now, limit, BATCH, skip_hosts=skip, sources=source_ids, polled_before=begun)
        )

    async def _pause(self, source_ids: frozenset[str], waiting: Collection[str]) -> float:
        """Seconds until a host with pages of this round may be asked again; 0 when nothing is left to wait for."""
        if not waiting:
            return 0.0
        left = await self._due(source_ids, (), 10_000)
        until = [when for page in left if (when := self._fetcher.waits(page.host)) is not None]
        if not left or not until:
            return 0.01 if left else 0.0
        if (pause := min(until) - utc_now()) > LONGEST_WAIT:
            self.report.left += len(left)
            self.report.failed |= {
                page.url: f"its host asked to be left alone until {min(until):%H:%M:%SZ}" for page in left
            }
            return 0.0
        return max(pause.total_seconds(), 0.05)

    async def _poll(self, page: Page, source: Source | None = None) -> None:
        source = source or self._settings.source(page.source_id)
        if source is None:
            return
        polled = await self._walk.poll(page, source)
        self._tell(polled)
        outcome, report = polled.settled.outcome, self.report
        report.polled += 1
        report.outcomes[outcome] += 1
        report.changes += polled.settled.changes
        report.failed.pop(page.url, None)
        for page_id in polled.settled.again:
            await self._poll_again(page_id)
        if is_failure(outcome):
            report.failed[page.url] = f"{outcome}: {polled.settled.note or polled.fetched.error or 'no reason given'}"
            if polled.fetched.transient:
                await self._poll_again(page.page_id)

    async def _poll_again(self, page_id: int) -> None:
        """At the round's end, while the page has chances left."""
        if left := self._chances.get(page_id, CHANCES):
            self._chances[page_id] = left - 1
            self._again[page_id] = await self._commit(lambda tx: tx.page(page_id))

    def _parallel(self, page: Page) -> int:
        source = self._settings.source(page.source_id)
        return source.politeness.parallel if source else 1

    async def _commit(self, write: Callable[[Transaction], T]) -> T:
        return await asyncio.wrap_future(self._committer.submit(write))
