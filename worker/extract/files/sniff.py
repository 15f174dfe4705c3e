"""What a body is, by its bytes and never by its name: `.doc` files are RTF, HTML or spreadsheets as often as not.

`family` is cheap and never opens anything; `type_of` looks into containers and belongs into the isolated process.
"""

from __future__ import annotations

import re
import struct

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"{\\rtf", "rtf"),
    (b"Rar!\x1a\x07", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"MSCF\x00\x00\x00\x00", "cab"),
    (b"\x7fELF", "program"),
    (b"MZ", "program"),
    (b"RIFF", "media"),
    (b"OggS", "media"),
    (b"\x1aE\xdf\xa3", "video"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF8", "gif"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"BM", "bmp"),
    (b"%!PS", "postscript"),
    (b"AT&TFORM", "djvu"),
    (b"ID3", "audio"),
    (b"CAJ\x00", "caj"),
    (b"HN\x00\x00", "caj"),
)
_MAGIC_AT: tuple[tuple[int, bytes, str], ...] = (
    (257, b"ustar", "tar"),
    (4, b"ftyp", "video"),
    (0x8001, b"CD001", "iso"),
)
"""(byte, what stands there, type)"""
_PDF_WITHIN = 1024
"""bytes within which `%PDF-` may stand (ISO 32000-1, annex H note 13)"""
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|meta|title|script|table|div|frameset)\b", re.IGNORECASE)
_TAG = re.compile(rb"<[a-zA-Z!/?][^<>]{0,300}>")
_TEXT_TYPES = frozenset(
    {"text/plain", "text/csv", "application/csv", "text/tab-separated-values", "application/octet-stream", ""}
)
_DOWNLOAD = re.compile(r"\.(?:txt|csv|tsv)(?:$|[?#\"';])", re.IGNORECASE)


def family(body: bytes) -> str | None:
    """`pdf`, `zip` (OOXML and OFD too), `ole`, `rtf`, `rar` ... for what is no text, None for what may be a page or
    text."""
    if (start := body[:_PDF_WITHIN].find(b"%PDF-")) >= 0 and not _HTML.search(body[:start]):
        return "pdf"
    head = body[:64].lstrip(b"\xef\xbb\xbf\r\n\t ") if body[:8] != b"\x00" else body[:64]
    for magic, name in _MAGIC:
        if (body.startswith(magic) or (name == "rtf" and head.startswith(magic))) and _is_certain(name, body):
            return name
    return next((name for at, magic, name in _MAGIC_AT if body[at : at + len(magic)] == magic), None)


def _is_certain(name: str, body: bytes) -> bool:
    """A few letters alone are no mark: a bitmap's header names the file's size, a program's points to another mark,
    an archive's and a sound's have more of a form."""
    if name == "bmp":
        return len(body) > 54 and struct.unpack("<I", body[2:6])[0] == len(body)
    if body.startswith(b"MZ"):
        at = struct.unpack("<I", body[60:64])[0] if len(body) > 64 else 0
        return body[at : at + 2] in (b"PE", b"NE", b"LE")
    if name == "bzip2":
        return body[3:4].isdigit() and body[4:10] in (b"1AY&SY", b"\x17rE8P\x90")
    return not body.startswith(b"RIFF") or body[8:12] in (b"WEBP", b"WAVE", b"AVI ", b"CDR ")


def is_plain(body: bytes, media_type: str, url: str, asked_as_file: bool) -> str | None:
    """`text` or `csv` for text offered as a file, None for pages and binary bodies."""
    head = body[:4096]
    if (
        not body.strip()
        or _HTML.search(head)
        or head.lstrip(b"\xef\xbb\xbf\r\n\t ").startswith((b"<?xml", b"<rss", b"<feed"))
    ):
        return None
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    if b"\x00" in head and not wide:
        return None
    offered = (
        asked_as_file
        or media_type in ("text/csv", "application/csv", "text/tab-separated-values")
        or (media_type in _TEXT_TYPES and _DOWNLOAD.search(url) is not None)
    )
    if not offered or (not wide and len(_TAG.findall(head)) > 8):
        return None
    named = "csv" in media_type or "tab-separated" in media_type or re.search(r"\.[ct]sv\b", url, re.IGNORECASE)
    return "csv" if named or _looks_tabular(body) else "text"


def _looks_tabular(body: bytes) -> bool:
    """Whether the first lines all have the same number of commas or tabs, at least two of them."""
    lines = [line for line in body[:8192].splitlines()[:12] if line.strip()]
    if len(lines) < 3:
        return False
    lines = lines[: max(3, len(lines) - 1)]
    for sign in (b"\t", b","):
        counts = {line.count(sign) for line in lines}
        if len(counts) == 1 and counts.pop() >= 2:
            return True
    return False


def zip_type(names: list[str]) -> str:
    """What a ZIP container with these members is: docx, xlsx, pptx, ofd, odf or plain zip."""
    held = {name.lower().lstrip("/") for name in names}
    if "ofd.xml" in held:
        return "ofd"
    if "[content_types].xml" in held:
        for folder, kind in (("word/", "docx"), ("xl/", "xlsx"), ("ppt/", "pptx")):
            if any(name.startswith(folder) for name in held):
                return kind
    if "content.xml" in held and "mimetype" in held:
        return "odf"
    return "zip"


def odf_type(mimetype: bytes) -> str:
    """What an OpenDocument file is by its member `mimetype`: odt, ods, odp, or `odf` for drawings and formulas."""
    kind = mimetype.strip().removeprefix(b"application/vnd.oasis.opendocument.").partition(b"-")[0]
    return {b"text": "odt", b"spreadsheet": "ods", b"presentation": "odp"}.get(kind, "odf")


def ole_type(streams: set[str]) -> str:
    """What an OLE container with these streams is: doc, xls, ppt, msg, encrypted OOXML or unknown."""
    if "EncryptedPackage" in streams:
        return "encrypted"
    if "WordDocument" in streams:
        return "doc"
    if "Workbook" in streams or "Book" in streams:
        return "xls"
    if "PowerPoint Document" in streams:
        return "ppt"
    return "msg" if any(name.startswith("__substg1.0") for name in streams) else "ole"
