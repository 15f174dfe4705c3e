"""How soon the pages are there and how little they take: `run --web` on a new archive, and again on the same one.

    python -m benchmarks.first_page [--sources 5] [--seconds 30]

Bars: the first page 1.0 s after the start; daemon and pages 100 MB after 30 s (aim: 80). Measured from outside, the
real process and its children: the first answer on the port with the page read to its end, the processor time until
then, and memory as resident (what `ps` shows) and as proportional (shared pages counted once). The peer,
changedetection.io 0.60 with five pages on the same kind of machine: 1.1 s, 80 MB.
"""

from __future__ import annotations

import argparse
import json
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from benchmarks.alone import COMMAND
from benchmarks.processes import children, processor_seconds, proportional, resident
from benchmarks.site import generated, served

PATIENCE = 60.0
SHOWN = ("/", "/sources", "/search?q=%E5%BF%AB", "/archive")


def main() -> None:
    """Starts it twice over five sources and prints what a person waits and the machine gives."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sources", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=30)
    args = parser.parse_args()
    with served(generated(40), hosts=args.sources) as site, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sources = [
            {"id": f"county-{n}", "url": f"http://{host}:{site.port}/p/{n}.html", "kind": "page"}
            for n, host in enumerate(site.hosts)
        ]
        config = {"contact": "bench@example.org", "network": {"allow": ["127.0.0.0/8"]}, "sources": sources}
        (folder / "sources.yaml").write_text(json.dumps(config))
        for what in ("a new archive", "the same archive"):
            _measure(what, folder, args.seconds)


def _measure(what: str, folder: Path, seconds: float) -> None:
    port, begun = _free(), time.monotonic()
    daemon = subprocess.Popen(
        [
            *COMMAND, "--config", str(folder / "sources.yaml"),
            "--database", f"sqlite:///{folder}/muniment.db", "run", "--web", "--listen", f"127.0.0.1:{port}",
        ],
        stderr=(folder / "log").open("a"),
    )  # fmt: skip
    try:
        first, spent = _first_answer(port), processor_seconds(daemon.pid)
        print(f"{what}: first page after {first - begun:4.2f} s (bar 1.0), {spent:4.2f} s of processor")
        time.sleep(max(0.0, begun + seconds - time.monotonic()))
        _say(f"after {seconds:.0f} s", daemon.pid, " (bar 100, aim 80)")
        for path in SHOWN:
            urllib.request.urlopen(f"http://127.0.0.1:{port}{path}").read()
        _say("and four pages looked at", daemon.pid)
    finally:
        daemon.send_signal(signal.SIGTERM)
        daemon.wait(60)


def _free() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def _first_answer(port: int) -> float:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/changes", timeout=PATIENCE) as answer:
                answer.read()
            return time.monotonic()
        except urllib.error.HTTPError as answer:
            raise SystemExit(f"the first page answered {answer.code}") from answer
        except OSError:
            time.sleep(0.01)
    raise SystemExit("no page came")


def _say(when: str, pid: int, bar: str = "") -> None:
    processes = [pid, *children(pid)]
    whole, shared = (sum(map(ask, processes)) / 1e6 for ask in (resident, proportional))
    print(
        f"  {when}: {whole:5.1f} MB resident{bar}, {shared:5.1f} MB proportional, {len(processes)} process(es)",
        flush=True,
    )


if __name__ == "__main__":
    main()
