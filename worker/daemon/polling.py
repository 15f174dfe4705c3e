"""The polling: a tick over due pages, everything else that goes on beside it, and how it ends."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import threading
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from apscheduler.events import EVENT_JOB_ERROR, JobExecutionEvent
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from archive import Committer, Transaction, Writer
from archive.database import sqlite_path
from archive.errors import HeldElsewhere, NoRoom, Unavailable
from archive.lock import Hold
from archive.records import FoundPage, Page, SourceRow
from worker import logs, sources
from worker.daemon import utc_now
from worker.errors import ConfigError
from worker.fetch.client import Fetcher
from worker.fetch.politeness import opens_at
from worker.footprint import give_back
from worker.isolate import retire_all, stop_all
from worker.notify.crew import Crew
from worker.poll import Polled, Walk
from worker.reading import settings_digest
from worker.scans import ScanQueue
from worker.settings import Settings, Source
from worker.slots import BATCH, Slots
from worker.telling import Teller
from worker.vitals import Vitals
from worker.watch import BEAT_SECONDS

T = TypeVar("T")

TICK_SECONDS = 1
RELOAD_SECONDS = 2
TIDY_SECONDS = 10
IDLE_SECONDS = 15.0
"""after which a process that reads pages or files ends: waiting costs 80 MB, starting another half a second"""
HOLD_SECONDS = 3
"""how often it is asked whether this process still holds the archive"""
DRAIN_SECONDS = 18.0
LEAVE_SECONDS = 27.0
"""after which the process ends whatever holds it up"""


def sync(tx: Transaction, settings: Settings, now: datetime) -> None:
    """Brings the archive's list of sources and their entry pages up to the configuration."""
    rows = [
        SourceRow(source.source_id, source.url, source.kind, source.enabled, source.tags, settings_digest(source))
        for source in settings.sources
    ]
    entries = [
        FoundPage(source.source_id, source.url, source.kind, depth=0, entry=True)
        for source in settings.sources
        if source.enabled
    ]
    tx.sync_sources(rows, now)
    tx.add_pages(entries, now)


