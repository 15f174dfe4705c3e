"""What all tables share: their metadata, and how columns and checks are named."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, Column, MetaData

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def needed(name: str, kind: Any, *rest: Any, **more: Any) -> Column[Any]:
    """A column that is never null."""
    return Column(name, kind, *rest, nullable=False, **more)


def one_of(column: str, *values: str) -> CheckConstraint:
    """A check that a column says one of these."""
    return CheckConstraint(f"{column} IN ({', '.join(map(repr, values))})", name=column)
