"""Postgres neither samples nor compresses bytes that are digests or compressed already: a sample of them took as much
as an index, and no plan asks for it.

Revision ID: 0012
Revises: 0011
"""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

OPAQUE = {
    "payloads": ("digest", "data", "seal", "more_bases"),
    "captures": ("headers",),
    "links": ("entries", "hash"),
}


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        return  # it samples indexes only, and compresses nothing
    for table, columns in OPAQUE.items():
        for column in columns:
            op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET STATISTICS 0")
            op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET STORAGE EXTERNAL")
