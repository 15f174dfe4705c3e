"""How gently each host is treated: one gate per host, shared by every source and every fetch.

A gate lets at most `parallel` requests through at a time and keeps a gap after each. Without a configured gap it is
proportional to how long the host took to answer: a slow host is asked less often. Waits use the monotonic clock; what a
host asked for in Retry-After is kept as a time of day, because the daemon plans by it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day
from email.utils import parsedate_to_datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from worker.fetch.model import Politeness

GAP_FACTOR = 5
"""gap after an answer, as a multiple of the time it took"""
SHORTEST_GAP = timedelta(seconds=2)
LONGEST_GAP = timedelta(seconds=30)
LONGEST_CRAWL_DELAY = timedelta(minutes=5)
LONGEST_REST = timedelta(hours=24)
"""what a host can ask for at most in Retry-After"""
FIRST_REST = timedelta(seconds=10)
"""rest of a host that answers 429 without saying for how long; doubles while it goes on"""
LONGEST_OWN_REST = timedelta(minutes=10)
ABSENT = frozenset({404, 410})
"""answers about a page; every other refusal may say when the host wants to be asked again"""
SLOW_SECONDS = 3.0
"""after which a host that is still answering keeps nobody else waiting; measured answers take less than one second"""
IDLE = timedelta(hours=1)
"""gates of hosts not asked for so long are forgotten"""


@dataclass(slots=True)
class Gate:
    """One host, as we have met it."""

    active: int = 0
    queued: int = 0
    """fetches that wait for their turn"""
    slow: int = 0
    """of the active ones, those that take longer than SLOW_SECONDS"""
    free_at: float = 0.0
    """monotonic time before which nothing is asked"""
    used_at: float = 0.0
    crawl_delay: float = 0.0
    rest_until: datetime | None = None
    refusals: int = 0
    """answers 429 in a row that named no time"""
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)


class Gates:
    """All hosts. `now` tells the time of day, `monotonic` measures."""

    def __init__(self, now: Callable[[], datetime], monotonic: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._monotonic = monotonic
        self._gates: dict[str, Gate] = {}
        self._queued: set[str] = set()
        self._slow: set[str] = set()

    @property
    def queued(self) -> int:
        """Hosts that are asked nothing now, because their gap has not passed."""
        return len(self._queued)

    @property
    def slow(self) -> int:
        """Hosts of which we only wait for the rest of an answer."""
        return len(self._slow)

    def gate(self, host: str) -> Gate:
        """The host's gate, made on first use."""
        found = self._gates.get(host)
        if found is None:
            if len(self._gates) >= 1000:
                self._forget_idle()
            found = self._gates[host] = Gate(used_at=self._monotonic())
        return found

    @asynccontextmanager
    async def turn(self, host: str, politeness: Politeness) -> AsyncIterator[None]:
        """Waits for the host's turn and keeps it while the block runs."""
        gate = self.gate(host)
        gate.queued += 1
        self._note(host, gate)
        try:
            await self._enter(gate, max(politeness.parallel, 1))
        finally:
            gate.queued -= 1
            self._note(host, gate)
        started = self._monotonic()
        try:
            with self._patience(host, gate):
                yield
        finally:
            gap = self._gap(gate, politeness, self._monotonic() - started)
            gate.active -= 1
            self._note(host, gate)
            gate.used_at = self._monotonic()
            gate.free_at = max(gate.free_at, gate.used_at + gap)
            async with gate.changed:
                gate.changed.notify_all()

    @contextmanager
    def _patience(self, host: str, gate: Gate) -> Iterator[None]:
        """Inside, an answer that takes long is counted as slow."""
        late = False

        def is_late() -> None:
            nonlocal late
            late = True
            gate.slow += 1
            self._note(host, gate)

        timer = asyncio.get_running_loop().call_later(SLOW_SECONDS, is_late)
        try:
            yield
        finally:
            timer.cancel()
            gate.slow -= late

    def _note(self, host: str, gate: Gate) -> None:
        for hosts, idle in (
            (self._queued, gate.queued and not gate.active),
            (self._slow, gate.active and gate.active == gate.slow),
        ):
            (hosts.add if idle else hosts.discard)(host)

    async def _enter(self, gate: Gate, parallel: int) -> None:
        async with gate.changed:
            while True:
                wait = gate.free_at - self._monotonic()
                if gate.active < parallel and wait <= 0:
                    gate.active += 1
                    return
                if gate.active >= parallel:
                    await gate.changed.wait()
                else:
                    gate.changed.release()
                    try:
                        await asyncio.sleep(wait)
                    finally:
                        await gate.changed.acquire()

    def _gap(self, gate: Gate, politeness: Politeness, took: float) -> float:
        if politeness.gap is not None:
            gap = politeness.gap.total_seconds()
        else:
            gap = min(max(took * GAP_FACTOR, SHORTEST_GAP.total_seconds()), LONGEST_GAP.total_seconds())
        return max(gap, gate.crawl_delay if politeness.robots == "obey" else 0.0)

    def crawl_delay(self, host: str, seconds: float | None) -> None:
        """What robots.txt asks for; at most LONGEST_CRAWL_DELAY is kept."""
        self.gate(host).crawl_delay = min(max(seconds or 0.0, 0.0), LONGEST_CRAWL_DELAY.total_seconds())

    def rest(self, host: str, until: datetime) -> None:
        """Leaves the whole host alone until then (never shortened)."""
        gate = self.gate(host)
        gate.rest_until = max(gate.rest_until or until, until)

    def answered(self, host: str, status: int, retry_after: str | None, date: str | None) -> datetime | None:
        """Takes note of an answer; says until when the host wants to be left alone, if it does."""
        if status < 400 or status in ABSENT:
            if status < 400:
                self.gate(host).refusals = 0
            return None
        until = retry_at(retry_after, date, self._now())
        if until is None and status == 429:
            gate = self.gate(host)
            until = self._now() + min(FIRST_REST * 2 ** min(gate.refusals, 10), LONGEST_OWN_REST)
            gate.refusals += 1
        if until is not None:
            self.rest(host, until)
        return until

    def waits(self, host: str) -> datetime | None:
        """Until when the host asked to be left alone; None where it may be asked now."""
        gate = self._gates.get(host)
        if gate is None or gate.rest_until is None:
            return None
        if gate.rest_until <= self._now():
            gate.rest_until = None
        return gate.rest_until

    def waiting(self) -> frozenset[str]:
        """Every host that is to be left alone for now."""
        return frozenset(host for host in list(self._gates) if self.waits(host) is not None)

    def _forget_idle(self) -> None:
        line = self._monotonic() - IDLE.total_seconds()
        for host in [host for host, gate in self._gates.items() if gate.used_at < line and not gate.active]:
            if self.waits(host) is None:
                del self._gates[host]


