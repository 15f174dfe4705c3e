"""The whole walk, pages per second, beside Scrapy + trafilatura writing text to SQLite: same pages, same hosts, same
run.

    python -m benchmarks.walk [--pages FOLDER] [--count 400] [--repeat 1]

Bar: 3x the peer; a round over pages that did not change 1.5x our own first round.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.alone import COMMAND
from benchmarks.site import Site, generated, recorded, served

PEER = """
import sqlite3, sys, trafilatura, scrapy
from scrapy.crawler import CrawlerProcess

class Pages(scrapy.spiders.SitemapSpider):
    name = "pages"
    sitemap_urls = sys.argv[2:]
    def __init__(self, *a, **k):
        super().__init__(*a, **k)
        self.db = sqlite3.connect(sys.argv[1])
        self.db.execute("CREATE TABLE texts (url TEXT PRIMARY KEY, text TEXT)")
    def parse(self, response):
        text = trafilatura.extract(response.body, url=response.url) or ""
        with self.db:
            self.db.execute("INSERT OR REPLACE INTO texts VALUES (?, ?)", (response.url, text))

process = CrawlerProcess({"LOG_LEVEL": "ERROR", "CONCURRENT_REQUESTS": 32, "CONCURRENT_REQUESTS_PER_DOMAIN": 4,
                          "ROBOTSTXT_OBEY": False, "DOWNLOAD_DELAY": 0, "TELNETCONSOLE_ENABLED": False})
process.crawl(Pages)
process.start()
"""


def main() -> None:
    """Runs both on the same pages and prints the ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=Path, help="a folder with manifest.jsonl; without it, generated pages")
    parser.add_argument("--count", type=int, default=400)
    args = parser.parse_args()
    pages = recorded(args.pages) if args.pages else generated(args.count)
    pages = (pages * (args.count // len(pages) + 1))[: args.count]
    with served(pages) as site, tempfile.TemporaryDirectory() as folder:
        peer = _peer(site, Path(folder))
        first, second = _ours(site, Path(folder), "sqlite:///" + str(Path(folder) / "muniment.db"))
    print(f"pages                                   {len(pages)} on {len(site.hosts)} hosts")
    print(f"Scrapy + trafilatura -> SQLite          {len(pages) / peer:8.1f} pages/s")
    print(
        f"muniment, first round                   {len(pages) / first:8.1f} pages/s   {peer / first:.2f}x the peer "
        "(bar 3)"
    )
    print(
        f"muniment, round over unchanged pages    {len(pages) / second:8.1f} pages/s   {first / second:.2f}x our own "
        "(bar 1.5)"
    )


def _peer(site: Site, folder: Path) -> float:
    script = folder / "peer.py"
    script.write_text(PEER)
    seconds = _timed([sys.executable, str(script), str(folder / "peer.db"), *site.entries])
    import sqlite3

    stored = sqlite3.connect(folder / "peer.db").execute("SELECT count(*) FROM texts").fetchone()[0]
    if stored < site.pages:
        raise SystemExit(f"the peer stored {stored} of {site.pages} pages")
    return seconds


def _ours(site: Site, folder: Path, database: str) -> tuple[float, float]:
    sources = [{"id": f"host-{n}", "url": url, "kind": "sitemap"} for n, url in enumerate(site.entries)]
    defaults = {"politeness": {"gap": "0s", "parallel": 4, "robots": "ignore"}, "follow": {"pages": 100_000}}
    config = folder / "sources.yaml"
    config.write_text(json.dumps({
        "contact": "bench@example.org", "network": {"allow": ["127.0.0.0/8"]}, "defaults": defaults, "sources": sources,
    }))  # fmt: skip
    command = [*COMMAND, "--config", str(config), "--database", database, "poll", "--all"]
    first = _timed(command)
    import sqlite3

    stored = (
        sqlite3.connect(folder / "muniment.db")
        .execute("SELECT count(DISTINCT url) FROM capture_log WHERE outcome = 'ok'")
        .fetchone()[0]
    )
    if stored < site.pages:
        print(f"note: {stored} of {site.pages} pages were read as content", file=sys.stderr)
    return first, _timed(command)


def _timed(command: list[str]) -> float:
    begun = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ | {"NO_COLOR": "1"}, check=False)
    seconds = time.perf_counter() - begun
    if done.returncode not in (0, 4):
        raise SystemExit(f"{command[0]} exited with {done.returncode}: {done.stderr[-2000:]}")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(
        f"  {Path(command[0]).name}: {seconds:.1f} s, exit {done.returncode}, peak of all so far {peak:.0f} MB",
        file=sys.stderr,
    )
    return seconds


if __name__ == "__main__":
    main()
