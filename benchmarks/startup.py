"""How long a person waits: `muniment --help` beside a bare typer program, `muniment status` beside a bare SQLAlchemy
query.

    python -m benchmarks.startup [--pages 10000]

Bars: 1.3x and 1.5x. Median of several runs, each its own process, alternating.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from archive import open_writable
from archive.records import FoundPage, SourceRow
from worker.migrate import upgrade

BARE_TYPER = """
import typer
app = typer.Typer()
@app.command()
def one(name: str = "x") -> None:
    "Say one thing."
@app.command()
def two() -> None:
    "Say another."
app()
"""
BARE_QUERY = """
import sys
from sqlalchemy import create_engine, text
with create_engine(sys.argv[1]).connect() as connection:
    rows = connection.execute(text(
        "SELECT source_id, count(*), max(last_poll_at), min(next_poll_at), sum(failures > 0), sum(documents) "
        "FROM page_status GROUP BY source_id")).fetchall()
print(rows)
"""


def main() -> None:
    """Times both pairs and prints the ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=9)
    args = parser.parse_args()
    muniment = str(Path(sys.executable).with_name("muniment"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "typer_program.py").write_text(BARE_TYPER)
        (folder / "query_program.py").write_text(BARE_QUERY)
        database, config = _archive(folder, args.pages)
        ours, bare = _race(
            [muniment, "--help"], [sys.executable, str(folder / "typer_program.py"), "--help"], args.runs
        )  # fmt: skip
        print(
            f"muniment --help    {ours * 1000:6.0f} ms   bare typer      {bare * 1000:6.0f} ms   {ours / bare:.2f}x "
            "(bar 1.3)"
        )
        ours, bare = _race(
            [muniment, "--config", config, "--database", database, "status"],
            [sys.executable, str(folder / "query_program.py"), database], args.runs,
        )  # fmt: skip
        print(
            f"muniment status    {ours * 1000:6.0f} ms   bare SQLAlchemy {bare * 1000:6.0f} ms   "
            f"{ours / bare:.2f}x (bar 1.5), {args.pages} pages"
        )


def _archive(folder: Path, count: int) -> tuple[str, str]:
    from datetime import UTC, datetime

    now, database = datetime.now(UTC), f"sqlite:///{folder}/muniment.db"
    upgrade(database)
    names = [f"source-{number}" for number in range(20)]
    with open_writable(database) as writer, writer.begin() as tx:
        tx.sync_sources([SourceRow(name, f"http://{name}.example/", "listing", True) for name in names], now)
        for name in names:
            tx.add_pages(
                [FoundPage(name, f"http://{name}.example/{n}.html", "page", 1) for n in range(count // len(names))], now
            )
    config = folder / "sources.yaml"
    sources = [{"id": name, "url": f"http://{name}.example/", "kind": "listing"} for name in names]
    config.write_text(json.dumps({"contact": "bench@example.org", "sources": sources}))
    return database, str(config)


def _race(first: list[str], second: list[str], runs: int) -> tuple[float, float]:
    taken: tuple[list[float], list[float]] = ([], [])
    for turn in range(runs + 1):
        for command, times in zip((first, second), taken, strict=True):
            begun = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True)
            if turn:  # the first pair warms the file cache
                times.append(time.perf_counter() - begun)
    return statistics.median(taken[0]), statistics.median(taken[1])


if __name__ == "__main__":
    main()
