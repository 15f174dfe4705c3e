"""Cursors of those who are told of changes.

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
utc = sa.BigInteger().with_variant(TIMESTAMP(timezone=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "consumers",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("seq", number, nullable=False),
        sa.Column("until_seq", number, nullable=True),
        sa.Column("next_try_at", utc, nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing_since", utc, nullable=True),
        sa.Column("refused_since", utc, nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("last_error_at", utc, nullable=True),
        sa.Column("delivered", number, nullable=False),
        sa.Column("delivered_at", utc, nullable=True),
        sa.Column("set_aside", number, nullable=False),
        sa.Column("stopped", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("name", name="pk_consumers"),
    )
