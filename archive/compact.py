"""Payloads written anew in less space, while the daemon runs.

    page by page: its payloads in order -> each against up to four below it -> smaller? decoded and compared -> row
    replaced

Only how bytes are kept changes, never what they are: a row's digest and size stay, its frame is replaced under a new
seal, in
small transactions that check that nobody replaced it meanwhile. Stopped at any moment it leaves a whole archive; taken
up again it goes on where it stopped, because a payload once tried carries a mark in its codec.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, bindparam, select, update

from archive.frames import COMPACTED, COMPACTING, ZSTD, Decoded, Effort, Frame, compress, pack_bases, reach_for, sealed
from archive.payloads import closure, compared, decode, depths_of, frame_of, line_of
from archive.schema import captures, pages, payloads
from archive.shrinking import give_back
from archive.writing import Writer

BATCH = 40
"""payloads replaced in one transaction"""
PLAIN_EFFORT = replace(COMPACTING, level=15)
HELD_BYTES = 48 * 1024 * 1024
"""decoded payloads kept at hand"""

_PAGES = select(pages.c.page_no).where(pages.c.page_no > bindparam("after")).order_by(pages.c.page_no).limit(500)
_OF_PAGE = (
    select(payloads)
    .where(payloads.c.payload_no.in_(select(captures.c.payload_no).where(captures.c.page_no == bindparam("page"))))
    .order_by(payloads.c.payload_no)
)
_REPLACE = (
    update(payloads)
    .where(payloads.c.payload_no == bindparam("wanted"), payloads.c.seal == bindparam("was"))
    .values(
        codec=bindparam("new_codec"), base_no=bindparam("new_base"), more_bases=bindparam("new_more"),
        depth=bindparam("new_depth"), data=bindparam("new_data"), seal=bindparam("new_seal"),
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Compaction:
    """What compacting came to so far."""

    pages: int = 0
    payloads: int = 0
    """looked at"""
    bytes_before: int = 0
    bytes_after: int = 0
    """of their frames"""


def compact(
    writer: Writer, *, effort: Effort = COMPACTING, tell: Callable[[Compaction], None] = lambda done: None,
    shrink: bool = True,
) -> Compaction:  # fmt: skip
    """Compresses every payload not yet compacted as well as it can be, and with `shrink` gives the space back; what
    came of it. `tell` hears of every batch. Runs beside a daemon; raises Damaged for a payload that cannot be read."""
    decoded = Decoded(HELD_BYTES)
    done = Compaction()
    for page in _pages(writer):
        for batch in _batches(_smaller(writer, page, effort, decoded)):
            with writer.begin() as tx:
                tx.session.connection.execute(
                    _REPLACE,
                    [
                        {
                            "wanted": new.number, "was": old.seal, "new_codec": new.codec,
                            "new_base": new.bases[0] if new.bases else None, "new_more": pack_bases(new.bases),
                            "new_depth": new.depth, "new_data": new.data, "new_seal": new.seal,
                        }
                        for old, new in batch
                    ],
                )  # fmt: skip
                tx.session.note(f"compact: {len(batch)} payloads")
            done = replace(
                done, payloads=done.payloads + len(batch),
                bytes_before=done.bytes_before + sum(len(old.data or b"") for old, _ in batch),
                bytes_after=done.bytes_after + sum(len(new.data or b"") for _, new in batch),
            )  # fmt: skip
            tell(done)
        done = replace(done, pages=done.pages + 1)
    if shrink and done.payloads:
        give_back(writer, done.payloads)
    return done


def _pages(writer: Writer) -> Iterator[int]:
    after = 0
    while True:
        with writer.engine.connect() as connection:
            found = list(connection.scalars(_PAGES, {"after": after}))
        yield from found
        if not found:
            return
        after = found[-1]


def _batches(pairs: Iterator[tuple[Frame, Frame]]) -> Iterator[list[tuple[Frame, Frame]]]:
    batch: list[tuple[Frame, Frame]] = []
    for pair in pairs:
        batch.append(pair)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _smaller(writer: Writer, page: int, effort: Effort, decoded: Decoded) -> Iterator[tuple[Frame, Frame]]:
    """Old and new frame of every payload of a page that was not tried yet."""
    with writer.engine.connect() as connection:
        frames = [frame_of(row) for row in connection.execute(_OF_PAGE, {"page": page}).mappings()]
    if all(frame.codec >= COMPACTED or frame.data is None for frame in frames):
        return
    known = {frame.number: frame for frame in frames}
    before: Frame | None = None
    for frame in frames:
        if frame.data is None:
            continue
        if frame.codec < COMPACTED:
            with writer.engine.connect() as connection:
                new = _tried(connection, frame, before, known, effort, decoded)
            known[frame.number] = new
            yield frame, new
        before = known[frame.number]


def _tried(
    connection: Connection, frame: Frame, before: Frame | None, known: dict[int, Frame], effort: Effort,
    decoded: Decoded
) -> Frame:  # fmt: skip
    """The frame as small as it gets, marked as tried."""
    now = closure(connection, frame.number, known)
    payload = decode(now, frame.number, decoded)
    depth = depths_of(now)[frame.number]
    if not frame.bases:
        # other pages may rest on it as it is; what was worth a base has one already
        return _smallest(frame, payload, (), (), 0, PLAIN_EFFORT)
    if before is None:  # a page's first, against another page's
        dictionary = [decode(now, base, decoded) for base in frame.bases]
        return _smallest(replace(frame, depth=depth), payload, dictionary, frame.bases, depth, effort)
    below = closure(connection, before.number, known)
    line, depths = line_of(below, before.number), depths_of(below)
    if depths[before.number] + 1 > effort.cap:
        line = [each for each in line if depths[each.number] <= effort.cap - effort.back]
    if not line or any(each.data is None for each in below.values()):
        return _marked(frame, frame.bases, depth, frame.data)
    line = line[: reach_for([each.size for each in line], effort)]
    dictionary = [decode(below, each.number, decoded) for each in line]
    if depth > effort.cap:  # what it rests on was written anew, deeper: any frame is better than this one
        frame = replace(frame, bases=(), data=compress(payload, (), effort))
        depth = 0
    deeper = 1 + max(depths[each.number] for each in line)
    return _smallest(replace(frame, depth=depth), payload, dictionary, [each.number for each in line], deeper, effort)


def _smallest(
    frame: Frame, payload: bytes, dictionary: Sequence[bytes], bases: Sequence[int], depth: int, effort: Effort
) -> Frame:  # fmt: skip
    data = compress(payload, dictionary, effort)
    if len(data) >= len(frame.data or b""):
        return _marked(frame, frame.bases, frame.depth, frame.data)
    return _marked(frame, tuple(bases), depth, compared(payload, data, dictionary))


def _marked(frame: Frame, bases: tuple[int, ...], depth: int, data: bytes | None) -> Frame:
    return sealed(frame.number, frame.digest, frame.size, ZSTD | COMPACTED, bases, depth, data)
