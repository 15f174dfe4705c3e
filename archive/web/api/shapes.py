"""What the API answers: the shapes, named and filled as the SQL views are (docs/schema.md). OpenAPI is made from these.

Ids are opaque text; times are UTC, RFC 3339; `next` is the address of the next page, null on the last one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from archive.records import Cause, ChangeKind, Kind, Nature, PageKind, State
from archive.records.signals import DaemonState, IncidentKind

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


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic of a forum."""

    topic_id: str
    source_id: str
    url: str
    platform: str | None
    platform_id: str | None
    board: str | None
    title: str
    author: str | None
    posts: int
    closed: bool | None
    first_posted_at: datetime | None
    last_posted_at: datetime | None
    version: int
    state: State


@dataclass(frozen=True, slots=True)
class Topics:
    """Topics, in the order in which they were found."""

    topics: tuple[Topic, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class Post:
    """A post, as it stands or as it stood. `version` is the one shown; author, floor and quotes are the newest
    known."""

    topic_id: str
    topic_url: str
    topic_title: str
    document_id: str
    platform: str | None
    platform_id: str | None
    floor: int | None
    author: str | None
    posted_at: datetime | None
    edited_at: datetime | None
    text: str
    quotes: tuple[Object, ...]
    code: tuple[str, ...]
    hidden: tuple[Object, ...]
    images: tuple[Object, ...]
    attachments: tuple[Object, ...]
    version: int
    state: State


@dataclass(frozen=True, slots=True)
class Posts:
    """A page of a topic's posts in their order; those that are gone keep their place."""

    topic_id: str
    topic_title: str
    state: State
    """of the topic"""
    posts: tuple[Post, ...]
    count: int
    """posts in all, those that are gone included"""
    gone: int
    edited: int
    earlier: datetime | None
    """when the thread last changed before the time asked for"""
    later: datetime | None
    next: str | None


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice of an authority, with its fields as columns."""

    document_id: str
    source_id: str
    url: str
    title: str
    text: str
    issuer: str | None
    document_number: str | None
    index_number: str | None
    written_on: str | None
    published_on: str | None
    subject: str | None
    validity: str | None
    origin: str | None
    addressee: str | None
    signatory: str | None
    attachments: tuple[Object, ...]
    fields: Object
    version: int
    state: State


@dataclass(frozen=True, slots=True)
class Notices:
    """Notices, in the order in which they were found."""

    government_notices: tuple[Notice, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class Capture:
    """One attempt to fetch a page. `digest` is the SHA-256 of the payload."""

    capture_id: str
    page_id: str
    source_id: str
    url: str
    final_url: str
    fetched_at: datetime
    status: int | None
    outcome: str
    error: str | None
    digest: str | None
    payload_bytes: int | None
    content_type: str | None
    encoding: str | None
    encoding_evidence: str | None
    tls: str | None
    duration_ms: int | None


@dataclass(frozen=True, slots=True)
class Captures:
    """Captures, newest first."""

    captures: tuple[Capture, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class WholeCapture:
    """A capture with its headers and what reading it gave."""

    capture: Capture
    headers: tuple[tuple[str, str], ...]
    revisit_of: str | None
    """the capture that first brought this payload to this page"""
    extractor: str | None
    extractor_revision: int | None
    payload: str | None
    """address of the bytes"""


@dataclass(frozen=True, slots=True)
class Source:
    """A source and its health."""

    source_id: str
    url: str
    kind: PageKind
    enabled: bool
    pages: int
    documents: int
    versions: int
    last_poll_at: datetime | None
    next_poll_at: datetime | None
    last_outcome: str | None
    failing_pages: int
    failures: int
    """of the entry page, in a row"""
    last_error: str | None


@dataclass(frozen=True, slots=True)
class Sources:
    """Every source, by id."""

    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A page that is visited again and again."""

    page_id: str
    source_id: str
    url: str
    kind: PageKind
    last_poll_at: datetime | None
    last_outcome: str | None
    next_poll_at: datetime | None
    failures: int
    documents: int


@dataclass(frozen=True, slots=True)
class Pages:
    """Pages, in the order in which they were found."""

    page_status: tuple[Page, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class Incident:
    """What needed a person, from when it was noticed until it was over."""

    incident_id: str
    source_id: str | None
    kind: IncidentKind
    url: str | None
    host: str | None
    opened_at: datetime
    closed_at: datetime | None
    last_at: datetime
    outcome: str | None
    reason: str
    count: int


@dataclass(frozen=True, slots=True)
class Incidents:
    """Incidents, newest first."""

    incidents: tuple[Incident, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a snippet; `found`: it is what was searched for."""

    text: str
    found: bool


@dataclass(frozen=True, slots=True)
class Span:
    """Versions in a row that say so. `vanished_*` are null while the document still does."""

    first_version: int
    appeared_at: datetime
    last_version: int
    vanished_version: int | None
    vanished_at: datetime | None
    how: Literal["changed", "gone"] | None


@dataclass(frozen=True, slots=True)
class Hit:
    """A document that answers a search."""

    document_id: str
    kind: Kind
    source_id: str
    url: str
    version: int | None
    """null in a search over all versions"""
    state: State
    published_at: datetime | None
    captured_at: datetime | None
    score: float
    title: tuple[Piece, ...]
    snippet: tuple[Piece, ...]
    spans: tuple[Span, ...]
    """with `versions`: when it said so, and when it stopped"""


@dataclass(frozen=True, slots=True)
class Hits:
    """Answers to a search, best first among the newest matches."""

    hits: tuple[Hit, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class Growth:
    """What one source added in one week; `week` is its Monday."""

    source_id: str
    week: str
    captures: int
    payloads: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Stats:
    """How big the archive is. Counted at most once a minute; `counted_at` says when."""

    documents: int
    versions: int
    contents: int
    changes: int
    captures: int
    payloads: int
    payload_bytes: int
    """as received"""
    frame_bytes: int
    """as kept"""
    database_bytes: int
    bytes_per_version: float
    last_seq: int
    counted_at: datetime
    growth: tuple[Growth, ...]


@dataclass(frozen=True, slots=True)
class Daemon:
    """What the daemon last said of itself; nulls where none ever ran."""

    state: DaemonState | None
    beat_at: datetime | None
    started_at: datetime | None
    reason: str | None
    """why it is paused"""
    ticked_at: datetime | None
    polled_at: datetime | None
    due: int | None
    due_since: datetime | None
    busy: int | None


@dataclass(frozen=True, slots=True)
class Index:
    """Where to begin."""

    title: str
    contract: int
    last_seq: int
    openapi: str
    reference: str
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BadParameter:
    """A parameter that cannot be understood, and what to write."""

    parameter: str
    detail: str


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong and what to do (RFC 9457). `near`: ids that look like the one asked for."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    near: tuple[str, ...] = ()
    errors: tuple[BadParameter, ...] = ()
