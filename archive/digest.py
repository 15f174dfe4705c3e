"""Names made from bytes and keys: payload digests, document ids, and what the hash chain takes of a row."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime

ID_LENGTH = 20
"""characters of a document id: 100 bits, so that ten million documents do not collide"""
_BASE32 = "abcdefghijklmnopqrstuvwxyz234567"
_PAIRS = tuple(a + b for a in _BASE32 for b in _BASE32)
_write = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def sha256(payload: bytes) -> str:
    """SHA-256 of the bytes, hexadecimal: the name of a payload."""
    return hashlib.sha256(payload).hexdigest()


def document_id_of(key: str) -> str:
    """The opaque id of the document with this key; the same in every archive."""
    bits = int.from_bytes(hashlib.sha256(key.encode()).digest()) >> 256 - 5 * ID_LENGTH
    return "".join([_PAIRS[bits >> shift & 1023] for shift in range(5 * ID_LENGTH - 10, -1, -10)])


def row_digest(table: str, values: Sequence[object]) -> bytes:
    """32 bytes over one row's logical values (never internal numbers): the same on every database, before and after a
    copy."""
    said = _write([table, *map(_plain, values)])
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).digest()


def _plain(value: object) -> object:
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, datetime):
        return _moment(value.astimezone(UTC))
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return value


def _moment(value: datetime) -> str:
    if value.year < 1000:  # whose year is not written with zeros in front
        return value.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return value.isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"
