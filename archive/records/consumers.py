"""Who reads the change log with a cursor that the archive keeps for them: our own notifiers, and how they fare."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Consumer:
    """A reader of the change log, as the archive remembers it between two processes."""

    name: str
    seq: int
    """every change up to this one was handed on, or was not wanted"""
    until_seq: int | None = None
    """a digest under way ends there, so that it says the same when it is sent again"""
    next_try_at: datetime | None = None
    """nothing is sent before: the next digest is due, or a receiver that failed is left alone until then"""
    failures: int = 0
    """in a row"""
    failing_since: datetime | None = None
    refused_since: datetime | None = None
    """the message that is next was refused then for the first time, not merely undeliverable"""
    last_error: str | None = None
    last_error_at: datetime | None = None
    delivered: int = 0
    """messages in all"""
    delivered_at: datetime | None = None
    set_aside: int = 0
    """messages that the receiver refused for so long that they were given up"""
    stopped: str | None = None
    """why nothing is sent any more until somebody resumes it"""


@dataclass(frozen=True, slots=True)
class ConsumerLag:
    """How far a consumer is behind the change log."""

    consumer: Consumer
    newest_seq: int
    oldest_waiting_at: datetime | None
    """when the first change after its cursor was logged; None where it has read all"""

    @property
    def waiting(self) -> int:
        """Changes after its cursor, wanted or not."""
        return max(self.newest_seq - self.consumer.seq, 0)
