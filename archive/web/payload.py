"""A stored body as text, and as a file to take away. Pure."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from archive.records import Capture, Derivation

_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([a-zA-Z0-9_:.-]{2,40})", re.IGNORECASE)
_NO_TEXT = frozenset(["punycode", "idna", "unicode-escape", "raw-unicode-escape"])
"""codecs of names and of source code: no page is written so, and the first takes hours for a megabyte made for it"""
_SIGNS = (
    (b"%PDF", "pdf", "application/pdf"), (b"PK\x03\x04", "zip", "application/zip"),
    (b"\xd0\xcf\x11\xe0", "ole", "application/x-ole-storage"), (b"\x89PNG\r\n\x1a\n", "png", "image/png"),
    (b"\xff\xd8\xff", "jpg", "image/jpeg"), (b"GIF8", "gif", "image/gif"), (b"BM", "bmp", "image/bmp"),
    (b"Rar!", "rar", "application/vnd.rar"), (b"7z\xbc\xaf", "7z", "application/x-7z-compressed"),
    (b"\x1f\x8b", "gz", "application/gzip"),
)  # fmt: skip
_PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")
_KEEP = frozenset(["pdf", "docx", "xlsx", "pptx", "doc", "xls", "ppt", "ofd", "wps", "rtf", "txt", "csv", "zip", "rar",
                   "7z", "png", "jpg", "jpeg", "gif", "webp", "json"])  # fmt: skip
"""endings that a system opens without running anything of them; every other one becomes `bin`"""


@dataclass(frozen=True, slots=True)
class Read:
    """A body as text. `encoding` is Python's name of the codec."""

    text: str
    encoding: str
    evidence: str
    """what decided when the page was read; empty where nothing had"""
    replaced: int
    """characters that could not be read"""


def as_text(body: bytes, capture: Capture, reading: Derivation | None) -> Read | None:
    """The body as its reader decoded it; None where it is no text. A body that no reader has decoded is read as its
    header says, else as UTF-8."""
    known = reading.encoding if reading is not None else None
    if known is None and binary(body, capture) is not None:
        return None
    match = _CHARSET.search(capture.media_type or "")
    encoding = known or (match[1] if match else "utf-8")
    try:
        if codecs.lookup(encoding).name in _NO_TEXT:
            raise LookupError(encoding)
        text = body.decode(encoding, "replace")
    except (LookupError, ValueError):
        encoding, text = "utf-8", body.decode("utf-8", "replace")
    evidence = reading.encoding_evidence if known and reading is not None else None
    return Read(text.removeprefix("\ufeff"), encoding, evidence or ("header" if match else ""), text.count("\ufffd"))


def binary(body: bytes, capture: Capture) -> str | None:
    """The kind of file that is no text, as a media type; None for text."""
    for sign, _, media in _SIGNS:
        if body.startswith(sign):
            return media
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        return "image/webp"
    said = (capture.media_type or "").partition(";")[0].strip().lower()
    if said.startswith(("image/", "audio/", "video/", "font/")) and "svg" not in said:
        return said
    wide = body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return "application/octet-stream" if b"\x00" in body[:4096] and not wide else None


def picture(body: bytes, capture: Capture) -> str | None:
    """The media type of a picture that a browser may draw, by its own bytes; None for everything else."""
    kind = binary(body, capture)
    return kind if kind in _PICTURES and _signed(body, kind) else None


def _signed(body: bytes, kind: str) -> bool:
    return (kind == "image/webp" and body[8:12] == b"WEBP") or any(
        media == kind and body.startswith(sign) for sign, _, media in _SIGNS
    )


def file_name(capture: Capture) -> str:
    """The name under which the bytes are taken away: plain letters, and an ending that nothing runs."""
    path = re.split(r"[?#]", capture.final_url or capture.url, maxsplit=1)[0]
    last = path.rstrip("/").rpartition("/")[2]
    ending = last.rpartition(".")[2].lower() if "." in last else ""
    digest = (capture.payload_digest or "")[:12]
    return f"capture-{capture.capture_id}-{digest}.{ending if ending in _KEEP else 'bin'}"
