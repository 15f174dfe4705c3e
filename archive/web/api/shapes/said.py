"""Documents, their versions, and what differs between two."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from archive.records import Cause, ChangeKind, Kind, Nature, State

Object = Mapping[str, Any]
Relation = Literal["duplicate", "reprint"]


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the change log."""

    seq: int
    """1, 2, 3 ... without gaps"""
    at: datetime
    kind: ChangeKind
    source_id: str
    document_id: str
    document_kind: Kind
    title: str
    url: str
    version: int
    previous_version: int | None
    cause: Cause
    capture_id: str | None
    fields: Object
    """name to [old, new]"""
    nature: Nature | None


@dataclass(frozen=True, slots=True)
class Changes:
    """Changes: oldest first with `since`, else newest first."""

    changes: tuple[Change, ...]
    last_seq: int
    """with `since`: ask again with this number; else the newest change of the archive"""
    looked_back_to: datetime | None
    """without `since`: where a filter made the search stop early, the time down to which the log was looked at"""
    next: str | None


@dataclass(frozen=True, slots=True)
class Document:
    """A document as it is now."""

    document_id: str
    parent_id: str | None
    source_id: str
    kind: Kind
    url: str
    title: str
    text: str
    version: int
    content_hash: str
    published_at: datetime | None
    first_seen_at: datetime
    last_seen_at: datetime
    last_checked_at: datetime
    state: State


@dataclass(frozen=True, slots=True)
class Documents:
    """Documents, in the order in which they were found."""

    documents: tuple[Document, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class WholeDocument:
    """A document as it is now, with everything that is known of it."""

    document_id: str
    parent_id: str | None
    source_id: str
    kind: Kind
    url: str
    title: str
    text: str
    version: int
    content_hash: str
    published_at: datetime | None
    first_seen_at: datetime
    last_seen_at: datetime
    last_checked_at: datetime
    state: State
    fields: Object
    evidence: Object
    """where each field was read, and readings that disagree"""
    links: tuple[Object, ...]
    images: tuple[Object, ...]
    attachments: tuple[Object, ...]
    margin: tuple[str, ...]
    """lines outside the main text that count for change"""
    markdown: str | None
    author: str | None
    edited_at: datetime | None
    floor: int | None
    platform: str | None
    platform_id: str | None
    board: str | None
    closed: bool | None


@dataclass(frozen=True, slots=True)
class Version:
    """One state of a document."""

    document_id: str
    version: int
    source_id: str
    url: str
    captured_at: datetime
    cause: Cause
    returns_to: int | None
    content_hash: str
    title: str
    text: str
    fields: Object
    links: tuple[Object, ...]
    images: tuple[Object, ...]
    attachments: tuple[Object, ...]
    published_at: datetime | None
    capture_id: str
    extractor: str
    extractor_revision: int


@dataclass(frozen=True, slots=True)
class Versions:
    """Versions of a document, oldest first."""

    versions: tuple[Version, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a line."""

    kind: Literal["same", "removed", "added"]
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of one of the texts, or of both; `other` is where a moved line stands on the other side."""

    kind: Literal["same", "changed", "removed", "added", "moved-away", "moved-here"]
    segments: tuple[Segment, ...]
    old_number: int | None
    new_number: int | None
    other: int | None


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs between two versions; lists hold [what went, what came]."""

    document_id: str
    old: int
    new: int
    differs: bool
    title: tuple[Segment, ...] | None
    """null: the same"""
    text: tuple[Line, ...]
    fields: Object
    """name to [old, new]"""
    attachments: tuple[tuple[str, ...], ...]
    images: tuple[tuple[str, ...], ...]
    links: tuple[tuple[str, ...], ...]
    margin: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Same:
    """A document that says the same, or nearly the same."""

    document_id: str
    other_id: str
    relation: Relation
    score: float
    found_at: datetime
    title: str
    url: str
    source_id: str
    """title, address and source of the other one"""


@dataclass(frozen=True, slots=True)
class SameContent:
    """Documents that say the same as one, most similar first."""

    same_content: tuple[Same, ...]
