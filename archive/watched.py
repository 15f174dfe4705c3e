"""The tables that operators watch: incidents, verifications, what the daemon says of itself. No evidence: not in the
chain."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, Text

from archive.columns import metadata, needed, one_of
from archive.database import Number, UtcDateTime

incident_log = Table(
    "incident_log", metadata,
    Column("incident_no", Number, primary_key=True),
    Column("source_no", Number, ForeignKey("sources.source_no")),
    needed("kind", Text),
    Column("url", Text),
    Column("host", Text),
    needed("opened_at", UtcDateTime),
    needed("last_at", UtcDateTime),
    Column("closed_at", UtcDateTime),
    Column("outcome", Text),
    needed("reason", Text),
    needed("count", Integer),
    Index("ix_incident_log_closed_at", "closed_at"),
    one_of("kind", "entry-failing", "pages-failing", "disk-full", "notifier-stopped"),
)  # fmt: skip

verifications = Table(
    "verifications", metadata,
    Column("verification_no", Number, primary_key=True),
    needed("began_at", UtcDateTime),
    needed("ended_at", UtcDateTime),
    needed("checked", Number),
    needed("damaged", Number),
    Column("first", Text),
    needed("anchored", Boolean),
    Column("link_no", Number),
)  # fmt: skip

heartbeat = Table(
    "heartbeat", metadata,
    Column("beat_no", Number, primary_key=True, autoincrement=False),
    needed("beat_at", UtcDateTime),
    needed("started_at", UtcDateTime),
    needed("host", Text),
    needed("pid", Integer),
    needed("state", Text),
    Column("reason", Text),
    Column("ticked_at", UtcDateTime),
    Column("polled_at", UtcDateTime),
    needed("due", Integer),
    Column("due_since", UtcDateTime),
    needed("busy", Integer),
    Column("disk_free", Number),
    Column("disk_floor", Number),
    Column("memory", Number),
    one_of("state", "polling", "paused", "stopped"),
)  # fmt: skip
"""one row, written over"""
