"""Memory of the daemon over 10,000 pages: the real process, watched from outside.

    python -m benchmarks.memory [--pages 10000]

Bar: 150 MB, not growing. Printed: resident memory of the daemon after every tenth of the pages, and of its readers.
"""

from __future__ import annotations

import argparse
import json
import signal
import sqlite3
import subprocess
import tempfile
import time
from pathlib import Path

from benchmarks.alone import COMMAND
from benchmarks.processes import children, resident
from benchmarks.site import generated, served


def main() -> None:
    """Runs a daemon over the pages and samples its memory."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=10_000)
    parser.add_argument("--minutes", type=float, default=15)
    args = parser.parse_args()
    with served(generated(500) * (args.pages // 500)) as site, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sources = [{"id": f"host-{n}", "url": url, "kind": "sitemap"} for n, url in enumerate(site.entries)]
        defaults = {
            "every": "1d", "politeness": {"gap": "0s", "parallel": 4, "robots": "ignore"}, "follow": {"pages": 100_000},
        }  # fmt: skip
        config = {
            "contact": "bench@example.org", "network": {"allow": ["127.0.0.0/8"]}, "defaults": defaults,
            "sources": sources,
        }  # fmt: skip
        (folder / "sources.yaml").write_text(json.dumps(config))
        daemon = subprocess.Popen(
            [
                *COMMAND, "--config", str(folder / "sources.yaml"),
                "--database", f"sqlite:///{folder}/muniment.db", "run",
            ],
            stderr=(folder / "log").open("w"),
        )  # fmt: skip
        try:
            _watch(daemon.pid, folder / "muniment.db", site.pages, args.minutes)
        finally:
            daemon.send_signal(signal.SIGTERM)
            daemon.wait(60)


def _watch(pid: int, database: Path, pages: int, minutes: float) -> None:
    begun, step, told, first = time.monotonic(), pages // 10, 0, 0
    while told < pages and time.monotonic() - begun < 60 * minutes:
        time.sleep(1)
        done = _captures(database)
        if done >= told + step or done >= pages:
            told = done
            own, readers = resident(pid), sum(map(resident, children(pid)))
            first = first or own
            rate = done / (time.monotonic() - begun)
            print(
                f"{done:7} pages  daemon {own / 1e6:6.1f} MB  readers {readers / 1e6:6.1f} MB  {rate:5.1f} pages/s",
                flush=True,
            )
    own = resident(pid)
    print(
        f"daemon after {told} pages: {own / 1e6:.1f} MB (bar 150); since the first tenth {(own - first) / 1e6:+.1f} MB"
    )


def _captures(database: Path) -> int:
    try:
        with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
            return int(connection.execute("SELECT count(*) FROM captures").fetchone()[0])
    except sqlite3.Error:
        return 0


if __name__ == "__main__":
    main()
