"""What the archive knows around one document, as a page about it shows: mentions, timelines, threads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from archive.records.documents import Change, Document, Facts, Version
from archive.records.words import Cause, Kind, State


@dataclass(frozen=True, slots=True)
class Mention:
    """A document as it is named on the page of another one. `excerpt` is the beginning of its text."""

    document_id: str
    kind: Kind
    title: str
    excerpt: str
    url: str
    source_id: str
    version: int
    state: State
    author: str | None = None
    floor: int | None = None


@dataclass(frozen=True, slots=True)
class Likeness:
    """A document that says the same (`duplicate`, score 1) or nearly the same (`reprint`)."""

    mention: Mention
    relation: Literal["duplicate", "reprint"]
    score: float
    found_at: datetime


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A version without what it says."""

    number: int
    cause: Cause
    returns_to: int | None
    captured_at: datetime
    capture_id: int
    published_at: datetime | None
    title: str
    content_hash: str
    extractor: str
    extractor_revision: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """Some versions of a document, newest first, and what the change log says of the time around them."""

    versions: tuple[VersionLine, ...]
    changes: tuple[Change, ...]
    """newest first: of these versions, and those without a version (gone, back, moved) between them"""
    older: int | None = None
    """ask again with this version's number for what is older; None: there is nothing older"""


@dataclass(frozen=True, slots=True)
class Family:
    """The documents a document belongs to or that belong to it."""

    parent: Mention | None
    children: tuple[Mention, ...]
    count: int
    """of all children; not all may be in `children`"""
    files: dict[str, Mention]
    """by the attachment's URL: the document that its file became"""


@dataclass(frozen=True, slots=True)
class Remark:
    """One post of a thread, as it stands or as it stood at a time.

    `versions` are newest first, at most a handful; the first one is what is shown. Facts that have no versions
    (author, floor, quotes) are the newest known.
    """

    document_id: str
    source_id: str
    facts: Facts
    state: State
    """at that time"""
    versions: tuple[Version, ...]
    changes: tuple[Change, ...]
    first_seen_at: datetime
    last_seen_at: datetime

    @property
    def version(self) -> Version:
        """What is shown."""
        return self.versions[0]


@dataclass(frozen=True, slots=True)
class Thread:
    """One page of a topic's posts."""

    topic: Document
    version: Version
    state: State
    """of the topic at that time"""
    remarks: tuple[Remark, ...]
    page: int
    pages: int
    count: int
    """posts in all, those that are gone included"""
    gone: int
    edited: int
    earlier: datetime | None
    """when the thread last changed before the time asked for (or, as it stands, before its last change)"""
    later: datetime | None
    """when it next changed; None at its newest state"""
