"""What operators watch: incidents, the daemon's heartbeat, and the health that both are judged by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

IncidentKind = Literal["entry-failing", "pages-failing", "disk-full", "notifier-stopped"]
DaemonState = Literal["polling", "paused", "stopped"]


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that needs a person, from when it was noticed until it was over."""

    incident_id: int
    """0: not yet written"""
    source_id: str | None
    """None: it is about the daemon, not about a source"""
    kind: IncidentKind
    url: str | None
    host: str | None
    opened_at: datetime
    last_at: datetime
    """when it was last seen to hold, or the time it was closed"""
    closed_at: datetime | None
    outcome: str | None
    """of the last poll it speaks of"""
    reason: str
    """what is wrong and what to do, in words"""
    count: int
    """failures in a row of the entry page, pages that fail, or notifiers that stopped"""


@dataclass(frozen=True, slots=True)
class Verified:
    """What one run of `verify` came to."""

    began_at: datetime
    ended_at: datetime
    checked: int
    damaged: int
    first: str | None
    """the first damage in words; None where there was none"""
    anchored: bool
    """compared with an anchor kept elsewhere"""
    link_no: int | None
    """the chain's link that it reached"""


COUNTED = 10
"""pages for each failing one: of more than so many, too few fail to matter"""


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """What incidents of one source are judged by."""

    source_id: str
    enabled: bool
    url: str
    host: str | None
    failures: int
    """of the entry page, in a row; answers that it is not there count, too"""
    outcome: str | None
    """of the entry page's last poll"""
    error: str | None
    gone: bool
    """its removal is confirmed: it is hardly asked any more"""
    pages: int
    """in its round; beyond COUNTED times those that fail, no more are counted"""
    failing: int
    """pages other than the entry page that failed at least twice in a row"""
    failing_outcome: str | None
    """the commonest outcome among those"""


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """What the daemon last said of itself. No evidence: one row, written over."""

    beat_at: datetime
    started_at: datetime
    host: str
    """the machine's name"""
    pid: int
    state: DaemonState
    reason: str | None
    """why it is paused"""
    ticked_at: datetime | None
    """when due pages were last looked for"""
    polled_at: datetime | None
    """when a poll last ended"""
    due: int
    due_since: datetime | None
    """of the page that has been due for longest, of those whose host may be asked now"""
    busy: int
    """hosts being polled"""
    disk_free: int | None
    """bytes; None where the database is on a server"""
    disk_floor: int | None
    memory: int | None
    """resident bytes of the daemon"""
