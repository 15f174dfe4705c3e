"""What the chain of hashes takes of a version and of a document's state: the same when written and when proved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from archive.schema import documents


def version_values(row: Mapping[Any, Any], document_id: str, content_hash: str, extractor: str) -> list[object]:
    """What the chain takes of a version."""
    return [
        document_id, row["number"], content_hash, row["cause"], row["returns_to"], row["captured_at"],
        row["capture_no"],
        extractor, row["extractor_revision"], row["published_at"], row["url"],
    ]  # fmt: skip


_DOCUMENT_VALUES = tuple(
    c.name for c in documents.c if c.name not in ("document_no", "source_no", "parent_no", "content_no")
)


def document_values(
    row: Mapping[Any, Any], source_id: str, parent_id: str | None, content_hash: str | None
) -> list[object]:
    """What the chain takes of one state of a document."""
    return [source_id, parent_id, content_hash, *(row[name] for name in _DOCUMENT_VALUES)]
