"""All notifiers of the configuration, each a task of its own: one that is down holds up nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from archive import Archive
from archive.errors import NoRoom, Unavailable
from worker.fetch.guard import Guard
from worker.notify.model import Apprise, Mail, Notifier, Sender, Webhook
from worker.notify.runner import LOOK, Commit, Runner
from worker.notify.threads import in_thread
from worker.settings import Settings

GRACE = timedelta(seconds=5)
"""for messages under way when told to stop"""


def sender_of(notifier: Notifier, settings: Settings, now: Callable[[], datetime]) -> Sender:
    """The way out that a notifier's channel names. Raises BadTemplate."""
    channel, guard = notifier.channel, Guard((*settings.allow_networks, *notifier.allow))
    if isinstance(channel, Webhook):
        from worker.notify.webhook import WebhookSender

        return WebhookSender(channel, notifier.template, guard, now, settings.user_agent)
    if isinstance(channel, Mail):
        from worker.notify.mail import MailSender

        return MailSender(channel, notifier.template, guard)
    assert isinstance(channel, Apprise)
    from worker.notify.apprise import AppriseSender

    return AppriseSender(channel, notifier.template, guard)


class Crew:
    """Starts, stops and wakes the notifiers. A mistake of ours in one of them is told to `failed`."""

    def __init__(
        self, database: str, commit: Commit, now: Callable[[], datetime], failed: Callable[[BaseException], None],
        count: Callable[[str, str], None],
    ) -> None:  # fmt: skip
        self._database, self._commit, self._now, self._failed, self._count = database, commit, now, failed, count
        self._archive: Archive | None = None
        self._running: dict[str, tuple[Runner, asyncio.Task[None], object]] = {}
        self._tags: dict[str, tuple[str, ...]] = {}

    async def apply(self, settings: Settings) -> None:
        """Brings the notifiers at work up to the configuration; those that did not change go on undisturbed."""
        self._tags = {source.source_id: source.tags for source in settings.sources}
        wanted = {notifier.name: notifier for notifier in settings.notifiers}
        around = (settings.allow_networks, settings.user_agent)
        over = [name for name, (_, _, was) in self._running.items() if was != (wanted.get(name), around)]
        await self._end(over)
        for name, notifier in wanted.items():
            if name not in self._running:
                archive = await self._opened()
                sender = sender_of(notifier, settings, self._now)
                runner = Runner(notifier, sender, archive, self._commit, self._now, self._tags_of, count=self._count)
                task = asyncio.create_task(self._run(runner))
                self._running[name] = (runner, task, (notifier, around))

    def wake(self) -> None:
        """Changes were logged."""
        for runner, _, _ in self._running.values():
            runner.wake()

    async def aclose(self) -> None:
        """Lets messages under way finish for a moment, then ends all."""
        await self._end(list(self._running))
        if self._archive is not None:
            self._archive.close()

    async def _run(self, runner: Runner) -> None:
        try:
            while True:
                try:
                    await runner.run()
                    return
                except (NoRoom, Unavailable):  # what was sent may be sent again: the cursor could not be written
                    await asyncio.sleep(LOOK.total_seconds())
        except asyncio.CancelledError:
            raise
        except BaseException as error:
            self._failed(error)

    async def _end(self, names: list[str]) -> None:
        ending = [self._running.pop(name) for name in names]
        if not ending:
            return
        for runner, _, _ in ending:
            runner.stop()
        tasks = [task for _, task, _ in ending]
        _, late = await asyncio.wait(tasks, timeout=GRACE.total_seconds())
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _opened(self) -> Archive:
        if self._archive is None:
            from archive import open_archive

            self._archive = await in_thread(lambda: open_archive(self._database))
        return self._archive

    def _tags_of(self, source_id: str) -> tuple[str, ...]:
        return self._tags.get(source_id, ())


async def drain(settings: Settings, archive: Archive, commit: Commit, now: Callable[[], datetime]) -> None:
    """Tells everybody all that is due now, and returns: for a round without a daemon."""
    tags = {source.source_id: source.tags for source in settings.sources}
    runners = [
        Runner(notifier, sender_of(notifier, settings, now), archive, commit, now, lambda one: tags.get(one, ()))
        for notifier in settings.notifiers
    ]
    await asyncio.gather(*(runner.drain() for runner in runners))
