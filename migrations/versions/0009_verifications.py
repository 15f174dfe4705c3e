"""When the archive was verified last, and what that found.

Revision ID: 0009
Revises: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
utc = sa.BigInteger().with_variant(TIMESTAMP(timezone=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "verifications",
        sa.Column("verification_no", number, nullable=False),
        sa.Column("began_at", utc, nullable=False),
        sa.Column("ended_at", utc, nullable=False),
        sa.Column("checked", number, nullable=False),
        sa.Column("damaged", number, nullable=False),
        sa.Column("first", sa.Text(), nullable=True),
        sa.Column("anchored", sa.Boolean(), nullable=False),
        sa.Column("link_no", number, nullable=True),
        sa.PrimaryKeyConstraint("verification_no", name="pk_verifications"),
    )


def downgrade() -> None:
    op.drop_table("verifications")
