"""The change log is asked for a period, for one kind, and for silent edits, without reading all of it.

Revision ID: 0007
Revises: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

silent = sa.text("nature LIKE '%\"silent\"\\:true%'")


def upgrade() -> None:
    op.create_index("ix_changes_at", "changes", ["at", "seq"])
    op.create_index("ix_changes_kind", "changes", ["kind", "seq"])
    op.create_index("ix_changes_silent", "changes", ["seq"], sqlite_where=silent, postgresql_where=silent)
