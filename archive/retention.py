"""Bytes that need not be kept for ever, by explicit rules, said before they are removed.

What goes is the *bytes* of payloads that made no version and whose captures are all older than a source's rule allows:
the
revisits' noise, error pages, counters. What stays, always: every capture, every version with its text, the payload of
every
version, and each page's last payload. The row of a removed payload stays with its digest, and a link of the chain says
that its bytes were removed: proof goes on, and a page that says the same again brings them back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, bindparam, exists, func, select, update

from archive.frames import COMPACTED, COMPACTING, ZSTD, Decoded, Frame, compress, pack_bases, reach_for, seal_of
from archive.payloads import closure, compared, decode, frame_of, line_of, payload_values
from archive.reading import Archive
from archive.schema import captures, pages, payloads, sources, versions
from archive.session import Session
from archive.writing import Writer

BATCH = 200
"""payloads removed in one transaction"""

__all__ = ["Plan", "Rule", "plan", "remove"]


@dataclass(frozen=True, slots=True)
class Rule:
    """Bytes that made no version may go when every capture of them is older than `keep`. `source_id` None: all sources
    without a rule of their own."""

    keep: timedelta
    source_id: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be removed: payloads by source, and what they take."""

    payloads: tuple[int, ...]
    bytes: int
    by_source: dict[str, tuple[int, int]]
    """source_id -> (payloads, bytes)"""


def plan(archive: Archive, rules: Sequence[Rule], now: datetime) -> Plan:
    """What these rules would remove; nothing is removed."""
    with archive.connect() as connection:
        return _plan(connection, rules, now)


def _plan(connection: Connection, rules: Sequence[Rule], now: datetime) -> Plan:
    special = {rule.source_id: rule.keep for rule in rules}
    found: dict[int, int] = {}
    by_source: dict[str, tuple[int, int]] = {}
    for source_no, source_id in connection.execute(select(sources.c.source_no, sources.c.source_id)).all():
        keep = special.get(source_id, special.get(None))
        if keep is None:
            continue
        for number, size in connection.execute(_removable(now - keep), {"source": source_no}):
            if number not in found:
                found[number] = size or 0
                count, total = by_source.get(source_id, (0, 0))
                by_source[source_id] = count + 1, total + (size or 0)
    return Plan(tuple(sorted(found)), sum(found.values()), by_source)


def _removable(cutoff: datetime) -> Select[Any]:
    """Payloads first captured for a source, of which no capture is younger, that made no version and are no page's
    last."""
    other = captures.alias("other")
    young = exists().where(other.c.payload_no == payloads.c.payload_no, other.c.fetched_at >= cutoff)
    spoken = exists().where(other.c.payload_no == payloads.c.payload_no, versions.c.capture_no == other.c.capture_no)
    last = exists().where(pages.c.payload_no == payloads.c.payload_no)
    own = select(captures.c.payload_no).where(
        captures.c.source_no == bindparam("source"), captures.c.fetched_at < cutoff
    )
    foreign = exists().where(other.c.payload_no == payloads.c.payload_no, other.c.source_no != bindparam("source"))
    return (
        select(payloads.c.payload_no, func.length(payloads.c.data))
        .where(payloads.c.payload_no.in_(own), payloads.c.data.is_not(None), ~young, ~spoken, ~last, ~foreign)
        .order_by(payloads.c.payload_no)
    )


def remove(writer: Writer, what: Plan, *, tell: Callable[[int], None] = lambda done: None) -> int:
    """Removes the bytes of a plan's payloads, after writing anew whatever rests on them; how many were removed. May be
    stopped at any moment and taken up with a new plan."""
    done = 0
    for start in range(0, len(what.payloads), BATCH):
        batch = what.payloads[start : start + BATCH]
        with writer.begin() as tx:
            done += _remove(tx.session, frozenset(batch))
        tell(done)
    return done


_LOCKED = (
    select(payloads)
    .where(payloads.c.payload_no.in_(bindparam("wanted", expanding=True)))
    .order_by(payloads.c.payload_no)
)
_RESTING = (
    select(payloads)
    .where(payloads.c.base_no.is_not(None), payloads.c.data.is_not(None))
    .order_by(payloads.c.payload_no)
)
_REFRAME = (
    update(payloads)
    .where(payloads.c.payload_no == bindparam("wanted"))
    .values(
        codec=bindparam("new_codec"), base_no=bindparam("new_base"), more_bases=bindparam("new_more"),
        depth=bindparam("new_depth"), data=bindparam("new_data"), seal=bindparam("new_seal"),
    )
)  # fmt: skip


def _remove(session: Session, going: frozenset[int]) -> int:
    connection = session.connection
    # locked first: whoever is about to rest a new payload on one of these has done so, or will see that it is gone
    query = _LOCKED.with_for_update() if session.postgres else _LOCKED
    rows = [frame_of(row) for row in connection.execute(query, {"wanted": sorted(going)}).mappings()]
    here = {frame.number for frame in rows if frame.data is not None}
    _spare(connection, here)
    decoded = Decoded(32 * 1024 * 1024)
    resting = [frame_of(row) for row in connection.execute(_RESTING).mappings() if row["payload_no"] not in here]
    moved = [_on_others(connection, frame, here, decoded) for frame in resting if here.intersection(frame.bases)]
    gone = [
        Frame(frame.number, frame.digest, frame.size, ZSTD, (), 0, None, seal_of(frame.digest, ZSTD, (), 0, None))
        for frame in rows
        if frame.number in here
    ]
    for frame in (*moved, *gone):
        connection.execute(_REFRAME, _columns(frame))
    for frame in gone:
        session.entry("payloads", (frame.number,), payload_values(frame.digest, frame.size), "drop")
    session.note(f"retention: {len(gone)} payloads")
    return len(gone)


def _spare(connection: Connection, here: set[int]) -> None:
    """What became a page's last payload since the plan was made is kept."""
    here.difference_update(connection.scalars(select(pages.c.payload_no).where(pages.c.payload_no.in_(here))).all())


def _on_others(connection: Connection, frame: Frame, going: set[int], decoded: Decoded) -> Frame:
    """A frame that rests on payloads that stay."""
    now = closure(connection, frame.number)
    payload = decode(now, frame.number, decoded)
    line = [each for each in line_of(now, frame.number)[1:] if each.number not in going and each.data is not None]
    line = line[: reach_for([each.size for each in line], COMPACTING)]
    below = [decode(now, each.number, decoded) for each in line]
    data = compared(payload, compress(payload, below, COMPACTING), below)
    bases, depth = tuple(each.number for each in line), 1 + max((each.depth for each in line), default=-1)
    codec = ZSTD | (frame.codec & COMPACTED)
    return Frame(
        frame.number,
        frame.digest,
        frame.size,
        codec,
        bases,
        depth,
        data,
        seal_of(frame.digest, codec, bases, depth, data),
    )


def _columns(frame: Frame) -> dict[str, object]:
    return {
        "wanted": frame.number, "new_codec": frame.codec, "new_base": frame.bases[0] if frame.bases else None,
        "new_more": pack_bases(frame.bases), "new_depth": frame.depth, "new_data": frame.data, "new_seal": frame.seal,
    }  # fmt: skip
