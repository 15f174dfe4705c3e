"""Seventy-two hours in miniature: the real daemon on many hosts of which some requests always fail.

    python -m benchmarks.soak [--minutes 30] [--hosts 50] [--pages 2000] [--faults 0.02] [--every 60]

Pages never change what they say (their chrome always does), so every change but `new` is a false one. Reported: polls, wrong
changes, the outcomes met, how late polls came after their due time, and resident memory, open files and threads as they
went: caches fill in the beginning, so the slope is told for each third of the time, with its standard error.
"""

# ruff: noqa: E501 - markup is easier to see on one line

from __future__ import annotations

import argparse
import asyncio
import gzip
import multiprocessing
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import text

from archive.database import reading_engine
from benchmarks.alone import COMMAND
from benchmarks.faults import NOTICE, SOFT_404, WAF

BOMB = gzip.compress(bytes(64 * 1024 * 1024), 9)


def page(number: int) -> bytes:
    """A notice that says the same for ever, in chrome that never does."""
    token, now = random.getrandbits(32), time.strftime("%Y年%m月%d日 %H:%M:%S")
    return (
        f"<html><head><meta charset=utf-8><title>任免通知第{number}号 - 某县人民政府</title><!-- {now} --></head><body>"
        f"<div class=top>当前时间：{now}　今日访问量：{token % 99999}</div><input type=hidden name=csrf_token value={token:08x}>"
        f"<div class=content>{NOTICE.replace('任免通知', f'任免通知第{number}号')}</div>"
        f"<div class=foot>版权所有：某县人民政府　访问次数：{token % 777777}　Processed in 0.{token % 999:03} second(s)</div></body></html>"
    ).encode()


async def fault(kind: int, writer: asyncio.StreamWriter) -> None:
    """One of ten ways to answer badly."""

    async def send(head: str, body: bytes = b"", length: int | None = None) -> None:
        count = len(body) if length is None else length
        writer.write(f"HTTP/1.1 {head}\r\nContent-Length: {count}\r\n\r\n".encode() + body)
        await writer.drain()

    html = "\r\nContent-Type: text/html; charset=utf-8"
    if kind == 0:
        await send("503 Busy")
    elif kind == 1:
        writer.transport.abort()
    elif kind == 2:
        await send("200 OK" + html, page(0)[:900], 100_000)
        writer.transport.abort()
    elif kind == 3:
        await send("200 OK" + html, WAF)
    elif kind == 4:
        await send("200 OK" + html, SOFT_404)
    elif kind == 5:
        await send("200 OK\r\nContent-Encoding: gzip" + html, BOMB)
    elif kind == 6:
        await send("302 Found\r\nLocation: /loop")
    elif kind == 7:
        await send("302 Found\r\nLocation: http://10.0.0.1/")
    elif kind == 8:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        for _ in range(60):
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.5)
    else:
        await send("429 Slow down\r\nRetry-After: 3")


def serve(hosts: list[str], each: int, share: float, ready: Any) -> None:
    """The hosts, in a process of its own."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                path = (await reader.readuntil(b"\r\n\r\n")).split(b" ", 2)[1].decode()
                host = hosts.index(writer.get_extra_info("sockname")[0])
                if path == "/robots.txt":
                    writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
                elif path == "/loop":
                    writer.write(b"HTTP/1.1 302 Found\r\nLocation: /loop\r\nContent-Length: 0\r\n\r\n")
                elif random.random() < share:
                    await fault(random.randrange(10), writer)
                else:
                    body = page(host * each + int(path[3:-5])) if path.startswith("/p/") else listing(each)
                    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\n\r\n"
                    writer.write(head.encode() + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def go() -> None:
        first = await asyncio.start_server(answer, hosts[0], 0)
        port = first.sockets[0].getsockname()[1]
        servers = [first, *[await asyncio.start_server(answer, host, port) for host in hosts[1:]]]
        ready.put(port)
        await asyncio.gather(*(server.serve_forever() for server in servers))

    asyncio.run(go())


def listing(each: int) -> bytes:
    """A host's list of its pages."""
    rows = "".join(
        f'<li><a href="/p/{n}.html">关于任免通知第{n}号的公告</a><span>2026-01-{n % 28 + 1:02}</span></li>' for n in range(each)
    )
    return f"<html><head><meta charset=utf-8><title>通知公告 - 某县人民政府</title></head><body><ul>{rows}</ul></body></html>".encode()


def configuration(folder: Path, hosts: list[str], port: int, every: int) -> Path:
    """A sources.yaml with one listing for each host."""
    head = f"""database: sqlite:///{folder}/soak.db
network: {{allow: [127.0.0.0/8]}}
defaults:
  every: {every}s
  deadline: 10s
  politeness: {{gap: 0s, parallel: 1}}
sources:
"""
    rows = [f"  - {{id: h{n}, kind: listing, url: 'http://{host}:{port}/'}}\n" for n, host in enumerate(hosts)]
    file = folder / "sources.yaml"
    file.write_text(head + "".join(rows))
    return file


