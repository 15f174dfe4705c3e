"""Changes with all that their versions say, a page of rows at a time: what JSON Lines and Parquet hold.

Every record has the same keys. `text`, `fields` and the rest are those of `version`, which for `gone` is the last one
there was; `author`, `floor`, `parent_id` are the document's as they are now.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from archive.reading import Archive
from archive.schema import changes, contents, documents, labels, sources, versions

PAGE_ROWS = 200

_parent = documents.alias("parent")
_ROWS = (
    select(
        changes.c.seq, changes.c.at, changes.c.kind, sources.c.source_id, documents.c.document_id,
        _parent.c.document_id.label("parent_id"), changes.c.document_kind, changes.c.title, changes.c.url,
        changes.c.version, changes.c.previous_version, changes.c.cause, changes.c.capture_no,
        changes.c.fields.label("changed"), changes.c.nature, versions.c.captured_at, versions.c.published_at,
        versions.c.returns_to,
        contents.c.content_hash, contents.c.text, contents.c.fields, contents.c.links, contents.c.images,
        contents.c.attachments, documents.c.author, documents.c.floor, documents.c.platform, documents.c.platform_id,
        documents.c.board, labels.c.label.label("extractor"), versions.c.extractor_revision,
    )
    .join(documents, documents.c.document_no == changes.c.document_no)
    .join(sources, sources.c.source_no == documents.c.source_no)
    .outerjoin(_parent, _parent.c.document_no == documents.c.parent_no)
    .outerjoin(
        versions, (versions.c.document_no == changes.c.document_no) & (versions.c.number == changes.c.version)
    )
    .outerjoin(contents, contents.c.content_no == versions.c.content_no)
    .outerjoin(labels, labels.c.label_no == versions.c.extractor_no)
    .where(changes.c.seq > bindparam("after"))
    .order_by(changes.c.seq)
    .limit(PAGE_ROWS)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ChangeRecord:
    """One change with its version, in plain values: JSON columns are lists and objects, times aware UTC."""

    seq: int
    at: datetime
    kind: str
    source_id: str
    document_id: str
    parent_id: str | None
    document_kind: str
    title: str
    url: str
    version: int
    previous_version: int | None
    cause: str
    capture_id: str | None
    changed: Any
    captured_at: datetime | None
    published_at: datetime | None
    returns_to: int | None
    content_hash: str | None
    text: str | None
    fields: Any
    links: Any
    images: Any
    attachments: Any
    author: str | None
    floor: int | None
    platform: str | None
    platform_id: str | None
    board: str | None
    extractor: str | None
    extractor_revision: int | None
    nature: Any
    """object (silent, share, only, parts), or None: see `archive.records.Nature`"""


def change_records(archive: Archive, after: int) -> Iterator[list[ChangeRecord]]:
    """Changes after `seq`, oldest first, in lists of at most 200; each list is read in a transaction of its own."""
    while True:
        with archive.connect() as connection:
            rows = connection.execute(_ROWS, {"after": after}).mappings().all()
        if not rows:
            return
        yield [_record(dict(row)) for row in rows]
        after = rows[-1]["seq"]


def _record(row: dict[str, Any]) -> ChangeRecord:
    capture_no = row.pop("capture_no")
    for name, empty in (("changed", {}), ("fields", {}), ("links", []), ("images", []), ("attachments", [])):
        row[name] = json.loads(row[name]) if row[name] else empty
    row["nature"] = json.loads(row["nature"]) if row["nature"] else None
    return ChangeRecord(capture_id=None if capture_no is None else str(capture_no), **row)


def rfc3339(when: datetime | None) -> str | None:
    """UTC, ending in Z, with a fraction only where there is one."""
    if when is None:
        return None
    return when.isoformat(timespec="microseconds" if when.microsecond else "seconds").replace("+00:00", "Z")
