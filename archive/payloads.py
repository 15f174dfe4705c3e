"""Bytes in, digest out: payloads kept once, as small frames that rest on earlier ones, checked when they come back.

    put    known digest? nothing to store : choose bases -> compress -> decode and compare -> row
    get    the line of bases in one query -> decode upwards from what needs nothing more -> digest compared

A base always has a smaller number than what rests on it, so nothing can rest on itself. What a row *is*, its digest and
size, stands in the hash chain; what compaction may rewrite (codec, bases, depth, frame) is under the row's own seal.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, select

from archive.errors import Damaged, NotFound
from archive.frames import (
    COMPACTED,
    POLLING,
    ZSTD,
    Decoded,
    Effort,
    Frame,
    compress,
    decompress,
    gives,
    pack_bases,
    reach_for,
    seal_of,
    unpack_bases,
)
from archive.rows import blob
from archive.schema import payloads
from archive.session import Session
from archive.statement import Statement, on_conflict
from archive.zstd import ZstdError

WORTH = 0.7
"""a frame against another page's payload must be smaller than this share of one that stands alone"""
SMALL = 8
"""a frame against another payload that is smaller than the payload by this divisor is not weighed against one alone"""

_BELOW = payloads.alias("below")
_KEPT = Statement(
    select(payloads.c.payload_no, payloads.c.data.is_not(None).label("kept")).where(
        payloads.c.digest == bindparam("wanted")
    )
)
_HELD = Statement(
    select(payloads.c.payload_no)
    .where(payloads.c.payload_no.in_(bindparam("wanted", expanding=True)), payloads.c.data.is_not(None))
    .with_for_update(read=True),
    many="wanted",
)
_NEAREST = Statement(
    # held until the commit, so that retention cannot remove them meanwhile (SQLite has one writer anyway)
    select(payloads)
    .where(
        payloads.c.payload_no.in_(
            (
                bindparam("wanted"),
                select(_BELOW.c.base_no).where(_BELOW.c.payload_no == bindparam("wanted")).scalar_subquery(),
            )
        )
    )
    .with_for_update(read=True)
)
_KNOWN = Statement(select(payloads.c.payload_no).where(payloads.c.digest == bindparam("wanted")))
_INSERT = Statement(lambda postgres: on_conflict(postgres, payloads).returning(payloads.c.payload_no))


def _line_query() -> Any:
    top = select(payloads).where(payloads.c.payload_no == bindparam("wanted")).cte("line", recursive=True)
    # the numbers fall, so that a damaged row cannot send the query in circles
    below = select(_BELOW).where(_BELOW.c.payload_no == top.c.base_no, _BELOW.c.payload_no < top.c.payload_no)
    return select(top.union_all(below))


_LINE = Statement(_line_query())


@dataclass(frozen=True, slots=True)
class Base:
    """What a payload is compressed against."""

    number: int
    own: bool
    """the page's own earlier payload; False: another page's of the same host and kind"""


def payload_values(digest: bytes, size: int) -> list[object]:
    """What the chain of hashes takes of a payload."""
    return [digest, size]


def number_of(connection: Connection, digest: bytes) -> int | None:
    """The number of the payload with this SHA-256, or None."""
    number: int | None = _KNOWN.value(connection, {"wanted": digest})
    return number


# --- in ------------------------------------------------------------------------------------------------------------


def put(session: Session, payload: bytes, base: Base | None = None, effort: Effort = POLLING) -> tuple[int, bool]:
    """The number under which these bytes are kept, and whether they were stored as a frame that stands alone.

    Stored unless they already are; decoded again and compared before anything is written. Raises Damaged if they
    differ.
    """
    digest = hashlib.sha256(payload).digest()
    known = _KEPT.row(session.connection, {"wanted": digest})
    if known is not None:
        if not known["kept"]:
            _put_back(session, known["payload_no"], digest, payload, effort)
        return known["payload_no"], False
    below, held = _below(session, base, effort) if base is not None else ([], True)
    bases, data = _framed(payload, below, base, effort)
    if bases and not held and len(_HELD.column(session.connection, {"wanted": bases})) < len(bases):
        below, bases, data = [], (), compared(payload, compress(payload, (), effort), ())  # retention was faster
    depth = 1 + max(each.frame.depth for each in below) if bases else 0
    row = {
        "digest": digest, "size": len(payload), "codec": ZSTD, "base_no": bases[0] if bases else None, "depth": depth,
        "data": data, "seal": seal_of(digest, ZSTD, bases, depth, data), "more_bases": pack_bases(bases),
    }  # fmt: skip
    number = _INSERT.value(session.connection, row)
    if number is None:
        return _KNOWN.value(session.connection, {"wanted": digest}), False
    session.decoded.put(digest, payload)
    session.entry("payloads", (number,), payload_values(digest, len(payload)))
    return number, not bases


