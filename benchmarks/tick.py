"""One tick with 1,000,000 known pages of which 500 are due: SQLite and Postgres, and by which index.

    python -m benchmarks.tick [--pages 1000000] [--due 500]

Bar: 50 ms. The limit beside it: the same index scan as a bare SQL statement in the same run.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, text

from archive import open_writable
from archive.database import writing_engine
from archive.records import SourceRow
from archive.schema import memberships, pages
from archive.writing import Writer
from benchmarks.postgres import postgres
from worker.migrate import upgrade

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def main() -> None:
    """Fills an archive with pages and times the tick's question on both databases."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=1_000_000)
    parser.add_argument("--due", type=int, default=500)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        _measure("SQLite", f"sqlite:///{folder}/tick.db", args.pages, args.due)
    with postgres() as url:
        if url is not None:
            _measure("Postgres", url, args.pages, args.due)


def _measure(name: str, url: str, count: int, due: int) -> None:
    upgrade(url)
    with open_writable(url) as writer:
        with writer.begin() as tx:
            tx.sync_sources([SourceRow("s", "http://h0.example/", "listing", True)], NOW)
        _fill(url, count, due)
        tick = _median(lambda: _tick(writer, due))
        engine = writing_engine(url)
        bare = _median(lambda: _bare(engine, due))
    print(
        f"{name:9} {count:>9} pages, {due} due: tick {tick * 1000:6.1f} ms (bar 50); "
        f"bare index scan {bare * 1000:6.1f} ms; ratio {tick / bare:.1f}"
    )


def _fill(url: str, count: int, due: int) -> None:
    engine = writing_engine(url)
    step = 50_000
    for begun in range(0, count, step):
        rows = [_page(number, due, count) for number in range(begun, min(begun + step, count))]
        with engine.begin() as connection:
            connection.execute(pages.insert(), rows)
            connection.execute(
                memberships.insert(), [{"source_no": 1, "page_no": row["page_no"], "list_page": False} for row in rows]
            )
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    engine.dispose()


def _page(number: int, due: int, count: int) -> dict[str, object]:
    every = count // due
    when = NOW - timedelta(seconds=number % 997) if number % every == 0 else NOW + timedelta(seconds=60 + number)
    host = f"h{number % 1999}.example"
    return {
        "page_no": number + 10, "source_no": 1, "url": f"http://{host}/{number}",
        "urlkey": f"example,h{number % 1999})/{number}",
        "host": host, "kind": "page", "depth": 1, "entry": False, "list_page": False, "paused": False,
        "state": "active",
        "rank": 3, "found_at": NOW, "next_poll_at": when, "failures": 0, "polls_since_full": 0, "missing_polls": 0,
    }  # fmt: skip


def _tick(writer: Writer, due: int) -> None:
    with writer.begin() as tx:
        found = tx.due_pages(NOW, due, 32)
    assert len(found) == due, len(found)


def _bare(engine: Engine, due: int) -> None:
    with engine.connect() as connection:
        now = pages.c.next_poll_at.type.process_bind_param(NOW, connection.dialect)
        rows = connection.execute(
            text(
                "SELECT page_no, url, host FROM pages WHERE NOT paused AND state <> 'retired' "
                "AND next_poll_at <= :now ORDER BY next_poll_at LIMIT :due"
            ),
            {"now": now, "due": due},
        ).fetchall()  # fmt: skip
    assert len(rows) == due


def _median(run: Callable[[], None], times: int = 9) -> float:
    run()
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        run()
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken)


if __name__ == "__main__":
    main()
