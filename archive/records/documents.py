"""Documents and their versions, as they are known and as they are stored."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from archive.records.words import Cause, ChangeKind, JsonMap, Kind, State


@dataclass(frozen=True, slots=True)
class Content:
    """What a document says, stored once per content hash."""

    content_hash: str
    title: str
    text: str
    fields: JsonMap = field(default_factory=dict)
    links: tuple[JsonMap, ...] = ()
    """content links: {"url", "text"}"""
    images: tuple[JsonMap, ...] = ()
    """content images: {"url", "alt"}"""
    attachments: tuple[JsonMap, ...] = ()
    """{"url", "name"} and what else is known ("size", "type")"""
    margin: tuple[str, ...] = ()
    """lines of the page outside the main text that still count for change (boxed notices, side tables)"""
    markdown: str | None = None
    """the text with headings, lists and tables as Markdown, where it says more than `text`"""
    evidence: JsonMap = field(default_factory=dict)
    """where each field was read, and readings that disagree"""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a document beside its content: no part of the content hash, no version when it moves."""

    url: str
    author: str | None = None
    author_id: str | None = None
    floor: int | None = None
    published_at: datetime | None = None
    edited_at: datetime | None = None
    platform: str | None = None
    platform_id: str | None = None
    board: str | None = None
    """name of the board a topic stands in"""
    board_key: str | None = None
    """identity of that board; another one is a move"""
    closed: bool | None = None
    part: int | None = None
    """page of the topic the post was last seen on"""
    quotes: tuple[JsonMap, ...] = ()
    code: tuple[str, ...] = ()
    hidden: tuple[JsonMap, ...] = ()
    extra: JsonMap = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Head:
    """A document's newest version and what deciding needs to know about it."""

    key: str
    document_id: str
    kind: Kind
    number: int
    content_hash: str
    facts: Facts
    state: State
    capture_id: int
    captured_at: datetime
    extractor: str
    extractor_revision: int
    last_seen_at: datetime
    parent_key: str | None = None
    page_id: int | None = None
    """the page it was last seen on"""
    missing_since: datetime | None = None
    missing_polls: int = 0
    missing_counted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One page of a topic as it was last read."""

    topic_key: str
    part: int
    read_at: datetime
    capture_id: int
    page_id: int
    first_read_at: datetime | None = None
    """its first reading in the sweep that is under way"""


@dataclass(frozen=True, slots=True)
class Document:
    """The thing that has versions, as stored, with its head's content."""

    document_id: str
    key: str
    kind: Kind
    source_id: str
    parent_id: str | None
    facts: Facts
    content: Content
    version: int
    state: State
    first_seen_at: datetime
    last_seen_at: datetime
    last_checked_at: datetime


@dataclass(frozen=True, slots=True)
class Version:
    """One stored state of a document (a memento, RFC 7089)."""

    document_id: str
    number: int
    cause: Cause
    returns_to: int | None
    captured_at: datetime
    capture_id: int
    source_id: str
    url: str
    published_at: datetime | None
    content: Content
    extractor: str
    extractor_revision: int


@dataclass(frozen=True, slots=True)
class Nature:
    """What kind of change a `changed` (or a `back` with another text) is."""

    silent: bool | None = None
    """True: the text changed and the page's own dates did not; False: they changed with it; None: the page says no
    date, its text did not change, or only our reading of it did"""
    share: float | None = None
    """how much of the text differs, 0 to 1; None where the text is the same"""
    only: Literal["date", "order"] | None = None
    """nothing but dates differs, or nothing but the order"""
    parts: tuple[str, ...] = ()
    """which of `title body table field attachment link image margin` changed"""


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the append-only log that downstream reads; `seq` has no gaps for a reader and never repeats."""

    seq: int
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
    capture_id: int | None
    fields: JsonMap
    nature: Nature | None = None
    """None for `new`, `gone` and `moved`, and for what was logged before natures were kept"""


@dataclass(frozen=True, slots=True)
class SameContent:
    """Two documents that say the same (`duplicate`, score 1) or nearly the same (`reprint`)."""

    document_id: str
    other_id: str
    relation: Literal["duplicate", "reprint"]
    score: float
