"""WARC files (ISO 28500:2017, versions 1.0 and 1.1), plain or compressed record by record, read as captures.

`response` and `resource` records become captures; `revisit` records name the capture whose payload came again.
Requests, metadata, DNS, types of record that nobody knows and whatever is not HTTP are passed over. A file that is
damaged or cut off gives all that stands before and behind the damage (`framing`).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from os import SEEK_END
from pathlib import Path

from archive.errors import ArchiveError
from archive.importing.framing import Loss, Record, records
from archive.importing.http import BadResponse, Response, parse_response
from archive.importing.past import PastCapture

REMEMBERED = 200_000
"""ids and digests of responses kept in memory: some 60 MB"""


NAMED = 10
"""damaged places of a file that are named, at most; the others are counted"""


class BadWarc(ArchiveError):
    """A file that is no WARC, or is damaged: it names what was lost, and where. What can be read was given."""


def read_warc(path: Path) -> Iterator[PastCapture]:
    """The captures of one file, in its order. Raises BadWarc, after all those that could be read."""
    try:
        file = path.open("rb")
    except OSError as error:
        raise BadWarc(f"{path} cannot be read: {error.strerror}") from error
    losses = _Losses()
    with file:
        earlier, found = Earlier(), False
        try:
            for record in records(file, losses.add):
                found = True
                if (capture := capture_of(record)) is not None:
                    yield earlier.found(record.fields, capture)
        except OSError as error:
            raise BadWarc(f"{path} cannot be read on: {error.strerror or error}") from error
        if not found and not losses.count and file.seek(0, SEEK_END):
            raise BadWarc(f"{path.name}: no WARC record is in it")
    if losses.count:
        raise BadWarc(f"{path.name}: {losses}")


class _Losses:
    """What damage took of one file; the first places by name."""

    def __init__(self) -> None:
        self.count = 0
        self._first: list[Loss] = []

    def add(self, loss: Loss) -> None:
        self.count += 1
        if len(self._first) < NAMED:
            self._first.append(loss)

    def __str__(self) -> str:
        more = [f"{self.count - NAMED} more places"] if self.count > NAMED else []
        return "; ".join([*map(str, self._first), *more])


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
