"""From the command to the first tick: the archive held, brought up to date and shown. What only the polling needs is
imported when the pages are there: whoever started the daemon waits for a page, and no poll is as urgent.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Mapping
from typing import Protocol

from archive import hold_archive, open_archive, open_writable
from archive.counting import Counting
from archive.database import sqlite_path
from worker.answering import Answers, answer_on, answers
from worker.daemon import utc_now
from worker.footprint import keep_for_good, stay_small
from worker.migrate import upgrade
from worker.settings import Settings
from worker.vitals import Vitals


class Shown(Protocol):
    """The pages, where the daemon shows them itself (`run --web`). Whatever goes wrong in them stays there."""

    def start(self, signals: Answers) -> None:
        """Begins to serve, with these answers among the pages; returns when they are there, or soon if they are not."""

    def stop(self) -> None:
        """Ends within seconds."""


def run(settings: Settings, environ: Mapping[str, str], *, standby: bool = False, shown: Shown | None = None) -> int:
    """Runs the daemon on `settings.database` until a signal; the exit code. Raises HeldElsewhere when another process
    holds the archive, unless `standby`: then waits until that one is gone."""
    stay_small()
    vitals = Vitals(settings, sqlite_path(settings.database), environ, utc_now)
    with vitals.watched(), contextlib.ExitStack() as held:
        if standby:
            vitals.standing_by()
        hold = held.enter_context(hold_archive(settings.database, wait=standby))
        vitals.wait_for_room(time.sleep)
        upgrade(settings.database)
        writer = held.enter_context(open_writable(settings.database))
        writer.fence = hold.fence
        counting = Counting(lambda: open_archive(settings.database))
        held.callback(counting.close)
        signals = answers(utc_now, counting, vitals.live, vitals.tally)
        if settings.metrics_listen is not None:
            held.callback(answer_on(settings.metrics_listen, signals, settings.metrics_hosts))
        if shown is not None:
            shown.start(signals)
            held.callback(shown.stop)
        from worker.daemon.polling import Daemon

        daemon = Daemon(settings, writer, environ, settings.database, vitals)
        daemon.held = hold
        keep_for_good()
        return asyncio.run(daemon.run())
