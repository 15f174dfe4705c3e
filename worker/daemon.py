"""The daemon: APScheduler drives a tick over due pages; every page then takes the walk of `worker.poll`. START HERE.

    run            hold the archive (or stand by) -> migrate -> sources -> scheduler -> until a signal
    tick           due pages, at most a batch for each host, hosts that wait or are busy left out -> slots
    reload         SIGHUP or a changed file: the new sources.yaml, or the old one if the new one has mistakes
    SIGTERM/INT    no new pages; what is in flight finishes within 25 s or is handed back; exit 0

When a page is due is a column, not a timer: a restart loses nothing, and after a long sleep every page is due once.
Expected failures are outcomes. A broken archive or a mistake of ours stops the daemon with exit 1: the supervisor
restarts it.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from apscheduler.events import EVENT_JOB_ERROR, JobExecutionEvent
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from archive import Committer, Transaction, Writer, hold_archive, open_writable
from archive.records import FoundPage, Page, SourceRow
from worker import logs, sources
from worker.errors import ConfigError
from worker.fetch.client import Fetcher
from worker.fetch.politeness import opens_at
from worker.footprint import give_back, stay_small
from worker.migrate import upgrade
from worker.notify.crew import Crew
from worker.poll import Polled, Walk
from worker.reading import settings_digest
from worker.scans import ScanQueue
from worker.settings import Settings
from worker.slots import BATCH, Slots
from worker.telling import Teller

T = TypeVar("T")

TICK_SECONDS = 1
RELOAD_SECONDS = 2
TIDY_SECONDS = 60
DRAIN_SECONDS = 25.0


def utc_now() -> datetime:
    """The wall clock, aware UTC. Nobody else in the worker reads it but the command."""
    return datetime.now(UTC)


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

    def __init__(self, settings: Settings, writer: Writer, environ: Mapping[str, str], database: str | None) -> None:
        self.settings = settings
        self._writer = writer
        self._environ, self._database = environ, database
        self._committer = Committer(writer)
        self._teller = Teller()
        self._fetcher = Fetcher(settings.allow_networks, utc_now)
        self._walk = Walk(settings, self._fetcher.fetch, self._committer)
        self._scans = ScanQueue(lambda: self.settings, self._commit)
        self._walk.on_scan = self._scans.add
        self._slots = Slots(settings.hosts, self._poll, self._parallel, self._fetcher.waits)
        self._crew = Crew(settings.database, self._commit, utc_now, self._fail)
        self._stop = asyncio.Event()
        self._ticking = asyncio.Lock()
        self._failed: BaseException | None = None
        self._file_seen = _stamp(settings.file)
        self._log = logs.get("daemon")

    async def run(self) -> int:
        """Polls until SIGTERM or SIGINT (0), or until something is broken (1)."""
        with self._writer.begin() as tx:
            sync(tx, self.settings, utc_now())
            for host, until in tx.resting_hosts(utc_now()).items():
                self._fetcher.rest(host, until)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop.set)
        loop.add_signal_handler(signal.SIGHUP, self._hang_up)
        scheduler = AsyncIOScheduler(timezone=UTC)
        # APScheduler logs a job's exception and goes on: a tick that fails is a broken archive or a mistake of ours
        scheduler.add_listener(self._job_failed, EVENT_JOB_ERROR)
        once = {"max_instances": 1, "coalesce": True, "misfire_grace_time": None}
        scheduler.add_job(self.tick, IntervalTrigger(seconds=TICK_SECONDS), id="tick", **once)
        scheduler.add_job(self._watch_file, IntervalTrigger(seconds=RELOAD_SECONDS), id="watch", **once)
        scheduler.add_job(give_back, IntervalTrigger(seconds=TIDY_SECONDS), id="tidy", **once)
        scheduler.start()
        self._log.info("started", sources=len(self.settings.sources), database=self._writer.name, pid=os.getpid())
        await self._crew.apply(self.settings)
        refill = asyncio.create_task(self._refill())
        scans = asyncio.create_task(self._read_scans())
        try:
            await self._stop.wait()
        finally:
            scheduler.pause()
            refill.cancel()
            scans.cancel()
            cut = await self._slots.drain(DRAIN_SECONDS)
            scheduler.shutdown(wait=False)
            await self._crew.aclose()
            await self._fetcher.aclose()
            await asyncio.to_thread(self._committer.close)
        if self._failed is not None:
            self._log.critical("stopped", reason=repr(self._failed), exc_info=self._failed)
            return 1
        self._log.info("stopped", handed_back=cut)
        return 0

    async def tick(self) -> None:
        """Hands due pages to free slots. One tick at a time: what one reads as due, another may have begun to poll."""
        async with self._ticking:
            if self._stop.is_set() or not self._slots.free:
                return
            now, skip = utc_now(), self._slots.busy | self._fetcher.waiting()
            limit = self._slots.free * BATCH
            pages = await self._commit(lambda tx: tx.due_pages(now, limit, BATCH, skip_hosts=skip))
            if not self._stop.is_set():
                self._slots.start(pages)

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
            await self._scans.run()
        except asyncio.CancelledError:
            raise
        except BaseException as error:
            self._fail(error)

    async def _poll(self, page: Page) -> None:
        source = self.settings.source(page.source_id)
        if source is None or not source.enabled or self._stop.is_set():
            return
        if (opens := opens_at(source.politeness, utc_now())) is not None:
            await self._commit(lambda tx: tx.postpone(page.page_id, opens))
            return
        self._tell(await self._walk.poll(page, source))

    def _tell(self, polled: Polled) -> None:
        self._teller.polled(polled)
        if polled.settled.changes:
            self._crew.wake()

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
        if settings.allow_networks != self.settings.allow_networks:
            self._fetcher.allow(settings.allow_networks)
        self.settings = self._walk.settings = settings
        await self._commit(lambda tx: sync(tx, settings, utc_now()))
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


def run(settings: Settings, environ: Mapping[str, str], *, standby: bool = False) -> int:
    """Runs the daemon on `settings.database` until a signal; the exit code. Raises HeldElsewhere when another process
    holds the archive, unless `standby`: then waits until that one is gone."""
    stay_small()
    with hold_archive(settings.database, wait=standby):
        upgrade(settings.database)
        writer = open_writable(settings.database)
        try:
            return asyncio.run(Daemon(settings, writer, environ, settings.database).run())
        finally:
            writer.close()
