"""The hash chain: one link for each commit, over every row of evidence that the commit added.

    entry   table and operation (1 byte), number of the row (varints), first bytes of the row's digest
    run     the same byte + 0x80, number of the first row, how many rows follow one another, those bytes of each
    link    SHA-256 over: hash of the link before, number, time, last seq, note, all entries, digests of added rows in
    full

A row's digest is taken over what the row *means* (ids, digests, times), never over internal numbers, so that a copy
has the
same. The short digests name the damaged row; the full ones make the link unforgeable. Links are written last, one
writer at a time: nobody waits for more than that.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Literal

SHORT = {"add": 8, "set": 16, "drop": 8}
"""bytes of a row's digest that an entry keeps; more for a state that will be overwritten: it cannot be asked for
again"""
GENESIS = bytes(32)
"""the hash before the first link"""

RUN = 0x80

Operation = Literal["add", "set", "drop"]
"""`add`: a row that never changes; `set`: a state of a row that may; `drop`: bytes removed by retention"""
OPERATIONS: tuple[Operation, ...] = ("add", "set", "drop")
TABLES = ("payloads", "captures", "derivations", "contents", "versions", "changes", "documents")
"""in the order of their codes; only ever added to"""
KEY_LENGTH = {"derivations": 2, "versions": 2}
"""numbers in a row's key, where it is not one"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of one commit."""

    table: str
    operation: Operation
    key: tuple[int, ...]
    digest: bytes
    """32 bytes; read back from a link: the first of them"""


def pack(entries: list[Entry]) -> bytes:
    """The entries as a link keeps them."""
    packed = bytearray()
    for run in _runs(entries):
        first, code = run[0], TABLES.index(run[0].table) * len(OPERATIONS) + OPERATIONS.index(run[0].operation)
        packed.append(code if len(run) == 1 else code + RUN)
        for number in first.key if len(run) == 1 else (*first.key, len(run)):
            packed += varint(number)
        for entry in run:
            packed += entry.digest[: SHORT[entry.operation]]
    return bytes(packed)


def _runs(entries: list[Entry]) -> list[list[Entry]]:
    """Entries that follow one another in number, together; rows whose key is two numbers are alone."""
    runs: list[list[Entry]] = []
    for entry in entries:
        last = runs[-1][-1] if runs else None
        if (
            last is not None
            and (last.table, last.operation) == (entry.table, entry.operation)
            and (last.key[0] + 1,) == entry.key
        ):
            runs[-1].append(entry)
        else:
            runs.append([entry])
    return runs


def unpack(packed: bytes) -> Iterator[Entry]:
    """The entries of a link, digests shortened. Raises ValueError where the bytes are no entries."""
    at = 0
    while at < len(packed):
        table_code, operation_code = divmod(packed[at] % RUN, len(OPERATIONS))
        if table_code >= len(TABLES):
            raise ValueError(f"no table has the code {table_code}")
        table, operation, of_many, at = TABLES[table_code], OPERATIONS[operation_code], packed[at] >= RUN, at + 1
        numbers = []
        for _ in range(KEY_LENGTH.get(table, 1) + of_many):
            number, at = number_at(packed, at)
            numbers.append(number)
        count = numbers.pop() if of_many else 1
        if len(numbers) > 1 and of_many:
            raise ValueError(f"rows of {table} do not follow one another")
        *before, last = numbers
        if at + SHORT[operation] * count > len(packed):
            raise ValueError("the last entry is cut off")
        for place in range(count):
            yield Entry(table, operation, (*before, last + place), packed[at : at + SHORT[operation]])
            at += SHORT[operation]


def link_hash(
    before: bytes, number: int, at: datetime, last_seq: int, note: str | None, packed: bytes, digests: list[bytes]
) -> bytes:  # fmt: skip
    """The hash of one link, 32 bytes, and its check, 8; `digests` are the full digests of the rows it adds, in the
    order of its entries."""
    said = hashlib.sha256(before)
    said.update(_head(number, at, last_seq, note, packed))
    for digest in digests:
        said.update(digest)
    whole = said.digest()
    return whole + link_check(before, number, at, last_seq, note, packed, whole)


def link_check(
    before: bytes, number: int, at: datetime, last_seq: int, note: str | None, packed: bytes, whole: bytes
) -> bytes:  # fmt: skip
    """8 bytes that tell a damaged link from damaged rows: they follow from the link alone."""
    return hashlib.blake2b(_head(number, at, last_seq, note, packed) + whole + before, digest_size=8).digest()


def _head(number: int, at: datetime, last_seq: int, note: str | None, packed: bytes) -> bytes:
    head = f"{number}\n{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}\n{last_seq}\n{note!r}\n{len(packed)}\n"
    return head.encode("utf-8", "surrogatepass") + packed


def ordered(entries: list[Entry]) -> list[Entry]:
    """By table and key, each row's last state only: the order in which a link keeps them."""
    last = {(entry.table, entry.operation, entry.key): entry for entry in entries}
    kept = sorted(
        last.values(), key=lambda entry: (TABLES.index(entry.table), OPERATIONS.index(entry.operation), entry.key)
    )
    assert all(a != b for a, b in pairwise(kept))
    return kept


def varint(number: int) -> bytes:
    """A number in as few bytes as it needs, seven bits in each (LEB128)."""
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def number_at(packed: bytes, at: int) -> tuple[int, int]:
    """The number that begins there, and where the next one begins. Raises ValueError where it is cut off."""
    number = shift = 0
    while True:
        if at >= len(packed):
            raise ValueError("the last entry is cut off")
        byte, at = packed[at], at + 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number, at
        shift += 7
