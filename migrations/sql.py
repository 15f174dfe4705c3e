"""The views' SQL for one database: the files in `views/` are written once, with words that differ spelt in capitals."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from alembic import op

VIEWS = (
    "current_documents", "document_versions", "topics", "topic_posts", "government_notices", "same_content",
    "capture_log",
    "change_log", "page_status", "incidents",
)  # fmt: skip


def create(name: str) -> None:
    """Creates the views of `views/NAME.sql`."""
    dialect = op.get_bind().dialect.name
    for statement in statements(Path(__file__).parent.joinpath("views", f"{name}.sql").read_text("utf-8"), dialect):
        op.get_bind().exec_driver_sql(statement)


def drop() -> None:
    """Drops every view: a table cannot be rebuilt under one."""
    for view in VIEWS:
        op.execute(f"DROP VIEW IF EXISTS {view}")


def statements(sql: str, dialect: str) -> Iterator[str]:
    """The single statements of a file, in the words of one database."""
    sql = re.sub(r"^--.*\n", "", sql, flags=re.MULTILINE)
    for statement in re.split(r";\s*(?:\n|\Z)", sql):
        if statement.strip():
            yield _in_words_of(dialect, statement.strip())


def _in_words_of(dialect: str, sql: str) -> str:
    sqlite = dialect == "sqlite"
    spellings = (
        {"UTC": _utc, "FIELD": _field, "HEXTEXT": _hex}
        if sqlite
        else {"UTC": _same, "FIELD": _field_cast, "HEXTEXT": _encode}
    )
    for word, spell in spellings.items():
        sql = _replaced(sql, word, spell)
    # the driver takes % for its own on Postgres
    return sql if sqlite else sql.replace("%", "%%")


def _replaced(sql: str, word: str, spell: Callable[[str], str]) -> str:
    while (found := re.search(rf"\b{word}\(", sql)) is not None:
        end, depth = found.end(), 1
        while depth:
            depth += {"(": 1, ")": -1}.get(sql[end], 0)
            end += 1
        sql = sql[: found.start()] + spell(sql[found.end() : end - 1]) + sql[end:]
    return sql


def _utc(x: str) -> str:
    fraction = f"((({x}) % 1000000 + 1000000) % 1000000)"
    return (
        f"CASE WHEN ({x}) % 1000000 = 0 THEN strftime('%Y-%m-%dT%H:%M:%SZ', ({x}) / 1000000, 'unixepoch') "
        f"ELSE strftime('%Y-%m-%dT%H:%M:%S', (({x}) - {fraction}) / 1000000, 'unixepoch') "
        f"|| printf('.%06dZ', {fraction}) END"
    )


def _same(x: str) -> str:
    return f"({x})"


def _field(arguments: str) -> str:
    column, name = (part.strip() for part in arguments.split(","))
    return f"({column} ->> '{name}')"


def _field_cast(arguments: str) -> str:
    column, name = (part.strip() for part in arguments.split(","))
    return f"(CAST({column} AS json) ->> '{name}')"


def _hex(x: str) -> str:
    # hex(NULL) is an empty text, not NULL
    return f"CASE WHEN {x} IS NULL THEN NULL ELSE lower(hex({x})) END"


def _encode(x: str) -> str:
    return f"encode({x}, 'hex')"
