"""What all tables share: their metadata, and how columns and checks are named."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, Column, Constraint, MetaData, UniqueConstraint
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.ext.compiler import compiles

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


def never_twice(table: str, column: str) -> tuple[Constraint, Constraint]:
    """A column of digests, each once. Postgres keeps that promise by an index of hashes, which takes half the bytes of
    one that holds the digests; rows whose hashes are alike are compared by the whole digest."""
    by_hash = ExcludeConstraint((column, "="), using="hash", name=f"ex_{table}_{column}")
    return UniqueConstraint(column).ddl_if(dialect="sqlite"), by_hash.ddl_if(dialect="postgresql")


@compiles(ExcludeConstraint, "postgresql")
def _filled(element: ExcludeConstraint, compiler: Any, **options: Any) -> str:
    """The constraint, its index filled: a quarter of each page would be left empty, and SQLAlchemy has no word for
    that."""
    return f"{compiler.visit_exclude_constraint(element, **options)} WITH (fillfactor = 100)"
