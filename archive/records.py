"""The values that travel between rooms: frozen, slotted, without behaviour that needs a database.

One type per role: *known* (`Page`, `Head`), *intended* (`NewCapture`, `Revision`), *stored* (`Capture`, `Document`,
`Version`, `Change`). Datetimes are aware UTC, durations `timedelta`. JSON-like tuples hold plain values only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

Kind = Literal["notice", "article", "topic", "post", "file", "list", "page"]
PageKind = Literal["auto", "page", "listing", "board", "topic", "feed", "sitemap", "file"]
ChangeKind = Literal["new", "changed", "gone", "back", "moved"]
Cause = Literal["source", "rederived"]
State = Literal["present", "gone"]

OUTCOMES = (
    "ok", "revisit", "not-modified", "moved", "gone", "soft-404", "blocked", "login-required", "maintenance", "empty",
    "truncated", "robots",
)  # fmt: skip
"""Outcomes of a capture beside `error:KIND` (contract section 1)."""

CONTENT_OUTCOMES = frozenset({"ok", "moved", "revisit", "not-modified"})
"""Outcomes whose payload may become versions."""

JsonMap = Mapping[str, object]


# --- known: the frontier -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One source as the archive knows it; `settings` is its configuration as canonical JSON (never secrets)."""

    source_id: str
    url: str
    kind: PageKind
    enabled: bool
    tags: tuple[str, ...] = ()
    settings: str = "{}"


@dataclass(frozen=True, slots=True)
class FoundPage:
    """A page to put on the frontier: once per urlkey, remembered for every source that leads to it."""

    source_id: str
    url: str
    kind: PageKind
    depth: int
    found_on: int | None = None
    """page_id it was found on; None for a source's entry page"""
    entry: bool = False
    list_page: bool = False
    """a list page beyond the entry (counts against `follow.lists`, costs no depth)"""
    activity: str | None = None
    """what the list says of the item's last activity (replies, last post); another value makes a known page due now"""
    rank: int = 0
    """smaller is polled earlier among pages due at the same time"""
    due_at: datetime | None = None
    """None: due at once"""


@dataclass(frozen=True, slots=True)
class Page:
    """One row of the frontier: a page we visit again and again, with what the next visit needs to know."""

    page_id: int
    source_id: str
    url: str
    urlkey: str
    host: str
    kind: PageKind
    depth: int
    entry: bool
    list_page: bool
    next_poll_at: datetime
    last_poll_at: datetime | None = None
    last_outcome: str | None = None
    last_changed_at: datetime | None = None
    found_at: datetime | None = None
    failures: int = 0
    polls_since_full: int = 0
    """conditional polls since the last full fetch (a forced full fetch every N polls)"""
    etag: str | None = None
    last_modified: str | None = None
    payload_digest: str | None = None
    """digest of the last content payload: what a revisit equals"""
    payload_capture_id: int | None = None
    """the capture that last brought a content payload"""
    missing_since: datetime | None = None
    missing_polls: int = 0
    """answers in a row that said `gone` or `soft-404`"""
    state: Literal["active", "gone", "retired"] = "active"
    topic_key: str | None = None
    """document key of the topic this page is a part of"""
    part: int | None = None
    derived_with: str | None = None
    """extractor, revision and settings that read the last content payload; another one means: read it again"""
    suspect_hash: str | None = None
    """sketch of a capture held back until a second one looks the same"""
    suspect_since: datetime | None = None
    found_on: int | None = None
    """page_id of the page that first led here; None for a source's entry page"""


@dataclass(frozen=True, slots=True)
class PollResult:
    """How a poll ended, as `finish_poll` writes it to the page. Fields left None keep what is there."""

    page_id: int
    at: datetime
    outcome: str
    next_poll_at: datetime
    failures: int = 0
    etag: str | None = None
    last_modified: str | None = None
    polls_since_full: int = 0
    keep_validators: bool = True
    """False: etag and last_modified above replace the stored ones, even by None"""
    kind: PageKind | None = None
    """what the page turned out to be, when `auto`"""
    missing_since: datetime | None = None
    missing_polls: int = 0
    state: Literal["active", "gone", "retired"] = "active"
    changed: bool = False
    polled_from: datetime | None = None
    """`next_poll_at` as this poll found it: where it was moved meanwhile, somebody wants the page again, and it stays"""
    topic_key: str | None = None
    part: int | None = None
    derived_with: str | None = None
    suspect_hash: str | None = None
    suspect_since: datetime | None = None


