"""A body while it comes in: its beginning in memory, a longer one in a file that has no name.

Hosts that send slowly, or wait for others, then cost disk and not memory, and nothing stays behind whatever ends the
process. The file lies in the system's folder for temporary files (`TMPDIR`).
"""

from __future__ import annotations

import io
import tempfile
from typing import BinaryIO

IN_MEMORY = 256 * 1024
"""bytes beyond which a body is put by: few pages are as long"""


class NoSpace(Exception):
    """The disk takes no more of a body."""


class PutBy:
    """Bytes that are added one after the other and then taken whole. To be closed."""

    def __init__(self) -> None:
        self._kept: BinaryIO = io.BytesIO()
        self.size = 0
        """bytes so far"""

    def add(self, piece: bytes) -> None:
        """Takes more bytes. Raises NoSpace."""
        if self.size <= IN_MEMORY < self.size + len(piece):
            self._move()
        try:
            self._kept.write(piece)
        except OSError as error:
            raise _no_space(error) from error
        self.size += len(piece)

    def _move(self) -> None:
        beginning = self.whole()
        try:
            file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - it stays open until `close`
        except OSError as error:
            raise _no_space(error) from error
        self._kept = file
        try:
            file.write(beginning)
        except OSError as error:
            raise _no_space(error) from error

    def whole(self) -> bytes:
        """All of them. Of few it is the buffer itself, without a copy."""
        if isinstance(self._kept, io.BytesIO):
            return self._kept.getvalue()
        self._kept.seek(0)
        return self._kept.read(self.size)

    def close(self) -> None:
        """Forgets them."""
        self._kept.close()
        self._kept, self.size = io.BytesIO(), 0


def _no_space(error: OSError) -> NoSpace:
    return NoSpace(f"no room for a long body in {tempfile.gettempdir()} (TMPDIR): {error.strerror or error}")
