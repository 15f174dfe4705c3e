"""A Postgres of a test's own: it can be killed, started again, and stand on a small disk."""

from __future__ import annotations

import contextlib
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from tests.support.postgres import binaries, environment, initialise, unprivileged, wait_for

_SETTINGS = ("listen_addresses=", "max_connections=60", "shared_buffers=16MB", "autovacuum=off", "wal_level=minimal",
             "max_wal_senders=0", "max_wal_size=4MB", "min_wal_size=2MB")  # fmt: skip


class Server:
    """One server; its data in `data`, its socket in a folder of its own with a short path."""

    def __init__(self, data: Path, folder: Path) -> None:
        self.folder, self._data = folder, data
        self._process: subprocess.Popen[bytes] | None = None
        initialise(data, folder, "--wal-segsize=1")

    def url(self, name: str = "postgres") -> str:
        """Where a database of that name is."""
        return f"postgresql+psycopg://postgres@/{name}?host={quote(str(self.folder), safe='')}"

    def start(self) -> None:
        """Starts it and waits until it answers. Raises NoPostgres where it does not."""
        ids, options = unprivileged(), [part for setting in _SETTINGS for part in ("-c", setting)]
        command = [str(binaries() / "postgres"), "-D", str(self._data), "-k", str(self.folder), *options]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                command, stdout=log, stderr=log, env=environment(self.folder), cwd=self.folder, **ids
            )
        wait_for(self._process, self.folder, self.folder / "log")

    @property
    def runs(self) -> bool:
        """Whether the server's first process lives."""
        return self._process is not None and self._process.poll() is None

    def end(self, number: signal.Signals = signal.SIGQUIT) -> None:
        """Ends it: at once, as a crash would (SIGQUIT), or in order (SIGINT)."""
        if self._process is not None and self.runs:
            self._process.send_signal(number)
            self._process.wait(60)

    def log(self) -> str:
        """What it wrote down."""
        return (self.folder / "log").read_text("utf-8", "replace")


@contextlib.contextmanager
def own_server(disk: Path | None = None) -> Iterator[Server]:
    """A server that runs, its data under `disk`; ended and removed at the end. Raises NoPostgres."""
    folder = Path(tempfile.mkdtemp(prefix="mpg-", dir="/tmp"))  # a socket's path has a short limit
    ids = unprivileged()
    if ids:
        shutil.chown(folder, ids["user"], ids["group"])
        if disk is not None:
            shutil.chown(disk, ids["user"], ids["group"])
    server = Server((disk or folder) / "data", folder)
    try:
        server.start()
        yield server
    finally:
        server.end()
        shutil.rmtree(folder, ignore_errors=True)
