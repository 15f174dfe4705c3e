"""The command as its users meet it: a process with a configuration file, and a site that it visits."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from archive import Archive, open_archive
from archive.errors import ArchiveError
from worker.demo.server import Site
from worker.demo.world import World

PATIENCE = 40.0
"""seconds for what a busy machine does in one"""


@dataclass
class Muniment:
    """A folder with a sources.yaml and an archive, and the command run in it."""

    folder: Path
    database: str
    site: Site
    processes: list[subprocess.Popen[str]] = field(default_factory=list)

    @property
    def world(self) -> World:
        return self.site.world

    def configure(self, *sources: dict[str, Any], **top: Any) -> None:
        """Writes sources.yaml; without sources: the whole practice site."""
        defaults = {"every": "1s", "politeness": {"gap": "0s", "parallel": 2}, "confirm": {"polls": 1, "for": "0s"}}
        whole = [
            {"id": "notices", "url": f"{self.site.url}/zwgk/tzgg/", "kind": "listing"},
            {"id": "board", "url": f"{self.site.url}/forum.php", "kind": "board"},
        ]
        value = {
            "contact": "test@example.org", "database": self.database, "network": {"allow": ["127.0.0.0/8"]},
            "defaults": defaults, "sources": list(sources) or whole, **top,
        }  # fmt: skip
        path = self.folder / "sources.yaml"
        path.with_suffix(".new").write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
        path.with_suffix(".new").replace(path)

    def run(self, *arguments: str, expect: int | None = 0) -> subprocess.CompletedProcess[str]:
        """One command to its end."""
        done = subprocess.run(self._command(arguments), capture_output=True, text=True, timeout=120, env=_environ())
        if expect is not None:
            assert done.returncode == expect, f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def json(self, *arguments: str) -> Any:
        """What a command prints as JSON."""
        return json.loads(self.run(*arguments, "--json").stdout)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """A command left running; ended with the test. Its stderr goes to `log(process)`."""
        with (self.folder / f"log-{len(self.processes)}").open("w") as log:
            process = subprocess.Popen(self._command(arguments), stdout=log, stderr=log, text=True, env=_environ())
        self.processes.append(process)
        return process

    def log(self, process: subprocess.Popen[str]) -> str:
        return (self.folder / f"log-{self.processes.index(process)}").read_text(encoding="utf-8")

    def archive(self) -> Archive:
        return open_archive(self.database)

    def _command(self, arguments: tuple[str, ...]) -> list[str]:
        return [sys.executable, "-m", "worker", "--config", str(self.folder / "sources.yaml"), *arguments]

    def close(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                process.kill()
                process.wait()


def _environ() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("MUNIMENT_")}


@pytest.fixture
def site() -> Iterator[Site]:
    with Site(World()) as served:
        yield served


@pytest.fixture
def muniment(tmp_path: Path, empty_url: str, site: Site) -> Iterator[Muniment]:
    """Once on SQLite and once on Postgres, from an empty database."""
    here = Muniment(tmp_path, empty_url, site)
    here.configure()
    yield here
    here.close()


@pytest.fixture
def on_sqlite(tmp_path: Path, site: Site) -> Iterator[Muniment]:
    """On SQLite only."""
    here = Muniment(tmp_path, f"sqlite:///{tmp_path}/muniment.db", site)
    here.configure()
    yield here
    here.close()


def until(done: Callable[[], Any], what: str, seconds: float = PATIENCE) -> Any:
    """Waits for something to come true; what it came to. An archive that is not there yet is no answer."""
    end = time.monotonic() + seconds
    while True:
        try:
            if value := done():
                return value
        except ArchiveError:
            pass
        assert time.monotonic() < end, f"not in {seconds:.0f} s: {what}"
        time.sleep(0.1)


def stopped(process: subprocess.Popen[str], number: signal.Signals = signal.SIGTERM, seconds: float = 30.0) -> int:
    """The exit code after a signal."""
    process.send_signal(number)
    return process.wait(seconds)


def documents(muniment: Muniment) -> int:
    with muniment.archive() as archive:
        return sum(state.documents for state in archive.sources())


ALL = 5 + 3 + 6 + 3 + 2
"""notices, topics and their posts of the practice site"""
