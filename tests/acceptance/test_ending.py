"""A daemon that is ended or killed while something long is under way: in time, nothing torn, nobody left over."""

from __future__ import annotations

import asyncio
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from tests.acceptance.conftest import Muniment, until
from tests.support.faults import Exchange, FaultServer
from tests.support.pdfs import Sheet, pdf
from worker.extract.files.engine import engine_name

LINE = b"<p>The council met and spoke of it at length.</p>\n"
LONG = b"<html><body><h1>Minutes</h1>" + LINE * 110_000 + b"</body></html>"


def below(pid: int) -> set[int]:
    """All processes that this one started, and those that they started."""
    found: set[int] = set()
    asked = [pid]
    while asked:
        try:
            for task in Path(f"/proc/{asked.pop()}/task").iterdir():
                children = set(map(int, (task / "children").read_text().split()))
                asked += children - found
                found |= children
        except OSError:
            continue
    return found


def alive(pids: set[int]) -> set[int]:
    """Those that still run; a zombie that nobody waits for here does not."""
    states = {}
    for pid in pids:
        try:
            states[pid] = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
    return {pid for pid, state in states.items() if state != "Z"}


@contextmanager
def rendering(here: Muniment, server: FaultServer) -> Iterator[subprocess.Popen[str]]:
    """Chromium waits for a script of a page."""

    async def never(exchange: Exchange) -> None:
        await asyncio.sleep(600)

    page = server.says("/", b"<html><body><p>A notice of the county.</p><script src=/never></script></body></html>")
    server.acts("/never", never)
    here.configure({"id": "one", "url": page, "kind": "page", "render": "browser", "deadline": "10m"})
    daemon = here.start("run")
    until(lambda: "/never" in server.hits, "the browser asks for the script")
    yield daemon


@contextmanager
def reading(here: Muniment, server: FaultServer) -> Iterator[subprocess.Popen[str]]:
    """A page of 5 MB is read, as long pages are: one at a time."""
    here.configure({"id": "one", "url": server.says("/", LONG), "kind": "page"})
    daemon = here.start("run")
    until(lambda: kept(here) == 1, "the page is kept")
    yield daemon


@contextmanager
def recognising(here: Muniment, server: FaultServer) -> Iterator[subprocess.Popen[str]]:
    """A scan is recognised."""
    sheets = [Sheet() for _ in range(30)]
    for number, sheet in enumerate(sheets):
        sheet.picture(0, 0, 595, 842, bytes([number]))
    scan = server.says("/a.pdf", pdf(sheets), headers={"Content-Type": "application/pdf"})
    here.configure({"id": "one", "url": scan, "kind": "file"})
    daemon = here.start("run")
    until(lambda: "waits for OCR" in here.log(daemon), "the scan is in the queue")
    yield daemon


@contextmanager
def locked_out(here: Muniment, server: FaultServer) -> Iterator[subprocess.Popen[str]]:
    """Another session on Postgres holds the table that every poll writes to."""
    here.configure({"id": "one", "url": server.says("/"), "kind": "page"})
    daemon = here.start("run")
    until(lambda: kept(here) >= 1, "it polls")
    engine = create_engine(here.database)
    with engine.connect() as connection, engine.connect() as other:
        connection.execute(text("LOCK TABLE captures IN ACCESS EXCLUSIVE MODE"))
        waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
        until(lambda: bool(other.scalar(waiting)), "it waits for the lock")
        yield daemon
    engine.dispose()


def kept(here: Muniment) -> int:
    """Captures in the archive."""
    with here.archive() as archive:
        return len(list(archive.captures(source_id="one")))


DOING: dict[str, Any] = {
    "rendering": rendering, "reading a long page": reading, "recognising a scan": recognising,
    "waiting for a lock": locked_out,
}  # fmt: skip


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=["ended", "killed"])
@pytest.mark.parametrize("what", DOING)
def test_it_ends_whatever_it_is_at_with_nobody_left_over_and_nothing_torn(
    muniment: Muniment, what: str, number: signal.Signals
) -> None:
    if (what == "waiting for a lock") != muniment.database.startswith("postgresql"):
        pytest.skip("asked on the other database")
    if what == "rendering" and (shutil.which("chromium") is None or not _has_playwright()):
        pytest.skip("no Chromium on this machine")
    if what == "recognising a scan" and not engine_name():
        pytest.skip("no engine on this machine")
    with FaultServer() as server, DOING[what](muniment, server) as daemon:
        others = below(daemon.pid)
        assert others or what == "waiting for a lock"
        daemon.send_signal(number)
        assert daemon.wait(30) == (0 if number == signal.SIGTERM else -signal.SIGKILL), muniment.log(daemon)
        until(lambda: not alive(others), f"nobody of {len(others)} is left", 10.0)
    assert "Traceback" not in muniment.log(daemon)
    assert muniment.json("verify")["damage"] == []


def _has_playwright() -> bool:
    from importlib.util import find_spec

    return find_spec("playwright") is not None
