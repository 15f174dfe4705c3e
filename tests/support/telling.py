"""Many changes told by a real daemon to real receivers, with outages and kills: for a test and for a benchmark."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from archive import open_writable
from archive.digest import document_id_of
from archive.records import (
    Content,
    Decision,
    Derivation,
    Facts,
    FoundPage,
    Nature,
    NewCapture,
    Revision,
    SourceRow,
)  # fmt: skip
from tests.support.receiver import Heard, Hook
from worker.migrate import upgrade

SITE = "http://county.example/"
SOURCE = {"id": "county", "url": SITE, "kind": "page", "enabled": False}
"""not visited: the changes come from elsewhere"""


def write_changes(url: str, changes: int, documents: int, pause: float = 0.0, group: int = 20) -> None:
    """So many changes of so many documents, in random order, `group` in one commit, `pause` seconds between two."""
    chance, versions = random.Random(7), defaultdict(int)
    with open_writable(url) as writer:
        with writer.begin() as tx:
            now = datetime.now(UTC)
            tx.sync_sources([SourceRow("county", SITE, "page", False)], now)
            tx.add_pages([FoundPage("county", SITE, "page", depth=0, entry=True)], now)
            page = tx.page_by_url(SITE)
            assert page is not None
        written = 0
        while written < changes:
            with writer.begin() as tx:
                now = datetime.now(UTC)
                capture = tx.record_capture(
                    NewCapture(page.page_id, "county", SITE, SITE, now, "ok", 200, duration=timedelta(0)),
                    f"round {written}".encode(),
                )
                keys = dict.fromkeys(f"notice-{chance.randrange(documents)}" for _ in range(group * 2))
                revisions = []
                for key in list(keys)[: min(group, changes - written)]:
                    versions[key] += 1
                    revisions.append(_revision(key, versions[key]))
                derivation = Derivation(capture.capture_id, "reader", 1, "ok", now)
                tx.record_decision(capture, derivation, Decision(tuple(revisions)), now)
            written += len(revisions)
            time.sleep(pause)


def _revision(key: str, number: int) -> Revision:
    said = Content(f"c1:{key}-{number}", f"Notice {key}", f"The notice {key} as it stands in state {number}.")
    nature = Nature(True, 0.1, None, ("body",)) if number > 1 else None
    fields = {"text": [f"state {number - 1}", f"state {number}"]} if number > 1 else {}
    return Revision(
        key, "notice", Facts(SITE + key), said, "source", "changed" if number > 1 else "new",
        changed_fields=fields, nature=nature,
    )  # fmt: skip


@dataclass
class Told:
    """What a receiver was told, judged."""

    messages: int
    missed: list[int]
    twice: int
    """messages that came again"""
    out_of_order: list[tuple[str, int, int]]
    """(document, version told for the first time, a later version that had been told before it)"""


def judge(taken: list[Heard], changes: int) -> Told:
    """Each change at least once; of each document, no version for the first time after a later one."""
    first: dict[int, bool] = {}
    newest: dict[str, int] = {}
    wrong, twice = [], 0
    for heard in taken:
        for change in heard.json["changes"]:
            seq, document, version = change["seq"], change["document_id"], change["version"]
            if seq in first:
                twice += 1
                continue
            first[seq] = True
            if version <= newest.get(document, 0):
                wrong.append((document, version, newest[document]))
            newest[document] = max(version, newest.get(document, 0))
    return Told(len(taken), [seq for seq in range(1, changes + 1) if seq not in first], twice, wrong)


class Outage:
    """A receiver that answers 503 while `down` is set."""

    def __init__(self) -> None:
        self.down = threading.Event()

    def __call__(self, heard: Heard) -> tuple[int, dict[str, str], str]:
        return (503, {}, "down for repairs") if self.down.is_set() else (204, {}, "")


@dataclass
class Office:
    """A folder with a sources.yaml that names notifiers, and a daemon that is killed and started again."""

    folder: Path
    database: str
    notifiers: list[dict[str, Any]]
    daemon: subprocess.Popen[bytes] | None = None
    environ: dict[str, str] = field(default_factory=dict)

    def prepare(self) -> None:
        """An empty archive, and notifiers that begin with its start."""
        upgrade(self.database)
        value = {
            "database": self.database, "network": {"allow": ["127.0.0.0/8"]}, "sources": [SOURCE],
            "notifiers": [{"from": "start", **notifier} for notifier in self.notifiers],
        }  # fmt: skip
        (self.folder / "sources.yaml").write_text(json.dumps(value), encoding="utf-8")

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "worker", "--config", str(self.folder / "sources.yaml"), *words]

    def start(self) -> None:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("MUNIMENT_")}
        with (self.folder / "log").open("ab") as log:
            self.daemon = subprocess.Popen(self.command("run"), stderr=log, env={**clean, **self.environ})

    def kill(self) -> None:
        """kill -9, in the middle of whatever it does."""
        if self.daemon is not None and self.daemon.poll() is None:
            self.daemon.kill()
            self.daemon.wait()

    def log(self) -> str:
        return (self.folder / "log").read_text(encoding="utf-8")

    def peak_memory(self) -> int:
        """Bytes of the daemon's memory at its most."""
        assert self.daemon is not None
        status = Path(f"/proc/{self.daemon.pid}/status").read_text("ascii")
        return int(status.partition("VmHWM:")[2].split()[0]) * 1024


def wait_for(done: Callable[[], bool], what: str, seconds: float) -> float:
    """Waits; how long it took."""
    began = time.monotonic()
    while not done():
        assert time.monotonic() - began < seconds, f"not within {seconds:.0f} s: {what}"
        time.sleep(0.02)
    return time.monotonic() - began


def all_told(hook: Hook, last: int) -> bool:
    """Whether the receiver has taken the change of that number."""
    with hook.lock:
        return any(last in heard.seqs for heard in hook.taken[-60:])


def document_ids(count: int) -> list[str]:
    """Ids of the documents that `write_changes` makes."""
    return [document_id_of(f"notice-{number}") for number in range(count)]
