"""The past comes in, in any order and any number of times, and disturbs nothing that is newer."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive import Writer, open_archive, open_writable
from archive.errors import ArchiveError
from archive.importing import BadFiles, PastCapture, import_captures, read_folder
from archive.importing.folder import time_of
from archive.records import NewCapture
from tests.archive.house import SITE, later, watched
from tests.archive.shelf import Shelf

NOW = datetime(2026, 1, 1, tzinfo=UTC)
URL = SITE + "notice"


@pytest.fixture
def writer(database_url: str) -> Iterator[Writer]:
    with open_writable(database_url) as writer:
        yield writer


def past(minute: float, body: bytes, url: str = URL) -> PastCapture:
    return PastCapture(url, later(minute), body, media_type="text/html")


def kept(writer: Writer) -> list[tuple[datetime, bytes]]:
    """Times and bodies of all captures, by time."""
    with open_archive(writer.url) as archive:
        said = [(c.fetched_at, archive.payload(str(c.payload_digest))) for c in archive.captures() if c.payload_digest]
    return sorted(said)


def last_payload(writer: Writer) -> bytes:
    """What the next poll of the page compares with."""
    with writer.begin() as tx:
        page = tx.page_by_url(URL)
        assert page is not None and page.payload_digest is not None
        return tx.payload(page.payload_digest)


def test_captures_come_in_any_order_and_the_newest_stays_what_the_page_says(writer: Writer) -> None:
    bodies = {minute: f"<p>state {minute}</p>".encode() * 50 for minute in range(6)}
    for minutes in ((3, 1), (5,), (0, 4, 2)):
        import_captures(writer, [past(m, bodies[m]) for m in minutes], now=NOW)
    assert kept(writer) == [(later(m), bodies[m]) for m in range(6)]
    assert last_payload(writer) == bodies[5]


def test_an_import_run_again_stores_nothing_twice(writer: Writer) -> None:
    captures = [past(m, b"body %d" % m) for m in range(5)]
    first = import_captures(writer, captures, now=NOW)
    again = import_captures(writer, captures, now=NOW)
    assert (first.stored, again.stored, again.known) == (5, 0, 5)
    assert len(kept(writer)) == 5


def test_a_page_that_is_watched_keeps_its_source_its_last_payload_and_its_head(writer: Writer) -> None:
    shelf = Shelf(writer)
    document_id = shelf.say("notice", "what it says now", at=100, payload=b"now")
    import_captures(writer, [past(1, b"long ago"), past(2, b"less long ago")], now=NOW)
    assert last_payload(writer) == b"now"
    with open_archive(writer.url) as archive:
        assert {capture.source_id for capture in archive.captures()} == {"county"}
        assert archive.document(document_id).version == 1
        assert archive.document(document_id).content.text == "what it says now"


def test_a_page_that_nobody_watches_is_known_and_never_polled(writer: Writer) -> None:
    import_captures(writer, [past(1, b"x")], now=NOW)
    with writer.begin() as tx:
        assert tx.due_pages(NOW + timedelta(days=9), 10, 10) == []
    with open_archive(writer.url) as archive:
        assert [(source.source_id, source.enabled) for source in archive.sources()] == [("imported", False)]


def test_an_unknown_source_is_refused(writer: Writer) -> None:
    with pytest.raises(ArchiveError, match="no source"):
        import_captures(writer, [past(1, b"x")], now=NOW, source_id="nowhere")


def test_a_batch_that_fails_can_be_imported_again(writer: Writer) -> None:
    def broken() -> Iterator[PastCapture]:
        yield past(1, b"one")
        raise OSError("the disk is gone")

    with pytest.raises(OSError):
        import_captures(writer, broken(), now=NOW)
    assert import_captures(writer, [past(1, b"one"), past(2, b"two")], now=NOW).stored == 2


def test_a_newer_import_goes_on_where_polling_stopped(writer: Writer) -> None:
    (page,) = watched(writer, "notice")
    with writer.begin() as tx:
        tx.record_capture(NewCapture(page, "county", URL, URL, later(1), "ok", 200), b"polled")
    import_captures(writer, [past(5, b"saved by hand")], now=NOW)
    assert last_payload(writer) == b"saved by hand"


def test_progress_is_told_after_each_batch(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archive.importing.past.BATCH", 2)
    told: list[int] = []
    import_captures(
        writer, [past(m, b"%d" % m) for m in range(5)], now=NOW, progress=lambda done: told.append(done.stored)
    )
    assert told == [2, 4, 5]


# --- folders -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "when"),
    [
        ("20240131T080000Z.html", datetime(2024, 1, 31, 8, tzinfo=UTC)),
        ("20240131080000.html", datetime(2024, 1, 31, 8, tzinfo=UTC)),
        ("2024-01-31T08-00-00Z.pdf", datetime(2024, 1, 31, 8, tzinfo=UTC)),
        ("20240131T080000.25Z.html", datetime(2024, 1, 31, 8, 0, 0, 250000, tzinfo=UTC)),
        ("20241331T080000Z.html", None),
        ("index.html", None),
        ("202401310800001.html", None),
    ],
)
def test_files_are_named_by_their_time(name: str, when: datetime | None) -> None:
    assert time_of(name) == when


def test_a_folder_is_read_oldest_first_and_packed_files_too(tmp_path: Path) -> None:
    (tmp_path / "20240202T000000Z.html").write_bytes(b"second")
    (tmp_path / "20240101T000000Z.html.gz").write_bytes(gzip.compress(b"first"))
    (tmp_path / "notes.txt").write_text("mine")
    found = list(read_folder(tmp_path, URL))
    assert [(capture.payload, capture.media_type) for capture in found] == [
        (b"first", "text/html"),
        (b"second", "text/html"),
    ]


def test_damaged_files_of_a_folder_are_named_and_all_others_taken(tmp_path: Path) -> None:
    (tmp_path / "20240101T000000Z.html").write_bytes(b"first")
    (tmp_path / "20240102T000000Z.html.gz").write_bytes(gzip.compress(b"second" * 99)[:-9])
    (tmp_path / "20240103T000000Z.html").write_bytes(b"third")
    found: list[bytes | None] = []
    with pytest.raises(BadFiles, match=r"20240102T000000Z\.html\.gz is damaged") as said:
        for capture in read_folder(tmp_path, URL):
            found.append(capture.payload)
    assert found == [b"first", b"third"]
    assert "20240103" not in str(said.value)


def test_a_folder_without_times_is_refused(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_bytes(b"x")
    with pytest.raises(ArchiveError, match="named by its time"):
        list(read_folder(tmp_path, URL))