def _put_back(session: Session, number: int, digest: bytes, payload: bytes, effort: Effort) -> None:
    """Bytes that retention had removed and that were seen again."""
    data = compared(payload, compress(payload, (), effort), ())
    values = {"codec": ZSTD, "base_no": None, "more_bases": None, "depth": 0, "data": data}
    session.connection.execute(
        payloads.update()
        .where(payloads.c.payload_no == number)
        .values(**values, seal=seal_of(digest, ZSTD, (), 0, data))
    )
    session.entry("payloads", (number,), payload_values(digest, len(payload)), "set")


@dataclass(frozen=True, slots=True)
class Below:
    """One payload that a new frame may rest on."""

    frame: Frame
    payload: bytes


def _below(session: Session, base: Base, effort: Effort) -> tuple[list[Below], bool]:
    """The payloads for the dictionary, nearest first, and whether retention is kept from them until the commit; none
    where their bytes are no longer kept."""
    at_hand = _at_hand(session, base, effort)
    if at_hand is not None:
        return at_hand, True
    frames = closure(session.connection, base.number)
    line = line_of(frames, base.number)
    if not base.own:
        line = line[-1:]  # what stands alone stays as it is; other pages may rest on it
    elif line and line[0].depth + 1 > effort.cap:
        line = line[effort.back :]
    if not line or any(frame.data is None for frame in frames.values()):
        return [], True
    reach = reach_for([frame.size for frame in line], effort)
    return [Below(frame, decode(frames, frame.number, session.decoded)) for frame in line[:reach]], not session.postgres


def _at_hand(session: Session, base: Base, effort: Effort) -> list[Below] | None:
    """The same out of what this process has decoded lately, without asking for all that lies under it; None where that
    does not do."""
    frames = {row["payload_no"]: frame_of(row) for row in _NEAREST.rows(session.connection, {"wanted": base.number})}
    line = line_of(frames, base.number)
    if not line or any(frame.data is None for frame in line):
        return None
    if line[0].depth + 1 > effort.cap if base.own else line[0].bases:
        return None
    if len(line) < effort.reach and line[-1].bases:
        return None
    found = []
    for frame in line[: reach_for([frame.size for frame in line], effort)]:
        payload = session.decoded.get(frame.digest)
        if payload is None:
            return None
        found.append(Below(frame, payload))
    return found


def _framed(payload: bytes, below: Sequence[Below], base: Base | None, effort: Effort) -> tuple[tuple[int, ...], bytes]:
    """The bases that paid, and the frame."""
    if below and base is not None:
        said = [each.payload for each in below]
        against = compress(payload, said, effort)
        alone = None if len(against) * SMALL < len(payload) else compress(payload, (), effort)
        if alone is None or len(against) < len(alone) * (1 if base.own else WORTH):
            return tuple(each.frame.number for each in below), compared(payload, against, said)
        return (), compared(payload, alone, ())
    return (), compared(payload, compress(payload, (), effort), ())


def compared(payload: bytes, data: bytes, below: Sequence[bytes]) -> bytes:
    """The frame, once it was seen to give the same bytes back. Raises Damaged."""
    if not gives(data, payload, below):
        raise Damaged("a payload did not come back from its own frame; nothing was stored")
    return data


# --- out -----------------------------------------------------------------------------------------------------------


def frame_of(row: Mapping[Any, Any]) -> Frame:
    """A frame from a row of `payloads`. Raises Damaged for bases that cannot be, and for values that none was
    written with."""
    data, more, number = row["data"], row["more_bases"], row["payload_no"]
    try:
        more = None if more is None else blob(more)
        nearest, size, codec, depth = (row[name] for name in ("base_no", "size", "codec", "depth"))
        if not all(isinstance(each, int) for each in (size, codec, depth, 0 if nearest is None else nearest)):
            raise TypeError("no number where one was stored")  # SQLite keeps any value in any column
        bases = unpack_bases(nearest, more)
        frame = Frame(
            number, blob(row["digest"]), size, codec, bases, depth, None if data is None else blob(data),
            blob(row["seal"]),
        )  # fmt: skip
    except (ValueError, TypeError) as error:
        raise Damaged(f"payloads {number}: {error}") from error
    if any(not 0 < base < number for base in bases) or more != pack_bases(bases):
        raise Damaged(f"payloads {number}: it rests on {bases}, which were stored later or never")
    return frame