class Daemon:
    """One running daemon. `run` returns the exit code."""

    def __init__(
        self, settings: Settings, writer: Writer, environ: Mapping[str, str], database: str | None,
        vitals: Vitals | None = None,
    ) -> None:  # fmt: skip
        self.settings = settings
        self.vitals = vitals or Vitals(settings, sqlite_path(settings.database), environ, utc_now)
        self._writer = writer
        self._environ, self._database = environ, database
        self._committer = Committer(writer)
        self._teller = Teller()
        self._fetcher = Fetcher(settings.allow_networks, utc_now)
        self._walk = Walk(settings, self._fetcher.fetch, self._committer)
        self._scans = ScanQueue(lambda: self.settings, self._commit)
        self._walk.on_scan = self._scans.add
        self._slots = Slots(
            settings.hosts, self._poll, self._parallel, self._waits, lambda: self._fetcher.held_up,
            lambda: self._fetcher.idle,
        )  # fmt: skip
        self._crew = Crew(settings.database, self._commit, utc_now, self._fail, self.vitals.tally.told)
        self.held = Hold()
        self._stop = asyncio.Event()
        self._ticking = asyncio.Lock()
        self._failed: BaseException | None = None
        self._file_seen = _stamp(settings.file)
        self._log = logs.get("daemon")

    async def run(self) -> int:
        """Polls until SIGTERM or SIGINT (0), or until something is broken (1). Raises HeldElsewhere where another
        process took the archive while the database was away."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop.set)
        loop.add_signal_handler(signal.SIGHUP, self._hang_up)
        if not await self._first_sync():
            return 0
        scheduler = AsyncIOScheduler(timezone=UTC)
        # APScheduler logs a job's exception and goes on: a tick that fails is a broken archive or a mistake of ours
        scheduler.add_listener(self._job_failed, EVENT_JOB_ERROR)
        once = {"max_instances": 1, "coalesce": True, "misfire_grace_time": None}
        scheduler.add_job(self._until_stopped(self.tick), IntervalTrigger(seconds=TICK_SECONDS), id="tick", **once)
        watch = self._until_stopped(self._watch_file)
        scheduler.add_job(watch, IntervalTrigger(seconds=RELOAD_SECONDS), id="watch", **once)
        scheduler.add_job(_tidy, IntervalTrigger(seconds=TIDY_SECONDS), id="tidy", **once)
        beat = self._until_stopped(self._beat)
        scheduler.add_job(beat, IntervalTrigger(seconds=BEAT_SECONDS), id="beat", next_run_time=utc_now(), **once)
        scheduler.add_job(self._until_stopped(self._hold), IntervalTrigger(seconds=HOLD_SECONDS), id="hold", **once)
        scheduler.start()
        self.vitals.begun()
        self._log.info("started", sources=len(self.settings.sources), database=self._writer.name, pid=os.getpid())
        await self._crew.apply(self.settings)
        refill = asyncio.create_task(self._refill())
        scans = asyncio.create_task(self._read_scans())
        try:
            await self._stop.wait()
        finally:
            scheduler.pause()
            self.vitals.ending()
            refill.cancel()
            scans.cancel()
            self._leaves_at_last()
            cut = await self._slots.drain(DRAIN_SECONDS)
            stop_all()  # a thread that waits for one of them would be waited for
            scheduler.shutdown(wait=False)
            await self._crew.aclose()
            await self._fetcher.aclose()
            with contextlib.suppress(Exception):  # why it ends is told below
                await self._beat()
            await asyncio.to_thread(self._committer.close)
        if isinstance(self._failed, HeldElsewhere):
            self._log.error("stopped", reason=str(self._failed))
            raise self._failed
        if self._failed is not None:
            self._log.critical("stopped", reason=repr(self._failed), exc_info=self._failed)
            return 1
        self._log.info("stopped", handed_back=cut)
        return 0

    def _until_stopped(self, work: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
        """The same work; where ending cuts it short, that is no failure."""

        async def job() -> None:
            try:
                await work()
            except asyncio.CancelledError:
                if not self._stop.is_set():
                    raise

        return job

    def _leaves_at_last(self) -> None:
        """Ends the process when something that cannot be cancelled holds it up, a thread in the database above all:
        what was not committed is undone, and the pages stay due."""

        def leave() -> None:
            self._log.warning("stopped", reason=f"not everything ended within {LEAVE_SECONDS:.0f} s; it stays due")
            stop_all()
            os._exit(0 if self._failed is None else 1)

        timer = threading.Timer(LEAVE_SECONDS, leave)
        timer.daemon = True  # with the process it ends unheard
        timer.start()

    async def _first_sync(self) -> bool:
        """The configuration taken over, as soon as the archive can be written; False where a signal came before."""
        leaving = asyncio.create_task(self._leaves_after_signal())
        try:
            while not self._stop.is_set():
                try:
                    resting = await self._commit(self._take_over)
                except (NoRoom, Unavailable) as error:
                    self.vitals.refused(error)
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self._stop.wait(), BEAT_SECONDS)
                    await self._hold()
                    continue
                for host, until in resting.items():
                    self._fetcher.rest(host, until)
                return True
            return False
        finally:
            leaving.cancel()

    def _take_over(self, tx: Transaction) -> Mapping[str, datetime]:
        sync(tx, self.settings, utc_now())
        return tx.resting_hosts(utc_now())

    async def _leaves_after_signal(self) -> None:
        """Until there is something to end in order, a signal needs only this: the database may keep us waiting."""
        await self._stop.wait()
        self._leaves_at_last()

    async def tick(self) -> None:
        """Hands due pages to free slots. One tick at a time: what one reads as due, another may have begun to poll."""
        async with self._ticking:
            if not (self._stop.is_set() or self.vitals.paused() or not self._slots.free):
                now, skip = utc_now(), self._slots.busy | self._fetcher.waiting()
                limit = self._slots.free * BATCH
                try:
                    pages = await self._commit(lambda tx: tx.due_pages(now, limit, BATCH, skip_hosts=skip))
                except (NoRoom, Unavailable) as error:
                    self.vitals.refused(error)
                    pages = []
                if not self._stop.is_set():
                    self._slots.start(pages)
            self.vitals.ticked(len(self._slots.busy))

    async def _hold(self) -> None:
        """A lost hold is taken again, once nothing is in flight that began under it; where another process took it,
        this one ends. Until then nothing is written: the writer asks for the hold in every transaction."""
        try:
            await asyncio.to_thread(self.held.check)
        except Unavailable as error:
            self.vitals.refused(error)
            await self._slots.drain(0)
            try:
                await asyncio.to_thread(self.held.regain)
            except HeldElsewhere as taken:
                self._fail(taken)
            except Unavailable:
                return
            self._hang_up()  # whoever held it meanwhile may have had another list of sources

    async def _beat(self) -> None:
        await self.vitals.beat(self._commit, self._fetcher.waiting())

    async def _commit(self, write: Callable[[Transaction], T]) -> T:
        return await asyncio.wrap_future(self._committer.submit(write))

    async def _refill(self) -> None:
        """A slot that becomes free is filled at once, not at the next tick."""
        try:
            while True:
                await self._slots.freed.wait()
                self._slots.freed.clear()
                self._slots.check()
                await self.tick()
        except asyncio.CancelledError:
            raise
        except BaseException as error:
            self._fail(error)

    async def _read_scans(self) -> None:
        try:
            while True:
                try:
                    await self._scans.run()
                except (NoRoom, Unavailable) as error:  # what waits is written in the archive: it is taken up again
                    self.vitals.refused(error)
                    await asyncio.sleep(BEAT_SECONDS)
        except asyncio.CancelledError:
            raise
        except BaseException as error:
            self._fail(error)

    async def _poll(self, page: Page) -> None:
        source = self.settings.source(page.source_id)
        if source is None or not source.enabled or self._stop.is_set() or self.vitals.paused():
            return
        try:
            await self._poll_now(page, source)
        except (NoRoom, Unavailable) as error:  # undone whole: the page stays due
            self.vitals.refused(error)
        finally:
            self.vitals.moved()

    async def _poll_now(self, page: Page, source: Source) -> None:
        if (opens := opens_at(source.politeness, utc_now())) is not None:
            await self._commit(lambda tx: tx.postpone(page.page_id, opens))
            return
        self._tell(await self._walk.poll(page, source))

    def _tell(self, polled: Polled) -> None:
        self._teller.polled(polled)
        if polled.settled.changes:
            self._crew.wake()
        self.vitals.polled(polled)

    def _waits(self, host: str) -> datetime | None:
        return utc_now() if self.vitals.paused() else self._fetcher.waits(host)

    def _parallel(self, page: Page) -> int:
        source = self.settings.source(page.source_id)
        return source.politeness.parallel if source else 1

    # --- configuration -----------------------------------------------------------------------------------------------

    async def _watch_file(self) -> None:
        if (stamp := _stamp(self.settings.file)) != self._file_seen:
            self._file_seen = stamp
            await self.reload()

    async def reload(self) -> None:
        """Takes over a changed sources.yaml; with mistakes in it, names them all and keeps the one that works."""
        try:
            settings = sources.load(Path(self.settings.file), self._environ)
        except ConfigError as error:
            for mistake in error.mistakes:
                self._log.error("configuration refused", mistake=str(mistake))
            return
        settings = replace(settings, database=self.settings.database)
        try:  # the archive first: where it cannot take the new configuration over, the old one holds, whole
            await self._commit(lambda tx: sync(tx, settings, utc_now()))
        except (NoRoom, Unavailable) as error:
            self._file_seen = None  # once more, when it can
            self.vitals.refused(error)
            return
        if settings.allow_networks != self.settings.allow_networks:
            self._fetcher.allow(settings.allow_networks)
        self.settings = self._walk.settings = settings
        self._slots.allow(settings.hosts)
        self.vitals.take_over(settings)
        await self._crew.apply(settings)
        self._log.info("configuration loaded", sources=len(settings.sources))

    def _hang_up(self) -> None:
        self._file_seen = None  # whatever the file says now is news

    # --- failing loudly ----------------------------------------------------------------------------------------------

    def _job_failed(self, event: JobExecutionEvent) -> None:
        self._fail(event.exception)

    def _fail(self, error: BaseException) -> None:
        self._failed = self._failed or error
        self._stop.set()


def _stamp(file: str) -> tuple[int, int] | None:
    try:
        status = Path(file).stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size


def _tidy() -> None:
    retire_all(IDLE_SECONDS)
    give_back()
