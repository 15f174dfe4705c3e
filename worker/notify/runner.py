"""One notifier at work: a page of the change log, the rules, messages in the order of the log, the cursor.

The cursor is written behind what was sent, never before: whatever is killed when, each change is told at least once,
and in order. A message that does not go out holds up those behind it, with ever longer waits, as data
(`Consumer.next_try_at`); nothing is remembered but the cursor and one page. One that the receiver itself refuses is set
aside after `give_up`, and so is one that our own sending breaks on.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from archive import Archive, Transaction
from archive.errors import NoRoom, Unavailable
from archive.records import Consumer
from worker import logs
from worker.cadence import next_digest
from worker.notify.logreader import LogReader
from worker.notify.model import Message, Notifier, Sender, Sent, Told
from worker.notify.threads import in_thread

T = TypeVar("T")
Commit = Callable[[Callable[[Transaction], Any]], Awaitable[Any]]
"""runs a write and waits until it is lasting"""

SAVE_EVERY = 20
"""messages after which the cursor is written: so many may be told twice after a kill"""
LOOK = timedelta(seconds=5)
"""how long nothing is looked at when nobody wakes us: another process may have written"""
FIRST_WAIT = timedelta(seconds=1)
LONGEST_WAIT = timedelta(minutes=10)


def backoff(failures: int, chance: float) -> timedelta:
    """The wait after the `failures`-th failure in a row: doubling, of which a random half (`chance`, 0 to 1)."""
    whole = min(FIRST_WAIT * 2 ** min(failures - 1, 20), LONGEST_WAIT)
    wait: timedelta = whole * (0.5 + chance / 2)
    return wait


class Runner:
    """Runs one notifier. `run` ends only after `stop`."""

    def __init__(
        self, notifier: Notifier, sender: Sender, archive: Archive, commit: Commit, now: Callable[[], datetime],
        tags: Callable[[str], tuple[str, ...]], chance: Callable[[], float] = random.random,
        count: Callable[[str, str], None] = lambda name, outcome: None,
    ) -> None:  # fmt: skip
        self.notifier = notifier
        self._sender, self._commit, self._now, self._chance, self._count = sender, commit, now, chance, count
        self._reader = LogReader(notifier, archive, tags)
        self._news = asyncio.Event()
        self._stopping = False
        self._unsaved = 0
        self._resting = True
        self._log = logs.get("notify").bind(notifier=notifier.name)
        self.state: Consumer | None = None

    def wake(self) -> None:
        """Something was logged: look at once."""
        self._news.set()

    def stop(self) -> None:
        """No further message; the one under way may finish."""
        self._stopping = True
        self._news.set()

    async def run(self) -> None:
        """Tells until stopped."""
        while not self._stopping:
            try:
                wait = await self.step()
            except (Unavailable, NoRoom) as error:
                self._log.warning("notifier waits for the archive", reason=str(error))
                wait = LOOK
            if wait and not self._stopping:
                await self._wait(min(wait, LOOK))
        with suppress(Unavailable, NoRoom):
            if self._unsaved:
                await self._save()
        await self._rest()

    async def drain(self) -> None:
        """Tells all that is due now, and returns."""
        while not await self.step():
            pass
        await self._rest()

    async def step(self) -> timedelta | None:
        """One page or one digest; how long to wait before the next step, None for not at all."""
        self._news.clear()
        if self._unsaved:  # what could not be written down is not sent again, nor anything else before it is
            await self._save()
        state = self.state = await self._known()
        if (due := self._brought_forward(state)) is not state:
            state = self.state = due
            await self._save()
        now = self._now()
        if state.stopped is not None:
            return LOOK
        if state.next_try_at is not None and state.next_try_at > now:
            return state.next_try_at - now
        if self.notifier.digest is not None:
            return await self._digest(state)
        page = await in_thread(lambda: self._reader.page(state.seq))
        if page.end == state.seq:
            await self._rest()
            return LOOK
        for told in page.told:
            if self._stopping or not await self._tell((told,), told.change.seq):
                await self._save()
                return None if self._stopping else self._pause()
        self.state = replace(self.state, seq=page.end)
        await self._save()
        return None

    # --- a digest -----------------------------------------------------------------------------------------------------

    async def _digest(self, state: Consumer) -> timedelta | None:
        """All that came until it was due, in as many messages as that takes."""
        assert self.notifier.digest is not None
        due, until = self._due(), state.until_seq
        if until is None:
            if state.next_try_at is None:  # the first time: wait for the digest's time
                self.state = replace(state, next_try_at=due)
                await self._save()
                return due - self._now()
            until = await in_thread(self._reader.last_seq)
            self.state = state = replace(state, until_seq=until, next_try_at=None)
            await self._save()
        told, end, more = await in_thread(lambda: self._reader.collected(state.seq, until))
        if told and (self._stopping or not await self._tell(told, end, digest=True, more=more)):
            await self._save()
            return None if self._stopping else self._pause()
        assert self.state is not None
        over = replace(self.state, seq=max(end, until), until_seq=None, next_try_at=due)
        self.state = over if not more else replace(self.state, seq=end)
        await self._save()
        if not more:
            await self._rest()
        return None

    def _brought_forward(self, state: Consumer) -> Consumer:
        """Where nothing fails, the next time is a digest's: one that the configuration asks for no longer, or earlier,
        is not waited for."""
        if state.next_try_at is None or state.failures or state.stopped is not None:
            return state
        if self.notifier.digest is None:
            return replace(state, next_try_at=None, until_seq=None)
        due = self._due()
        return replace(state, next_try_at=due) if due < state.next_try_at else state

    def _due(self) -> datetime:
        digest = self.notifier.digest
        assert digest is not None
        return next_digest(digest.interval, digest.cron, digest.zone, self._now())

    # --- one message -------------------------------------------------------------------------------------------------

    async def _tell(self, told: tuple[Told, ...], end: int, digest: bool = False, more: bool = False) -> bool:
        """Sends one message; whether the next one may follow."""
        assert self.state is not None
        if self._sender.wants_contents and not digest:
            told = await in_thread(lambda: tuple(map(self._reader.filled, told)))
        self._resting = False
        sent = await self._sent(Message(self.notifier.name, told, digest, more))
        now, state = self._now(), self.state
        self._count(state.name, sent.kind or sent.verdict)
        if sent.verdict == "sent":
            if state.failures:
                self._log.info("notifier recovered", failures=state.failures, seq=end)
            self.state = _well(replace(state, seq=end, delivered=state.delivered + 1, delivered_at=now))
            self._unsaved += 1
            if self._unsaved >= SAVE_EVERY:
                await self._save()
            return True
        state = replace(
            state, failures=state.failures + 1, failing_since=state.failing_since or now,
            last_error=f"{sent.kind}: {sent.said}", last_error_at=now,
            refused_since=(state.refused_since or now) if sent.verdict == "refused" else None,
        )  # fmt: skip
        if sent.verdict == "stopped":
            resume = f"muniment notify --resume {state.name}"
            self._log.error("notifier stopped", seq=end, kind=sent.kind, reason=sent.said, resume=resume)
            self.state = replace(state, stopped=sent.said)
            return False
        if state.refused_since is not None and now - state.refused_since >= self.notifier.give_up:
            since = state.refused_since
            self._log.error("message set aside", seq=end, kind=sent.kind, reason=sent.said, refused_since=since)
            self.state = _well(replace(state, seq=end, set_aside=state.set_aside + 1))
            await self._save()
            return True
        again = max(now + backoff(state.failures, self._chance()), sent.retry_at or now)
        tell = self._log.warning if state.failures == 1 else self._log.debug
        tell("notifier failing", seq=end, kind=sent.kind, reason=sent.said, failures=state.failures, next=again)
        self.state = replace(state, next_try_at=again)
        return False

    async def _sent(self, message: Message) -> Sent:
        try:
            return await self._sender.send(message)
        except Exception as error:  # a library of others, with whatever the outside sends it: never the daemon's end
            self._log.error("notifier failed in an unforeseen way", seq=message.last.seq, exc_info=error)
            return Sent("refused", f"{type(error).__name__}: {error}", "bug")  # nor those behind it for ever

    def _pause(self) -> timedelta:
        assert self.state is not None
        again = self.state.next_try_at
        return LOOK if again is None else max(again - self._now(), timedelta(milliseconds=1))

    async def _rest(self) -> None:
        if not self._resting:
            self._resting = True
            await self._sender.rest()

    # --- the cursor --------------------------------------------------------------------------------------------------

    async def _known(self) -> Consumer:
        """The cursor as the archive has it: a command may have resumed it. The first time it is made."""
        name, from_start = self.notifier.name, self.notifier.from_start

        def made(tx: Transaction) -> Consumer:
            known = tx.consumer(name)
            if known is None:
                known = Consumer(name, 0 if from_start else tx.last_seq())
                tx.save_consumer(known)
            return known

        found: Consumer = await self._commit(made)
        return found

    async def _save(self) -> None:
        state = self.state
        assert state is not None
        await self._commit(lambda tx: tx.save_consumer(state))
        self._unsaved = 0

    async def _wait(self, span: timedelta) -> None:
        """Until there is news; while a receiver is left alone, news changes nothing."""
        idle = self.state is not None and self.state.next_try_at is None and self.state.stopped is None
        try:
            if idle or self._stopping:
                await asyncio.wait_for(self._news.wait(), span.total_seconds())
            else:
                await self._asleep(span)
        except TimeoutError:
            return

    async def _asleep(self, span: timedelta) -> None:
        until = asyncio.get_running_loop().time() + span.total_seconds()
        while not self._stopping and (left := until - asyncio.get_running_loop().time()) > 0:
            self._news.clear()
            await asyncio.wait_for(self._news.wait(), left)


def _well(state: Consumer) -> Consumer:
    return replace(state, failures=0, failing_since=None, refused_since=None, next_try_at=None)
