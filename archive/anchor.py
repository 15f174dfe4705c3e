"""The chain's head, written down to be kept elsewhere: what `verify` cannot know by itself.

Whoever can write the database can compute a chain anew, or cut off its end. He cannot change a line that was printed,
mailed or stored elsewhere. With a key the line is signed (HMAC-SHA-256), so that the place where it is kept need not be
trusted.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import asdict, dataclass

from sqlalchemy import select

from archive.errors import ArchiveError
from archive.reading import Archive
from archive.schema import links


@dataclass(frozen=True, slots=True)
class Anchor:
    """One link as it stood: everything up to it is fixed by its hash."""

    link_no: int
    hash: str
    last_seq: int
    at: str | None = None
    """time of the link, RFC 3339"""


def anchor(archive: Archive) -> Anchor:
    """The newest link. Raises ArchiveError for an archive that holds nothing yet."""
    with archive.connect() as connection:
        row = connection.execute(select(links).order_by(links.c.link_no.desc()).limit(1)).mappings().first()
    if row is None:
        raise ArchiveError("the archive holds nothing yet: there is nothing to anchor")
    return Anchor(row["link_no"], bytes(row["hash"]).hex(), row["last_seq"], f"{row['at']:%Y-%m-%dT%H:%M:%SZ}")


def write_anchor(said: Anchor, key: bytes | None = None) -> str:
    """The anchor as JSON text, signed where there is a key."""
    body: dict[str, object] = {"muniment": "anchor 1", **asdict(said)}
    if key is not None:
        body["signature"] = _signature(body, key)
    return json.dumps(body, indent=2) + "\n"


def read_anchor(text: str, key: bytes | None = None) -> Anchor:
    """What `write_anchor` wrote. Raises ArchiveError for anything else, and for a signature that does not fit the
    key."""
    try:
        body = json.loads(text)
        signature = body.pop("signature", None)
        if body.pop("muniment") != "anchor 1":
            raise KeyError("muniment")
        said = Anchor(int(body["link_no"]), str(body["hash"]), int(body["last_seq"]), body.get("at"))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ArchiveError(f"this is no anchor: {error}") from error
    if key is not None:
        due = _signature({"muniment": "anchor 1", **asdict(said)}, key)
        if not isinstance(signature, str) or not hmac.compare_digest(signature, due):
            raise ArchiveError("the anchor's signature does not fit the key")
    return said


def _signature(body: dict[str, object], key: bytes) -> str:
    said = json.dumps(body, sort_keys=True, separators=(",", ":")).encode()
    return "hmac-sha256:" + hmac.new(key, said, hashlib.sha256).hexdigest()
