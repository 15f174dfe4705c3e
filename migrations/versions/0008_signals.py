"""What operators watch: incidents, and what the daemon says of itself.

Revision ID: 0008
Revises: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects.postgresql import TIMESTAMP

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
utc = sa.BigInteger().with_variant(TIMESTAMP(timezone=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "incident_log",
        sa.Column("incident_no", number, nullable=False),
        sa.Column("source_no", number, nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("host", sa.Text(), nullable=True),
        sa.Column("opened_at", utc, nullable=False),
        sa.Column("last_at", utc, nullable=False),
        sa.Column("closed_at", utc, nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('entry-failing', 'pages-failing', 'disk-full')", name=op.f("ck_incident_log_kind")
        ),
        sa.ForeignKeyConstraint(["source_no"], ["sources.source_no"], name="fk_incident_log_source_no_sources"),
        sa.PrimaryKeyConstraint("incident_no", name="pk_incident_log"),
    )
    op.create_index("ix_incident_log_closed_at", "incident_log", ["closed_at"])
    op.create_table(
        "heartbeat",
        sa.Column("beat_no", number, autoincrement=False, nullable=False),
        sa.Column("beat_at", utc, nullable=False),
        sa.Column("started_at", utc, nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("ticked_at", utc, nullable=True),
        sa.Column("polled_at", utc, nullable=True),
        sa.Column("due", sa.Integer(), nullable=False),
        sa.Column("due_since", utc, nullable=True),
        sa.Column("busy", sa.Integer(), nullable=False),
        sa.Column("disk_free", number, nullable=True),
        sa.Column("disk_floor", number, nullable=True),
        sa.Column("memory", number, nullable=True),
        sa.CheckConstraint("state IN ('polling', 'paused', 'stopped')", name=op.f("ck_heartbeat_state")),
        sa.PrimaryKeyConstraint("beat_no", name="pk_heartbeat"),
    )
    context.config.attributes["views"].create("0007")
