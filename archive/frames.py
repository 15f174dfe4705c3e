"""How payloads are compressed: zstd frames whose dictionary is what the page said before.

Two versions of a page differ by little, and what differs often stood in the version before the last: with two payloads
as
dictionary a history takes 0.58 of what git needs, with four 0.54, with one 0.83. A line of payloads that has grown to
its cap is continued from an older one on it instead of beginning anew: a page has one frame that stands alone.

    codec 1      zstd without magic number and size; the dictionary is the bases' bytes, nearest last
    codec + 16   the same, after compaction: it need not be tried again
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from threading import Lock

from archive.chain import number_at, varint
from archive.zstd import MAGIC, compressed, decompressed, holds

ZSTD = 1
COMPACTED = 16
LARGEST_DICTIONARY = 8 * 1024 * 1024
"""bytes: beyond that fewer payloads are taken into the dictionary"""


@dataclass(frozen=True, slots=True)
class Effort:
    """How hard compressing tries. `cap`: how deep a payload may rest; `back`: how many steps down its line is continued
    when that is reached; `reach`: payloads in a dictionary."""

    level: int
    reach: int
    cap: int
    back: int


POLLING = Effort(level=9, reach=2, cap=32, back=24)
FIRST = replace(POLLING, level=4)
"""for what a page says first: a third of the time for 8 % more bytes, until it is compacted"""
COMPACTING = Effort(level=12, reach=4, cap=40, back=32)
LARGE = 512 * 1024
HUGE = 4 * 1024 * 1024
"""bytes from which lower levels keep the time to compress one payload within bounds"""


@dataclass(frozen=True, slots=True)
class Frame:
    """One row of `payloads`; `data` None where retention has removed the bytes."""

    number: int
    digest: bytes
    size: int
    codec: int
    bases: tuple[int, ...]
    """numbers of the payloads in the dictionary, nearest first, each smaller than this one's"""
    depth: int
    """how many frames a read decodes before this one, at most"""
    data: bytes | None
    seal: bytes


def seal_of(digest: bytes, codec: int, bases: Sequence[int], depth: int, data: bytes | None) -> bytes:
    """8 bytes over everything of a row that compaction or retention may rewrite."""
    said = hashlib.blake2b(repr((codec, tuple(bases), depth, data is None)).encode(), digest_size=8, key=digest)
    said.update(data or b"")
    return said.digest()


def sealed(
    number: int, digest: bytes, size: int, codec: int, bases: tuple[int, ...], depth: int, data: bytes | None
) -> Frame:
    """A frame with its seal."""
    return Frame(number, digest, size, codec, bases, depth, data, seal_of(digest, codec, bases, depth, data))


def pack_bases(bases: Sequence[int]) -> bytes | None:
    """All bases but the nearest, as the distances between them; None for none."""
    return b"".join(varint(abs(a - b) * 2 + (b > a)) for a, b in pairwise(bases)) or None


def unpack_bases(nearest: int | None, packed: bytes | None) -> tuple[int, ...]:
    """The bases, nearest first. Raises ValueError where the bytes are none."""
    if nearest is None:
        return ()
    bases, at = [nearest], 0
    while packed and at < len(packed):
        step, at = number_at(packed, at)
        bases.append(bases[-1] + (step >> 1 if step & 1 else -(step >> 1)))
    return tuple(bases)


def level_for(size: int, effort: Effort) -> int:
    """The level for a payload of that many bytes."""
    if size >= HUGE:
        return 3
    return min(effort.level, 6) if size >= LARGE else effort.level


def dictionary_of(below: Sequence[bytes]) -> bytes:
    """The bases' bytes as a dictionary: the nearest last, where it costs least to point to."""
    return below[0] if len(below) == 1 else b"".join(reversed(below))


def compress(payload: bytes, below: Sequence[bytes], effort: Effort) -> bytes:
    """One frame; with `below` (nearest first) against those payloads."""
    dictionary = dictionary_of(below) if below else b""
    level = level_for(len(payload) + len(dictionary) // 2, effort)
    return compressed(payload, level, dictionary, sized=False)[len(MAGIC) :]


def decompress(data: bytes, size: int, below: Sequence[bytes]) -> bytes:
    """The payload of one frame. Raises ZstdError for a damaged one, ValueError for one that is not `size` bytes
    long."""
    dictionary = dictionary_of(below) if below else b""
    payload = decompressed(MAGIC + data, dictionary, size)
    if len(payload) != size:
        raise ValueError(f"{len(payload)} bytes where {size} were stored")
    return payload


def gives(data: bytes, payload: bytes, below: Sequence[bytes]) -> bool:
    """Whether a frame gives this payload back. Raises ZstdError for a damaged one."""
    return holds(MAGIC + data, dictionary_of(below) if below else b"", payload)


def reach_for(sizes: Sequence[int], effort: Effort) -> int:
    """How many payloads of these sizes (nearest first) go into a dictionary."""
    total = reach = 0
    for size in sizes[: effort.reach]:
        total += size
        if reach and total > LARGEST_DICTIONARY:
            break
        reach += 1
    return reach


class Decoded:
    """Decoded payloads by digest, as many as fit: the next version of a page is compressed against what was just
    stored."""

    def __init__(self, largest: int = 12 * 1024 * 1024) -> None:
        self._largest = largest
        self._held = 0
        self._kept: OrderedDict[bytes, bytes] = OrderedDict()
        self._lock = Lock()

    def get(self, digest: bytes) -> bytes | None:
        """The payload, if it is still here."""
        with self._lock:
            if digest in self._kept:
                self._kept.move_to_end(digest)
            return self._kept.get(digest)

    def put(self, digest: bytes, payload: bytes) -> None:
        """Keeps a payload in place of those not asked for longest."""
        if len(payload) * 4 > self._largest:
            return
        with self._lock:
            if digest not in self._kept:
                self._kept[digest] = payload
                self._held += len(payload)
            while self._held > self._largest:
                self._held -= len(self._kept.popitem(last=False)[1])
