"""Any page at 100,000 documents and 300,000 versions: how long a reader waits for it, on SQLite and on Postgres.

    python -m benchmarks.pages [--documents 100000] [--database sqlite|postgres]

Bars: every page 100 ms at the 95th percentile, search 150 ms. Asked through the application itself (routing, archive,
drawing), one after another, each address with other values every time. The rows are written straight into the tables:
the writer's own speed is measured by `archive_scale`. The limit beside it: the smallest page (the form to sign in).
"our CPU" is this process's own work: on a busy machine the wait says more of the others than of us.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import httpx
from sqlalchemy import Connection, insert, text

from archive import Archive, open_archive, open_writable
from archive.database import on_postgres
from archive.digest import document_id_of
from archive.schema import captures, changes, contents, documents, labels, pages, sightings, sources, versions
from archive.search.index import index_contents
from archive.search.tokens import field_token, tokens
from archive.web.app import application
from archive.web.settings import WebSettings
from benchmarks.archive_scale import _Words
from benchmarks.postgres import postgres
from worker.migrate import upgrade

START = datetime(2023, 1, 1, tzinfo=UTC)
ROUNDS = 3
"""versions of each document"""
STEP = timedelta(seconds=300)
BATCH = 2_000
TOPIC_POSTS = 5_000
"""posts of the one topic: documents 1 to 5000 of it, document 0 is the topic"""
TIMES = 40
PAGE_BAR, SEARCH_BAR = 100.0, 150.0


def main() -> None:
    """Fills, asks, prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--database", choices=("sqlite", "postgres"), action="append")
    parser.add_argument("--only", default="", help="only pages whose name contains this")
    parser.add_argument("--keep", help="URL of an archive to fill, or one that an earlier run filled")
    args = parser.parse_args()
    if args.keep:
        _measure("kept", args.keep, args.documents, args.only)
        return
    wanted = args.database or ["sqlite", "postgres"]
    if "sqlite" in wanted:
        with tempfile.TemporaryDirectory() as folder:
            _measure("SQLite", f"sqlite:///{folder}/pages.db", args.documents, args.only)
    if "postgres" in wanted:
        with postgres() as url:
            if url is not None:
                _measure("Postgres", url, args.documents, args.only)


def _measure(name: str, url: str, size: int, only: str) -> None:
    filler = _Filler(size)
    upgrade(url)
    with open_writable(url) as writer:
        with writer.engine.begin() as connection:
            filled = connection.scalar(text("SELECT count(*) FROM documents"))
        if not filled:
            filler.fill(writer.engine)
        if on_postgres(writer.engine):  # as its autovacuum would; SQLite keeps no statistics in an archive
            with writer.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("ANALYZE"))
    print(f"{name}: {size} documents, {size * ROUNDS} versions")
    with open_archive(url) as archive:
        asyncio.run(_asked(url, [one for one in _addresses(archive, filler) if only in one[0]]))


async def _asked(url: str, asked: list[tuple[str, float, Callable[[], str]]]) -> None:
    app = application(lambda: open_archive(url), WebSettings(), lambda: filler_end)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as browser:
        for what, bar, address in asked:
            (await browser.get(address())).raise_for_status()
            taken, worked = [], []
            for _ in range(TIMES):
                wanted = address()
                begun, busy = time.perf_counter(), time.process_time()
                answer = await browser.get(wanted)
                taken.append((time.perf_counter() - begun) * 1000)
                worked.append((time.process_time() - busy) * 1000)
                answer.raise_for_status()
            p95, middle = statistics.quantiles(taken, n=20)[-1], statistics.median(taken)
            over = "  OVER" if bar and p95 > bar else ""
            cpu = statistics.quantiles(worked, n=20)[-1]
            line = f"  {what:44} {middle:7.1f} ms, p95 {p95:7.1f} ms (our CPU {cpu:6.1f}), bar {bar:3.0f}{over}"
            print(line, flush=True)
    app.close()


filler_end = START