def closure(connection: Connection, number: int, known: Mapping[int, Frame] | None = None) -> dict[int, Frame]:
    """The frame of that number and all that it rests on; empty for none. Frames in `known` are taken from there.

    Raises Damaged where a base is missing."""
    found: dict[int, Frame] = {}
    wanted = [number]
    while wanted:
        at = wanted.pop()
        if at in found:
            continue
        if known is not None and at in known:
            found[at] = known[at]
        else:
            for row in _LINE.rows(connection, {"wanted": at}):
                frame = frame_of(row)
                found.setdefault(frame.number, frame if known is None else known.get(frame.number, frame))
        if at not in found and at != number:
            raise Damaged(f"payloads {at}: it is missing, and payload {number} rests on it")
        wanted += [base for frame in list(found.values()) for base in frame.bases if base not in found]
    return found


def depths_of(frames: Mapping[int, Frame]) -> dict[int, int]:
    """How many frames are decoded before each of these: as it is, whatever the rows were told when they were
    written."""
    depths: dict[int, int] = {}
    for number in sorted(frames):
        depths[number] = 1 + max((depths[base] for base in frames[number].bases), default=-1)
    return depths


def line_of(frames: Mapping[int, Frame], number: int) -> list[Frame]:
    """The frame and, step by step, the nearest base of each, down to one that stands alone."""
    line: list[Frame] = []
    at: int | None = number
    while at is not None and at in frames:
        line.append(frames[at])
        at = frames[at].bases[0] if frames[at].bases else None
    return line


def decode(frames: Mapping[int, Frame], number: int, decoded: Decoded | None = None) -> bytes:
    """The payload of that number out of its closure. Raises NotFound where bytes were removed, Damaged where they
    cannot be read."""
    frame = frames[number]
    if decoded is not None and (held := decoded.get(frame.digest)) is not None:
        return held  # compared when it was put there
    below = [decoded.get(frames[base].digest) for base in frame.bases] if decoded is not None else [None]
    at_hand = [payload for payload in below if payload is not None]
    payload = _decode(frame, at_hand) if len(at_hand) == len(below) else _climbed(frames, number, decoded)
    if hashlib.sha256(payload).digest() != frame.digest:
        raise Damaged(_blame(frames, number))
    if decoded is not None:
        decoded.put(frame.digest, payload)
    return payload


def _climbed(frames: Mapping[int, Frame], number: int, decoded: Decoded | None) -> bytes:
    """The payload, decoded upwards from what needs nothing more; each that others rest on is kept as long as they
    need it."""
    kept: dict[int, bytes] = {}
    uses: Counter[int] = Counter()
    wanted, order = [number], set()
    while wanted:
        at = wanted.pop()
        if at in order:
            continue
        order.add(at)
        held = decoded.get(frames[at].digest) if decoded is not None else None
        if held is not None:
            kept[at] = held
        else:
            uses.update(frames[at].bases)
            wanted += frames[at].bases
    for at in sorted(order - kept.keys()):
        frame = frames[at]
        kept[at] = _decode(frame, [kept[base] for base in frame.bases])
        for base in frame.bases:
            uses[base] -= 1
            if not uses[base]:
                del kept[base]
    return kept[number]


def _decode(frame: Frame, below: Sequence[bytes]) -> bytes:
    if frame.data is None:
        raise NotFound(f"the bytes of payload {frame.digest.hex()} were removed by retention")
    if frame.codec % COMPACTED != ZSTD:
        raise Damaged(f"payloads {frame.number}: codec {frame.codec} is unknown")
    try:
        return decompress(frame.data, frame.size, below)
    except (ZstdError, ValueError, MemoryError, OverflowError) as error:
        raise Damaged(f"payloads {frame.number}: {error}") from error


def is_sealed(frame: Frame) -> bool:
    """Whether the row is what was stored, as far as its own seal says."""
    return frame.seal == seal_of(frame.digest, frame.codec, frame.bases, frame.depth, frame.data)


def _blame(frames: Mapping[int, Frame], number: int) -> str:
    """Which row under a payload is the damaged one."""
    for frame in frames.values():
        if not is_sealed(frame):
            return f"payloads {frame.number}: it is not what was stored (its seal is broken)"
    return f"payloads {number}: the bytes do not have the digest they are kept under"


def get(connection: Connection, digest: str, decoded: Decoded | None = None) -> bytes:
    """The bytes with this SHA-256. Raises NotFound, or Damaged where they are not what was stored."""
    try:
        number = number_of(connection, bytes.fromhex(digest))
    except ValueError:
        number = None
    if number is None:
        raise NotFound(f"no payload {digest}")
    return decode(closure(connection, number), number, decoded)
