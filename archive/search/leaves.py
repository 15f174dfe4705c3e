"""What FTS5 keeps of its index beside the postings, proved: without it a word is looked for in the wrong place.

    search_data   id 1: how many contents and tokens there are; one leaf of a segment in each row, terms in order
    search_idx    for each leaf that begins terms: a beginning of its first term, by which it is found

Postings are proved by reading them all in order, which passes over both. Formats: SQLite's `fts5_index.c`, "%_data
table" and "leaf page format".
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection

_TOTALS = 1
_FIRST_SEGMENT = 1 << 37
_PAGE = (1 << 31) - 1
_INNER = 0x3F
"""bits of an id above the page: its height and whether it is an index into a long list; leaves have none"""


def damage(connection: Connection, contents: int, tokens: int) -> Iterator[str]:
    """What is wrong; the index should hold so many contents, and so many tokens in all."""
    totals = connection.exec_driver_sql(f"SELECT block FROM search_data WHERE id = {_TOTALS}").scalar()
    if contents and (not isinstance(totals, bytes) or _varints(totals) != [contents, tokens]):
        yield "the search index counts other contents or tokens than there are"
    first = dict(_first_terms(connection))
    for segment, term, place in connection.exec_driver_sql("SELECT segid, term, pgno FROM search_idx").all():
        held = first.pop((segment, place >> 1), None)
        if held is None or not isinstance(term, bytes) or not held.startswith(term):
            yield f"the search index leads to a wrong place (segment {segment}, page {place >> 1})"
    yield from (f"the search index leads nowhere to its segment {segment}, page {page}" for segment, page in first)


def _first_terms(connection: Connection) -> Iterator[tuple[tuple[int, int], bytes]]:
    """Segment and page of each leaf on which a term begins, and the first of these terms."""
    rows = connection.exec_driver_sql(f"SELECT id, block FROM search_data WHERE id >= {_FIRST_SEGMENT}")
    for number, block in rows:
        if number >> 31 & _INNER:
            continue
        end = int.from_bytes(block[2:4], "big")
        if end < len(block):
            at, _ = _varint(block, end)
            length, begun = _varint(block, at)
            yield (number >> 37, number & _PAGE), block[begun : begun + length]


def _varints(block: bytes) -> list[int]:
    found, at = [], 0
    while at < len(block):
        number, at = _varint(block, at)
        found.append(number)
    return found


def _varint(block: bytes, at: int) -> tuple[int, int]:
    """SQLite's own: seven bits a byte, the highest first; the ninth byte has eight. Raises IndexError."""
    number = 0
    for _ in range(8):
        byte, at = block[at], at + 1
        number = number << 7 | byte & 0x7F
        if byte < 0x80:
            return number, at
    return number << 8 | block[at], at + 1
