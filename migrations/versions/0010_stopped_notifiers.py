"""A notifier that stopped is an incident; pages that fail lastingly are found by index.

Revision ID: 0010
Revises: 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects.postgresql import TIMESTAMP

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
utc = sa.BigInteger().with_variant(TIMESTAMP(timezone=True), "postgresql")
KINDS = "kind IN ('entry-failing', 'pages-failing', 'disk-full', 'notifier-stopped')"
FAILING = sa.text("NOT paused AND state = 'active' AND NOT entry AND failures >= 2")


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _rebuild()
    else:
        op.drop_constraint(op.f("ck_incident_log_kind"), "incident_log", type_="check")
        op.create_check_constraint(op.f("ck_incident_log_kind"), "incident_log", KINDS)
    op.create_index(
        "ix_pages_failing", "pages", ["source_no", "last_outcome"], sqlite_where=FAILING, postgresql_where=FAILING
    )


def _rebuild() -> None:
    """SQLite cannot alter a constraint: the rows move to a table that has the new one."""
    op.execute("DROP VIEW incidents")
    op.drop_index("ix_incident_log_closed_at", "incident_log")
    op.rename_table("incident_log", "incident_log_before")
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
        sa.CheckConstraint(KINDS, name=op.f("ck_incident_log_kind")),
        sa.ForeignKeyConstraint(["source_no"], ["sources.source_no"], name="fk_incident_log_source_no_sources"),
        sa.PrimaryKeyConstraint("incident_no", name="pk_incident_log"),
    )
    op.execute("INSERT INTO incident_log SELECT * FROM incident_log_before")
    op.drop_table("incident_log_before")
    op.create_index("ix_incident_log_closed_at", "incident_log", ["closed_at"])
    context.config.attributes["views"].create("0007")
