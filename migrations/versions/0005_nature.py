"""What kind of change each line of the change log is. Lines written before keep none: their digests in the chain stay
as they are.

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context, op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("changes", sa.Column("nature", sa.Text(), nullable=True))
    op.execute("DROP VIEW change_log")
    context.config.attributes["views"].create("0005")