# --- captures ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NewCapture:
    """One attempt to fetch one URL, before it is stored."""

    page_id: int
    source_id: str
    url: str
    final_url: str
    fetched_at: datetime
    outcome: str
    """of the exchange; what reading showed more is the derivation's"""
    status: int | None = None
    error: str | None = None
    media_type: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    duration: timedelta | None = None
    tls: str | None = None


@dataclass(frozen=True, slots=True)
class Capture:
    """A stored capture; immutable. `payload_digest` is None where no body was kept."""

    capture_id: int
    page_id: int
    source_id: str
    url: str
    final_url: str
    fetched_at: datetime
    outcome: str
    status: int | None
    error: str | None
    media_type: str | None
    headers: tuple[tuple[str, str], ...]
    duration: timedelta | None
    tls: str | None
    payload_digest: str | None
    payload_bytes: int | None
    revisit_of: int | None = None
    """capture_id that first brought this payload to this page"""


@dataclass(frozen=True, slots=True)
class Derivation:
    """What one revision of one extractor made of one capture. Appended; the last one of a capture counts."""

    capture_id: int
    extractor: str
    revision: int
    outcome: str
    """the capture's outcome after reading: `ok`, `soft-404`, `login-required` ..."""
    at: datetime
    encoding: str | None = None
    encoding_evidence: str | None = None
    error: str | None = None


# --- documents -----------------------------------------------------------------------------------------------------


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
class Prepared:
    """What the archive's indexes take of a content, worked out where the page was read (`archive.prepare`): one thread
    writes for all, and need not count words meanwhile."""

    tokens: str
    """the search index's tokens, sorted, a space between"""
    bands: tuple[int, ...]
    """digests by which reprints are found; empty for a text too short to be one"""


@dataclass(frozen=True, slots=True)
class Revision:
    """A version we intend to write (or, with `number` None and `change` set, a change without a new version)."""

    key: str
    kind: Kind
    facts: Facts
    content: Content
    cause: Cause
    change: ChangeKind | None
    """None: a version without a line in the change log (never for cause `source`)"""
    parent_key: str | None = None
    returns_to: int | None = None
    changed_fields: JsonMap = field(default_factory=dict)
    """{"name": [old, new]}"""
    writes_version: bool = True
    nature: JsonMap = field(default_factory=dict)
    """what kind of change it is: `order_only`, `date_only`, `silent` (text changed, the page's own date did not), `share`"""
    prepared: Prepared | None = None
    """None: the transaction works it out itself"""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A document seen again as it is known; `facts` replace the stored ones where given."""

    key: str
    facts: Facts | None = None
    missing_since: datetime | None = None
    missing_polls: int = 0
    missing_counted_at: datetime | None = None
    seen: bool = True
    """False: only the missing counters move"""


@dataclass(frozen=True, slots=True)
class Removal:
    """A document confirmed gone: one change `gone`, or only the state where `logged` is False (posts of a gone topic)."""

    key: str
    logged: bool = True


@dataclass(frozen=True, slots=True)
class Decision:
    """All that one derived capture changes, written in one transaction, in this order."""

    revisions: tuple[Revision, ...] = ()
    sightings: tuple[Sighting, ...] = ()
    removals: tuple[Removal, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """One page of a topic as it was last read."""

    topic_key: str
    part: int
    read_at: datetime
    capture_id: int


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


@dataclass(frozen=True, slots=True)
class SameContent:
    """Two documents that say the same (`duplicate`, score 1) or nearly the same (`reprint`)."""

    document_id: str
    other_id: str
    relation: Literal["duplicate", "reprint"]
    score: float


@dataclass(frozen=True, slots=True)
class PageStatus:
    """One line of `page_status`."""

    page_id: int
    source_id: str
    url: str
    kind: PageKind
    last_poll_at: datetime | None
    last_outcome: str | None
    next_poll_at: datetime | None
    failures: int
    documents: int


@dataclass(frozen=True, slots=True)
class SourceState:
    """One source's health as `status` shows it."""

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