def watch(process: subprocess.Popen[bytes], minutes: float) -> list[tuple[float, int, float, int]]:
    """(minutes, open files, resident MB, threads of the daemon) every ten seconds."""
    seen, started = [], time.monotonic()
    while time.monotonic() - started < minutes * 60 and process.poll() is None:
        time.sleep(10)
        if process.poll() is not None:
            break
        own = _resident(process.pid)
        files = len(list(Path(f"/proc/{process.pid}/fd").iterdir()))
        threads = len(list(Path(f"/proc/{process.pid}/task").iterdir()))
        seen.append(((time.monotonic() - started) / 60, files, own, threads))
        line = f"  {seen[-1][0]:5.1f} min  {files:4} files  {threads:3} threads  {own:6.1f} MB"
        print(line, file=sys.stderr, flush=True)
    return seen


def _resident(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024


def slope(part: list[tuple[float, int, float, int]]) -> str:
    """MB an hour, and the standard error of that: what is free is given back every ten seconds, so samples jump."""
    minutes, resident = [entry[0] for entry in part], [entry[2] for entry in part]
    line = statistics.linear_regression(minutes, resident)
    left = [y - line.intercept - line.slope * x for x, y in zip(minutes, resident, strict=True)]
    spread = statistics.pstdev(minutes) * len(part) ** 0.5
    return f"{line.slope * 60:+.1f} (±{statistics.pstdev(left) / spread * 60:.1f})"


def report(database: str, seen: list[tuple[float, int, float, int]], every: int, code: int | None) -> None:
    """Prints what the archive and the watch say."""
    with reading_engine(database).connect() as connection:
        changes = Counter(row[0] for row in connection.execute(text("SELECT kind FROM change_log")))
        outcomes = Counter(row[0] for row in connection.execute(text("SELECT outcome FROM capture_log")))
        rows = connection.execute(text("SELECT page_id, fetched_at, outcome FROM capture_log ORDER BY page_id, fetched_at"))
        late, before = [], None
        for page_id, at, outcome in rows:
            now = datetime.fromisoformat(str(at).replace("Z", "+00:00"))
            if before is not None and before[0] == page_id and before[2] in ("ok", "revisit"):
                late.append((now - before[1]).total_seconds() - every)
            before = (page_id, now, outcome)
    polls = sum(outcomes.values())
    print(f"polls {polls}, {polls / max(seen[-1][0], 0.01) / 60:.1f} a second; exit code {code}")
    print("changes " + ", ".join(f"{kind} {count}" for kind, count in changes.most_common()))
    print("outcomes " + ", ".join(f"{kind} {count}" for kind, count in outcomes.most_common()))
    if len(late) > 20:
        cuts = statistics.quantiles(late, n=100)
        print(f"polled after due: median {cuts[49]:.1f} s, 95 % {cuts[94]:.1f} s, 99 % {cuts[98]:.1f} s, worst {max(late):.1f} s")
    third = len(seen) // 3
    if third > 2:
        said = ", ".join(slope(seen[at * third : (at + 1) * third]) for at in range(3))
        print(f"resident {seen[-1][2]:.0f} MB; MB an hour in each third of the time: {said}")
    print(f"open files {seen[-1][1]}, most {max(e[1] for e in seen)}; threads {seen[-1][3]}, most {max(e[3] for e in seen)}")


def main() -> None:
    """Runs the daemon on the hosts for so long, and reports."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, kind, default in (
        ("minutes", float, 30.0), ("hosts", int, 50), ("pages", int, 2000), ("faults", float, 0.02), ("every", int, 60),
    ):  # fmt: skip
        parser.add_argument(f"--{name}", type=kind, default=default)
    args = parser.parse_args()
    hosts = [f"127.0.{n // 200 + 1}.{n % 200 + 1}" for n in range(args.hosts)]
    ready = multiprocessing.Queue()
    site = multiprocessing.Process(target=serve, args=(hosts, args.pages // args.hosts, args.faults, ready), daemon=True)
    site.start()
    with tempfile.TemporaryDirectory() as folder:
        file = configuration(Path(folder), hosts, ready.get(timeout=30), args.every)
        log = Path(folder) / "log"
        with log.open("wb") as sink:
            process = subprocess.Popen([*COMMAND, "--config", str(file), "run"], stderr=sink)
            seen = watch(process, args.minutes)
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            code = process.wait(40)
        if not seen or code != 0:
            print(log.read_text()[-3000:])
            raise SystemExit(1)
        report(f"sqlite:///{folder}/soak.db", seen, args.every, code)
    site.terminate()


if __name__ == "__main__":
    main()
