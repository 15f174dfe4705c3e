"""The daemon: APScheduler drives a tick over due pages; every page then takes the walk of `worker.poll`. START HERE.

    starting       hold the archive (or stand by) -> migrate -> the pages of `run --web` -> polling
    polling        sources -> scheduler -> until a signal
    tick           due pages, at most a batch for each host, hosts that wait or are busy left out -> slots
    beat           every few seconds: how the daemon is, and incidents (`worker.vitals`)
    notifiers      each a task of its own that reads the change log (`worker.notify.crew`)
    reload         SIGHUP or a changed file: the new sources.yaml, or the old one if the new one has mistakes
    SIGTERM/INT    no new pages; what is in flight finishes within 18 s or is handed back; exit 0 within 30 s

When a page is due is a column, not a timer: a restart loses nothing, and after a long sleep every page is due once.
Expected failures are outcomes. A broken archive or a mistake of ours stops the daemon with exit 1: the supervisor
restarts it.
"""

from __future__ import annotations

from datetime import UTC, datetime


def utc_now() -> datetime:
    """The wall clock, aware UTC. Nobody else in the worker reads it but the command."""
    return datetime.now(UTC)
