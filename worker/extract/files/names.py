"""The name under which a server offers a file: Content-Disposition as servers really write it."""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

_EXTENDED = re.compile(r"filename\*\s*=\s*\"?([\w\-]*)'[\w\-]*'([^;\"]+)", re.IGNORECASE)
_PLAIN = re.compile(r"filename\s*=\s*(?:\"((?:[^\"\\]|\\.)*)\"|([^;]+))", re.IGNORECASE)
_ENCODED_WORD = re.compile(r"=\?([\w\-]+)\?([bBqQ])\?([^?]*)\?=")


def offered_name(header: str) -> str:
    """The file name in a Content-Disposition header, without folders; '' where it has none.

    `filename*` (RFC 5987) wins over `filename`; this may hold percent escapes, RFC 2047 words, or raw bytes of UTF-8 or
    GBK that the HTTP library handed over as Latin-1.
    """
    name = ""
    if match := _EXTENDED.search(header):
        name = _decoded(unquote_to_bytes(match.group(2).strip()), match.group(1) or "utf-8")
    elif match := _PLAIN.search(header):
        name = _plain(re.sub(r"\\(.)", r"\1", match.group(1)) if match.group(1) is not None else match.group(2).strip())
    name = re.sub(r"[\x00-\x1f\x7f]", "", name).strip()
    return re.split(r"[\\/]", name)[-1][:200]


def _plain(name: str) -> str:
    if _ENCODED_WORD.search(name):
        from email.header import decode_header, make_header

        try:
            return str(make_header(decode_header(name)))
        except (LookupError, UnicodeDecodeError, ValueError):
            return name
    if re.search(r"%[0-9A-Fa-f]{2}", name):
        return _decoded(unquote_to_bytes(name), "utf-8")
    try:
        return _decoded(name.encode("latin-1"), "utf-8")
    except UnicodeEncodeError:
        return name


def _decoded(data: bytes, claimed: str) -> str:
    for codec in (claimed, "utf-8", "gb18030", "latin-1"):
        try:
            return data.decode(codec)
        except (LookupError, UnicodeDecodeError):
            continue
    return data.decode("latin-1")
