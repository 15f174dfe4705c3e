"""Bytes in, digest out: payloads kept once, compressed, checked when they come back.

    codec 1   one zstd frame
    codec 2   one zstd frame whose dictionary is the base payload's bytes; `depth` bounds how many bases a read follows

Every row carries a seal over what compaction may rewrite (codec, base, depth, frame), so that a flipped bit is told from a
frame that happens to decode. What the row *is*, its digest and size, stands in the hash chain and never changes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import zstandard
from sqlalchemy import Connection, bindparam, select

from archive.digest import sha256
from archive.errors import Damaged, NotFound
from archive.schema import payloads
from archive.session import Session

PLAIN = 1
DELTA = 2
LEVEL = 9
DEPTH = 64
"""bases that a read follows at most"""

_ROW = select(payloads)
_BY_DIGEST = _ROW.where(payloads.c.digest == bindparam("wanted"))
_BY_NUMBER = _ROW.where(payloads.c.payload_no == bindparam("wanted"))
_KNOWN = select(payloads.c.payload_no, payloads.c.data.is_not(None).label("kept")).where(
    payloads.c.digest == bindparam("wanted")
)


def seal_of(codec: int, base_no: int | None, depth: int, data: bytes) -> bytes:
    """8 bytes over everything of a row that compaction may rewrite."""
    return hashlib.blake2b(data, digest_size=8, key=f"{codec},{base_no},{depth}".encode()).digest()


def payload_values(digest: bytes, size: int) -> list[object]:
    """What the chain takes of a payload."""
    return [digest, size]


def put(session: Session, payload: bytes, base: int | None = None) -> int:
    """The number under which these bytes are kept; they are stored unless they already are."""
    digest = hashlib.sha256(payload).digest()
    known = session.connection.execute(_KNOWN, {"wanted": digest}).first()
    if known is not None:
        return int(known.payload_no)
    data = zstandard.ZstdCompressor(level=LEVEL).compress(payload)
    row = {
        "digest": digest, "size": len(payload), "codec": PLAIN, "base_no": None, "depth": 0, "data": data,
        "seal": seal_of(PLAIN, None, 0, data),
    }  # fmt: skip
    statement = session.insert(payloads).values(row).on_conflict_do_nothing().returning(payloads.c.payload_no)
    number = session.connection.scalar(statement)
    if number is None:
        return int(session.connection.execute(_KNOWN, {"wanted": digest}).one().payload_no)
    session.entry("payloads", (number,), payload_values(digest, len(payload)))
    return int(number)


def get(connection: Connection, digest: str) -> bytes:
    """The bytes with this SHA-256. Raises NotFound, or Damaged where they are not what was stored."""
    row = connection.execute(_BY_DIGEST, {"wanted": bytes.fromhex(digest)}).mappings().first()
    if row is None:
        raise NotFound(f"no payload {digest}")
    return _checked(connection, row)


def get_number(connection: Connection, number: int) -> bytes:
    """The bytes kept under this number, like `get`."""
    row = connection.execute(_BY_NUMBER, {"wanted": number}).mappings().first()
    if row is None:
        raise NotFound(f"no payload number {number}")
    return _checked(connection, row)


def _checked(connection: Connection, row: Mapping[Any, Any]) -> bytes:
    payload = _decoded(connection, row, DEPTH + 1)
    if sha256(payload) != bytes(row["digest"]).hex():
        raise Damaged(f"payloads {row['payload_no']}: the bytes do not have the digest they are kept under")
    return payload


def _decoded(connection: Connection, row: Mapping[Any, Any], left: int) -> bytes:
    number, data = row["payload_no"], row["data"]
    if data is None:
        raise NotFound(f"the bytes of payload {bytes(row['digest']).hex()} were removed by retention")
    base: bytes | None = None
    if row["base_no"] is not None:
        below = connection.execute(_BY_NUMBER, {"wanted": row["base_no"]}).mappings().first()
        if below is None or not left:
            raise Damaged(f"payloads {number}: its base {row['base_no']} is missing or too deep")
        base = _decoded(connection, below, left - 1)
    try:
        return decode(row["codec"], bytes(data), row["size"], base)
    except (zstandard.ZstdError, ValueError) as error:
        raise Damaged(f"payloads {number}: {error}") from error


def decode(codec: int, data: bytes, size: int, base: bytes | None) -> bytes:
    """The bytes of one frame. Raises ZstdError or ValueError for one that cannot be read."""
    if codec == PLAIN:
        return zstandard.ZstdDecompressor().decompress(data, max_output_size=size)
    if codec == DELTA and base is not None:
        dictionary = zstandard.ZstdCompressionDict(base, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
        return zstandard.ZstdDecompressor(dict_data=dictionary, max_window_size=2**31).decompress(
            data, max_output_size=size
        )
    raise ValueError(f"codec {codec} is unknown, or its base is missing")
