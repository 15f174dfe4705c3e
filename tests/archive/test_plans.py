"""Every query that `docs/schema.md` shows is served by an index: none reads a big table from end to end."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import text

from archive import open_archive, open_writable
from tests.archive.house import watched
from tests.archive.tampered import filled

DOCUMENTED = Path(__file__).parent.parent.parent / "docs" / "schema.md"
BIG = "captures|payloads|derivations|contents|documents|sightings|versions|changes|pages"
_QUERY = re.compile(r"```sql\n(.*?)```", re.DOTALL)
_ALIASES = {
    "d": "documents", "c": "contents", "v": "versions", "k": "captures", "h": "changes", "a": "pages", "g": "sightings",
    "p": "documents", "o": "documents", "t": "documents", "tc": "contents", "y": "payloads", "q": "documents",
}  # fmt: skip


def queries() -> list[str]:
    return [found.strip() for found in _QUERY.findall(DOCUMENTED.read_text("utf-8"))]


def test_the_schema_shows_queries() -> None:
    assert len(queries()) > 8


@pytest.mark.parametrize("query", queries(), ids=lambda query: query.split("\n")[0][:60])
def test_a_documented_query_runs_and_scans_no_big_table(database_url: str, query: str) -> None:
    with open_writable(database_url) as writer:
        filled(writer, 6)
        watched(writer, "more")
    whole = "-- reads everything" in query
    with open_archive(database_url) as archive, archive.connect() as connection:
        postgres = connection.dialect.name == "postgresql"
        connection.execute(text(query.replace(":", "\\:"))).all()
        if whole:
            return
        if postgres:
            connection.execute(text("SET LOCAL enable_seqscan = off"))
        explain = "EXPLAIN " if postgres else "EXPLAIN QUERY PLAN "
        plan = [str(row[-1]) for row in connection.execute(text(explain + query.replace(":", "\\:")))]
    if postgres:
        scans = [line for line in plan if re.search(rf"Seq Scan on ({BIG})\b", line)]
    else:
        scans = [
            line for line in plan
            if (found := re.match(r"SCAN (\w+)(?! USING (COVERING )?INDEX)", line)) and "USING" not in line
            and _ALIASES.get(found[1], found[1]) in BIG.split("|")
        ]  # fmt: skip
    assert not scans, "\n".join(plan)
