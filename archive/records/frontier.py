"""Sources and pages: what the frontier knows, and how a poll of one ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from archive.records.words import PageKind


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
    """`next_poll_at` as this poll found it: where it was moved meanwhile, somebody wants the page again, and it
    stays"""
    topic_key: str | None = None
    part: int | None = None
    derived_with: str | None = None
    suspect_hash: str | None = None
    suspect_since: datetime | None = None


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
