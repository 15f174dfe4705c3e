"""A daemon in which nothing moves says so, shows where each thread stands, and exits with 1: its supervisor starts it
again. Nothing is lost by that: when a page is due is a column, and what was under way was not committed.
"""

from __future__ import annotations

import faulthandler
import os
import sys
import threading
from collections.abc import Callable

from worker.supervisor import ALIVE, Supervisor

LOOK_SECONDS = 5.0


class Watchdog(threading.Thread):
    """Looks at the daemon from a thread of its own: what hangs cannot notice that by itself."""

    def __init__(
        self, judge: Callable[[float], str | None], fire: Callable[[str], None], supervisor: Supervisor,
        monotonic: Callable[[], float], every: float = LOOK_SECONDS,
    ) -> None:  # fmt: skip
        super().__init__(name="watchdog", daemon=True)
        self._judge, self._fire, self._supervisor = judge, fire, supervisor
        self._monotonic = monotonic
        self._every = min(every, (supervisor.patience or 3 * every) / 3)
        self._ended = threading.Event()

    def run(self) -> None:
        """Until `end`: tells the supervisor that all is well, or fires once."""
        while True:
            before = self._monotonic()
            if self._ended.wait(self._every):
                return
            now = self._monotonic()
            # a machine that slept, or a process that was halted: everything in it gets the time to move again
            if now - before > 3 * self._every + LOOK_SECONDS:
                continue
            if reason := self._judge(now):
                self._fire(reason)
                return
            self._supervisor.tell(ALIVE)

    def end(self) -> None:
        """No more looking."""
        self._ended.set()


def leave() -> None:
    """Says where every thread stands and ends the process with 1, whatever else in it hangs."""
    faulthandler.dump_traceback(sys.__stderr__ or 2, all_threads=True)
    os._exit(1)
