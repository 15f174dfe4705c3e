"""WARC files (ISO 28500:2017, versions 1.0 and 1.1), plain or compressed record by record, read as captures.

`response` and `resource` records become captures; `revisit` records name the capture whose payload came again.
Requests, metadata, DNS and whatever is not HTTP are passed over. A file that ends in the middle of a record gives all
before it.
"""

from __future__ import annotations

import gzip
import zlib
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, cast

from archive.errors import ArchiveError
from archive.importing.http import LARGEST, BadResponse, Response, parse_response
from archive.importing.past import PastCapture

REMEMBERED = 200_000
"""ids and digests of responses kept in memory: some 60 MB"""


class BadWarc(ArchiveError):
    """A file that is no WARC, or is damaged from some place on; what stood before was given."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record: its named fields (in lower case) and its block."""

    fields: dict[str, str]
    block: bytes


def read_warc(path: Path) -> Iterator[PastCapture]:
    """The captures of one file, in its order. Raises BadWarc, after those that could be read."""
    try:
        file = path.open("rb")
    except OSError as error:
        raise BadWarc(f"{path} cannot be read: {error.strerror}") from error
    with file:
        magic = file.read(2)
        file.seek(0)
        stream = cast(BinaryIO, gzip.GzipFile(fileobj=file)) if magic == b"\x1f\x8b" else file
        earlier = Earlier()
        try:
            for record in records(stream, path.name):
                if (capture := capture_of(record)) is not None:
                    yield earlier.found(record.fields, capture)
        except (EOFError, OSError, zlib.error) as error:
            raise BadWarc(f"{path.name}: damaged: {error}") from error


class Earlier:
    """The responses of a file that a later `revisit` may name by their id or by their payload's digest only, as WARC
    1.0 has it: 1.1 adds their time."""

    def __init__(self) -> None:
        self._times: OrderedDict[tuple[str, str], datetime] = OrderedDict()

    def found(self, fields: dict[str, str], capture: PastCapture) -> PastCapture:
        """The capture; of a revisit also what it is the same as, where a response before it tells."""
        if capture.payload is not None:
            for name in ("warc-record-id", "warc-payload-digest"):
                if said := fields.get(name):
                    self._times[capture.url, said] = capture.fetched_at
            while len(self._times) > REMEMBERED:
                self._times.popitem(last=False)
        elif capture.same_as is None:
            named = (fields.get("warc-refers-to", ""), fields.get("warc-payload-digest", ""))
            times = (self._times.get((capture.url, said)) for said in named)
            return replace(capture, same_as=next((at for at in times if at is not None), None))
        return capture


def records(stream: BinaryIO, name: str) -> Iterator[Record]:
    """The records of an uncompressed stream. Raises BadWarc."""
    while line := stream.readline(1024):
        if not line.strip():
            continue
        if not line.startswith(b"WARC/"):
            raise BadWarc(f"{name}: no WARC record begins with {line[:40]!r}")
        fields = _fields(stream)
        try:
            length = int(fields["content-length"])
        except (KeyError, ValueError):
            raise BadWarc(f"{name}: a record without a length") from None
        if length > LARGEST:
            _pass_over(stream, length)
            continue
        block = stream.read(length)
        if len(block) < length:
            raise BadWarc(f"{name}: the last record is cut off")
        yield Record(fields, block)


def capture_of(record: Record) -> PastCapture | None:
    """The capture that a record holds, or None."""
    fields = record.fields
    kind, url = fields.get("warc-type"), fields.get("warc-target-uri", "").strip("<>")
    at = time_of(fields.get("warc-date", ""))
    if at is None or not url.lower().startswith(("http://", "https://")):
        return None
    if kind == "resource":
        media_type = fields.get("content-type", "").partition(";")[0].strip().lower() or None
        return PastCapture(url, at, record.block, None, media_type=media_type)
    if kind not in ("response", "revisit") or "http" not in fields.get("content-type", "application/http").lower():
        return None
    try:
        response = parse_response(record.block)
    except BadResponse:
        return None
    if kind == "response":
        return PastCapture(url, at, response.body, response.status, response.headers, _media_type(response))
    refers = time_of(fields.get("warc-refers-to-date", ""))
    # a server that was asked conditionally answers 304; what it means is the payload of before
    status = 200 if response.status == 304 else response.status
    return PastCapture(url, at, None, status, response.headers, _media_type(response), same_as=refers)


def time_of(said: str) -> datetime | None:
    """A WARC-Date: RFC 3339 in UTC, to the second (1.0) or finer (1.1)."""
    whole, _, fraction = said.removesuffix("Z").partition(".")
    try:
        at = datetime.strptime(whole, "%Y-%m-%dT%H:%M:%S").replace(tzinfo=UTC)
        return at.replace(microsecond=int(fraction[:6].ljust(6, "0"))) if fraction else at
    except ValueError:
        return None


def _media_type(response: Response) -> str | None:
    return (response.header("content-type") or "").partition(";")[0].strip().lower() or None


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


def _pass_over(stream: BinaryIO, length: int) -> None:
    while length > 0 and (piece := stream.read(min(length, 1 << 20))):
        length -= len(piece)
