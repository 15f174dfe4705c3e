"""Names made from bytes and keys: payload digests, document ids, and what the hash chain takes of a row."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime

ID_LENGTH = 20
"""characters of a document id: 100 bits, so that ten million documents do not collide"""


def sha256(payload: bytes) -> str:
    """SHA-256 of the bytes, hexadecimal: the name of a payload."""
    return hashlib.sha256(payload).hexdigest()


def document_id_of(key: str) -> str:
    """The opaque id of the document with this key; the same in every archive."""
    return base64.b32encode(hashlib.sha256(key.encode()).digest()).decode()[:ID_LENGTH].lower()


def row_digest(table: str, values: Sequence[object]) -> bytes:
    """32 bytes over one row's logical values (never internal numbers): the same on every database, before and after a
    copy."""
    said = json.dumps([table, *map(_plain, values)], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).digest()


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return value
