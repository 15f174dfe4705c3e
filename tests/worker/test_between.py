"""What is written between two steps of a poll by somebody else: nothing that is judged before holds after it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from archive import open_writable
from archive.records import NewCapture
from tests.support.town import Town, notice
from worker import poll
from worker.again import page_key, payload_of
from worker.derive import Validators, settle
from worker.reading import read, says_the_same

WATER = notice("关于停水检修的通知", "因管网检修，定于一月六日对城东片区停水八小时，请居民提前储水。")
LONGER = WATER.replace("八小时", "十二小时")


def chrome(page: str, number: int) -> str:
    """The same page with another token."""
    return page.replace("'a1'", f"'b{number}'")


def test_what_another_capture_said_meanwhile_is_not_taken_for_what_was_judged(
    town: Town, watch: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    town.says("/n/1.html", chrome(WATER, 1))
    here = watch("/n/1.html", kind="page")
    here.poll()

    def overtaken(signature: str | None, body: bytes) -> bool:
        """Judges, and somebody else's capture of the same page is settled."""
        monkeypatch.setattr(poll, "says_the_same", says_the_same)
        captured(here, LONGER.encode())
        return says_the_same(signature, body)

    monkeypatch.setattr(poll, "says_the_same", overtaken)
    for number in (2, 3):
        town.says("/n/1.html", chrome(WATER, number))
        here.poll()
    assert [(kind, version) for kind, _, version in here.changes()] == [("new", 1), ("changed", 2), ("changed", 3)]
    [(text,)] = here.ask("SELECT text FROM current_documents")
    assert "停水八小时" in str(text)


def captured(here: Any, body: bytes) -> None:
    """Another process's poll of the page brings this body, now."""
    with open_writable(here.database) as writer, writer.begin() as tx:
        page = tx.page_by_url(here.source.url)
        assert page is not None
        now = datetime.now(UTC)
        new = NewCapture(page.page_id, "town", page.url, page.url, now, "ok", 200, media_type="text/html")
        capture = tx.record_capture(new, body)
        payload = replace(payload_of(capture, body), requested_url=page.url)
        result = read(payload, here.source, page.kind, page_key(page))
        settle(tx, here.source, page, capture, result, Validators(), {})


def test_a_page_that_moved_for_good_is_moved_though_it_says_the_same(town: Town, watch: Callable[..., Any]) -> None:
    town.says("/n/1.html", chrome(WATER, 1))
    here = watch("/n/1.html", kind="page")
    here.poll()
    town.answers("/n/1.html", 301, Location=town.url + "/new/1.html")
    town.says("/new/1.html", chrome(WATER, 2))
    here.poll()
    assert [kind for kind, _, _ in here.changes()] == ["new", "moved"]


def test_a_page_that_came_back_to_its_address_is_moved_again(town: Town, watch: Callable[..., Any]) -> None:
    town.says("/n/1.html", WATER)
    here = watch("/n/1.html", kind="page")
    here.poll()
    old, new = town.url + "/n/1.html", town.url + "/new/1.html"
    town.answers("/n/1.html", 301, Location=new)
    town.says("/new/1.html", WATER)
    here.poll()
    here.poll()
    town.says("/n/1.html", WATER)
    here.poll()
    here.poll()
    assert [kind for kind, _, _ in here.changes()] == ["new", "moved", "moved"]
    assert [row[0] for row in here.ask("SELECT url FROM current_documents")] == [old]
