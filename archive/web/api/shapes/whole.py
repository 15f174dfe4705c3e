"""The archive as a whole, and what went wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from archive.records.signals import DaemonState


@dataclass(frozen=True, slots=True)
class Growth:
    """What one source added in one week; `week` is its Monday."""

    source_id: str
    week: str
    captures: int
    payloads: int
    payload_bytes: int
    """what those payloads take, compressed"""


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
