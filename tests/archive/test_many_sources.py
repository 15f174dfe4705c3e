"""More sources than a statement takes parameters."""

from __future__ import annotations

import pytest
from sqlalchemy import insert

from archive import Writer, open_writable
from archive.records import FoundPage
from archive.schema import sources
from tests.archive.house import SITE, START, later

MANY = 70_000


@pytest.fixture
def names(writer: Writer) -> list[str]:
    """Sources, the last of which has a page."""
    names = [f"s{number:05}" for number in range(MANY)]
    row = {"url": SITE, "kind": "page", "enabled": True, "tags": "[]", "settings": "", "added_at": START}
    with writer.begin() as tx:
        tx.session.connection.execute(insert(sources), [{"source_id": name, **row} for name in names])
        tx.add_pages([FoundPage(names[-1], SITE, "page", depth=0, entry=True)], START)
    return names


@pytest.fixture
def writer(database_url: str) -> Writer:
    return open_writable(database_url)


def test_seventy_thousand_sources_are_asked_for_made_due_and_given_up(writer: Writer, names: list[str]) -> None:
    hosts = [f"{name}.example.org" for name in names]
    with writer, writer.begin() as tx:
        page = tx.page_by_url(SITE)
        assert page is not None
        assert [found.page_id for found in tx.due_pages(later(1), 5, 5, hosts, sources=names)] == [page.page_id]
        tx.make_due(later(5), source_ids=names, page_ids=range(MANY))
        assert tx.page(page.page_id).next_poll_at == later(5)
        tx.sync_sources([], later(6))
        assert tx.due_pages(later(9), 5, 5) == []
