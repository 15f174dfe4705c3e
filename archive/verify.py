"""Proof that an archive is what was stored: walks everything, online, names every row that is not.

    links      in order: each hash computed anew from the link before and from the rows it added, read back
    payloads   page by page: seal, frame decoded, digest compared
    extra      rows that no link speaks of; documents whose state is not the last one linked; the search index
    file       SQLite's own pages and indexes, and whether tables and views are still defined as they were made
    anchor     the chain's head as it was written down elsewhere

Reads in small transactions while others write; what is written meanwhile is proved as well. `tell` hears how far it is
and may keep `progress.state()`, with which a later call goes on where this one was stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Connection, bindparam, select

from archive import proof
from archive.anchor import Anchor
from archive.chain import GENESIS, TABLES, Entry, link_check, link_hash, unpack
from archive.file_proof import prove_file
from archive.payload_proof import prove_late_payloads, prove_payloads
from archive.reading import Archive
from archive.rows import blob
from archive.schema import links, payloads
from archive.search.index import damage as search_damage
from archive.seen import Seen
from archive.walk import Damage, Enough, Progress, Walk, raise_unless_damage

__all__ = ["COVERED", "Damage", "Progress", "Verification", "verify"]

COVERED = (*TABLES, "links", "search")
"""the tables of which every row and column is proved; of `search` that it finds what the contents say"""
LINKS = 300
"""links read in one transaction"""


_LINKS = select(links).where(links.c.link_no > bindparam("after")).order_by(links.c.link_no).limit(LINKS)


@dataclass(frozen=True, slots=True)
class Verification:
    """What `verify` found. `checked` counts rows and payloads."""

    tables: tuple[str, ...]
    checked: int
    damage: tuple[Damage, ...]
    head: Anchor | None
    """the chain's head that was reached"""


def verify(
    archive: Archive, *, anchor: Anchor | None = None, state: str | None = None,
    tell: Callable[[Progress], None] = lambda progress: None,
) -> Verification:  # fmt: skip
    """Walks the whole archive. `state` is what an earlier call's progress kept: what that one proved is not proved
    again.

    Raises Unavailable when the database does not answer; everything else that is wrong is damage.
    """
    walk = Walk(archive, Seen.load(state) if state else Seen(), tell)
    steps: list[Callable[[Walk], None]] = [prove_payloads, _links, prove_late_payloads, prove_file]
    if anchor is not None:
        steps.insert(0, partial(_anchored, anchor=anchor))
    try:
        for step in steps:
            _taken(walk, step)
    except Enough:
        pass
    head = Anchor(walk.seen.link_no, walk.seen.link_hashes[0], walk.seen.last_seq) if walk.seen.link_no else None
    return Verification(COVERED, walk.seen.checked, tuple(walk.damage), head)


def _taken(walk: Walk, step: Callable[[Walk], None]) -> None:
    """One step of the walk; where the database cannot read its own pages, the others go on."""
    try:
        step(walk)
    except Exception as error:
        raise_unless_damage(error)
        walk.found("file", walk.archive.name, f"cannot be read to its end: {error}".splitlines()[0])


# --- links ---------------------------------------------------------------------------------------------------------


def _links(walk: Walk) -> None:
    """All links, then, in the transaction that sees the last one, what no link speaks of."""
    while True:
        with walk.archive.connect() as connection:
            rows = _link_rows(walk, connection)
            _prove_links(walk, connection, rows)
            walk.say("links")
            if len(rows) < LINKS:
                _extra(walk, connection)
                return


def _link_rows(walk: Walk, connection: Connection) -> list[Any]:
    try:
        return list(connection.execute(_LINKS, {"after": walk.seen.link_no}).mappings())
    except Exception as error:
        raise_unless_damage(error)
        return list(_one_by_one(walk, connection))


def _one_by_one(walk: Walk, connection: Connection) -> Iterator[Any]:
    """The same links when one of them cannot be read: that one is named and left out."""
    numbers = select(links.c.link_no).where(links.c.link_no > walk.seen.link_no).order_by(links.c.link_no).limit(LINKS)
    for number in connection.scalars(numbers).all():
        try:
            yield connection.execute(select(links).where(links.c.link_no == number)).mappings().one()
        except Exception as error:
            raise_unless_damage(error)
            walk.found("links", number, f"cannot be read: {type(error).__name__}")


