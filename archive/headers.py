"""Response headers, kept in a few dozen bytes: a zstd frame against the headers this page sent before.

Servers repeat themselves: only dates, counters and cookies differ between two answers. A capture's headers are
compressed
with those of an earlier capture of the page as dictionary, never more than one step deep; the first against a short
text of what web servers usually say.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from archive.zstd import compressed, decompressed

LEVEL = 9
WORTH = 0.5
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


def pack(headers: Sequence[tuple[str, str]], base: bytes | None) -> tuple[bytes | None, bool]:
    """The frame, and whether it needs `base` (the plain headers of an earlier capture). None for no headers."""
    if not headers:
        return None, False
    said = plain(headers)
    alone = compressed(said, LEVEL, _USUAL)
    if base is not None:
        against = compressed(said, LEVEL, base)
        if len(against) < len(alone) * WORTH:
            return against, True
    return alone, False


def unpack(frame: bytes | None, base: bytes | None) -> tuple[tuple[str, str], ...]:
    """The headers of a frame; `base` where it needs one. Raises ZstdError or ValueError for damaged ones."""
    if frame is None:
        return ()
    return tuple((name, value) for name, value in json.loads(plain_of(frame, base)))


def plain(headers: Sequence[tuple[str, str]]) -> bytes:
    """The headers as they are compressed, and as a base for others."""
    return json.dumps(headers, ensure_ascii=True, separators=(",", ":")).encode()


def plain_of(frame: bytes, base: bytes | None) -> bytes:
    """The plain headers of a frame."""
    return decompressed(frame, base or _USUAL)
