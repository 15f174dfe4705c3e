"""The index of tokens: FTS5 without content on SQLite, a GIN index over token lists on Postgres; the same answers.

index_contents    called by the transaction that stores a content: version and index are lasting together
rebuild, damage   made again from contents, and compared with them
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from sqlalchemy import BigInteger, Connection, Text, bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import DBAPIError

from archive.database import on_postgres
from archive.schema import contents
from archive.search import leaves
from archive.search.words import tokens_of
from archive.statement import Statement

BATCH = 500
"""contents that are indexed at once when the index is made again"""

_ADD_FTS = Statement(text("INSERT INTO search(rowid, tokens) VALUES (:content_no, :tokens)"))
_DROP_FTS = text("INSERT INTO search(search, rowid, tokens) VALUES ('delete', :content_no, :tokens)")
_EMPTY_FTS = text("INSERT INTO search(search) VALUES ('delete-all')")
_ADD_GIN = Statement(
    text(
        "INSERT INTO search(content_no, tokens) SELECT number, array_to_tsvector(string_to_array(said, ' ')) "
        "FROM unnest(:numbers, :said) AS added(number, said)"
    ).bindparams(bindparam("numbers", type_=ARRAY(BigInteger)), bindparam("said", type_=ARRAY(Text)))
)
_DROP_GIN = text("DELETE FROM search WHERE content_no = :content_no")
_EMPTY_GIN = text("DELETE FROM search")
_SAME_GIN = text(
    "SELECT tokens = array_to_tsvector(CAST(:tokens AS text[])) FROM search WHERE content_no = :content_no"
)

_STRANGE_GIN = text(
    "SELECT content_no FROM search WHERE NOT EXISTS (SELECT 1 FROM contents c WHERE c.content_no = search.content_no)"
)

INDEXED = ("title", "text", "fields", "attachments", "images", "margin")
_ALL = (
    select(contents.c.content_no, *(contents.c[name] for name in INDEXED))
    .where(contents.c.content_no > bindparam("after"))
    .order_by(contents.c.content_no)
    .limit(bindparam("rows"))
)


def index_contents(
    connection: Connection, rows: Mapping[int, Mapping[Any, Any]], prepared: Mapping[int, str] | None = None
) -> None:  # fmt: skip
    """Makes contents findable, by number; `rows` hold the columns of `contents` as they are stored, `prepared` their
    tokens where they are known already."""
    ready = prepared or {}
    said = {
        number: ready[number] if number in ready else " ".join(sorted(tokens_of(row))) for number, row in rows.items()
    }
    if on_postgres(connection):
        if said:
            _ADD_GIN.run(connection, {"numbers": list(said), "said": list(said.values())})
    else:
        found = [{"content_no": number, "tokens": tokens} for number, tokens in said.items() if tokens]
        _ADD_FTS.run_each(connection, found)


def forget_content(connection: Connection, content_no: int, row: Mapping[Any, Any]) -> None:
    """Takes a content out of the index, before it is removed from `contents`."""
    if on_postgres(connection):
        connection.execute(_DROP_GIN, {"content_no": content_no})
    elif said := sorted(tokens_of(row)):
        connection.execute(_DROP_FTS, {"content_no": content_no, "tokens": " ".join(said)})


def rebuild(connection: Connection, progress: Callable[[int], None] = lambda done: None) -> int:
    """Makes the whole index anew, in one transaction with `connection`; how many contents it holds."""
    connection.execute(_EMPTY_GIN if on_postgres(connection) else _EMPTY_FTS)
    done = 0
    for rows in _batches(connection):
        index_contents(connection, {row["content_no"]: row for row in rows})
        done += len(rows)
        progress(done)
    return done


def damage(connection: Connection) -> Iterator[tuple[int, str | None]]:
    """(number of a content, None or what is wrong with its place in the index), for every content; 0 for what belongs
    to none."""
    if on_postgres(connection):
        for row in _rows(connection):
            said = {"content_no": row["content_no"], "tokens": sorted(tokens_of(row))}
            held = connection.scalar(_SAME_GIN, said)
            wrong = _MISSING if held is None else _OTHER
            yield row["content_no"], None if held else wrong
        yield from ((number, _STRANGE) for number in connection.scalars(_STRANGE_GIN))
        return
    wanted: dict[int, int] = {}
    filled = counted = 0
    for row in _rows(connection):
        found_in = tokens_of(row)
        wanted[row["content_no"]] = _sum(found_in)
        filled, counted = filled + bool(found_in), counted + len(found_in)
    try:
        sums = _held(connection, wanted)
    except DBAPIError as error:
        sums = {}
        yield 0, f"the search index cannot be read: {error.orig}"
    sound = all(sums.get(number, 0) == wanted.get(number, 0) for number in wanted.keys() | sums.keys())
    for number, expected in wanted.items():
        found = sums.pop(number, 0)
        yield number, None if found == expected else _OTHER if found else _MISSING
    yield from ((number, _STRANGE) for number in sums)
    if not sound:
        return  # how it is kept cannot be right where what it holds is not
    try:
        yield from ((0, what) for what in leaves.damage(connection, filled, counted))
    except (IndexError, TypeError, ValueError) as error:
        yield 0, f"the search index cannot be read: {error}"


_STRANGE = "in the search index, but not in the archive"
_MISSING, _OTHER = "not in the search index", "other tokens in the search index"
_MASK = 2**64 - 1
_BY_TERM = "SELECT term, sum(doc), sum(doc * doc % 1000003) FROM temp.postings GROUP BY term"


def _sum(said: Iterable[str]) -> int:
    """Stands for a set of tokens, within this process."""
    return sum(map(hash, said)) & _MASK


def _held(connection: Connection, wanted: Mapping[int, int]) -> dict[int, int]:
    """What the index holds for each content, as `_sum` says it. The whole is compared first: that is four times
    faster."""
    # the archive's file was opened read-only; what this makes stands in the connection's own temporary database
    connection.exec_driver_sql("PRAGMA query_only=0")
    connection.exec_driver_sql("CREATE VIRTUAL TABLE temp.postings USING fts5vocab(main, search, 'instance')")
    try:
        numbers, mixed = 0, 0
        for term, of_numbers, of_squares in connection.exec_driver_sql(_BY_TERM):
            numbers += hash(term) * of_numbers
            mixed += hash(term) * of_squares
        numbers -= sum(number * said for number, said in wanted.items())
        mixed -= sum(number * number % 1_000_003 * said for number, said in wanted.items())
        if numbers & _MASK == 0 and mixed & _MASK == 0:
            return dict(wanted)
        held: dict[int, int] = {}
        for term, number in connection.exec_driver_sql("SELECT term, doc FROM temp.postings"):
            held[number] = (held.get(number, 0) + hash(term)) & _MASK
        return held
    finally:
        connection.exec_driver_sql("DROP TABLE temp.postings")


def _rows(connection: Connection) -> Iterator[Mapping[Any, Any]]:
    return chain.from_iterable(_batches(connection))


def _batches(connection: Connection) -> Iterator[Sequence[Mapping[Any, Any]]]:
    """All contents; the last batch is one that is not full."""
    rows: Sequence[Mapping[Any, Any]] = ()
    while not rows or len(rows) == BATCH:
        after = rows[-1]["content_no"] if rows else 0
        rows = connection.execute(_ALL, {"after": after, "rows": BATCH}).mappings().all()
        yield rows
        if not rows or rows[-1]["content_no"] <= after:  # a damaged table goes on giving what it gave
            return
