"""How the daemon is: what it counts, whether it has room, what moves in it; said every few seconds to the archive, the
supervisor and whoever asks.

    ticked polled refused     told by the daemon
    beat                      heartbeat and incidents, one transaction; a line for each that opened or closed
    live                      the heartbeat as of now
    watched                   the watchdog's thread, around everything the daemon does
"""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, TypeVar

from archive.errors import NoRoom, Unavailable
from archive.records import DaemonState, Heartbeat, Incident
from worker import logs, watch
from worker.disk import Guard
from worker.incidents import review
from worker.settings import Settings
from worker.supervisor import READY, STOPPING, Supervisor, status
from worker.tally import Tally
from worker.telling import tell_incident
from worker.watchdog import Watchdog, leave

if TYPE_CHECKING:
    from archive import Transaction
    from worker.poll import Polled

T = TypeVar("T")
Commit = Callable[[Callable[["Transaction"], T]], Awaitable[T]]

SLOWEST_READING = 600.0
"""seconds that one page may take beside its fetch"""
MORE = 2.0
MISSING = ("gone", "soft-404")


class Vitals:
    """One daemon's vital signs."""

    def __init__(
        self, settings: Settings, path: Path | None, environ: Mapping[str, str], now: Callable[[], datetime]
    ) -> None:  # fmt: skip
        self.settings = settings
        self.tally = Tally()
        self.guard = Guard(path, settings.floor)
        self.supervisor = Supervisor(environ)
        self._now = now
        self._started_at = now()
        self._host = socket.gethostname()
        self._ticked_at: datetime | None = None
        self._polled_at: datetime | None = None
        self._ticked: float | None = None
        """monotonic; None until polling began and again when it ends"""
        self._moved = monotonic()
        self._busy = 0
        self._due = 0
        self._late: datetime | None = None
        self._touched: set[str] | None = None
        """sources polled since the last beat; None: all are to be looked at"""
        self._paused: str | None = None
        self._full: str | None = None
        """the part of that which is for want of room"""
        self._ended = False
        self._log = logs.get("vitals")

    # --- told by the daemon ------------------------------------------------------------------------------------------

    def take_over(self, settings: Settings) -> None:
        """Another configuration holds from now on."""
        self.settings, self.guard.floor = settings, settings.floor

    def wait_for_room(self, sleep: Callable[[float], None]) -> None:
        """Until the archive can be opened; blocks."""
        while not self.guard.can_open():
            self.paused()
            self.supervisor.tell(READY)
            sleep(watch.BEAT_SECONDS)
        self.guard.opened()
        self.paused()

    def standing_by(self) -> None:
        """Another process polls; this one waits."""
        self.supervisor.tell(READY, status("standing by while another process holds the archive"))

    def begun(self) -> None:
        """Polling begins."""
        self._ticked = self._moved = monotonic()
        self.supervisor.tell(READY, status(f"watching {len(self.settings.sources)} sources"))

    def ending(self) -> None:
        """Polling ends; what is in flight is finished."""
        self._ticked, self._ended = None, True
        self.supervisor.tell(STOPPING)

    def ticked(self, busy: int) -> None:
        """Due pages were looked for."""
        self._ticked, self._ticked_at, self._busy = monotonic(), self._now(), busy
        if not busy:
            self._moved = self._ticked

    def moved(self) -> None:
        """A page was dealt with, whatever came of it."""
        self._moved = monotonic()

    def polled(self, polled: Polled) -> None:
        """A poll ended."""
        self._polled_at = self._now()
        self.guard.fine()
        page, fetched = polled.page, polled.fetched
        derived = max(polled.took - fetched.duration, polled.took * 0)
        self.tally.polled(page.source_id, polled.settled.outcome, len(fetched.body), fetched.duration, derived)
        ill = page.failures or polled.settled.failures or page.missing_polls or polled.settled.outcome in MISSING
        if self._touched is not None and ill:
            self._touched.add(page.source_id)

    def refused(self, error: NoRoom | Unavailable) -> None:
        """A write found no room, or no database: what it belonged to was undone and is tried again later."""
        self.guard.refused(error, monotonic())
        self.paused()

    def paused(self) -> bool:
        """Whether polling pauses, for want of room or of a database; said once when it begins or begins to have another
        reason, and once when it goes on."""
        self.guard.look()
        reason, room = self.guard.reason, self.guard.want_of_room
        if reason is not None and reason != self._paused:
            self._log.error("paused", reason=reason)
            self.supervisor.tell(status(f"paused: {reason}"))
        elif reason is None and self._paused is not None:
            over = "there is room again" if self._full is not None else "the database answers again"
            self._log.info("resumed", reason=over)
            self.supervisor.tell(status(f"watching {len(self.settings.sources)} sources"))
        self._paused, self._full = reason, room
        return reason is not None

    # --- told to others ----------------------------------------------------------------------------------------------

    def live(self) -> Heartbeat:
        """How the daemon is now; the pages due as the last beat counted them."""
        state: DaemonState = "stopped" if self._ended else "paused" if self._paused else "polling"
        return Heartbeat(
            self._now(), self._started_at, self._host, os.getpid(), state, self._paused, self._ticked_at,
            self._polled_at, self._due, self._late, self._busy, self.guard.free, self.guard.least, resident(),
        )  # fmt: skip

    async def beat(self, commit: Commit[tuple[Incident, ...]], resting: frozenset[str]) -> None:
        """Writes how the daemon is, and what changed about incidents. A full disk, or a database that does not answer,
        keeps nobody from trying again."""
        self.paused()
        touched, self._touched = self._touched, set()

        def write(tx: Transaction) -> tuple[Incident, ...]:
            now = self._now()
            self._due, self._late = tx.due_now(now, resting)
            notifiers = [notifier.name for notifier in self.settings.notifiers]
            steps = review(tx, touched, now, self._full, notifiers)
            tx.beat(self.live())
            return steps

        try:
            said = await commit(write)
        except (NoRoom, Unavailable) as error:
            self._touched = None
            self.refused(error)
            return
        self.guard.wrote(monotonic())
        self.paused()
        for incident in said:
            tell_incident(incident)

    # --- the watchdog ------------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def watched(self) -> Iterator[None]:
        """A thread of its own looks whether the daemon moves, while the block runs."""
        dog = Watchdog(self._stalled, self._fire, self.supervisor, monotonic)
        dog.start()
        try:
            yield
        finally:
            dog.end()

    def _stalled(self, now: float) -> str | None:
        ticked = self._ticked
        if ticked is None:
            return None
        patience = self.settings.watchdog.total_seconds()
        progress = watch.Progress(ticked, self._moved, self._busy)
        return watch.stalled(progress, now, patience, longest_poll(self.settings))

    def _fire(self, reason: str) -> None:
        self._log.critical(
            "stalled", reason=reason, then="exits with 1 to be started again; below is where each thread stands"
        )
        leave()


def longest_poll(settings: Settings) -> float:
    """Seconds after which some poll must have ended while hosts are polled."""
    fetches = [
        source.deadline.total_seconds() + (source.politeness.gap.total_seconds() if source.politeness.gap else 0)
        for source in settings.sources
    ]
    return MORE * max(fetches, default=0.0) + SLOWEST_READING


def resident() -> int | None:
    """Resident bytes of this process; None where the system does not say."""
    try:
        return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return None
