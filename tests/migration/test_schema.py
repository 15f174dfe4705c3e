"""The tables in `archive.schema` and those that the migrations make are the same, on both databases."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, inspect, text

import archive
from archive.database import writing_engine
from archive.schema import metadata
from worker.migrate import current, scripts, upgrade


def test_migrations_make_what_the_schema_says(empty_url: str, tmp_path_factory: Any) -> None:
    upgrade(empty_url)
    engine = writing_engine(empty_url)
    with engine.begin() as connection:
        migrated = _snapshot(connection)
        for view in inspect(connection).get_view_names():
            connection.execute(text(f"DROP VIEW {view}"))
        for table in ("alembic_version", *(table.name for table in reversed(metadata.sorted_tables))):
            connection.execute(text(f"DROP TABLE {table}"))
        metadata.create_all(connection)
        written = _snapshot(connection)
    engine.dispose()
    for name, said in written.items():
        assert migrated[name] == said
    assert migrated.keys() == written.keys()


def test_the_code_is_written_for_the_last_migration(empty_url: str) -> None:
    applied = upgrade(empty_url)
    assert applied[-1] == archive.REVISION == current(empty_url)
    assert upgrade(empty_url) == ()


def test_migrations_import_nothing_of_ours() -> None:
    for file in scripts().rglob("*.py"):
        assert "import archive" not in (said := file.read_text("utf-8")), file
        assert "from archive" not in said and "worker" not in said.replace("worker.migrate", ""), file


def _snapshot(connection: Connection) -> dict[str, Any]:
    """Everything an Inspector says of every table, and the exact predicates and checks from the catalogue."""
    seen = inspect(connection)
    tables = sorted(set(seen.get_table_names()) - {"alembic_version"})
    said: dict[str, Any] = {}
    for table in tables:
        said[table] = {
            "columns": [{**column, "type": str(column["type"])} for column in seen.get_columns(table)],
            "primary key": seen.get_pk_constraint(table),
            "foreign keys": sorted(seen.get_foreign_keys(table), key=str),
            "unique": sorted(seen.get_unique_constraints(table), key=str),
            "checks": sorted(seen.get_check_constraints(table), key=str),
            "indexes": sorted(
                ({k: v for k, v in index.items() if k != "dialect_options"} for index in seen.get_indexes(table)),
                key=str,
            ),
        }
    if connection.dialect.name == "sqlite":
        said["sql"] = sorted(
            " ".join(str(sql).split())
            for (sql,) in connection.execute(
                text("SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
            )
        )
        said["rowid"] = {
            name: "WITHOUT ROWID" in str(sql)
            for name, sql in connection.execute(
                text("SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name <> 'alembic_version'")
            )
        }
    else:
        said["sql"] = sorted(
            connection.scalars(
                text("SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'alembic_version'")
            )
        )
    return said


def test_postgres_neither_samples_nor_compresses_what_is_compressed_already(postgres_url: str) -> None:
    engine = writing_engine(postgres_url)
    with engine.connect() as connection:
        said = connection.execute(
            text(
                "SELECT attname, coalesce(attstattarget, -1), attstorage::text FROM pg_attribute "
                "WHERE attrelid IN ('payloads'::regclass, 'captures'::regclass, 'links'::regclass) "
                "AND atttypid = 'bytea'::regtype AND NOT attisdropped"
            )
        ).all()
    engine.dispose()
    assert {name for name, *_ in said} == {"digest", "data", "seal", "more_bases", "headers", "entries", "hash"}
    assert {tuple(how) for _, *how in said} == {(0, "e")}


def test_making_an_archive_loads_no_grammars_of_programming_languages(tmp_path: Path) -> None:
    made = f"from worker.migrate import upgrade; upgrade('sqlite:///{tmp_path}/new.db')"
    asked = f"import sys; {made}; print(*sys.modules)"
    said = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout.split()
    assert "alembic" in said
    assert not [name for name in said if name.startswith(("pygments", "rich"))]
