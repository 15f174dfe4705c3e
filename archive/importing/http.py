"""An HTTP response as it stands in a WARC record, taken apart (RFC 9112), its encodings undone within bounds."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from archive.zstd import ZstdDecompressor, ZstdError

LARGEST = 256 * 1024 * 1024
"""bytes of one body, decoded"""

Headers = tuple[tuple[str, str], ...]


class BadResponse(ValueError):
    """No HTTP response, or one whose body cannot be decoded within bounds."""


@dataclass(frozen=True, slots=True)
class Response:
    """A response; `body` is without transfer and content encoding."""

    status: int
    headers: Headers
    body: bytes

    def header(self, name: str) -> str | None:
        """The first value of a header."""
        return next((value for said, value in self.headers if said.lower() == name), None)


def parse_response(block: bytes) -> Response:
    """The response in a record's block. Raises BadResponse."""
    end = block.find(b"\r\n\r\n")
    width = 4
    if end < 0:
        end, width = block.find(b"\n\n"), 2
    head, body = (block, b"") if end < 0 else (block[:end], block[end + width :])
    lines = head.decode("utf-8", "replace").splitlines()
    words = lines[0].split(None, 2) if lines else []
    if len(words) < 2 or not words[0].upper().startswith("HTTP/") or not words[1].isdigit():
        raise BadResponse(f"no HTTP status line: {head[:60]!r}")
    headers = _headers(lines[1:])
    plain = Response(int(words[1]), headers, body)
    if "chunked" in (plain.header("transfer-encoding") or "").lower():
        body = unchunked(body)
    for encoding in reversed((plain.header("content-encoding") or "").lower().split(",")):
        body = decoded(body, encoding.strip())
    return Response(plain.status, headers, body)


def _headers(lines: list[str]) -> Headers:
    found: list[tuple[str, str]] = []
    for line in lines:
        if line[:1] in (" ", "\t") and found:
            found[-1] = found[-1][0], f"{found[-1][1]} {line.strip()}"
        elif ":" in line:
            name, _, value = line.partition(":")
            found.append((name.strip(), value.strip()))
    return tuple(found)


def unchunked(body: bytes) -> bytes:
    """The body without its chunks; as it is where it is not chunked (some tools undo it and keep the header)."""
    pieces: list[bytes] = []
    at = 0
    while True:
        end = body.find(b"\n", at)
        try:
            size = int(body[at:end].split(b";")[0].strip(), 16) if end >= 0 else -1
        except ValueError:
            size = -1
        if size < 0:
            return b"".join(pieces) if pieces else body
        if size == 0:
            return b"".join(pieces)
        pieces.append(body[end + 1 : end + 1 + size])
        at = end + 1 + size
        at += 2 if body[at : at + 2] == b"\r\n" else body[at : at + 1] == b"\n"


def decoded(body: bytes, encoding: str) -> bytes:
    """The body without this content encoding; as it is where it does not have it. Raises BadResponse beyond the
    limit."""
    if not body or encoding in ("", "identity"):
        return body
    try:
        if encoding in ("gzip", "x-gzip", "deflate"):
            return _inflated(body, encoding == "deflate")
        if encoding == "zstd":
            return _bounded(ZstdDecompressor().decompress(body, LARGEST + 1))
        if encoding == "br":
            import brotli  # only where a WARC holds it

            return _bounded(brotli.decompress(body))
    except ImportError as error:
        raise BadResponse("a brotli body, and no brotli to read it with") from error
    except (zlib.error, ZstdError, ValueError) as error:
        if isinstance(error, BadResponse):
            raise
    except Exception as error:  # brotli has an exception of its own, known only where it is installed
        if type(error).__module__.partition(".")[0] not in ("brotli", "_brotli"):
            raise
    return body


def _inflated(body: bytes, deflate: bool) -> bytes:
    out = bytearray()
    while body:
        unpacker = zlib.decompressobj(_window(body) if deflate else 16 + zlib.MAX_WBITS)
        out += unpacker.decompress(body, LARGEST + 1 - len(out))
        _bounded(out)
        if deflate or not unpacker.unused_data.startswith(b"\x1f\x8b"):
            break
        body = unpacker.unused_data
    return bytes(out)


def _window(body: bytes) -> int:
    """Many servers send deflate without its zlib header."""
    return zlib.MAX_WBITS if body[0] & 0x0F == 8 and int.from_bytes(body[:2], "big") % 31 == 0 else -zlib.MAX_WBITS


def _bounded(body: bytes | bytearray) -> bytes:
    if len(body) > LARGEST:
        raise BadResponse(f"more than {LARGEST} bytes once decoded")
    return bytes(body)
