"""An archive that grows from 10,000 to 100,000 documents with three versions each: what point queries and search cost.

    python -m benchmarks.archive_scale [--documents 10000 100000] [--database sqlite|postgres]

Everything is written through the writer's own door, text made by a seeded generator (Chinese words by Zipf's law).
Bars: a
point query grows no faster than a logarithm (ratio below 2 for ten times the documents); a two-character word, the
newest
20 hits with snippets, 1.1 ms on SQLite and 17 ms on Postgres. The limit beside it: the bare statement for the same
rows.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice

from sqlalchemy import text

from archive import Archive, Writer, open_archive, open_writable
from archive.database import on_postgres
from archive.diff import diff_contents
from archive.digest import document_id_of
from archive.records import ChangeKind, Content, Decision, Derivation, Facts, FoundPage, NewCapture, Revision, SourceRow
from benchmarks.postgres import postgres
from worker.contenthash import with_hash
from worker.migrate import upgrade

START = datetime(2020, 1, 1, tzinfo=UTC)
VERSIONS = 3
ON_A_PAGE = 20
"""documents that one capture shows, as a topic's page does"""
GROUP = 16
"""captures of one transaction"""


def main() -> None:
    """Fills, measures, fills on, measures, and prints the ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--database", choices=("sqlite", "postgres"), action="append")
    args = parser.parse_args()
    wanted = args.database or ["sqlite", "postgres"]
    if "sqlite" in wanted:
        with tempfile.TemporaryDirectory() as folder:
            _measure("SQLite", f"sqlite:///{folder}/scale.db", args.documents)
    if "postgres" in wanted:
        with postgres() as url:
            if url is not None:
                _measure("Postgres", url, args.documents)


def _measure(name: str, url: str, sizes: list[int]) -> None:
    upgrade(url)
    filler, figures = _Filler(), {}
    with open_writable(url) as writer:
        for size in sorted(sizes):
            begun, had = time.perf_counter(), filler.documents
            filler.fill(writer, size)
            spent = time.perf_counter() - begun
            _analyse(writer)
            made = (size - had) * VERSIONS
            print(
                f"{name}: {size} documents, {size * VERSIONS} versions; {spent / made * 1000:.2f} ms a version written"
            )
            with open_archive(url) as archive:
                figures[size] = _times(archive, url, filler)
    small, large = min(figures), max(figures)
    for what in figures[large]:
        line = "  ".join(f"{figures[size][what]:9.2f} ms at {size}" for size in sorted(figures))
        growth = figures[large][what] / figures[small][what]
        print(f"  {what:44} {line}   x{growth:.1f} for x{large // small}")


@dataclass(frozen=True, slots=True)
class _Words:
    """Words of two characters and how often each is used."""

    words: list[str]
    weights: list[float]

    @classmethod
    def made(cls, chance: random.Random, count: int = 6000) -> _Words:
        """Frequent characters make frequent words, as in real text."""
        words = {
            chr(0x4E00 + int(chance.paretovariate(0.4)) % 3500) + chr(0x4E00 + chance.randrange(3500))
            for _ in range(count)
        }
        ordered = sorted(words)
        chance.shuffle(ordered)
        return cls(ordered, [1 / (rank + 5) for rank in range(len(ordered))])

    def sentence(self, chance: random.Random) -> str:
        """Some words, perhaps a number, and a full stop."""
        said = "".join(chance.choices(self.words, self.weights, k=chance.randrange(6, 16)))
        return said + (f"{chance.randrange(1, 2000)}元" if chance.random() < 0.2 else "") + "。"


class _Filler:
    """Writes documents, each in three versions of which each changes one sentence."""

    def __init__(self) -> None:
        self.chance = random.Random(4)
        self.words = _Words.made(self.chance)
        self.sentences = [self.words.sentence(self.chance) for _ in range(30_000)]
        self.documents = 0
        self._minute = 0

    def fill(self, writer: Writer, size: int) -> None:
        """Up to `size` documents."""
        with writer.begin() as tx:
            tx.sync_sources([SourceRow("s", "http://scale.example/", "listing", True)], START)
        pages = iter(range(self.documents // ON_A_PAGE, -(-size // ON_A_PAGE)))
        while group := list(islice(pages, GROUP)):
            self._group(writer, group)
        self.documents = size

    def _group(self, writer: Writer, group: list[int]) -> None:
        said = {page: [self._content(page * ON_A_PAGE + n) for n in range(ON_A_PAGE)] for page in group}
        for number in range(VERSIONS):
            self._minute += 1
            with writer.begin() as tx:
                for page in group:
                    if number == 0:
                        tx.add_pages([FoundPage("s", f"http://scale.example/{page}", "page", 1)], START)
                    else:
                        said[page] = [self._edited(content) for content in said[page]]
                    found = tx.page_by_url(f"http://scale.example/{page}")
                    assert found is not None
                    at = START + timedelta(minutes=self._minute)
                    new = NewCapture(found.page_id, "s", found.url, found.url, at, "ok", 200, media_type="text/html")
                    capture = tx.record_capture(new, f"{page} {number}".encode())
                    decision = Decision(tuple(self._revisions(page, said[page], number)))
                    tx.record_decision(capture, Derivation(capture.capture_id, "scale", 1, "ok", at), decision, at)

    def _revisions(self, page: int, contents: list[Content], number: int) -> Iterator[Revision]:
        for n, content in enumerate(contents):
            document = page * ON_A_PAGE + n
            facts = Facts(f"http://scale.example/{page}#{n}", published_at=START + timedelta(minutes=document))
            change: ChangeKind = "changed" if number else "new"
            yield Revision(key(document), "notice", facts, content, "source", change)

    def _content(self, document: int) -> Content:
        paragraphs = ["".join(self.chance.choices(self.sentences, k=4)) for _ in range(self.chance.randrange(2, 9))]
        number = f"县办发〔{2000 + document % 26}〕{document}号"
        title = "关于" + self.chance.choice(self.sentences)[:12] + "的通知"
        return with_hash(Content("", title, "\n".join(paragraphs), {"document_number": number, "issuer": "县政府"}))

    def _edited(self, content: Content) -> Content:
        lines = content.text.split("\n")
        lines[self.chance.randrange(len(lines))] += self.chance.choice(self.sentences)
        return with_hash(replace(content, text="\n".join(lines)))


def key(document: int) -> str:
    """The key of the document with this number."""
    return f"page|scale/{document}"


def _times(archive: Archive, url: str, filler: _Filler) -> dict[str, float]:
    chance = random.Random(9)
    some = [document_id_of(key(chance.randrange(filler.documents))) for _ in range(64)]
    turn = iter(some * 1000)
    frequent, middle, rare = filler.words.words[3], filler.words.words[300], filler.words.words[3000]
    sentence = archive.document(some[0]).content.text.split("。")[0][:8]
    number = str(archive.document(some[1]).content.fields["document_number"])
    last = archive.last_seq()
    said = ", ".join(f"{_count(archive, word)} say {word}" for word in (frequent, middle, rare))
    print(f"  {filler.documents} documents: {said}")
    return {
        "open": _usual(lambda: open_archive(url).close(), 15),
        "current_documents by id": _usual(lambda: _sql(archive, _VIEW, next(turn))),
        "  the bare rows of it": _usual(lambda: _sql(archive, _BARE, next(turn))),
        "document": _usual(lambda: archive.document(next(turn))),
        "timeline": _usual(lambda: list(archive.versions(next(turn)))),
        "at a time": _usual(lambda: archive.at(next(turn), datetime(2030, 1, 1, tzinfo=UTC))),
        "diff of two versions": _usual(lambda: _diff(archive, next(turn))),
        "100 changes after": _usual(lambda: list(archive.changes_after(chance.randrange(last), 100))),
        "same_content": _usual(lambda: archive.same_content(next(turn))),
        "search, frequent word": _usual(lambda: archive.search(frequent), 25),
        "search, usual word": _usual(lambda: archive.search(middle), 25),
        "search, rare word": _usual(lambda: archive.search(rare), 25),
        "search, phrase": _usual(lambda: archive.search(f'"{sentence}"'), 25),
        "search, document number": _usual(lambda: archive.search(number), 25),
        "search, field": _usual(lambda: archive.search(f"document_number={number}"), 25),
        "search, all versions": _usual(lambda: archive.search_versions(rare), 25),
    }


_VIEW = "SELECT * FROM current_documents WHERE document_id = :d"
_BARE = """SELECT d.document_id, s.source_id, d.kind, d.url, c.title, c.text, d.version, c.content_hash, g.last_seen_at
FROM documents d JOIN contents c ON c.content_no = d.content_no JOIN sources s ON s.source_no = d.source_no
JOIN sightings g ON g.document_no = d.document_no WHERE d.document_id = :d"""


def _count(archive: Archive, word: str) -> int:
    """How many documents say this word now."""
    total, cursor = 0, None
    while True:
        page = archive.search(word, 10_000, cursor)
        total, cursor = total + len(page.hits), page.cursor
        if cursor is None:
            return total


def _sql(archive: Archive, statement: str, document_id: str) -> None:
    with archive.connect() as connection:
        assert len(connection.execute(text(statement), {"d": document_id}).all()) == 1


def _diff(archive: Archive, document_id: str) -> None:
    old, new = archive.version(document_id, 1), archive.version(document_id, VERSIONS)
    assert diff_contents(old.content, new.content)


def _analyse(writer: Writer) -> None:
    """As Postgres's autovacuum would; SQLite keeps no statistics in an archive."""
    if not on_postgres(writer.engine):
        return
    with writer.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


def _usual(run: Callable[[], object], times: int = 60) -> float:
    """Milliseconds that a quarter of so many runs stayed below: what the machine's other work adds is left out."""
    run()
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        run()
        taken.append(time.perf_counter() - begun)
    return statistics.quantiles(taken, n=4)[0] * 1000


if __name__ == "__main__":
    main()
