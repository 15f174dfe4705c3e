"""Scanned files wait in a queue; what they say is decided once, as the page's own or as our better reading."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from archive import Writer, open_archive, open_writable
from archive.records import Change, FoundPage, NewCapture, Page, SourceRow
from tests.support.letters import reply
from tests.support.pdfs import Sheet, pdf
from worker import scans
from worker.again import page_key, payload_of
from worker.cli.states import sources_shown
from worker.derive import Validators
from worker.extract.files import engine as ocr_engine
from worker.reading import Payload, Read, read
from worker.settings import Settings, Source

URL = "http://files.example/scan.pdf"
SOURCE = Source("s", "http://files.example/", kind="file")
NOW = datetime(2024, 5, 1, 8, tzinfo=UTC)


def scan(pixels: bytes = b"\x10") -> bytes:
    sheet = Sheet()
    sheet.picture(0, 0, 595, 842, pixels)
    return pdf([sheet])


class House:
    """An archive with one page whose file is a scan."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.writer: Writer = open_writable(url)
        with self.writer.begin() as tx:
            tx.sync_sources([SourceRow("s", SOURCE.url, "file", True)], NOW)
            tx.add_pages([FoundPage("s", URL, "file", 0, entry=True)], NOW)

    def polled(self, body: bytes, at: datetime) -> str | None:
        with self.writer.begin() as tx:
            page = tx.page_by_url(URL)
            assert page is not None
            capture = tx.record_capture(NewCapture(page.page_id, "s", URL, URL, at, "ok", 200), body)
            result = read(replace(payload_of(capture, body), requested_url=URL), SOURCE, "file", page_key(page))
            assert scans.needs_ocr(result)
            return scans.put_off(tx, SOURCE, page, capture, result, Validators(), {}).note

    async def drained(self) -> list[scans.Recognised]:
        async def commit(write: Callable[[Any], Any]) -> Any:
            with self.writer.begin() as tx:
                return write(tx)

        settings = Settings(file="x", contact=None, database="x", sources=(SOURCE,))
        return await scans.ScanQueue(lambda: settings, commit).drain()

    def changes(self) -> list[Change]:
        with open_archive(self.url) as archive:
            return list(archive.changes_after(0))

    def page(self) -> Page:
        with self.writer.begin() as tx:
            page = tx.page_by_url(URL)
            assert page is not None
            return page


@pytest.fixture
def house(database_url: str) -> Iterator[House]:
    house = House(database_url)
    yield house
    house.writer.close()


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine that recognises the letter in every picture."""

    def recognised(payload: Payload, source: Source, kind: str, key: str | None = None) -> Read:
        assert source.read["ocr"] == "now"
        return read(replace(payload, body=pdf(reply().sheets())), source, kind, key)

    monkeypatch.setattr(scans, "engine_name", lambda: "engine 1")
    monkeypatch.setattr(scans, "read", recognised)


def test_a_scan_waits_and_is_decided_once_when_it_is_recognised(house: House, engine: None) -> None:
    assert house.polled(scan(), NOW) == "waits for OCR"
    assert house.changes() == []
    with open_archive(house.url) as archive:
        assert archive.waiting_for_ocr() == 1
    due = house.page().next_poll_at
    (done,) = asyncio.run(house.drained())
    assert [(change.kind, change.cause) for change in done.settled.changes] == [("new", "source")]
    assert house.changes()[0].title == "关于市政协六届二次会议第2023118号提案的答复"
    assert house.page().next_poll_at >= due
    with open_archive(house.url) as archive:
        assert archive.waiting_for_ocr() == 0
    assert asyncio.run(house.drained()) == []


def test_without_an_engine_the_scan_is_stored_and_marked_and_a_later_engine_is_our_better_reading(
    house: House, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.setattr(scans, "engine_name", lambda: "")
    assert "muniment[ocr]" in str(house.polled(scan(), NOW))
    assert [(change.kind, change.cause) for change in house.changes()] == [("new", "source")]
    with open_archive(house.url) as archive:
        assert archive.waiting_for_ocr() == 1
    request.getfixturevalue("engine")
    assert house.polled(scan(), NOW + timedelta(days=1)) == "waits for OCR"
    asyncio.run(house.drained())
    assert [(change.kind, change.cause, change.version) for change in house.changes()] == [
        ("new", "source", 1),
        ("changed", "rederived", 2),
    ]


@pytest.mark.parametrize(("engine", "said"), [("rapidocr 3", "rapidocr 3, one after the other"), ("", "muniment[ocr]")])
def test_status_says_how_many_scans_wait_and_for_what(
    house: House, monkeypatch: pytest.MonkeyPatch, engine: str, said: str
) -> None:
    monkeypatch.setattr(scans, "engine_name", lambda: engine)
    monkeypatch.setattr(ocr_engine, "engine_name", lambda: engine)
    house.polled(scan(), NOW)
    with open_archive(house.url) as archive:
        shown = sources_shown(archive, NOW, as_json=False)
    assert "1 scanned file waits for OCR" in shown
    assert said in shown


def test_another_scan_under_the_same_link_is_the_source_s_change(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scans, "engine_name", lambda: "")
    house.polled(scan(b"\x10"), NOW)
    house.polled(scan(b"\x90"), NOW + timedelta(days=1))
    assert [(change.kind, change.cause) for change in house.changes()] == [("new", "source"), ("changed", "source")]


def test_what_needs_no_ocr_is_not_put_off() -> None:
    payload = Payload(pdf(reply().sheets()), URL, URL, NOW)
    assert not scans.needs_ocr(read(payload, SOURCE, "file"))
