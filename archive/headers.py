"""Response headers, kept in a few dozen bytes: a frame against the headers this page sent before.

Servers repeat themselves: only times, counters and identifiers differ between two answers. A capture's headers are
folded (`folding`), then compressed with those of an earlier capture of the page as dictionary, never more than one step
deep; the first against a short text of what web servers usually say.

    raw deflate (RFC 1951) of folded text; it adds a third of what zstd adds to so few bytes
    zstd of plain text, as frames were written before: such a one begins with zstd's magic number, which no deflate does
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from datetime import datetime

from archive.folding import fold, unfold
from archive.zstd import MAGIC, decompressed

WORTH = 0.8
"""against its page's earlier headers a frame must be smaller than this share of one that stands alone, or the new
ones become the base"""

_USUAL = (
    b'["Server","nginx"],["Server","Apache"],["Date","Mon, 01 Jan 2024 00:00:00 GMT"],'
    b'["Content-Type","text/html; charset=utf-8"],'
    b'["Content-Type","text/html; charset=gbk"],["Content-Length","0"],["Transfer-Encoding","chunked"],'
    b'["Connection","keep-alive"],'
    b'["Vary","Accept-Encoding"],["Last-Modified","Mon, 01 Jan 2024 00:00:00 GMT"],["ETag","W/\\"5f0-61a\\""],'
    b'["Cache-Control","no-store, no-cache, must-revalidate, max-age=0, private"],["Pragma","no-cache"],'
    b'["Expires","Thu, 19 Nov 1981 08:52:00 GMT"],["Set-Cookie","PHPSESSID=; path=/; HttpOnly; Secure; SameSite=Lax; '
    b'expires="],'
    b'["X-Powered-By","PHP/7.4"],["Content-Encoding","gzip"],["Accept-Ranges","bytes"],["X-Frame-Options","SAMEORIGIN"],'
    b'["X-Content-Type-Options","nosniff"],["X-XSS-Protection","1; mode=block"],'
    b'["Strict-Transport-Security","max-age=31536000; includeSubDomains"]'
)


def pack(headers: Sequence[tuple[str, str]], base: bytes | None, at: datetime) -> tuple[bytes | None, bool]:
    """The frame of the headers of a capture made at that time, and whether it needs `base` (what `base_of` gave of an
    earlier capture). None for no headers."""
    if not headers:
        return None, False
    said = fold(json.dumps(headers, ensure_ascii=True, separators=(",", ":")), at)
    alone = _deflated(said, _USUAL)
    if base is not None:
        against = _deflated(said, base)
        if len(against) < len(alone) * WORTH:
            return against, True
    return alone, False


def unpack(frame: bytes | None, base: bytes | None, at: datetime) -> tuple[tuple[str, str], ...]:
    """The headers of a frame; `base` where it needs one. Raises ZstdError or ValueError for damaged ones."""
    if frame is None:
        return ()
    said = _said(frame, base)
    text = said.decode() if frame.startswith(MAGIC) else unfold(said, at)
    return tuple((name, value) for name, value in json.loads(text))


def base_of(frame: bytes) -> bytes:
    """What other headers may be compressed against: those of a frame that stands alone."""
    return _said(frame, None)


def _said(frame: bytes, base: bytes | None) -> bytes:
    if frame.startswith(MAGIC):
        return decompressed(frame, base or _USUAL)
    decoder = zlib.decompressobj(-zlib.MAX_WBITS, zdict=base or _USUAL)
    try:
        said = decoder.decompress(frame)
    except zlib.error as error:
        raise ValueError(str(error)) from error
    if not decoder.eof or decoder.unused_data:
        raise ValueError(f"a frame that does not end with its {len(frame)} bytes")
    return said


def _deflated(said: bytes, base: bytes) -> bytes:
    encoder = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS, 9, zdict=base)
    return encoder.compress(said) + encoder.flush()