def _addresses(archive: Archive, filler: _Filler) -> Iterator[tuple[str, float, Callable[[], str]]]:
    global filler_end
    chance, words = random.Random(9), filler.words.words
    last = archive.last_seq()
    filler_end = START + STEP * last

    def some(form: str, bar: float = PAGE_BAR) -> tuple[float, Callable[[], str]]:
        def address() -> str:
            return form.format(
                before=chance.randrange(1000, last), word=quote(words[chance.randrange(5, 400)]),
                rare=quote(words[chance.randrange(2000, 5000)]), source=f"s{chance.randrange(18)}",
                day=f"{START + STEP * chance.randrange(last):%Y-%m-%d}", number=chance.randrange(filler.size),
                document=document_id_of(f"page|bench/{chance.randrange(filler.size)}"),
                topic=document_id_of("page|bench/0"), version=chance.randrange(1, ROUNDS + 1),
                page=chance.randrange(1, min(TOPIC_POSTS, filler.size // 2) // 20), seq=chance.randrange(1, last),
            )  # fmt: skip

        return bar, address

    yield ("  the form to sign in", *some("/login", 0))
    yield ("changes, newest", *some("/changes"))
    yield ("changes, further back", *some("/changes?before={before}"))
    yield ("changes of a source", *some("/changes?source={source}&before={before}"))
    yield ("changes of a source that is rarely heard of", *some("/changes?source=rare"))
    yield ("changes of a tag", *some("/changes?tag=few&before={before}"))
    yield ("changes of one kind", *some("/changes?kind=gone&before={before}"))
    yield ("silent edits", *some("/changes?silent=1&before={before}"))
    yield ("silent edits of a source", *some("/changes?silent=1&source={source}"))
    yield ("silent edits of a source since a day", *some("/changes?silent=1&source={source}&since={day}"))
    yield ("changes of a field nobody has", *some("/changes?field=validity&before={before}"))
    yield ("changes of a type nobody has", *some("/changes?type=file"))
    yield ("changes of a day", *some("/changes?since={day}&until={day}"))
    yield ("changes since a day", *some("/changes?since={day}"))
    yield ("changes with a usual word", *some("/changes?word={word}&before={before}", SEARCH_BAR))
    yield ("changes with a rare word", *some("/changes?word={rare}", SEARCH_BAR))
    yield ("search, usual word", *some("/search?q={word}", SEARCH_BAR))
    yield ("search, two words", *some("/search?q={word}+{rare}", SEARCH_BAR))
    yield ("search, rare word in a source", *some("/search?q={rare}&source={source}", SEARCH_BAR))
    yield ("search, usual word in a rare source", *some("/search?q={word}&source=rare", SEARCH_BAR))
    yield ("search, filters only", *some("/search?source={source}&kind=notice", SEARCH_BAR))
    yield ("search, filters only, a rare source", *some("/search?source=rare", SEARCH_BAR))
    yield ("search, filters only, of nobody", *some("/search?q=author%3Anobody", SEARCH_BAR))
    yield ("search, every version, few documents", *some("/search?q={word}&source=few&versions=1", SEARCH_BAR))
    yield ("search, every version, usual word", *some("/search?q={word}&versions=1", SEARCH_BAR))
    yield ("search, every version, rare word", *some("/search?q={rare}&versions=1", SEARCH_BAR))
    yield ("a document", *some("/documents/{document}"))
    yield ("a document in one version", *some("/documents/{document}?version={version}"))
    yield ("a document as it was on a day", *some("/documents/{document}?at=2023-12-31"))
    yield ("two versions compared", *some("/documents/{document}/compare?from=1&to=3"))
    yield ("two versions side by side", *some("/documents/{document}/compare?from=1&to=3&view=side&whole=1"))
    yield ("a page of a topic of 5000 posts", *some("/topics/{topic}?page={page}"))
    yield ("the same as it stood on a day", *some("/topics/{topic}?page={page}&at=2023-12-31"))
    yield ("a capture", *some("/captures/{seq}"))
    yield ("a page with every capture there is", *some("/pages/1"))
    yield ("the sources", *some("/sources"))
    yield ("a source", *some("/sources/{source}"))
    yield ("the archive, counted once a minute", *some("/archive"))
    yield from _api(some)


def _api(some: Callable[..., tuple[float, Callable[[], str]]]) -> Iterator[tuple[str, float, Callable[[], str]]]:
    base = "/api/v1"
    for what, address, bar in (
        ("API: changes after a number", "/changes?since={before}", PAGE_BAR),
        ("API: changes after a number, of a source", "/changes?since={before}&source={source}", PAGE_BAR),
        ("API: changes after a number, rare source", "/changes?since={before}&source=rare", PAGE_BAR),
        ("API: changes after a number, with a word", "/changes?since={before}&word={rare}", SEARCH_BAR),
        ("API: changes, newest", "/changes", PAGE_BAR),
        ("API: documents", "/documents?limit=50", PAGE_BAR),
        ("API: documents of a source", "/documents?source_id={source}", PAGE_BAR),
        ("API: documents of a source, newest", "/documents?source_id={source}&order=newest", PAGE_BAR),
        ("API: documents that are gone", "/documents?state=gone", PAGE_BAR),
        ("API: documents of a kind nobody has", "/documents?kind=list", PAGE_BAR),
        ("API: a document", "/documents/{document}", PAGE_BAR),
        ("API: a document by its URL", "/documents?url=http://bench.example/{number}", PAGE_BAR),
        ("API: versions of a document", "/documents/{document}/versions", PAGE_BAR),
        ("API: a version at a time", "/documents/{document}/at?at=2030-01-01", PAGE_BAR),
        ("API: a difference", "/documents/{document}/diff", PAGE_BAR),
        ("API: changes of a document", "/documents/{document}/changes", PAGE_BAR),
        ("API: who says the same", "/documents/{document}/same", PAGE_BAR),
        ("API: notices of a source", "/notices?source_id={source}", PAGE_BAR),
        ("API: notices by a number", "/notices?document_number=none&source_id={source}", PAGE_BAR),
        ("API: topics", "/topics", PAGE_BAR),
        ("API: captures", "/captures", PAGE_BAR),
        ("API: captures of a source", "/captures?source_id=rare", PAGE_BAR),
        ("API: captures of a page", "/captures?page_id=1", PAGE_BAR),
        ("API: sources", "/sources", PAGE_BAR),
        ("API: pages", "/pages", PAGE_BAR),
        ("API: incidents", "/incidents", PAGE_BAR),
        ("API: the whole, counted once a minute", "/stats", PAGE_BAR),
        ("API: search, usual word", "/search?q={word}", SEARCH_BAR),
        ("API: search, every version, rare word", "/search?q={rare}&versions=1", SEARCH_BAR),
    ):
        yield (what, *some(base + address, bar))
    yield ("feed of everything", *some("/feeds/changes.atom", PAGE_BAR))
    yield ("feed of a source", *some("/feeds/sources/{source}.atom", PAGE_BAR))
    yield ("feed of a search", *some("/feeds/search.atom?q={rare}", SEARCH_BAR))


class _Filler:
    """Documents of twenty sources in three rounds: all new, then each edited twice; some edits silent, some gone."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.chance = random.Random(4)
        self.words = _Words.made(self.chance)
        self.sentences = [self.words.sentence(self.chance) for _ in range(30_000)]
        self.said: dict[int, tuple[str, str]] = {}
        self.found = {sentence: frozenset(tokens(sentence)) for sentence in self.sentences}
        """no token reaches beyond a sentence's full stop"""
        self.held: dict[int, set[str]] = {}

    def fill(self, engine: Any) -> None:
        """Everything, a few thousand rows a transaction."""
        with engine.begin() as connection:
            self._sources(connection)
        for number in range(ROUNDS):
            for first in range(0, self.size, BATCH):
                with engine.begin() as connection:
                    self._batch(connection, number, range(first, min(first + BATCH, self.size)))
        with engine.begin() as connection:
            posts = {"last": 1 + min(TOPIC_POSTS, self.size // 2)}
            connection.execute(text("UPDATE documents SET kind = 'topic' WHERE document_no = 1"))
            connection.execute(
                text(
                    "UPDATE documents SET kind = 'post', parent_no = 1, floor = document_no - 1 "
                    "WHERE document_no BETWEEN 2 AND :last"
                ),
                posts,
            )

    def _sources(self, connection: Connection) -> None:
        connection.execute(insert(labels), {"label_no": 1, "label": "bench"})
        names = [*(f"s{number}" for number in range(18)), "few", "rare"]
        for number, name in enumerate(names, 1):
            tags = json.dumps([name] if name == "few" else ["many"])
            row = {"source_no": number, "source_id": name, "url": f"http://{name}.example/", "kind": "listing"}
            connection.execute(
                insert(sources), {**row, "enabled": True, "tags": tags, "settings": "{}", "added_at": START}
            )
        connection.execute(
            insert(pages),
            {
                "page_no": 1, "source_no": 1, "url": "http://s0.example/", "urlkey": "example,s0)/",
                "host": "s0.example", "kind": "listing", "depth": 0, "entry": True, "list_page": False, "paused": False,
                "state": "active", "rank": 0, "found_at": START, "next_poll_at": START, "failures": 0,
                "polls_since_full": 0, "missing_polls": 0,
            },
        )  # fmt: skip

    def _source(self, document: int) -> int:
        return 20 if document % 20_000 == 7 else 19 if document % 100 == 3 else 1 + document % 18

    def _batch(self, connection: Connection, number: int, some: range) -> None:
        found_by: dict[int, str] = {}
        content_rows, version_rows, change_rows, capture_rows, document_rows, sighting_rows = [], [], [], [], [], []
        for document in some:
            place = number * self.size + document + 1
            at, fields = START + STEP * place, {"issuer": "县政府", "document_number": f"县办发〔{document}〕号"}
            old = self.said.get(document)
            title, said = self._says(document, old)
            self.said[document] = (title, said)
            if old is None:
                self.held[document] |= tokens("\n".join([title, *fields.values()]))
                self.held[document] |= {field_token(name, value) for name, value in fields.items()}
            found_by[place] = " ".join(sorted(self.held[document]))
            url = f"http://bench.example/{document}"
            capture_rows.append({
                "capture_no": place, "page_no": 1, "source_no": self._source(document), "fetched_at": at,
                "outcome": "ok", "status": 200, "url": url,
            })  # fmt: skip
            content_rows.append({
                "content_no": place, "content_hash": f"c1:{place:064x}", "title": title, "text": said,
                "fields": json.dumps(fields, ensure_ascii=False), "attachments": None, "images": None, "margin": None,
            })  # fmt: skip
            version_rows.append({
                "document_no": document + 1, "number": number + 1, "content_no": place, "cause": "source",
                "captured_at": at, "capture_no": place, "extractor_no": 1, "extractor_revision": 1, "url": url,
                "published_at": START,
            })  # fmt: skip
            kind = "new" if old is None else "gone" if document % 400 == 9 and number == 2 else "changed"
            silent, edit = document % 50 == number, None
            if old is not None:
                edit = json.dumps({"text": [old[1][-300:], said[-300:]]}, ensure_ascii=False)
            nature = {"silent": silent, "share": 0.1, "only": None, "parts": ["body"]}
            change_rows.append({
                "seq": place, "at": at, "kind": kind, "document_no": document + 1, "document_kind": "notice",
                "title": title, "url": url, "version": number + 1, "previous_version": number or None,
                "cause": "source", "capture_no": place, "fields": edit if kind == "changed" else None,
                "nature": json.dumps(nature, separators=(",", ":")) if kind == "changed" else None,
            })  # fmt: skip
            if number == 0:
                document_rows.append({
                    "document_no": document + 1, "document_id": document_id_of(f"page|bench/{document}"),
                    "key": f"page|bench/{document}", "kind": "notice", "source_no": self._source(document),
                    "state": "present", "first_seen_at": at, "version": 1, "extractor": "bench",
                    "extractor_revision": 1, "url": url, "published_at": START,
                })  # fmt: skip
                sighting_rows.append({
                    "document_no": document + 1, "page_no": 1, "capture_no": place, "last_seen_at": at,
                    "last_checked_at": at, "missing_polls": 0,
                })  # fmt: skip
        connection.execute(insert(captures), capture_rows)
        connection.execute(insert(contents), content_rows)
        if document_rows:
            connection.execute(insert(documents), document_rows)
            connection.execute(insert(sightings), sighting_rows)
        connection.execute(insert(versions), version_rows)
        connection.execute(insert(changes), change_rows)
        index_contents(connection, dict(zip(found_by, content_rows, strict=True)), found_by)
        heads = (
            "UPDATE documents SET version = :round, content_no = document_no + :shift, "
            "capture_no = document_no + :shift, captured_at = first_seen_at "
            "WHERE document_no BETWEEN :first AND :last"
        )
        shift = number * self.size
        connection.execute(
            text(heads), {"round": number + 1, "shift": shift, "first": some[0] + 1, "last": some[-1] + 1}
        )

    def _says(self, document: int, old: tuple[str, str] | None) -> tuple[str, str]:
        if old is not None:
            more = self.chance.choice(self.sentences)
            self.held[document] |= self.found[more]
            return old[0], old[1] + more
        chosen = [self.chance.choices(self.sentences, k=4) for _ in range(self.chance.randrange(2, 9))]
        self.held[document] = {token for some in chosen for sentence in some for token in self.found[sentence]}
        paragraphs = ["".join(some) for some in chosen]
        return "关于" + self.chance.choice(self.sentences)[:12] + "的通知", "\n".join(paragraphs)


if __name__ == "__main__":
    main()
