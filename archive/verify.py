"""Proof that an archive is what was stored: walks everything, online, names every row that is not.

    links      in order: each hash computed anew from the link before and from the rows it added, read back
    payloads   page by page: seal, frame decoded, digest compared
    extra      rows that no link speaks of; documents whose state is not the last one linked; the search index
    anchor     the chain's head as it was written down elsewhere

Reads in small transactions while others write; what is written meanwhile is proved as well. `tell` hears how far it is and
may keep `progress.state()`, with which a later call goes on where this one was stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, bindparam, select, text

from archive import proof
from archive.anchor import Anchor
from archive.chain import GENESIS, TABLES, Entry, link_check, link_hash, unpack
from archive.database import on_postgres
from archive.errors import ArchiveError, NotFound
from archive.frames import Decoded
from archive.payloads import closure, decode, frame_of, is_sealed
from archive.reading import Archive
from archive.schema import captures, links, pages, payloads
from archive.search.index import damage as search_damage
from archive.seen import Seen

COVERED = (*TABLES, "links", "search")
"""the tables of which every row and column is proved; of `search` that it finds what the contents say"""
LINKS = 300
"""links read in one transaction"""
MOST_DAMAGE = 10_000
"""damages named before the walk gives up: the rest is known to be no better"""

_LINKS = select(links).where(links.c.link_no > bindparam("after")).order_by(links.c.link_no).limit(LINKS)
_PAGES = select(pages.c.page_no).where(pages.c.page_no > bindparam("after")).order_by(pages.c.page_no).limit(200)
_OF_PAGE = (
    select(payloads)
    .where(payloads.c.payload_no.in_(select(captures.c.payload_no).where(captures.c.page_no == bindparam("page"))))
    .order_by(payloads.c.payload_no)
)
_NUMBERS = select(payloads.c.payload_no).order_by(payloads.c.payload_no)
_ONE = select(payloads).where(payloads.c.payload_no == bindparam("wanted"))


@dataclass(frozen=True, slots=True)
class Damage:
    """One row that is not what was stored."""

    table: str
    row: str
    """its key, as the table's columns hold it"""
    what: str

    def __str__(self) -> str:
        return f"{self.table} {self.row}: {self.what}"


