"""The demo from start to end: site and daemon side by side, the script step by step, what the archive says after each.

The daemon is the real one, a process of its own with a configuration of its own. This module only changes the site, reads
the archive as any stranger's tool could, and tells what it sees.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from worker.demo.report import Report
from worker.demo.server import Site
from worker.demo.world import STEPS, Step, World
from worker.errors import UsageError

if TYPE_CHECKING:
    from archive import Archive
    from archive.records import Change

START_SECONDS = 60.0
"""for the daemon to start and to read everything once"""
QUIET_SECONDS = 6.0
"""in which only the chrome of the pages changes"""
STEP_SECONDS = 20.0
"""at most, for one change to be seen"""
SETTLE_SECONDS = 1.5
"""after a change was seen, so that a false one beside it would be seen, too"""
LOOK_SECONDS = 0.2
MARK = "# written by `muniment demo`"

CONFIGURATION = (
    MARK
    + """; see docs/reference/sources.md for every key
contact: demo@example.org
network: {{allow: [127.0.0.0/8]}}       # the practice site is on this machine; private networks are refused otherwise
defaults:
  every: 2s                            # a real site is asked every few minutes or hours
  politeness: {{gap: 0s, parallel: 2}}
  confirm: {{polls: 2, for: 2s}}         # a removal is said after two answers in a row; usually three and six hours
  zone: Asia/Shanghai
sources:
  - {{id: notices, url: "{site}/zwgk/tzgg/", kind: listing}}
  - {{id: replies, url: "{site}/zwgk/jytabl/", kind: listing}}
  - {{id: water-price, url: "{site}/gbk/shuijia.htm", kind: page}}
  - {{id: board, url: "{site}/forum.php", kind: board}}
"""
)


class GaveUp(Exception):
    """The daemon did not do in time what it should have done."""


def play(folder: Path, colour: bool, tell: Callable[[str], None]) -> int:
    """Runs the demo in `folder`; 0 when every scripted change and no other was seen, else 1."""
    _prepare(folder)
    world = World()
    with Site(world) as site:
        (folder / "sources.yaml").write_text(CONFIGURATION.format(site=site.url), encoding="utf-8")
        report = Report(folder, colour, tell)
        report.begins(site.url)
        try:
            with _daemon(folder) as daemon:
                return _watched(folder, world, site, daemon, report)
        except GaveUp as error:
            report.gave_up(str(error))
            return 1


def _prepare(folder: Path) -> None:
    """An empty folder; only one that an earlier demo wrote is emptied. Raises UsageError for any other."""
    configuration = folder / "sources.yaml"
    if folder.exists() and any(folder.iterdir()):
        ours = configuration.is_file() and configuration.read_text(encoding="utf-8").startswith(MARK)
        if not ours:
            raise UsageError(f"{folder} is not empty and was not made by the demo; name another with --folder")
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)


@contextmanager
def _daemon(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The real daemon as a process of its own; stopped politely at the end."""
    command = [sys.executable, "-P", "-m", "worker", "--config", str(folder / "sources.yaml"), "run"]
    environ = {name: value for name, value in os.environ.items() if not name.startswith("MUNIMENT_")}
    with (folder / "daemon.log").open("wb") as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environ)
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _watched(folder: Path, world: World, site: Site, daemon: subprocess.Popen[bytes], report: Report) -> int:
    with _opened(folder, daemon) as archive:
        _until(lambda: _all_read(archive, world), START_SECONDS, daemon, "reading everything once")
        report.read_once(archive, site.requests)
        before, requests = archive.last_seq(), site.requests
        time.sleep(QUIET_SECONDS)
        report.quiet(archive, before, site.requests - requests, QUIET_SECONDS)
        missed = 0
        for number, step in enumerate(STEPS, 1):
            missed += not _stepped(archive, world, daemon, number, step, report)
        false = archive.last_seq() - before - sum(len(step.brings) for step in STEPS) + missed
        report.ends(archive, site.requests, missed, false)
    return 1 if missed or false else 0


def _stepped(
    archive: Archive, world: World, daemon: subprocess.Popen[bytes], number: int, step: Step, report: Report
) -> bool:
    """One change on the site and what the archive says of it; whether it was seen."""
    after, begun = archive.last_seq(), time.monotonic()
    report.happens(number, step.says)
    with world.lock:
        step.do(world)

    def seen() -> bool:
        return _brought(list(archive.changes_after(after)), step)

    try:
        _until(seen, STEP_SECONDS, daemon, step.says)
    except GaveUp:
        if daemon.poll() is not None:
            raise
    took = time.monotonic() - begun
    time.sleep(SETTLE_SECONDS)
    changes = list(archive.changes_after(after))
    report.kept(archive, changes, took)
    return _brought(changes, step)


def _brought(changes: list[Change], step: Step) -> bool:
    found: list[tuple[str, str]] = [(change.kind, change.document_kind) for change in changes]
    return all(found.count(change) >= step.brings.count(change) for change in step.brings)


def _all_read(archive: Archive, world: World) -> bool:
    documents = len(world.notices) + len(world.replies) + 1
    documents += sum(1 + len(topic.posts) for topic in world.topics.values())
    return sum(state.documents for state in archive.sources()) >= documents


@contextmanager
def _opened(folder: Path, daemon: subprocess.Popen[bytes]) -> Iterator[Archive]:
    """The archive, as soon as the daemon has made it."""
    from archive import open_archive
    from archive.errors import ArchiveError

    end = time.monotonic() + START_SECONDS
    while True:
        try:
            archive = open_archive(f"sqlite:///{(folder / 'muniment.db').resolve()}")
            break
        except ArchiveError:
            _look(daemon, end, "making the archive")
    with archive:
        yield archive


def _until(done: Callable[[], bool], seconds: float, daemon: subprocess.Popen[bytes], what: str) -> None:
    end = time.monotonic() + seconds
    while not done():
        _look(daemon, end, what)


def _look(daemon: subprocess.Popen[bytes], end: float, what: str) -> None:
    """Waits a moment. Raises GaveUp when the time is over or the daemon is."""
    if daemon.poll() is not None:
        raise GaveUp(f"the daemon ended with exit code {daemon.returncode} while {what}")
    if time.monotonic() > end:
        raise GaveUp(f"not done in time: {what}")
    time.sleep(LOOK_SECONDS)
