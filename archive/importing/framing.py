"""The records of a WARC file (ISO 28500:2017, versions 1.0 and 1.1), plain or compressed, whole or damaged.

Damage costs the records that it is in. Reading goes on at the next place where one begins: a gzip member, or in a plain
file a line, that a record's head follows. A record that bears a digest of its block is held against it.
"""

from __future__ import annotations

import base64
import hashlib
import io
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, cast

from archive.importing.http import LARGEST
from archive.importing.members import MAGIC, Members, first_bytes

HEAD = 4096
"""bytes in which a record's type must stand for its beginning to be believed, where reading goes on after damage"""
_LOOK, _CHUNK = 1 << 20, 1 << 16
_PLAIN, _PACKED, _EITHER = re.compile(rb"WARC/\d"), re.compile(re.escape(MAGIC)), re.compile(rb"WARC/\d|\x1f\x8b\x08")


@dataclass(frozen=True, slots=True)
class Record:
    """One record: its named fields (in lower case) and its block; where in the file it, or the gzip member that it
    begins in, begins; whether its block is what its digest tells, None for no digest."""

    fields: dict[str, str]
    block: bytes
    begins: int
    proven: bool | None = None

    @property
    def name(self) -> str:
        """What it is of: an address and a time, or its type."""
        of = self.fields.get("warc-target-uri", "").strip("<>") or self.fields.get("warc-type", "a record")
        return f"{of} of {self.fields.get('warc-date', 'no date')}"


@dataclass(frozen=True, slots=True)
class Loss:
    """Bytes of the file from which nothing was read."""

    begins: int
    ends: int
    why: str

    def __str__(self) -> str:
        return f"{self.why}: nothing was read of bytes {self.begins:,} to {self.ends:,}"


class _Broken(Exception):
    """The file cannot be read on from here: `begins` is the place of the record that is damaged."""

    def __init__(self, begins: int, why: str) -> None:
        super().__init__(why)
        self.begins = begins


def records(file: BinaryIO, lost: Callable[[Loss], None]) -> Iterator[Record]:
    """The records of a file, in its order; `lost` is told what damage took. None, and nothing lost, for a file in
    which no record begins."""
    file.seek(0)
    magic = file.read(len(MAGIC))
    pattern = _PACKED if magic == MAGIC else _PLAIN if magic.startswith(b"WAR") else _EITHER
    begins = _next_beginning(file, 0, pattern)
    if begins:
        lost(Loss(0, begins, "no record begins at the file's beginning"))
    while begins is not None:
        stretch = _Stretch(file, begins, lost)
        try:
            yield from stretch.records()
            return
        except _Broken as broken:
            begins = _next_beginning(file, broken.begins + 1, pattern)
            ends = file.seek(0, io.SEEK_END) if begins is None else begins
            lost(Loss(broken.begins, ends, str(broken)))