def _prove_links(walk: Walk, connection: Connection, rows: list[Any]) -> None:
    entries = {row["link_no"]: _entries(walk, row) for row in rows}
    wanted: dict[str, list[proof.Key]] = {table: [] for table in TABLES}
    for group in entries.values():
        for entry in group or ():
            if entry.operation == "add":
                wanted[entry.table].append(entry.key)
    held = {table: proof.digests(connection, table, keys) for table, keys in wanted.items() if keys}
    for row in rows:
        _prove_link(walk, row, entries[row["link_no"]], held)


def _entries(walk: Walk, row: Any) -> list[Entry] | None:
    try:
        return list(unpack(blob(row["entries"])))
    except (ValueError, TypeError, IndexError) as error:
        walk.found("links", row["link_no"], f"its entries cannot be read: {error}")
        return None


def _prove_link(
    walk: Walk, row: Any, entries: list[Entry] | None, held: dict[str, dict[proof.Key, bytes | str]]
) -> None:
    seen, number = walk.seen, row["link_no"]
    befores = [bytes.fromhex(one) for one in seen.link_hashes] or [GENESIS]
    if number != seen.link_no + 1:
        walk.found("links", seen.link_no + 1, f"missing: the next link is {number}")
        if number > seen.link_no + 2:  # either many were removed, or this one is the stranger
            walk.found("links", number, f"it was inserted, or the links since {seen.link_no} are missing")
        befores = []
    whole = entries is not None and (not befores or any(_checks(row, before) for before in befores))
    if entries is not None and not whole:
        walk.found("links", number, "it is not what was stored, or the link before it was another one")
    digests: list[bytes] | None = []
    for entry in entries or ():
        digest = _prove_entry(walk, entry, held.get(entry.table, {}), named=whole)
        if entry.operation == "add" and digests is not None:
            digests = [*digests, digest] if digest is not None else None
    stored = blob(row["hash"]) if isinstance(row["hash"], bytes | memoryview) else b""
    due = (
        _due(row, next((b for b in befores if _checks(row, b)), befores[0]), digests)
        if befores and digests is not None
        else None
    )
    if whole and due is not None and due != stored:
        walk.found("links", number, "its hash does not follow from the rows it added")
    # a link that is itself damaged leaves two candidates for what the next one was built on
    seen.link_hashes = list(dict.fromkeys((stored.hex(), due.hex() if due else stored.hex())))
    seen.link_no, seen.last_seq = number, max(seen.last_seq, row["last_seq"] if isinstance(row["last_seq"], int) else 0)
    seen.checked += 1


def _checks(row: Any, before: bytes) -> bool:
    """Whether the link is whole in itself and was built on `before`."""
    try:
        stored = blob(row["hash"])
        parts = (row["link_no"], row["at"], row["last_seq"], row["note"], blob(row["entries"]))
        return link_check(before, *parts, stored[:32]) == stored[32:]
    except (ValueError, TypeError, AttributeError):
        return False


def _due(row: Any, before: bytes, digests: list[bytes]) -> bytes | None:
    try:
        parts = (row["link_no"], row["at"], row["last_seq"], row["note"], blob(row["entries"]))
        return link_hash(before, *parts, digests)
    except (ValueError, TypeError, AttributeError):
        return None


def _prove_entry(walk: Walk, entry: Entry, held: dict[proof.Key, bytes | str], *, named: bool) -> bytes | None:
    """The row's digest in full, if the row is what the entry says; what the link says of it is remembered. A row is
    `named` as damaged only by a link that is whole."""
    seen, table, key = walk.seen, entry.table, entry.key
    if entry.operation != "add":
        if table == "documents":
            seen.states[key[0]] = entry.digest
        elif entry.operation == "drop":
            seen.dropped.add(key[0])
        else:
            seen.dropped.discard(key[0])
        return None
    seen.checked += 1
    digest = held.get(key)
    good = isinstance(digest, bytes) and digest.startswith(entry.digest)
    if not named and not good:
        return None
    if len(key) == 1:
        fresh = seen.rows[table].add(key[0])
    else:
        fresh = key[1] == seen.counts[table].get(key[0], 0) + 1
        seen.counts[table][key[0]] = max(key[1], seen.counts[table].get(key[0], 0))
    if not fresh and named:
        walk.found("links", key, f"says twice, or out of order, that this row of {table} was added")
    if good:
        assert isinstance(digest, bytes)
        return digest
    walk.found(
        table, key, "missing" if digest is None else digest if isinstance(digest, str) else "it is not what was stored"
    )
    return None


