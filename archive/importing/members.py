"""The bytes of a gzip file (RFC 1952), member by member: where each begins, so that reading can go on after one that is
damaged."""

from __future__ import annotations

import io
import zlib
from typing import Any, BinaryIO

MAGIC = b"\x1f\x8b\x08"
_CHUNK = 1 << 16


class Members(io.RawIOBase):
    """What the members from here on say, one after another; one read gives bytes of one member only.

    `begun` is where in the file the member begins that is being read. Reading raises zlib.error for a member that is
    damaged, EOFError for one that is cut off.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.begun = self._at = file.tell()
        self._packed = b""
        self._unpacker: zlib._Decompress | None = None

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: Any) -> int:
        """As `io.RawIOBase.readinto`: how many bytes were put into the buffer, 0 at the end."""
        room = memoryview(buffer).cast("B")
        while True:
            if not self._packed:
                self._packed = self._file.read(_CHUNK)
            if self._unpacker is None and not self._begin():
                return 0
            if self._packed == b"" and self._unpacker is not None:
                raise EOFError("a gzip member is cut off")
            if self._unpacker is None:
                continue  # nothing but padding so far
            if said := self._unpack(self._unpacker, len(room)):
                room[: len(said)] = said
                return len(said)

    def _begin(self) -> bool:
        """Whether there is more of the file; its next member is begun, unless what was read is only padding."""
        if not self._packed:
            return False
        rest = self._packed.lstrip(b"\0")
        self._at += len(self._packed) - len(rest)
        self._packed = rest
        if rest:
            self.begun = self._at
            self._unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
        return True

    def _unpack(self, unpacker: zlib._Decompress, most: int) -> bytes:
        said = unpacker.decompress(self._packed, most)
        rest = unpacker.unused_data if unpacker.eof else unpacker.unconsumed_tail
        self._at += len(self._packed) - len(rest)
        self._packed = rest
        if unpacker.eof:
            self._unpacker = None
        return said


def first_bytes(packed: bytes, most: int) -> bytes:
    """The first bytes of what a member says that begins so; none where it is no member."""
    try:
        return zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(packed, most)
    except zlib.error:
        return b""
