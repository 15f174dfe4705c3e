"""Captures, and what reading one gave."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


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
