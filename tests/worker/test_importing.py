"""Imported captures become versions in the order of their times, and never put an old state on top of a newer one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from archive import Writer, open_archive, open_writable
from archive.importing import PastCapture, import_captures
from archive.records import Version
from worker.importing import Derived, derive_imported
from worker.rederive import rederive

NOW = datetime(2026, 1, 1, tzinfo=UTC)
START = datetime(2020, 5, 1, tzinfo=UTC)
URL = "http://www.county.example.org/art/2020/5/1/art_17.html"


@pytest.fixture
def writer(database_url: str) -> Iterator[Writer]:
    with open_writable(database_url) as writer:
        yield writer


def page(amount: int, visits: int = 0) -> bytes:
    """A notice as a county's site has it; only `amount` is what it says."""
    return (
        "<html><head><meta charset=utf-8><title>关于发放高温补贴的通知</title></head><body>"
        f"<div id=top>浏览次数：{visits}</div><h1>关于发放高温补贴的通知</h1><div class=article-content>"
        "<p>各乡镇人民政府，县直有关单位：</p><p>为保障劳动者的合法权益，根据有关规定，现就发放高温补贴的事项通知如下。</p>"
        f"<p>一、补贴标准为每人每月{amount}元，由用人单位按月发放，不得以实物抵扣。</p>"
        "<p>二、发放时间为六月至九月，各单位要认真组织，确保按时足额发放到位。</p>"
        "<p>三、本通知自发布之日起施行，原有规定与本通知不一致的，以本通知为准。</p></div></body></html>"
    ).encode()


def brought_in(writer: Writer, *days_and_bodies: tuple[int, bytes]) -> Derived:
    past = [
        PastCapture(URL, START + timedelta(days=day), body, media_type="text/html") for day, body in days_and_bodies
    ]
    done = import_captures(writer, past, now=NOW)
    with open_archive(writer.url) as archive:
        return derive_imported(archive, writer, {}, sorted(done.pages))


def told(writer: Writer) -> list[Version]:
    """All versions of the one document there is."""
    with open_archive(writer.url) as archive:
        (document,) = archive.documents()
        return list(archive.versions(document.document_id))


def amounts(writer: Writer) -> list[str]:
    return [version.content.text.split("每月")[1].split("元")[0] for version in told(writer)]


def test_versions_come_in_the_order_of_their_times(writer: Writer) -> None:
    brought_in(writer, (9, page(300)), (0, page(100)), (4, page(200)))
    assert amounts(writer) == ["100", "200", "300"]
    assert [version.captured_at for version in told(writer)] == [START + timedelta(days=day) for day in (0, 4, 9)]
    assert {version.cause for version in told(writer)} == {"source"}


def test_counters_make_no_version(writer: Writer) -> None:
    brought_in(writer, *((day, page(100, visits=day * 17)) for day in range(5)))
    assert amounts(writer) == ["100"]


def test_what_is_older_than_the_head_changes_nothing_of_it(writer: Writer) -> None:
    brought_in(writer, (5, page(200)))
    brought_in(writer, (1, page(100)), (2, page(150)))
    assert amounts(writer) == ["200"]
    brought_in(writer, (7, page(250)), (3, page(170)))
    assert amounts(writer) == ["200", "250"]
    with open_archive(writer.url) as archive:
        assert len(list(archive.captures())) == 5


def test_an_import_broken_off_before_reading_is_taken_up_again(writer: Writer) -> None:
    past = [PastCapture(URL, START + timedelta(days=day), page(100 + day)) for day in range(3)]
    import_captures(writer, past, now=NOW)
    again = brought_in(writer, *((day, page(100 + day)) for day in range(3)))
    assert amounts(writer) == ["100", "101", "102"]
    assert again.captures == 3
    assert brought_in(writer, *((day, page(100 + day)) for day in range(3))).captures == 0


def test_an_error_page_in_between_is_no_version(writer: Writer) -> None:
    error = b"<html><title>502 Bad Gateway</title><h1>502 Bad Gateway</h1><hr>nginx</html>"
    done = brought_in(writer, (0, page(100)), (1, error), (2, page(100)), (3, page(200)))
    assert amounts(writer) == ["100", "200"]
    assert done.unread == 1


def test_the_changes_of_the_past_stand_in_the_log_with_their_times(writer: Writer) -> None:
    brought_in(writer, (0, page(100)), (3, page(200)))
    with open_archive(writer.url) as archive:
        assert [(change.kind, change.at) for change in archive.changes_after(0)] == [
            ("new", START), ("changed", START + timedelta(days=3)),
        ]  # fmt: skip


def test_imported_pages_are_read_again_though_no_source_is_configured_for_them(writer: Writer) -> None:
    brought_in(writer, (0, page(100)), (4, page(200)))
    with writer.begin() as tx:
        known = tx.page_by_url(URL)
    assert known is not None and rederive(writer, {}, [known]).pages == 1
    assert amounts(writer) == ["100", "200"]
