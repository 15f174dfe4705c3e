"""Answers as HTTP has them: validators and 304, gzip, HEAD, ranges of bytes, what a client accepts (RFC 9110)."""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from starlette.requests import Request
from starlette.responses import Response

from archive.memento import http_date

JSON = "application/json"
WORTH_PACKING = 1000
"""bytes from which on an answer is compressed"""
LEVEL = 4
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_TAG = re.compile(r'(?:W/)?"([^"]*)"')


def accepts(request: Request, *media_types: str) -> str | None:
    """That one of these media types which the client likes best, the first of equals; None: it takes none of them."""
    said = request.headers.get("accept", "").strip()
    if not said:
        return media_types[0]
    ranges = list(_weights(said))
    best: tuple[float, str] | None = None
    for media in media_types:
        fitting = [(_closeness(pattern, media), weight) for pattern, weight in ranges if _closeness(pattern, media)]
        weight = max(fitting)[1] if fitting else 0.0
        if weight > 0 and (best is None or weight > best[0]):
            best = (weight, media)
    return best[1] if best else None


def _closeness(pattern: str, media: str) -> int:
    if pattern == media:
        return 3
    if pattern == media.partition("/")[0] + "/*":
        return 2
    return 1 if pattern == "*/*" else 0


def _weights(said: str) -> Iterable[tuple[str, float]]:
    """What a header like Accept lists, each with its weight."""
    for part in said.split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        weight = 1.0
        for parameter in parameters:
            if parameter.lower().startswith("q="):
                try:
                    weight = float(parameter[2:])
                except ValueError:
                    weight = 0.0
        yield name.lower(), weight


def tag_of(*parts: object) -> str:
    """The opaque part of an ETag that follows from these."""
    return hashlib.sha256("\x00".join(map(str, parts)).encode("utf-8", "replace")).hexdigest()[:24]


def is_known(request: Request, tag: str, modified: datetime | None = None) -> bool:
    """Whether the client has it already (RFC 9110 section 13.2.2: the tag, where it sends one, decides alone)."""
    asked = request.headers.get("if-none-match")
    if asked is not None:
        known = {found.removesuffix("-gzip") for found in _TAG.findall(asked)}
        return asked.strip() == "*" or tag in known
    since = request.headers.get("if-modified-since")
    if since is None or modified is None:
        return False
    try:
        then = parsedate_to_datetime(since)
    except (TypeError, ValueError, OverflowError):
        return False
    return modified.replace(microsecond=0) <= (then if then.tzinfo else then.replace(tzinfo=UTC))


def unchanged(tag: str, headers: Mapping[str, str] | None = None) -> Response:
    """304, with what a cache has to know."""
    return Response(status_code=304, headers={"etag": f'"{tag}"', **(headers or {})})


def answer(
    request: Request, body: bytes, media_type: str, *, tag: str | None = None, modified: datetime | None = None,
    headers: Mapping[str, str] | None = None, status: int = 200,
) -> Response:  # fmt: skip
    """The answer with this body: 304 where the client has it, packed where that is worth it, without body for HEAD.
    The ETag is strong: it follows from the body, or `tag` does, and is another one for the packed body."""
    tag = tag or tag_of(body.hex() if len(body) < 64 else hashlib.sha256(body).hexdigest())
    said = {"vary": "Accept, Accept-Encoding", **(headers or {})}
    if modified is not None:
        said["last-modified"] = http_date(modified)
    if status == 200 and is_known(request, tag, modified):
        return unchanged(tag, said)
    codings = dict(_weights(request.headers.get("accept-encoding", "")))
    packed = len(body) >= WORTH_PACKING and codings.get("gzip", 0) > 0
    said["etag"] = f'"{tag}-gzip"' if packed else f'"{tag}"'
    if packed:
        body = gzip.compress(body, LEVEL, mtime=0)
        said["content-encoding"] = "gzip"
    return _without_body(request, Response(body, status, said, media_type))


def _without_body(request: Request, made: Response) -> Response:
    if request.method == "HEAD":
        made.body = b""  # its length stays in the header, as a GET would have it
    return made


def part_of(
    request: Request, body: bytes, *, tag: str, headers: Mapping[str, str], modified: datetime | None = None
) -> Response:  # fmt: skip
    """Bytes, or that part of them which `Range` asks for: 206, or 416 where there is no such part. Never packed."""
    said = {"accept-ranges": "bytes", "etag": f'"{tag}"', **headers}
    if modified is not None:
        said["last-modified"] = http_date(modified)
    if is_known(request, tag, modified):
        return unchanged(tag, said)
    asked = request.headers.get("range")
    condition = request.headers.get("if-range")
    if asked is None or (condition is not None and condition != f'"{tag}"'):
        return _without_body(request, Response(body, 200, said))
    bounds = _bounds(asked, len(body))
    if bounds is None:
        return _without_body(request, Response(body, 200, said))
    first, last = bounds
    said["content-range"] = f"bytes {first}-{last}/{len(body)}"
    return _without_body(request, Response(body[first : last + 1], 206, said))


class NoSuchPart(Exception):
    """A range that lies outside of what there is: 416. `size`: bytes that there are."""

    def __init__(self, size: int) -> None:
        super().__init__(f"there are {size} bytes; ask for a part of them, such as bytes=0-{max(0, size - 1)}")
        self.size = size


def _bounds(asked: str, size: int) -> tuple[int, int] | None:
    """First and last byte; None: not understood, or several parts at once (RFC 9110 section 14.2 lets a server ignore
    those). Raises NoSuchPart."""
    found = _RANGE.fullmatch(asked.strip())
    if found is None or found[1] == found[2] == "" or max(len(found[1]), len(found[2])) > 18:
        return None
    first = int(found[1]) if found[1] else size - int(found[2])
    last = int(found[2]) if found[1] and found[2] else size - 1
    if found[1] and last < first <= size - 1:
        return None
    if first >= size:
        raise NoSuchPart(size)
    return max(0, first), min(last, size - 1)


def linked(targets: Sequence[tuple[str, str]]) -> dict[str, str]:
    """A Link header (RFC 8288) of (address, relation) pairs."""
    return {"link": ", ".join(f'<{target}>; rel="{relation}"' for target, relation in targets)} if targets else {}
