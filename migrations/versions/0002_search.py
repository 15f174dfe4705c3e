"""The search index, and the bands by which nearly equal texts are found: made from contents, at any time again.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE search USING fts5(tokens, content='', detail=none, columnsize=0, "
            "tokenize=\"unicode61 remove_diacritics 0 categories 'L* N* M* Co'\")"
        )
    else:
        op.create_table(
            "search",
            sa.Column("content_no", number, autoincrement=False, nullable=False),
            sa.Column("tokens", TSVECTOR(), nullable=False),
            sa.ForeignKeyConstraint(["content_no"], ["contents.content_no"], name="fk_search_content_no_contents"),
            sa.PrimaryKeyConstraint("content_no", name="pk_search"),
        )
        op.create_index("ix_search_tokens", "search", ["tokens"], postgresql_using="gin")
    op.create_table(
        "bands",
        sa.Column("band", sa.Integer(), nullable=False),
        sa.Column("content_no", number, nullable=False),
        sa.ForeignKeyConstraint(["content_no"], ["contents.content_no"], name="fk_bands_content_no_contents"),
        sa.PrimaryKeyConstraint("band", "content_no", name="pk_bands"),
        sqlite_with_rowid=False,
    )
