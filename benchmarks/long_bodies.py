"""Many hosts that send a long body at the same time, the real daemon watched from outside.

    python -m benchmarks.long_bodies [--hosts 50] [--size 30] [--minutes 1.5] [--slots 64] [--rate 0.5] [--declared]

Bar: the daemon takes at most 100 MB more than it took for small pages, whether the bodies come as fast as they can be
taken or slowly (`--rate` MB a second of each host); and hosts with small pages beside them stay on time.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import multiprocessing
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.alone import COMMAND
from benchmarks.processes import resident

MB = 1_000_000
SMALL_HOSTS = 9
SMALL_EVERY = 5
PIECE = 64 * 1024
LINE = "<p>The council of the county met on day {0} and spoke of item {1} at length; it was carried.</p>\n"


def serve(addresses: list[str], size: int, rate: float | None, declared: bool, told: Any) -> None:
    """The long hosts first, then the small ones, in a process of its own; how late small ones were asked, at last."""
    body = "".join(LINE.format(n % 365, n) for n in range(size * MB // len(LINE))).encode()
    count = itertools.count()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host = addresses.index(writer.get_extra_info("sockname")[0])
        try:
            while True:
                path = (await reader.readuntil(b"\r\n\r\n")).split(b" ", 2)[1]
                head = f"<html><title>Minutes {next(count)}</title><body><h1>Minutes</h1>".encode()
                if path == b"/robots.txt":
                    writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
                elif host >= len(addresses) - SMALL_HOSTS:
                    told.put((host, time.monotonic()))
                    await _send(writer, head + body[:2000], None, declared=True)
                else:
                    await _send(writer, head + body, rate, declared)
                    told.put((host, 0.0))
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def go() -> None:
        first = await asyncio.start_server(answer, addresses[0], 0)
        port = first.sockets[0].getsockname()[1]
        servers = [first, *[await asyncio.start_server(answer, address, port) for address in addresses[1:]]]
        told.put(port)
        await asyncio.gather(*(server.serve_forever() for server in servers))

    asyncio.run(go())


async def _send(writer: asyncio.StreamWriter, body: bytes, rate: float | None, declared: bool) -> None:
    length = f"Content-Length: {len(body)}" if declared else "Transfer-Encoding: chunked"
    writer.write(f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n{length}\r\n\r\n".encode())
    for at in range(0, len(body), PIECE):
        piece = body[at : at + PIECE]
        writer.write(piece if declared else b"%x\r\n%b\r\n" % (len(piece), piece))
        await writer.drain()
        if rate is not None:
            await asyncio.sleep(PIECE / MB / rate)
    if not declared:
        writer.write(b"0\r\n\r\n")


def configuration(folder: Path, addresses: list[str], port: int, slots: int) -> Path:
    """A page of each host, the long ones as often as they can be had."""
    sources = [
        {"id": f"h{n}", "url": f"http://{address}:{port}/", "kind": "page", "every": f"{SMALL_EVERY}s"}
        for n, address in enumerate(addresses)
    ]
    file = folder / "sources.yaml"
    defaults = {"deadline": "120s", "politeness": {"gap": "0s"}}
    network = {"allow": ["127.0.0.0/8"], "hosts": slots}
    said = {"database": f"sqlite:///{folder}/bodies.db", "network": network, "defaults": defaults, "sources": sources}
    file.write_text(json.dumps(said))
    return file


def highest(pid: int) -> int:
    """The most bytes a process ever had in memory."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) * 1024


def run(folder: Path, addresses: list[str], port: int, slots: int, minutes: float) -> tuple[int, int, int]:
    """Bytes after small pages, the most bytes with the long ones, the exit code."""
    small = addresses[-SMALL_HOSTS:]
    configuration(folder, small, port, slots)
    with (folder / "log").open("wb") as log:
        daemon = subprocess.Popen([*COMMAND, "--config", str(folder / "sources.yaml"), "run"], stderr=log)
        time.sleep(20)
        before = resident(daemon.pid)
        configuration(folder, addresses, port, slots)
        time.sleep(minutes * 60)
        most = highest(daemon.pid)
        daemon.send_signal(signal.SIGTERM)
        return before, most, daemon.wait(40)


def main() -> None:
    """Runs the daemon on them and reports."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hosts", type=int, default=50)
    parser.add_argument("--size", type=int, default=30)
    parser.add_argument("--minutes", type=float, default=1.5)
    parser.add_argument("--slots", type=int, default=64)
    parser.add_argument("--rate", type=float)
    parser.add_argument("--declared", action="store_true")
    args = parser.parse_args()
    addresses = [f"127.0.3.{n + 1}" for n in range(args.hosts + SMALL_HOSTS)]
    told: Any = multiprocessing.Queue()
    site = multiprocessing.Process(
        target=serve, args=(addresses, args.size, args.rate, args.declared, told), daemon=True
    )
    site.start()
    with tempfile.TemporaryDirectory() as name:
        before, most, code = run(Path(name), addresses, told.get(timeout=60), args.slots, args.minutes)
        asked: dict[int, list[float]] = {}
        ended = time.monotonic()
        while not told.empty():
            host, at = told.get()
            asked.setdefault(host, []).append(at)
        log = (Path(name) / "log").read_text()
    site.terminate()
    gaps = [b - a for times in asked.values() if times[0] for a, b in itertools.pairwise([*times, ended])]
    whole = sum(len(times) for times in asked.values() if not times[0])
    more = (most - before) / MB
    hosts = f"{args.hosts} hosts of {args.size} MB, {args.slots} slots"
    print(f"{hosts}: {more:+.0f} MB over {before / MB:.0f}; bodies sent whole {whole}; exit {code}")
    print(f"small pages due every {SMALL_EVERY} s: longest time without being asked {max(gaps):.1f} s")
    if more > 100 or code or "Traceback" in log:
        print(log[-2000:])
        raise SystemExit(1)


if __name__ == "__main__":
    main()