@dataclass(frozen=True, slots=True)
class Verification:
    """What `verify` found. `checked` counts rows and payloads."""

    tables: tuple[str, ...]
    checked: int
    damage: tuple[Damage, ...]
    head: Anchor | None
    """the chain's head that was reached"""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the walk is; `state()` is what to keep to go on later."""

    phase: str
    checked: int
    damage: int
    state: Callable[[], str]


@dataclass(slots=True)
class _Walk:
    archive: Archive
    seen: Seen
    tell: Callable[[Progress], None]
    damage: list[Damage] = field(default_factory=list)

    def found(self, table: str, row: object, what: str) -> None:
        key = ",".join(map(str, row)) if isinstance(row, tuple) else f"{row}"
        self.damage.append(Damage(table, key, what))
        if len(self.damage) >= MOST_DAMAGE:
            raise _Enough

    def say(self, phase: str) -> None:
        self.tell(Progress(phase, self.seen.checked, len(self.damage), self.seen.dump))


class _Enough(Exception):
    pass


def verify(
    archive: Archive, *, anchor: Anchor | None = None, state: str | None = None,
    tell: Callable[[Progress], None] = lambda progress: None,
) -> Verification:  # fmt: skip
    """Walks the whole archive. `state` is what an earlier call's progress kept: what that one proved is not proved again.

    Raises Unavailable when the database does not answer; everything else that is wrong is damage.
    """
    walk = _Walk(archive, Seen.load(state) if state else Seen(), tell)
    try:
        if anchor is not None:
            _anchored(walk, anchor)
        _payloads(walk)
        _links(walk)
        _late(walk)
    except _Enough:
        pass
    head = Anchor(walk.seen.link_no, walk.seen.link_hashes[0], walk.seen.last_seq) if walk.seen.link_no else None
    return Verification(COVERED, walk.seen.checked, tuple(walk.damage), head)


# --- links ---------------------------------------------------------------------------------------------------------


def _links(walk: _Walk) -> None:
    """All links, then, in the transaction that sees the last one, what no link speaks of."""
    while True:
        with walk.archive.connect() as connection:
            rows = _link_rows(walk, connection)
            _prove_links(walk, connection, rows)
            walk.say("links")
            if len(rows) < LINKS:
                _extra(walk, connection)
                return


def _link_rows(walk: _Walk, connection: Connection) -> list[Any]:
    try:
        return list(connection.execute(_LINKS, {"after": walk.seen.link_no}).mappings())
    except (ValueError, TypeError, OverflowError):
        return list(_one_by_one(walk, connection))


def _one_by_one(walk: _Walk, connection: Connection) -> Iterator[Any]:
    """The same links when one of them cannot be read: that one is named and left out."""
    numbers = select(links.c.link_no).where(links.c.link_no > walk.seen.link_no).order_by(links.c.link_no).limit(LINKS)
    for number in connection.scalars(numbers).all():
        try:
            yield connection.execute(select(links).where(links.c.link_no == number)).mappings().one()
        except (ValueError, TypeError, OverflowError) as error:
            walk.found("links", number, f"cannot be read: {type(error).__name__}")


def _prove_links(walk: _Walk, connection: Connection, rows: list[Any]) -> None:
    entries = {row["link_no"]: _entries(walk, row) for row in rows}
    wanted: dict[str, list[proof.Key]] = {table: [] for table in TABLES}
    for group in entries.values():
        for entry in group or ():
            if entry.operation == "add":
                wanted[entry.table].append(entry.key)
    held = {table: proof.digests(connection, table, keys) for table, keys in wanted.items() if keys}
    for row in rows:
        _prove_link(walk, row, entries[row["link_no"]], held)


def _entries(walk: _Walk, row: Any) -> list[Entry] | None:
    try:
        return list(unpack(bytes(row["entries"])))
    except (ValueError, TypeError, IndexError) as error:
        walk.found("links", row["link_no"], f"its entries cannot be read: {error}")
        return None


def _prove_link(
    walk: _Walk, row: Any, entries: list[Entry] | None, held: dict[str, dict[proof.Key, bytes | str]]
) -> None:
    seen, number = walk.seen, row["link_no"]
    befores = [bytes.fromhex(one) for one in seen.link_hashes] or [GENESIS]
    if number != seen.link_no + 1:
        walk.found("links", seen.link_no + 1, f"missing: the next link is {number}")
        befores = []
    whole = entries is not None and (not befores or any(_checks(row, before) for before in befores))
    if entries is not None and not whole:
        walk.found("links", number, "it is not what was stored, or the link before it was another one")
    digests: list[bytes] | None = []
    for entry in entries or ():
        digest = _prove_entry(walk, entry, held.get(entry.table, {}), named=whole)
        if entry.operation == "add" and digests is not None:
            digests = [*digests, digest] if digest is not None else None
    stored = bytes(row["hash"]) if isinstance(row["hash"], bytes | memoryview) else b""
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
        stored = bytes(row["hash"])
        parts = (row["link_no"], row["at"], row["last_seq"], row["note"], bytes(row["entries"]))
        return link_check(before, *parts, stored[:32]) == stored[32:]
    except (ValueError, TypeError, AttributeError):
        return False


def _due(row: Any, before: bytes, digests: list[bytes]) -> bytes | None:
    try:
        parts = (row["link_no"], row["at"], row["last_seq"], row["note"], bytes(row["entries"]))
        return link_hash(before, *parts, digests)
    except (ValueError, TypeError, AttributeError):
        return None


def _prove_entry(walk: _Walk, entry: Entry, held: dict[proof.Key, bytes | str], *, named: bool) -> bytes | None:
    """The row's digest in full, if the row is what the entry says; what the link says of it is remembered. A row is `named`
    as damaged only by a link that is whole."""
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


# --- payloads ------------------------------------------------------------------------------------------------------


def _payloads(walk: _Walk) -> None:
    decoded = Decoded(64 * 1024 * 1024)
    after = 0
    while True:
        with walk.archive.connect() as connection:
            numbers = list(connection.scalars(_PAGES, {"after": after}))
        for number in numbers:
            with walk.archive.connect() as connection:
                _prove_page(walk, connection, number, decoded)
        walk.say("payloads")
        if not numbers:
            break
        after = numbers[-1]


def _late(walk: _Walk) -> None:
    """Payloads stored since, and those that no capture of any page leads to."""
    decoded = Decoded(16 * 1024 * 1024)
    with walk.archive.connect() as connection:
        for number in connection.scalars(_NUMBERS).all():
            if number not in walk.seen.proved:
                _prove_payload(walk, connection, number, {}, decoded)


def _prove_page(walk: _Walk, connection: Connection, page: int, decoded: Decoded) -> None:
    known = {}
    numbers = []
    try:
        rows = connection.execute(_OF_PAGE, {"page": page}).mappings().all()
    except (ValueError, TypeError, OverflowError):
        return  # a row that cannot be read is met again, alone
    for row in rows:
        numbers.append(row["payload_no"])
        try:
            known[row["payload_no"]] = frame_of(row)
        except (ArchiveError, ValueError, TypeError):
            continue  # named when its turn comes
    for number in numbers:
        if number not in walk.seen.proved:
            _prove_payload(walk, connection, number, known, decoded)


def _prove_payload(walk: _Walk, connection: Connection, number: int, known: dict[int, Any], decoded: Decoded) -> None:
    walk.seen.proved.add(number)
    walk.seen.checked += 1
    try:
        frame = known.get(number) or frame_of(connection.execute(_ONE, {"wanted": number}).mappings().one())
    except Exception as error:
        walk.found("payloads", number, _words(error))
        return
    if not is_sealed(frame):
        walk.found("payloads", number, "it is not what was stored: its seal is broken")
        return
    if frame.data is None:
        return  # whether retention removed the bytes is known when all links were read
    try:
        known = known if all(base in known for base in frame.bases) else closure(connection, number, known)
        try:
            decode(known, number, decoded)
        except KeyError:
            decode(closure(connection, number, known), number, decoded)
    except NotFound as error:
        walk.found("payloads", number, f"its bytes cannot be had: {error}")
    except ArchiveError as error:
        # a broken base is named by itself; what rests on it is lost with it and named as well
        walk.found("payloads", number, _words(error))


def _words(error: Exception) -> str:
    said = str(error)
    return (
        said.partition(": ")[2] or said if said.startswith("payloads ") else f"cannot be read: {type(error).__name__}"
    )


# --- what no link speaks of ----------------------------------------------------------------------------------------


def _extra(walk: _Walk, connection: Connection) -> None:
    seen = walk.seen
    for table, numbers in seen.rows.items():
        for (key,) in proof.keys_of(connection, table):
            if key < 0 or key not in numbers:
                walk.found(table, key, "no link speaks of this row: it was inserted")
    for table, counts in seen.counts.items():
        for pair in proof.keys_of(connection, table):
            if not 1 <= pair[1] <= counts.get(pair[0], 0):
                walk.found(table, pair, "no link speaks of this row: it was inserted")
    _states(walk, connection)
    _dropped(walk, connection)
    for number in range(1, seen.last_seq + 1):
        if number not in seen.rows["changes"]:
            walk.found("changes", number, "missing: no link speaks of it")
            break
    walk.say("search")
    _search(walk, connection)
    _file(walk, connection)


def _states(walk: _Walk, connection: Connection) -> None:
    """Documents: each as the last link that speaks of it left it."""
    keys = list(proof.keys_of(connection, "documents"))
    held = proof.digests(connection, "documents", keys)
    walk.seen.checked += len(keys)
    for key in keys:
        due, digest = walk.seen.states.get(key[0]), held.get(key)
        if due is None:
            walk.found("documents", key, "no link speaks of this row: it was inserted")
        elif isinstance(digest, str):
            walk.found("documents", key, digest)
        elif digest is None or not digest.startswith(due):
            walk.found("documents", key, "it is not what was stored")
    for number in walk.seen.states.keys() - {key[0] for key in keys}:
        walk.found("documents", number, "missing")


def _dropped(walk: _Walk, connection: Connection) -> None:
    """Payloads without bytes: only retention may have removed them."""
    for number in connection.scalars(select(payloads.c.payload_no).where(payloads.c.data.is_(None))):
        if number not in walk.seen.dropped:
            walk.found("payloads", number, "its bytes are missing, and no link says that retention removed them")


def _search(walk: _Walk, connection: Connection) -> None:
    try:
        for number, what in search_damage(connection):
            walk.seen.checked += 1
            if what is not None:
                walk.found("search", number, what)
    except (ValueError, TypeError, ArchiveError) as error:
        walk.found("search", "?", f"cannot be read: {error}")


def _file(walk: _Walk, connection: Connection) -> None:
    """SQLite's own pages and indexes."""
    if on_postgres(connection):
        return
    for (said,) in connection.execute(text("PRAGMA integrity_check(100)")):
        if said != "ok":
            walk.found("file", walk.archive.url, str(said))


def _anchored(walk: _Walk, anchor: Anchor) -> None:
    """The link that was written down elsewhere must stand in the chain as it did."""
    with walk.archive.connect() as connection:
        found = connection.execute(select(links).where(links.c.link_no == anchor.link_no)).mappings().first()
    if found is None:
        walk.found("links", anchor.link_no, "the anchored link is missing: the end of the archive was cut off")
    elif bytes(found["hash"]).hex() != anchor.hash or found["last_seq"] != anchor.last_seq:
        walk.found("links", anchor.link_no, "it is not the link that was anchored: the chain was computed anew")