# --- what no link speaks of ----------------------------------------------------------------------------------------


def _extra(walk: Walk, connection: Connection) -> None:
    """Each table by itself: one that cannot be read to its end keeps no other from being proved."""
    for table in TABLES:
        _careful(walk, table, partial(_strangers, walk, connection, table))
    _careful(walk, "links", partial(_stray_links, walk, connection))
    _careful(walk, "documents", partial(_states, walk, connection))
    _careful(walk, "payloads", partial(_dropped, walk, connection))
    missing = next((n for n in range(1, walk.seen.last_seq + 1) if n not in walk.seen.rows["changes"]), None)
    if missing is not None:
        walk.found("changes", missing, "missing: no link speaks of it")
    walk.say("search")
    _careful(walk, "search", partial(_search, walk, connection))


def _careful(walk: Walk, table: str, prove: Callable[[], None]) -> None:
    try:
        prove()
    except Exception as error:
        raise_unless_damage(error)
        walk.found(table, "?", f"cannot be read to its end: {type(error).__name__}")


def _strangers(walk: Walk, connection: Connection, table: str) -> None:
    """Rows with values of a kind that none was stored with, and rows that no link speaks of."""
    _strange_values(walk, connection, table)
    if table in walk.seen.rows:
        numbers = walk.seen.rows[table]
        for (key,) in proof.keys_of(connection, table):
            if key < 0 or key not in numbers:
                walk.found(table, key, _UNSPOKEN)
    elif table in walk.seen.counts:
        counts = walk.seen.counts[table]
        for pair in proof.keys_of(connection, table):
            if not 1 <= pair[1] <= counts.get(pair[0], 0):
                walk.found(table, pair, _UNSPOKEN)


_UNSPOKEN = "no link speaks of this row: it was inserted, or the link that did was removed"


def _stray_links(walk: Walk, connection: Connection) -> None:
    _strange_values(walk, connection, "links")
    for number in connection.scalars(select(links.c.link_no).where(links.c.link_no < 1)):
        walk.found("links", number, "it stands before the first link: it was inserted")


def _strange_values(walk: Walk, connection: Connection, table: str) -> None:
    for row, what in proof.strange_values(connection, table):
        walk.found(table, row, what)


def _states(walk: Walk, connection: Connection) -> None:
    """Documents: each as the last link that speaks of it left it."""
    keys = list(proof.keys_of(connection, "documents"))
    held = proof.digests(connection, "documents", keys)
    walk.seen.checked += len(keys)
    for key in keys:
        due, digest = walk.seen.states.get(key[0]), held.get(key)
        if due is None:
            walk.found("documents", key, _UNSPOKEN)
        elif isinstance(digest, str):
            walk.found("documents", key, digest)
        elif digest is None or not digest.startswith(due):
            walk.found("documents", key, "it is not what was stored")
    for number in walk.seen.states.keys() - {key[0] for key in keys}:
        walk.found("documents", number, "missing")


def _dropped(walk: Walk, connection: Connection) -> None:
    """Payloads without bytes: only retention may have removed them."""
    for number in connection.scalars(select(payloads.c.payload_no).where(payloads.c.data.is_(None))):
        if number not in walk.seen.dropped:
            walk.found("payloads", number, "its bytes are missing, and no link says that retention removed them")


def _search(walk: Walk, connection: Connection) -> None:
    for number, what in search_damage(connection):
        walk.seen.checked += 1
        if what is not None:
            walk.found("search", number, what)


def _anchored(walk: Walk, anchor: Anchor) -> None:
    """The link that was written down elsewhere must stand in the chain as it did."""
    wanted = select(links.c.link_no, links.c.last_seq, links.c.hash).where(links.c.link_no == anchor.link_no)
    with walk.archive.connect() as connection:
        found = connection.execute(wanted).first()
    if found is None:
        walk.found("links", anchor.link_no, "the anchored link is missing: the end of the archive was cut off")
    elif found[1:] != (anchor.last_seq, bytes.fromhex(anchor.hash)):
        walk.found("links", anchor.link_no, "it is not the link that was anchored: the chain was computed anew")
