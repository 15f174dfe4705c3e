"""WARC files come in, whole, cut off or damaged: every record that can be read, and the place of what cannot."""

from __future__ import annotations

import base64
import gzip
import hashlib
import random
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import Writer, open_archive, open_writable
from archive.importing import BadWarc, PastCapture, import_captures, read_warc
from archive.importing.http import BadResponse, parse_response
from tests.archive.house import SITE, START, later
from worker.cli.app import run
from worker.cli.errors import PAGES_FAILED

NOW = datetime(2026, 1, 1, tzinfo=UTC)
URL = SITE + "notice"


@pytest.fixture
def writer(database_url: str) -> Iterator[Writer]:
    with open_writable(database_url) as writer:
        yield writer


def kept(writer: Writer) -> list[tuple[datetime, bytes]]:
    """Times and bodies of all captures, by time."""
    with open_archive(writer.url) as archive:
        said = [(c.fetched_at, archive.payload(str(c.payload_digest))) for c in archive.captures() if c.payload_digest]
    return sorted(said)


def record(kind: str, block: bytes, minute: float = 0, url: str = URL, **more: str) -> bytes:
    fields = {
        "WARC-Type": kind, "WARC-Target-URI": url, "WARC-Date": f"{later(minute):%Y-%m-%dT%H:%M:%SZ}",
        "Content-Type": "application/http; msgtype=response", "Content-Length": str(len(block)),
    } | {name.replace("_", "-"): value for name, value in more.items()}  # fmt: skip
    return (
        ("WARC/1.0\r\n" + "".join(f"{n}: {v}\r\n" for n, v in fields.items()) + "\r\n").encode() + block + b"\r\n\r\n"
    )


def response(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status}", "Content-Type: text/html; charset=gbk", *headers, "", ""]).encode() + body


