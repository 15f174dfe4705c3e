"""What a page's history costs: our bytes beside WARC.gz and a packed git repository, on the same captures in the same
run.

    python -m benchmarks.payloads [FOLDER] [--pages 6]

FOLDER holds a folder for each page, with files named by their time (20240131T080000Z.html) and a `meta.json` with its
`url`; without it, histories are made by the script. Rows and indexes are told twice: what each capture of the second
half adds, and what the archive costs before its first; in a small archive the one hides the other. Bars: compressed
payloads at most 0.83 of git; rows and indexes of a capture at most 260 bytes; any version within 25 ms (p95); 0.2 ms to
verify one. Texts, versions and search index are told beside them.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import random
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select, text

from archive import Archive, open_archive, open_writable
from archive.database import on_postgres
from archive.importing.folder import time_of
from archive.schema import captures, payloads, versions
from archive.verify import verify
from benchmarks.adapters import store
from benchmarks.postgres import postgres
from worker.importing import derive_imported
from worker.migrate import upgrade

ACCESSES = 400
Captured = tuple[str, datetime, bytes]


def main() -> None:
    """Stores the same histories four times and prints bytes and ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--pages", type=int, help="only the first so many pages")
    parser.add_argument("--no-git", action="store_true", help="leave the slow peer out")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        taken = list(_histories(args.folder, args.pages) if args.folder else _made(args.pages or 8))
        distinct = {hashlib.sha256(body).digest(): body for _, _, body in taken}
        count = len(distinct)
        print(f"{len(taken)} captures of {len({url for url, _, _ in taken})} pages, {count} distinct payloads")
        warc = sum(len(gzip.compress(b"HTTP/1.1 200 OK\r\n\r\n" + body, 9)) for body in distinct.values())
        print(f"{'WARC.gz':28} {warc / count:9.0f} bytes a payload")
        git = None if args.no_git else _git(taken, Path(scratch))
        if git is not None:
            print(f"{'git gc --aggressive':28} {git / count:9.0f}")
        _ours("SQLite", f"sqlite:///{scratch}/archive.db", taken, git, warc)
        with postgres() as url:
            if url is not None:
                _ours("Postgres", url, taken, git, warc)


def _ours(name: str, url: str, taken: list[Captured], git: int | None, warc: int) -> None:
    upgrade(url)
    with open_archive(url) as archive:
        empty = _beside_payloads(archive)
    begun, used = time.perf_counter(), time.process_time()
    half = len(taken) // 2
    _store(url, taken[:half])
    with open_archive(url) as archive:
        at_half, stored_half = _beside_payloads(archive), _captures(archive)
    _store(url, taken[half:])
    spent, used = time.perf_counter() - begun, time.process_time() - used
    with open_archive(url) as archive:
        with archive.connect() as connection:
            sums = select(func.coalesce(func.sum(func.length(payloads.c.data)), 0), func.count()).select_from(payloads)
            kept, count = (int(number) for number in connection.execute(sums).one())
            depth = connection.scalar(select(func.max(payloads.c.depth)))
        beside_them, stored = _beside_payloads(archive), _captures(archive)
        each = (beside_them - at_half) / max(stored - stored_half, 1)
        beside = f"   {kept / warc:.3f} of WARC.gz" + (f", {kept / git:.3f} of git (bar 0.83)" if git else "")
        print(f"{name:28} {kept / count:9.0f}{beside}; chains up to {depth}")
        print(f"  rows and indexes           {each:9.0f} bytes a capture (bar 260), second half of them")
        print(f"    of this archive          {(beside_them - empty) / stored:9.0f} bytes a capture, all it grew by")
        print(f"    before the first capture {at_half - each * stored_half:9.0f} bytes, {empty} of them when empty")
        print(f"  put and compact            {used / stored * 1000:9.2f} ms CPU a capture, {spent:.0f} s in all")
        _access(archive)
        begun = time.perf_counter()
        found = verify(archive)
        spent = (time.perf_counter() - begun) / count * 1000
        assert not found.damage, found.damage[:3]
        print(f"  verify                     {spent:9.2f} ms a payload (bar 0.2)")
    _derived(url)


def _derived(url: str) -> None:
    """What reading all captures adds: the texts, the index of their tokens, and versions with all that names them."""
    with open_writable(url) as writer, open_archive(url) as archive:
        before = _by_table(archive)
        with archive.connect() as connection:
            pages = sorted(connection.scalars(select(captures.c.page_no).distinct()))
        derive_imported(archive, writer, {}, pages)
        after = _by_table(archive)
        with archive.connect() as connection:
            made = connection.scalar(select(func.count()).select_from(versions)) or 1
    grown = {table: size - before.get(table, 0) for table, size in after.items()}
    searched = sum(size for table, size in grown.items() if table.startswith("search"))
    texts = grown["contents"]
    rest = sum(grown.values()) - texts - searched
    print(
        f"  beside it, for each of {made} versions: {texts / made:.0f} bytes of texts, {searched / made:.0f} of search "
        f"index, {rest / made:.0f} of versions, changes and derivations"
    )