class _Stretch:
    """Records from one place on, until the file ends or is damaged."""

    def __init__(self, file: BinaryIO, begins: int, lost: Callable[[Loss], None]) -> None:
        file.seek(begins)
        packed = file.read(len(MAGIC)) == MAGIC
        file.seek(begins)
        self._members = Members(file) if packed else None
        self._stream = cast(BinaryIO, io.BufferedReader(self._members, _LOOK)) if self._members else file
        self._lost = lost
        self._begins = begins

    def records(self) -> Iterator[Record]:
        """Each record once what follows it was seen, for only that tells whether it was whole. Raises _Broken."""
        held: Record | None = None
        member = 0
        while True:
            try:
                line, blanks = self._line()
            except (zlib.error, EOFError) as error:
                here = self._member()
                if held is not None and (held.proven or isinstance(error, EOFError) or here != member):
                    yield held
                elif held is not None:
                    here = held.begins  # its own check sum is wrong
                raise _Broken(here, f"damaged: {error}") from error
            if line and not line.startswith(b"WARC/"):
                if held is None or held.proven or blanks > 1:
                    if held is not None:
                        yield held
                    raise _Broken(self._begins, f"no WARC record begins with {line[:40]!r}")
                raise _Broken(held.begins, f"{held.name} does not end where it says")
            if held is not None:
                yield held
            if not line:
                return
            held = self._record()
            member = self._member()

    def _member(self) -> int:
        return self._members.begun if self._members else 0

    def _here(self) -> int:
        return self._members.begun if self._members else self._stream.tell()

    def _line(self) -> tuple[bytes, int]:
        """The next line that says something, none at the end, and how many empty ones stood before it."""
        blanks = 0
        while True:
            self._begins = self._here()
            line = self._stream.readline(1024)
            if self._members:
                self._begins = self._members.begun
            if not line or line.strip():
                return line, blanks
            blanks += 1

    def _record(self) -> Record | None:
        """The record whose first line was read; None, and a loss, for one that cannot be taken. Raises _Broken."""
        begins = self._begins
        try:
            fields = _fields(self._stream)
            said = fields.get("content-length", "")
            if not (said.isascii() and said.isdigit()):
                raise _Broken(begins, "a record without a length")
            length = int(said)
            block = self._stream.read(length) if length <= LARGEST else b""
            passed = len(block) if length <= LARGEST else _passed_over(self._stream, length)
        except (zlib.error, EOFError) as error:
            raise _Broken(begins, f"damaged: {error}") from error
        record = Record(fields, block, begins, _proven(fields.get("warc-block-digest", ""), block))
        if passed < length:
            raise _Broken(begins, f"the last record is cut off, {record.name}")
        if length > LARGEST:
            self._lost(Loss(begins, self._here(), f"{record.name} is larger than {LARGEST:,} bytes"))
        elif record.proven is False:
            self._lost(Loss(begins, self._here(), f"{record.name} is not what its digest tells"))
        else:
            return record
        return None


def _next_beginning(file: BinaryIO, at: int, pattern: re.Pattern[bytes]) -> int | None:
    """Where the next record, or the next gzip member that begins with one, begins; None for no more."""
    before = b""
    file.seek(at)
    while more := file.read(_LOOK):
        piece = before + more
        start = at - len(before)
        for match in pattern.finditer(piece):
            if _begins_record(file, start + match.start()):
                return start + match.start()
        at += len(more)
        before = piece[-len(MAGIC) * 2 :]  # a beginning may lie across two pieces
        file.seek(at)
    return None


def _begins_record(file: BinaryIO, at: int) -> bool:
    file.seek(max(0, at - 1))
    before = file.read(1) if at else b"\n"
    head = file.read(_CHUNK)
    if head.startswith(MAGIC):
        head = first_bytes(head, HEAD)
    elif before != b"\n":
        return False
    return head.startswith(b"WARC/") and b"warc-type:" in head[:HEAD].lower()


def _proven(said: str, block: bytes) -> bool | None:
    """Whether the block is what a `WARC-Block-Digest` tells, such as `sha1:` and base32; None where it tells nothing
    that is known."""
    name, _, digest = said.partition(":")
    name, digest = name.strip().lower().replace("-", ""), digest.strip()
    if name not in ("md5", "sha1", "sha256", "sha512"):
        return None
    found = hashlib.new(name, block, usedforsecurity=False)
    if len(digest) == 2 * found.digest_size:
        return digest.lower() == found.hexdigest()
    letters = base64.b32encode(found.digest()).decode().rstrip("=")
    return digest.upper().rstrip("=") == letters if len(digest.rstrip("=")) == len(letters) else None


def _fields(stream: BinaryIO) -> dict[str, str]:
    found: dict[str, str] = {}
    name = ""
    while (line := stream.readline(65536)).strip():
        said = line.decode("utf-8", "replace")
        if said[0] in " \t" and name:
            found[name] += " " + said.strip()
        else:
            name, _, value = said.partition(":")
            name = name.strip().lower()
            found[name] = value.strip()
    return found


def _passed_over(stream: BinaryIO, length: int) -> int:
    """How many of so many bytes there were."""
    left = length
    while left > 0 and (piece := stream.read(min(left, _LOOK))):
        left -= len(piece)
    return length - left
