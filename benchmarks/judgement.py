"""The judgement of change: false and missed versions, and CPU per capture beside parsing alone.

    python -m benchmarks.judgement [--visits 1000] [--histories DIR]

Our own pages: a county's statistics page and a forum's thread, each visited so often with only its chrome moving, then
with
one real change at a time. `--histories` plays recorded pages instead for the CPU figure: a folder for each page with
`meta.json` (`url`) and `<time>.html` in it. Bars: 0 false, 0 missed; 3x parsing alone.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from benchmarks.histories import History, play
from tests.support.moving import NEWS, PARAGRAPHS, ROWS, URL, County, Thread, moved

PAGE = County()
CHANGES: tuple[dict[str, object], ...] = (
    {"title": "Weekly case numbers of the county"},
    {"paragraphs": (PARAGRAPHS[0].replace("Thursday", "Friday"), *PARAGRAPHS[1:])},
    {"rows": (("North Ward", "119", "3"), *ROWS[1:])},
    {"rows": (ROWS[1], ROWS[0], ROWS[2])},
    {"notice": "The help desk is closed on 3 April because of a staff meeting of the whole office."},
    {"report": "/files/2024/figures-week-12b.pdf"},
    {"chart": "/charts/cases-week-13.png"},
    {"news": ((NEWS[0][0], "/news/2024/clinic-hours-corrected.html"), *NEWS[1:])},
    {"updated": "29 March 2024"},
)


def main() -> None:
    """Prints what was called a version and should not be, what was missed, and what it cost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--visits", type=int, default=1000)
    parser.add_argument("--histories", type=Path)
    args = parser.parse_args()
    print(
        f"county page: {_false(lambda seed: moved(PAGE, seed).html(), URL, args.visits)} false of {args.visits} visits"
    )
    thread = "http://bbs.example/thread-1-1-1.html"
    print(
        f"forum thread as a page: {_false(lambda seed: Thread(seed).html(), thread, args.visits)} false of "
        f"{args.visits}"
    )
    missed = [change for seed, change in enumerate(CHANGES) if not _found(seed, change)]
    print(f"real changes among moving chrome: {len(missed)} missed of {len(CHANGES)}")
    _cost(list(_recorded(args.histories) if args.histories else _own(args.visits)))


def _stamps() -> Iterator[str]:
    at = datetime(2024, 1, 1, tzinfo=UTC)
    while True:
        yield f"{at:%Y%m%dT%H%M%SZ}"
        at += timedelta(hours=1)


def _false(page: Callable[[int], str], url: str, visits: int) -> int:
    captures = [(stamp, page(seed).encode()) for seed, stamp in zip(range(visits), _stamps(), strict=False)]
    return Counter(play(url, captures).values())["version"] - 1


def _found(seed: int, change: dict[str, Any]) -> bool:
    changed = moved(replace(PAGE, **change), seed + 1)
    captures = list(zip(_stamps(), [moved(PAGE, seed).html().encode(), changed.html().encode()], strict=False))
    return list(play(URL, captures).values()) == ["version", "version"]


def _own(visits: int) -> Iterator[tuple[str, list[tuple[str, bytes]]]]:
    """A page whose chrome moves at every visit and whose figures at every fourth."""
    pages = (
        moved(replace(PAGE, rows=(("North Ward", str(100 + seed // 4), "3"), *ROWS[1:])), seed)
        for seed in range(visits)
    )
    yield URL, [(stamp, page.html().encode()) for stamp, page in zip(_stamps(), pages, strict=False)]


def _recorded(folder: Path) -> Iterator[tuple[str, list[tuple[str, bytes]]]]:
    for page in sorted(path for path in folder.iterdir() if (path / "meta.json").exists()):
        files = sorted(page.glob("*.html"))
        url = json.loads((page / "meta.json").read_text())["url"]
        yield url, [(path.stem, path.read_bytes()) for path in files]


def _cost(histories: list[tuple[str, list[tuple[str, bytes]]]]) -> None:
    """CPU of deciding beside CPU of parsing, interleaved capture by capture."""
    parsing = deciding = 0.0
    count, said = 0, Counter[str]()
    for url, captures in histories:
        history = History(url)
        for stamp, body in captures:
            begun = time.process_time()
            LexborHTMLParser(body.decode("utf-8", "replace"))
            parsed = time.process_time()
            history.take(stamp, body)
            parsing += parsed - begun
            deciding += time.process_time() - parsed
            count += 1
        said.update(history.said.values())
    print(f"{count} captures: {dict(said)}")
    ratio = deciding / parsing
    print(f"parse alone {1000 * parsing / count:.2f} ms, play {1000 * deciding / count:.2f} ms: {ratio:.1f}x (bar 3x)")


if __name__ == "__main__":
    main()