def _by_table(archive: Archive) -> dict[str, int]:
    """Bytes of each table with its indexes."""
    with archive.connect() as connection:
        if on_postgres(connection):
            asked = (
                "SELECT relname, pg_total_relation_size(oid) FROM pg_class "
                "WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
            )
        else:
            asked = "SELECT m.tbl_name, sum(s.pgsize) FROM dbstat s JOIN sqlite_master m USING (name) GROUP BY 1"
        return {name: int(size) for name, size in connection.exec_driver_sql(asked)}


def _store(url: str, taken: list[Captured]) -> None:
    store(url, ((page, f"{at:%Y-%m-%dT%H:%M:%SZ}", body) for page, at, body in taken))


def _captures(archive: Archive) -> int:
    with archive.connect() as connection:
        return connection.scalar(select(func.count()).select_from(captures)) or 0


def _beside_payloads(archive: Archive) -> int:
    """Bytes of the whole archive but for the compressed payloads in it."""
    with archive.connect() as connection:
        kept = connection.scalar(select(func.coalesce(func.sum(func.length(payloads.c.data)), 0)))
    return _file_bytes(archive) - int(kept or 0)


def _file_bytes(archive: Archive) -> int:
    with archive.connect() as connection:
        if on_postgres(connection):
            return int(connection.scalar(text("SELECT pg_database_size(current_database())")) or 0)
        pages = connection.scalar(text("PRAGMA page_count")) or 0
        return int(pages) * int(connection.scalar(text("PRAGMA page_size")) or 0)


def _access(archive: Archive) -> None:
    with archive.connect() as connection:
        stored = connection.scalars(select(payloads.c.digest).order_by(payloads.c.payload_no))
        digests = [bytes(digest).hex() for digest in stored]
    chance, taken = random.Random(3), []
    for digest in chance.choices(digests, k=ACCESSES):
        begun = time.perf_counter()
        body = archive.payload(digest)
        taken.append(time.perf_counter() - begun)
        assert hashlib.sha256(body).hexdigest() == digest
    p95 = statistics.quantiles(taken, n=20)[-1]
    print(f"  any version                {statistics.median(taken) * 1000:9.2f} ms, p95 {p95 * 1000:.2f} ms (bar 25)")


def _git(taken: list[Captured], scratch: Path) -> int | None:
    """Bytes of the pack of a repository with one commit for each capture."""
    folder = scratch / "git"
    try:
        subprocess.run(["git", "init", "-q", str(folder)], check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"left out: git ({error})")
        return None
    files = {url: f"{number}.html" for number, url in enumerate(dict.fromkeys(url for url, _, _ in taken))}
    lines: list[bytes] = []
    for url, at, body in sorted(taken, key=lambda capture: capture[1]):
        stamp = f"{int(at.timestamp())} +0000"
        lines.append(f"commit refs/heads/main\ncommitter a <a@example.org> {stamp}\ndata 1\n.\n".encode())
        lines.append(f"M 100644 inline {files[url]}\ndata {len(body)}\n".encode() + body + b"\n")
    subprocess.run(["git", "-C", str(folder), "fast-import", "--quiet"], input=b"".join(lines), check=True)
    subprocess.run(["git", "-C", str(folder), "gc", "--aggressive", "--quiet", "--prune=now"], check=True)
    return sum(path.stat().st_size for path in folder.rglob("*.pack"))


def _histories(folder: Path, pages: int | None) -> Iterator[Captured]:
    found = [path for path in sorted(folder.iterdir()) if (path / "meta.json").exists()]
    for path in found[:pages]:
        # one page each: a history without an address is not another one's
        url = json.loads((path / "meta.json").read_text("utf-8"))["url"] or f"http://{path.name}.example/"
        for file in sorted(path.iterdir()):
            if file.suffix != ".json" and (at := time_of(file.name)) is not None:
                yield url, at, file.read_bytes()


def _made(pages: int) -> Iterator[Captured]:
    """Pages with a template, a text that is edited now and then, and a counter and a token that change each time."""
    chance = random.Random(1)
    for number in range(pages):
        template = "".join(
            f'<li class="m{n}"><a href="/c{chance.randrange(999)}/">栏目{n}</a></li>\n' for n in range(200)
        )
        lines = [_sentence(chance) for _ in range(120)]
        for day in range(80):
            if chance.random() < 0.3:
                lines[chance.randrange(len(lines))] = _sentence(chance)
            body = "".join(f"<p>{line}</p>\n" for line in lines)
            page = (
                f"<html><ul>{template}</ul>{body}<i>{chance.randrange(10**6)} views {chance.getrandbits(128):032x}</i>"
                "</html>"
            )
            yield f"http://made.example/{number}", datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=day), page.encode()


def _sentence(chance: random.Random) -> str:
    return "".join(chr(0x4E00 + int(chance.paretovariate(0.5)) % 3000) for _ in range(chance.randrange(20, 80)))


if __name__ == "__main__":
    main()
