"""Single WARC records, as bytes, and the index lines that point at them."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from archive.export.rows import rfc3339
from archive.records import Capture
from archive.urlkey import urlkey

SAME_PAYLOAD = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
_ENCODED = frozenset({"content-encoding", "transfer-encoding", "content-length"})
"""headers that spoke of the body as it was sent, not as it is kept"""


@dataclass(frozen=True, slots=True)
class Index:
    """One line of the index."""

    url: str
    at: datetime
    mime: str
    status: int | None
    digest: str
    length: int
    offset: int
    filename: str

    def line(self) -> str:
        """`urlkey timestamp {json}` (CDXJ as pywb reads it: keys in lower case, 14 digits of time)."""
        said = {
            "url": self.url, "mime": self.mime, "status": "" if self.status is None else str(self.status),
            "digest": self.digest, "length": str(self.length), "offset": str(self.offset), "filename": self.filename,
        }  # fmt: skip
        return f"{_surt(self.url)} {self.at:%Y%m%d%H%M%S} {json.dumps(said, ensure_ascii=True)}\n"


@dataclass(frozen=True, slots=True)
class Written:
    """A record, compressed as a gzip member of its own."""

    record: bytes
    capture: Capture
    mime: str
    digest: str

    def index(self, filename: str, offset: int) -> Iterator[Index]:
        """A line for the URL that answered and, where another one was asked, one for that."""
        at, status = self.capture.fetched_at, self.capture.status
        for url in dict.fromkeys((_uri(self.capture.final_url), _uri(self.capture.url))):
            yield Index(url, at, self.mime, status, self.digest, len(self.record), offset, filename)


def info(filename: str, at: datetime) -> bytes:
    """The record that opens a file."""
    block = b"software: Muniment\r\nformat: WARC File Format 1.1\r\n"
    fields = [("WARC-Filename", filename), ("Content-Type", "application/warc-fields")]
    return _record("warcinfo", f"warcinfo:{filename}", at, fields, block)


def exchange(capture: Capture, payload: bytes | None, original: Capture | None, said: bytes) -> Written:
    """A `response`, or (with `original`, the capture that first brought the payload `said`) a `revisit`."""
    digest = _digest(said)
    fields = [
        ("WARC-Target-URI", _uri(capture.final_url)),
        ("WARC-Payload-Digest", f"sha1:{digest}"),
        ("Content-Type", "application/http; msgtype=response"),
    ]
    mime = capture.media_type or "unk"
    kind = "response"
    if original is not None:
        kind, mime = "revisit", "warc/revisit"
        fields += [
            ("WARC-Profile", NOT_MODIFIED if capture.status == HTTPStatus.NOT_MODIFIED else SAME_PAYLOAD),
            ("WARC-Refers-To", _id(f"capture:{original.capture_id}:{original.payload_digest}")),
            ("WARC-Refers-To-Target-URI", _uri(original.final_url)),
            ("WARC-Refers-To-Date", str(rfc3339(original.fetched_at))),
        ]
    block = _http(capture, payload)
    name = f"capture:{capture.capture_id}:{capture.payload_digest}"
    return Written(_record(kind, name, capture.fetched_at, fields, block), capture, mime, digest)


def _surt(url: str) -> str:
    """The urlkey as replay tools look it up: in lower case, the query in the order that has then."""
    path, mark, query = urlkey(url).lower().replace(" ", "%20").partition("?")
    return path + mark + "&".join(sorted(query.split("&")))


def _uri(url: str) -> str:
    """An imported page may be named without a scheme; readers of WARC files look at it."""
    return "".join((url if "://" in url else f"http://{url}").split())


def _http(capture: Capture, payload: bytes | None) -> bytes:
    status = capture.status or HTTPStatus.OK
    try:
        reason = HTTPStatus(status).phrase
    except ValueError:
        reason = "Unknown"
    lines = [f"HTTP/1.1 {int(status)} {reason}"]
    named = set()
    for name, value in capture.headers:
        named.add(name.lower())
        prefix = "X-Archive-Orig-" if name.lower() in _ENCODED else ""
        lines.append(f"{prefix}{name}: {' '.join(value.split())}")
    if "content-type" not in named and capture.media_type:
        lines.append(f"Content-Type: {capture.media_type}")
    if payload is not None:
        lines.append(f"Content-Length: {len(payload)}")
    return "\r\n".join([*lines, "", ""]).encode("utf-8", "replace") + (payload or b"")


def _record(kind: str, name: str, at: datetime, fields: list[tuple[str, str]], block: bytes) -> bytes:
    head = [
        "WARC/1.1", f"WARC-Type: {kind}", f"WARC-Record-ID: {_id(name)}", f"WARC-Date: {rfc3339(at)}",
        *(f"{name}: {value}" for name, value in fields), f"WARC-Block-Digest: sha1:{_digest(block)}",
        f"Content-Length: {len(block)}", "", "",
    ]  # fmt: skip
    return gzip.compress("\r\n".join(head).encode() + block + b"\r\n\r\n", 9, mtime=0)


def _id(name: str) -> str:
    return f"<{uuid.uuid5(uuid.NAMESPACE_URL, 'muniment:' + name).urn}>"


def _digest(data: bytes) -> str:
    return base64.b32encode(hashlib.sha1(data, usedforsecurity=False).digest()).decode()
