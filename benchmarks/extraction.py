"""Reading pages: CPU time per page beside the peers, interleaved in one run on the same pages.

    python -m benchmarks.extraction [--pages FOLDER] [--count 300]

FOLDER holds *.html (any depth); without it the project's own golden pages are read. Measured: parsing alone with
Lexbor;
`main_text`, the learned block reader; `read`, every field of a page; trafilatura, resiliparse and readability as they
come. Bar: main_text costs at most resiliparse. CPU time of this process, so that a busy machine disturbs all alike.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from benchmarks.adapters import main_text, read

OWN = Path(__file__).parents[1] / "tests" / "pages"
Reader = Callable[[bytes], object]


def readers() -> dict[str, Reader]:
    """Every reader that is installed, by name."""
    from selectolax.lexbor import LexborHTMLParser

    url = "http://www.example/page.html"
    found: dict[str, Reader] = {
        "parse alone (Lexbor)": lambda body: LexborHTMLParser(body.decode("utf-8", "replace")),
        "main_text": lambda body: main_text(body, url),
        "read": lambda body: read(body, url),
    }
    try:
        from resiliparse.extract.html2text import extract_plain_text

        found["resiliparse"] = lambda body: extract_plain_text(body.decode("utf-8", "replace"), main_content=True)
    except ImportError:
        print("resiliparse is not installed: left out")
    try:
        import trafilatura

        found["trafilatura"] = lambda body: trafilatura.extract(body, url=url)
    except ImportError:
        print("trafilatura is not installed: left out")
    try:
        from readability import Document

        found["readability"] = lambda body: Document(body.decode("utf-8", "replace")).summary()
    except ImportError:
        print("readability-lxml is not installed: left out")
    return found


def measure(bodies: list[bytes], found: dict[str, Reader]) -> dict[str, list[float]]:
    """CPU milliseconds of every reader for every page; a reader that fails on a page costs what it took to fail."""
    spent: dict[str, list[float]] = {name: [] for name in found}
    for number, body in enumerate([*bodies[:3], *bodies]):
        for name, reader in found.items():
            began = time.process_time()
            with suppress(Exception):  # a peer's failure is its own; ours show in the tests
                reader(body)
            if number >= 3:  # the first pages only warm up
                spent[name].append((time.process_time() - began) * 1000)
    return spent


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=Path, default=OWN)
    parser.add_argument("--count", type=int, default=300)
    options = parser.parse_args()
    files = sorted(options.pages.rglob("*.html"))
    step = max(len(files) // options.count, 1)
    bodies = [path.read_bytes() for path in files[::step][: options.count]]
    print(f"{len(bodies)} pages, {sum(map(len, bodies)) / max(len(bodies), 1) / 1024:.0f} KiB each on average")
    spent = measure(bodies, readers())
    parse = statistics.median(spent["parse alone (Lexbor)"])
    limit = statistics.median(spent["resiliparse"]) if "resiliparse" in spent else None
    print(f"{'reader':22}{'median ms':>10}{'mean ms':>10}{'pages/s':>10}{'x parse':>9}{'x resiliparse':>15}")
    for name, times in spent.items():
        middle = statistics.median(times)
        beside = f"{middle / limit:15.2f}" if limit else f"{'-':>15}"
        mean = statistics.fmean(times)
        print(f"{name:22}{middle:10.2f}{mean:10.2f}{1000 / mean:10.0f}{middle / parse:9.1f}{beside}")
    if limit:
        ours = statistics.median(spent["main_text"])
        print(f"main_text costs {ours / limit:.2f} of resiliparse (bar 1.00): {'met' if ours <= limit else 'not met'}")


if __name__ == "__main__":
    main()
