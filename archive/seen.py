"""Which rows the hash chain speaks of: kept in a few bits each, and written down so that `verify` can be taken up
again."""

from __future__ import annotations

import base64
import json
from typing import Any

from archive.zstd import compressed, decompressed

_BITS = 1 << 16
LEVEL = 3


class Numbers:
    """A set of numbers, most of them near each other: bits in chunks."""

    def __init__(self, chunks: dict[int, bytearray] | None = None) -> None:
        self._chunks = chunks or {}

    def add(self, number: int) -> bool:
        """Adds a number; whether it was not there before."""
        chunk, bit = divmod(number, _BITS)
        bits = self._chunks.get(chunk)
        if bits is None:
            bits = self._chunks[chunk] = bytearray(_BITS // 8)
        at, mask = bit >> 3, 1 << (bit & 7)
        fresh = not bits[at] & mask
        bits[at] |= mask
        return fresh

    def discard(self, number: int) -> None:
        """Takes a number out."""
        chunk, bit = divmod(number, _BITS)
        if chunk in self._chunks:
            self._chunks[chunk][bit >> 3] &= ~(1 << (bit & 7))

    def __contains__(self, number: int) -> bool:
        chunk, bit = divmod(number, _BITS)
        return chunk in self._chunks and bool(self._chunks[chunk][bit >> 3] & 1 << (bit & 7))

    def __len__(self) -> int:
        return sum(int.from_bytes(bits, "little").bit_count() for bits in self._chunks.values())

    def said(self) -> dict[str, str]:
        """The set as JSON holds it."""
        packed = {chunk: compressed(bytes(bits), LEVEL) for chunk, bits in self._chunks.items()}
        return {f"{chunk}": base64.b64encode(bits).decode() for chunk, bits in packed.items()}

    @staticmethod
    def read(said: dict[str, str]) -> Numbers:
        """The set that `said` described."""
        return Numbers({int(chunk): bytearray(decompressed(base64.b64decode(bits))) for chunk, bits in said.items()})


class Seen:
    """All that a walk over the links has learnt so far."""

    def __init__(self) -> None:
        self.link_no = 0
        self.link_hashes: list[str] = []
        """what the next link may be built on"""
        self.last_seq = 0
        self.checked = 0
        self.rows = {name: Numbers() for name in ("payloads", "captures", "contents", "changes")}
        self.dropped = Numbers()
        """payloads whose bytes retention removed"""
        self.counts: dict[str, dict[int, int]] = {"derivations": {}, "versions": {}}
        """first number of a row's key -> how many rows it has"""
        self.states: dict[int, bytes] = {}
        """document -> beginning of the digest of its last state"""
        self.proved = Numbers()
        """payloads whose bytes were decoded and compared"""

    def dump(self) -> str:
        """Everything, as JSON; `load` reads it."""
        said: dict[str, Any] = {
            "link_no": self.link_no, "link_hashes": self.link_hashes, "last_seq": self.last_seq,
            "checked": self.checked,
            "rows": {name: numbers.said() for name, numbers in self.rows.items()}, "dropped": self.dropped.said(),
            "proved": self.proved.said(), "counts": self.counts,
            "states": {number: digest.hex() for number, digest in self.states.items()},
        }  # fmt: skip
        return json.dumps(said)

    @staticmethod
    def load(text: str) -> Seen:
        """What `dump` wrote. Raises ValueError or KeyError for anything else."""
        said, seen = json.loads(text), Seen()
        seen.link_no, seen.link_hashes = said["link_no"], said["link_hashes"]
        seen.last_seq, seen.checked = said["last_seq"], said["checked"]
        seen.rows = {name: Numbers.read(chunks) for name, chunks in said["rows"].items()}
        seen.dropped, seen.proved = Numbers.read(said["dropped"]), Numbers.read(said["proved"])
        seen.counts = {name: {int(a): b for a, b in counts.items()} for name, counts in said["counts"].items()}
        seen.states = {int(number): bytes.fromhex(digest) for number, digest in said["states"].items()}
        return seen