def test_a_warc_packed_by_record_gives_its_captures(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    parts = [
        record("warcinfo", b"software: x"), record("request", b"GET / HTTP/1.1\r\n\r\n"),
        record("response", response(b"hello"), 1), record("response", response(b"gone", status="404 Not Found"), 2),
        record("response", response(b"", status="301 Moved"), 3), record("resource", b"%PDF", 4,
        Content_Type="application/pdf"),
    ]  # fmt: skip
    path.write_bytes(b"".join(map(gzip.compress, parts)))
    found = [(c.fetched_at, c.status, c.payload, c.media_type) for c in read_warc(path)]
    assert found == [
        (later(1), 200, b"hello", "text/html"), (later(2), 404, b"gone", "text/html"), (later(3), 301, b"",
        "text/html"),
        (later(4), None, b"%PDF", "application/pdf"),
    ]  # fmt: skip


def test_a_revisit_is_the_payload_it_refers_to(writer: Writer, tmp_path: Path) -> None:
    path = tmp_path / "a.warc"
    refers = {"WARC_Refers_To_Date": f"{START:%Y-%m-%dT%H:%M:%SZ}"}
    missing = {"WARC_Refers_To_Date": f"{later(-9):%Y-%m-%dT%H:%M:%SZ}"}
    parts = [
        record("response", response(b"hello"), 0), record("response", response(b"other"), 1),
        record("revisit", response(b""), 2, **refers), record("revisit", response(b"", status="304 Not Modified"), 3,
        **refers),
        record("revisit", response(b""), 4, **missing),
    ]  # fmt: skip
    path.write_bytes(b"".join(parts))
    done = import_captures(writer, read_warc(path), now=NOW)
    assert (done.stored, done.skipped) == (4, 1)
    assert [body for _, body in kept(writer)] == [b"hello", b"other", b"hello", b"hello"]


def test_errors_and_redirects_are_no_content(writer: Writer, tmp_path: Path) -> None:
    path = tmp_path / "a.warc"
    parts = [record("response", response(b"x", status=f"{code} X"), code) for code in (200, 302, 404, 429, 500)]
    path.write_bytes(b"".join(parts))
    done = import_captures(writer, read_warc(path), now=NOW)
    assert (done.stored, done.skipped) == (4, 1)
    with open_archive(writer.url) as archive:
        assert [capture.outcome for capture in archive.captures()] == [
            "ok",
            "gone",
            "error:rate-limited",
            "error:http-5xx",
        ]


def test_a_warc_that_is_cut_off_gives_what_stood_before(tmp_path: Path) -> None:
    whole = gzip.compress(record("response", response(b"hello" * 100), 1))
    for cut in (5, len(whole) // 2, len(whole) - 3):
        path = tmp_path / "a.warc.gz"
        path.write_bytes(whole + whole[:cut])
        found: list[PastCapture] = []
        with pytest.raises(BadWarc):
            for capture in read_warc(path):
                found.append(capture)
        assert [capture.payload for capture in found][:1] == [b"hello" * 100]


def test_what_is_no_warc_is_named_so(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_bytes(b"<html>")
    with pytest.raises(BadWarc, match=r"page\.html"):
        list(read_warc(path))


def test_bodies_come_out_of_their_encodings() -> None:
    packed = gzip.compress(b"the page")
    chunked = b"5\r\n" + packed[:5] + b"\r\n" + b"%x;ext=1\r\n" % len(packed[5:]) + packed[5:] + b"\r\n0\r\n\r\n"
    assert parse_response(response(chunked, "Transfer-Encoding: chunked", "Content-Encoding: gzip")).body == b"the page"
    assert parse_response(response(b"plain", "Transfer-Encoding: chunked", "Content-Encoding: gzip")).body == b"plain"


def test_a_bomb_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archive.importing.http.LARGEST", 1000)
    with pytest.raises(BadResponse):
        parse_response(response(gzip.compress(b"0" * 100_000), "Content-Encoding: gzip"))


@given(st.binary(max_size=200))
def test_any_block_is_a_response_or_said_to_be_none(block: bytes) -> None:
    try:
        parse_response(block)
    except BadResponse:
        return
    assert block[:5].upper() == b"HTTP/"


def test_a_revisit_of_warc_1_0_names_an_earlier_response_by_id_or_digest(writer: Writer, tmp_path: Path) -> None:
    path = tmp_path / "a.warc"
    one, other = {"WARC_Record_ID": "<urn:uuid:1>"}, {"WARC_Payload_Digest": "sha1:ABC"}
    parts = [
        record("response", response(b"hello"), 0, **one), record("response", response(b"other"), 1, **other),
        record("revisit", response(b""), 2, WARC_Refers_To="<urn:uuid:1>"),
        record("revisit", response(b""), 3, **other),
        record("revisit", response(b""), 4, WARC_Refers_To="<urn:uuid:9>"),
    ]  # fmt: skip
    path.write_bytes(b"".join(parts))
    done = import_captures(writer, read_warc(path), now=NOW)
    assert (done.stored, done.skipped) == (4, 1)
    assert [body for _, body in kept(writer)] == [b"hello", b"other", b"hello", b"other"]


def test_of_a_file_that_is_cut_off_all_before_is_stored_and_the_other_files_too(
    sqlite_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cut, whole = tmp_path / "cut.warc", tmp_path / "whole.warc"
    cut.write_bytes(record("response", response(b"first"), 0) + record("response", response(b"second"), 1)[:-20])
    whole.write_bytes(record("response", response(b"third"), 2))
    files = [str(cut), str(tmp_path / "missing.warc"), str(whole)]
    said = run(["--config", f"{tmp_path}/none.yaml", "--database", sqlite_url, "import", "warc", *files])
    assert said == PAGES_FAILED
    told = capsys.readouterr()
    assert "2 captures: 2 stored" in told.out
    assert "cut.warc: the last record is cut off" in told.err and "missing.warc cannot be read" in told.err
    with open_archive(sqlite_url) as archive:
        assert [capture.fetched_at for capture in archive.captures()] == [later(0), later(2)]


def bodies_of(path: Path) -> tuple[list[bytes | None], str]:
    """The bodies that a file gives, and what is said of its damage."""
    found: list[bytes | None] = []
    try:
        for capture in read_warc(path):
            found.append(capture.payload)
    except BadWarc as error:
        return found, str(error)
    return found, ""


PACKED = [True, False]
"""packed by record, or plain"""


def stored(path: Path, records: list[bytes], packed: bool) -> list[int]:
    """A file of these records; where each begins."""
    parts = [gzip.compress(each) if packed else each for each in records]
    path.write_bytes(b"".join(parts))
    return [sum(map(len, parts[:i])) for i in range(len(parts) + 1)]


def many(count: int = 6, **more: str) -> list[bytes]:
    noise = random.Random(3)
    return [
        record("response", response(f"{i} ".encode() + noise.randbytes(4000).hex().encode()), i, **more)
        for i in range(count)
    ]


@pytest.mark.parametrize("packed", PACKED)
@pytest.mark.parametrize("overwritten", [1, 700])
def test_what_stands_before_and_behind_the_damage_of_a_warc_is_read_and_the_place_is_named(
    tmp_path: Path, packed: bool, overwritten: int
) -> None:
    path = tmp_path / "a.warc"
    begins = stored(path, many(), packed)
    whole = path.read_bytes()
    for at in (begins[2], begins[2] + 3):  # the line, or the member's head, with which the third record begins
        path.write_bytes(whole[:at] + b"\xff" * overwritten + whole[at + overwritten :])
        found, said = bodies_of(path)
        assert [str(body)[2] for body in found] == ["0", "1", "3", "4", "5"]
        assert f"bytes {begins[2]:,} to {begins[3]:,}" in said or f"bytes {at:,} to {begins[3]:,}" in said


@pytest.mark.parametrize("packed", PACKED)
@pytest.mark.parametrize("length", ["7", "999999", "99999999999", "-4", "many"])
def test_a_record_with_a_wrong_length_takes_none_of_the_others_with_it(
    tmp_path: Path, packed: bool, length: str
) -> None:
    parts = many()
    parts[2] = record("response", response(b"2 " + b"x" * 500), 2, Content_Length=length)
    begins = stored(tmp_path / "a.warc", parts, packed)
    found, said = bodies_of(tmp_path / "a.warc")
    assert [str(body)[2] for body in found] == ["0", "1", "3", "4", "5"]
    assert f"bytes {begins[2]:,} to {begins[3]:,}" in said


def test_a_flipped_bit_is_found_by_the_check_sum_of_gzip_or_by_the_digest_of_the_block(tmp_path: Path) -> None:
    block = response(b"2 " + b"x" * 500)
    digest = "sha1:" + base64.b32encode(hashlib.sha1(block, usedforsecurity=False).digest()).decode()
    parts = many()
    parts[2] = record("response", block, 2, WARC_Block_Digest=digest)
    begins = stored(tmp_path / "whole.warc", parts, packed=False)
    assert len(bodies_of(tmp_path / "whole.warc")[0]) == 6
    parts[2] = parts[2].replace(b"xxx", b"xyx", 1)
    stored(tmp_path / "plain.warc", parts, packed=False)
    found, said = bodies_of(tmp_path / "plain.warc")
    assert len(found) == 5 and f"{URL} of 2024-03-01T08:02:00Z is not what its digest tells" in said
    assert f"bytes {begins[2]:,}" in said
    members = [gzip.compress(each) for each in many()]
    members[2] = members[2][:-8] + b"\0\0\0\0" + members[2][-4:]
    (tmp_path / "packed.warc.gz").write_bytes(b"".join(members))
    found, said = bodies_of(tmp_path / "packed.warc.gz")
    assert [str(body)[2] for body in found] == ["0", "1", "3", "4", "5"] and "incorrect data check" in said


@pytest.mark.parametrize("packed", PACKED)
def test_a_warc_of_which_bytes_are_missing_or_too_many_gives_every_record_that_is_whole(
    tmp_path: Path, packed: bool
) -> None:
    path = tmp_path / "a.warc"
    begins = stored(path, many(9), packed)
    whole, chance = path.read_bytes(), random.Random(5)
    for _ in range(60):
        at, size = chance.randrange(begins[2], begins[4]), chance.randrange(1, 3000)
        inserted = chance.randbytes(chance.choice((0, 5, 2000)))
        path.write_bytes(whole[:at] + inserted + whole[at + size :])
        found, said = bodies_of(path)
        kept = [int(str(body)[2]) for body in found if body]
        untouched = [n for n in range(9) if begins[n + 1] <= at - 4 or begins[n] >= at + size]
        assert set(untouched) <= set(kept), (at, size, kept, said)
        assert said and len(kept) == len(set(kept))


def test_kinds_of_record_that_nobody_knows_are_passed_over(tmp_path: Path) -> None:
    stored(tmp_path / "a.warc", [record("hologram", b"?", 0), *many(2), record("continuation", b"?", 5)], packed=True)
    found, said = bodies_of(tmp_path / "a.warc")
    assert len(found) == 2 and said == ""


def test_a_file_as_long_as_wanted_is_read_record_by_record(tmp_path: Path) -> None:
    one = gzip.compress(record("response", response(random.Random(1).randbytes(500_000)), 1))
    with (tmp_path / "a.warc.gz").open("wb") as file:
        for _ in range(40):
            file.write(one)
    tracemalloc.start()
    assert sum(1 for _ in read_warc(tmp_path / "a.warc.gz")) == 40
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 12_000_000  # of 20 MB
