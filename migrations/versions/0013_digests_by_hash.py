"""Postgres keeps each digest once by an index of hashes, not of whole digests: half the bytes for each payload.

Revision ID: 0013
Revises: 0012
"""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        return  # it has one kind of index
    op.execute(
        "ALTER TABLE payloads ADD CONSTRAINT ex_payloads_digest "
        "EXCLUDE USING hash (digest WITH =) WITH (fillfactor = 100)"
    )
    op.drop_constraint("uq_payloads_digest", "payloads", type_="unique")
