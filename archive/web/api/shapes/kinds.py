"""What single kinds of document are: topics with their posts, notices; and what a search finds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from archive.records import Kind, State

Object = Mapping[str, Any]


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
