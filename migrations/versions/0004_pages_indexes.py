"""The walk over hosts finds each one's first due pages by rank too, without sorting; all pages of a source are found
by it.

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

due = sa.text("NOT paused AND state <> 'retired'")


def upgrade() -> None:
    op.drop_index("ix_pages_host", table_name="pages")
    op.create_index("ix_pages_host", "pages", ["host", "next_poll_at", "rank"], sqlite_where=due, postgresql_where=due)
    op.drop_index("ix_pages_round", table_name="pages")
    op.create_index("ix_pages_round", "pages", ["source_no", "last_poll_at"])