def retry_at(value: str | None, date: str | None, now: datetime) -> datetime | None:
    """The time a Retry-After header asks for (RFC 9110 section 10.2.3): seconds, or a date read against the
    response's own Date so that a wrong clock over there does not matter. Never earlier than asked, at most
    LONGEST_REST away; None for garbage and for times that have passed."""
    text = (value or "").strip()
    if not text:
        return None
    if text.isascii() and text.isdigit():
        until = now + min(timedelta(seconds=int(text[:12])), LONGEST_REST)
    else:
        asked, served = _http_date(text), _http_date(date or "")
        if asked is None:
            return None
        until = max(asked, now + (asked - served)) if served is not None else asked
    until = min(until, now + LONGEST_REST)
    return until if until > now else None


def _http_date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


@lru_cache(maxsize=256)
def _window(text: str) -> tuple[time_of_day, time_of_day]:
    start, _, end = text.partition("-")
    return time_of_day.fromisoformat(start.strip()), time_of_day.fromisoformat(end.strip().replace("24:00", "00:00"))


def opens_at(politeness: Politeness, now: datetime) -> datetime | None:
    """When the next visit window opens; None where a visit is allowed now (or always)."""
    if not politeness.windows:
        return None
    local = now.astimezone(ZoneInfo(politeness.zone))
    starts = []
    for text in politeness.windows:
        start, end = _window(text)
        clock = local.time().replace(tzinfo=None)
        inside = start <= clock < end if start < end else clock >= start or clock < end
        if inside:
            return None
        day = local.date() if clock < start else local.date() + timedelta(days=1)
        starts.append(datetime.combine(day, start, tzinfo=local.tzinfo).astimezone(UTC))
    return min(starts)
