"""No address of the API reads a big table from end to end: every statement it sends is explained by the database."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from archive import Archive, open_archive, open_writable
from tests.archive.house import SITE
from tests.web.showcase import filled
from tests.web.tool import BASE
from tests.web.visitor import visitor

BIG = ("captures", "payloads", "derivations", "contents", "documents", "sightings", "versions", "changes", "pages",
       "reprints")  # fmt: skip
_SQLITE = re.compile(r"SCAN (\w+)$")
_POSTGRES = re.compile(rf"Seq Scan on ({'|'.join(BIG)})\b")
_ALIASED = re.compile(r"\b(?:FROM|JOIN) (\w+)(?: AS)? (\w+)\b", re.IGNORECASE)

ADDRESSES = (
    "/changes?since=3", "/changes?since=3&source=paper", "/changes", "/changes?source=paper", "/changes/3",
    "/documents?limit=3", "/documents?source_id=paper", "/documents?source_id=paper&order=newest&state=gone",
    "/documents?kind=topic", "/documents?parent_id={topic}", "/documents?url={site}notice", "/documents/{document}",
    "/documents/{document}/versions", "/documents/{document}/versions/1", "/documents/{document}/at?at=2024-03-02",
    "/documents/{document}/diff", "/documents/{document}/changes", "/documents/{document}/same", "/topics",
    "/topics/{topic}", "/topics/{topic}/posts", "/topics/{topic}/posts?at=2024-03-02", "/notices",
    "/captures?page_id=1",
    "/captures?url={site}notice", "/captures", "/captures?source_id=paper", "/captures/1", "/captures/1/payload",
    "/pages?source_id=paper", "/pages", "/pages/1", "/incidents",
)  # fmt: skip
OTHERS = ("/timegate/{site}notice", "/timemap/json/{site}notice", "/feeds/changes.atom", "/feeds/sources/paper.atom")


@contextmanager
def statements(archive: Archive) -> Iterator[list[tuple[str, Any]]]:
    """What is sent to the database meanwhile, with its parameters."""
    sent: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            sent.append((statement, parameters))

    event.listen(archive.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(archive.engine, "before_cursor_execute", note)


def scans(archive: Archive, statement: str, parameters: Any) -> list[str]:
    """Big tables that the statement reads from end to end."""
    postgres = archive.engine.dialect.name == "postgresql"
    with archive.connect() as connection:
        if postgres:
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        explain = ("EXPLAIN " if postgres else "EXPLAIN QUERY PLAN ") + statement
        plan = [str(row[-1]) for row in connection.exec_driver_sql(explain, parameters)]
    if postgres:
        return [line for line in plan if _POSTGRES.search(line)]
    names = {alias: table for table, alias in _ALIASED.findall(statement)}
    return [line for line in plan if (found := _SQLITE.match(line)) and names.get(found[1], found[1]) in BIG]


@pytest.fixture
def showcase(database_url: str) -> str:
    with open_writable(database_url) as writer:
        filled(writer)
    return database_url


def test_no_address_reads_a_big_table_from_end_to_end(showcase: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_archive(showcase) as archive, monkeypatch.context() as patched:
        patched.setattr("tests.web.visitor.open_archive", lambda _: archive)
        patched.setattr(archive, "close", lambda: None)  # the visitor closes what it opened after every answer
        visit = visitor(showcase)
        said = {"document": archive.resolve(SITE + "notice"), "site": SITE}
        said["topic"] = visit(BASE + "/topics").json()["topics"][0]["topic_id"]
        found: list[str] = []
        seen: set[str] = set()
        for path in (*(BASE + each for each in ADDRESSES), *OTHERS):
            with statements(archive) as sent:
                assert visit(path.format(**said)).status_code in (200, 302), path
            seen |= {sql for sql, _ in sent}
            found += [f"{path}: {line}\n{sql}" for sql, values in sent for line in scans(archive, sql, values)]
    assert found == []
    assert len(seen) > 40  # a lookup by number goes past SQLAlchemy, and is seen nowhere


def test_a_scan_would_be_seen(showcase: str) -> None:
    with open_archive(showcase) as archive:
        assert scans(archive, "SELECT count(*) FROM documents d WHERE d.author = 'x'", ())


