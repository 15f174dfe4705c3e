"""What is watched: captures, sources, pages, incidents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from archive.records import PageKind
from archive.records.signals import IncidentKind


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
