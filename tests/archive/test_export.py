"""What leaves the archive is whole, can be gone on with, and can be read by other people's tools."""

from __future__ import annotations

import io
import json
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker

from archive import Writer, open_archive, open_writable
from archive.errors import ArchiveError
from archive.export import FORMATS, Exported, export
from archive.importing import PastCapture, import_captures, read_warc
from archive.records import Facts, NewCapture
from tests.archive.house import SITE, later, watched
from tests.archive.shelf import Shelf

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def shelf(database_url: str) -> Iterator[Shelf]:
    with open_writable(database_url) as writer:
        yield Shelf(writer)


def filled(shelf: Shelf) -> Shelf:
    shelf.say("a", "县政府决定。", "通知甲", fields={"issuer": "县政府"}, payload=b"<p>a1</p>" * 40)
    shelf.say("b", "b 的内容 <tag> & \x0b更多", "乙", kind="post", facts=Facts(SITE + "b", author="老王", floor=2))
    shelf.say("a", "县政府新决定。", "通知甲", fields={"issuer": "县政府"}, payload=b"<p>a2</p>" * 40)
    shelf.remove("b")
    return shelf


def exported(writer: Writer, name: str, output: Path, since: int | None = None) -> Exported:
    with open_archive(writer.url) as archive:
        return export(archive, name, output, since)


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


# --- JSON Lines ----------------------------------------------------------------------------------------------------


def test_json_lines_hold_each_change_with_what_its_version_says(shelf: Shelf, tmp_path: Path) -> None:
    done = exported(filled(shelf).writer, "jsonl", tmp_path / "x.jsonl")
    said = lines(tmp_path / "x.jsonl")
    assert (done.records, done.last_seq) == (4, 4)
    assert [(line["seq"], line["kind"], line["version"]) for line in said] == [
        (1, "new", 1), (2, "new", 1), (3, "changed", 2), (4, "gone", 1),
    ]  # fmt: skip
    assert said[0]["text"] == "县政府决定。" and said[2]["text"] == "县政府新决定。"
    assert said[0]["fields"] == {"issuer": "县政府"}
    assert said[1]["author"] == "老王" and said[1]["floor"] == 2
    assert said[0]["at"] == "2024-03-01T08:01:00Z"


def test_an_export_into_the_same_file_adds_what_is_new(shelf: Shelf, tmp_path: Path) -> None:
    output = tmp_path / "deep" / "x.jsonl"
    exported(filled(shelf).writer, "jsonl", output)
    assert exported(shelf.writer, "jsonl", output).records == 0
    shelf.say("c", "later", at=50)
    assert exported(shelf.writer, "jsonl", output).records == 1
    assert [line["seq"] for line in lines(output)] == [1, 2, 3, 4, 5]


def test_a_line_cut_by_a_kill_is_written_again(shelf: Shelf, tmp_path: Path) -> None:
    output = tmp_path / "x.jsonl"
    exported(filled(shelf).writer, "jsonl", output)
    whole = output.read_bytes()
    for cut in range(len(whole) - 60, len(whole)):
        output.write_bytes(whole[:cut])
        exported(shelf.writer, "jsonl", output)
        assert output.read_bytes() == whole


def test_since_takes_only_what_came_after(shelf: Shelf, tmp_path: Path) -> None:
    exported(filled(shelf).writer, "jsonl", tmp_path / "x.jsonl", since=2)
    assert [line["seq"] for line in lines(tmp_path / "x.jsonl")] == [3, 4]


def test_json_lines_to_standard_output(shelf: Shelf, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    exported(filled(shelf).writer, "jsonl", Path("-"), since=3)
    import sys

    sys.stdout.flush()
    assert [json.loads(line)["seq"] for line in capfdbinary.readouterr().out.splitlines()] == [4]


def test_another_file_is_not_appended_to(shelf: Shelf, tmp_path: Path) -> None:
    (tmp_path / "notes").write_text("my notes\n")
    with pytest.raises(ArchiveError, match="no export"):
        exported(filled(shelf).writer, "jsonl", tmp_path / "notes")
    assert (tmp_path / "notes").read_text() == "my notes\n"


# --- Parquet -------------------------------------------------------------------------------------------------------


def test_parquet_is_partitioned_and_says_the_same_as_json_lines(shelf: Shelf, tmp_path: Path) -> None:
    from pyarrow import dataset

    exported(filled(shelf).writer, "parquet", tmp_path / "p")
    exported(shelf.writer, "jsonl", tmp_path / "x.jsonl")
    table = dataset.dataset(
        tmp_path / "p", format="parquet", partitioning="hive", exclude_invalid_files=True
    ).to_table()
    rows = sorted(table.to_pylist(), key=lambda row: row["seq"])
    said = lines(tmp_path / "x.jsonl")
    assert [row["text"] for row in rows] == [line["text"] for line in said]
    assert [row["document_kind"] for row in rows] == [line["document_kind"] for line in said]
    assert [json.loads(row["fields"]) for row in rows] == [line["fields"] for line in said]
    assert rows[0]["at"] == datetime(2024, 3, 1, 8, 1, tzinfo=UTC)
    assert {path.parent.name for path in (tmp_path / "p").rglob("*.parquet")} == {"year=2024"}


def test_parquet_goes_on_and_takes_back_what_a_kill_left(shelf: Shelf, tmp_path: Path) -> None:
    output = tmp_path / "p"
    exported(filled(shelf).writer, "parquet", output)
    stray = output / "document_kind=notice" / "year=2024" / "part-000000000099.parquet"
    stray.write_bytes(b"half")
    shelf.say("c", "later", at=50)
    assert exported(shelf.writer, "parquet", output).records == 1
    assert not stray.exists()
    assert exported(shelf.writer, "parquet", output).records == 0


def test_a_folder_with_other_things_is_left_alone(shelf: Shelf, tmp_path: Path) -> None:
    (tmp_path / "part-1.parquet").write_bytes(b"mine")
    for name in ("parquet", "warc"):
        with pytest.raises(ArchiveError, match=r"export\.json"):
            exported(shelf.writer, name, tmp_path)
    assert (tmp_path / "part-1.parquet").read_bytes() == b"mine"


# --- WARC ----------------------------------------------------------------------------------------------------------


def checked(path: Path) -> bool:
    """Whether `warcio check` finds nothing wrong."""
    checker = Checker(type("Arguments", (), {"inputs": [str(path)], "verbose": False}))
    checker.process_all()
    return checker.exit_value == 0


def test_warc_passes_the_check_and_its_index_points_at_the_records(shelf: Shelf, tmp_path: Path) -> None:
    output = tmp_path / "w"
    done = exported(filled(shelf).writer, "warc", output)
    assert done.records == 4
    (path,) = output.glob("*.warc.gz")
    assert checked(path)
    index = (output / "index.cdxj").read_text().splitlines()
    assert index == sorted(index) and len(index) == 4
    for line in index:
        key, stamp, said = line.split(" ", 2)
        place = json.loads(said)
        with path.open("rb") as file:
            file.seek(int(place["offset"]))
            record = next(iter(ArchiveIterator(io.BytesIO(file.read(int(place["length"]))))))
        assert record.rec_headers.get_header("WARC-Target-URI") == place["url"]
        assert key.startswith("org,example,county)/") and len(stamp) == 14


def test_the_index_is_in_the_form_that_replay_tools_look_up(shelf: Shelf, tmp_path: Path) -> None:
    url = "http://WWW.County.example.org:80/A/B.aspx?Z=2&a=%E4%BD%A0"
    import_captures(shelf.writer, [PastCapture(url, later(1), b"x")], now=later(0))
    exported(shelf.writer, "warc", tmp_path / "w")
    (line,) = (tmp_path / "w" / "index.cdxj").read_text().splitlines()
    assert line.startswith("org,example,county)/a/b.aspx?a=%e4%bd%a0&z=2 20240301080100 {")


def test_captures_that_go_out_come_in_again_the_same(shelf: Shelf, tmp_path: Path, sqlite_url: str) -> None:
    page = watched(shelf.writer, "x")[0]
    headers = (
        ("Server", "nginx"),
        ("Content-Encoding", "gzip"),
        ("Content-Length", "17"),
        ("Content-Type", "text/html"),
    )
    with shelf.writer.begin() as tx:
        for minute, body in ((1, b"one"), (2, b"two"), (3, b"two"), (4, b"one")):
            tx.record_capture(
                NewCapture(page, "county", SITE + "x", SITE + "x", later(minute), "ok", 200, headers=headers), body
            )
    exported(shelf.writer, "warc", tmp_path / "w")
    (path,) = (tmp_path / "w").glob("*.warc.gz")
    assert checked(path)
    with open_archive(shelf.writer.url) as archive:
        sent = [(c.url, c.fetched_at, c.payload_digest) for c in archive.captures()]
        assert [c.outcome for c in archive.captures()] == ["ok", "ok", "revisit", "ok"]
    from worker.migrate import upgrade

    target = f"sqlite:///{tmp_path / 'copy.db'}"
    upgrade(target)
    with open_writable(target) as writer:
        import_captures(writer, read_warc(path), now=later(0))
    with open_archive(target) as archive:
        assert [(c.url, c.fetched_at, c.payload_digest) for c in archive.captures()] == sent


def test_warc_goes_on_in_a_new_file_and_heals_after_a_kill(
    shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "w"
    monkeypatch.setattr("archive.export.warc.FILE_CAPTURES", 2)
    exported(filled(shelf).writer, "warc", output)
    assert len(list(output.glob("*.warc.gz"))) == 2
    index = (output / "index.cdxj").read_text()
    # as a kill between the index and the list leaves it
    (output / "muniment-000000000099.warc.gz").write_bytes(b"half")
    (output / "index.cdxj").write_text(index + 'z)/ 20240101000000 {"filename": "muniment-000000000099.warc.gz"}\n')
    shelf.say("c", "later", at=50)
    assert exported(shelf.writer, "warc", output).records == 1
    said = (output / "index.cdxj").read_text().splitlines()
    assert len(said) == 5 and said == sorted(said)
    assert not (output / "muniment-000000000099.warc.gz").exists()
    assert all(checked(path) for path in output.glob("*.warc.gz"))


def test_warc_since_a_change_begins_with_the_capture_that_brought_the_next(shelf: Shelf, tmp_path: Path) -> None:
    filled(shelf)
    assert exported(shelf.writer, "warc", tmp_path / "w", since=2).records == 2
    assert exported(shelf.writer, "warc", tmp_path / "v", since=4).records == 0


# --- Atom ----------------------------------------------------------------------------------------------------------


def test_the_feed_shows_the_newest_first_and_what_changed(shelf: Shelf, tmp_path: Path) -> None:
    exported(filled(shelf).writer, "atom", tmp_path / "feed.xml")
    feed = ElementTree.parse(tmp_path / "feed.xml").getroot()
    entries = feed.findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}title") for entry in entries] == [
        "Gone: 乙", "Changed: 通知甲", "New: 乙", "New: 通知甲",
    ]  # fmt: skip
    assert "县政府<ins>新</ins>决定" in str(entries[1].findtext(f"{ATOM}content"))
    assert "&lt;tag&gt; &amp;" in str(entries[2].findtext(f"{ATOM}content"))
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    exported(shelf.writer, "atom", tmp_path / "feed.xml")
    again = ElementTree.parse(tmp_path / "feed.xml").getroot().findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}id") for entry in again] == ids and len(set(ids)) == 4


def test_the_feed_is_bounded(shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archive.export.atom.ENTRIES", 3)
    exported(filled(shelf).writer, "atom", tmp_path / "feed.xml")
    assert len(ElementTree.parse(tmp_path / "feed.xml").getroot().findall(f"{ATOM}entry")) == 3


# --- all -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FORMATS)
def test_an_empty_archive_exports_nothing(shelf: Shelf, tmp_path: Path, name: str) -> None:
    assert exported(shelf.writer, name, tmp_path / "out").records == 0


@pytest.mark.parametrize("name", FORMATS)
def test_progress_is_told(shelf: Shelf, tmp_path: Path, name: str) -> None:
    told: list[int] = []
    with open_archive(filled(shelf).writer.url) as archive:
        done = export(archive, name, tmp_path / "out", progress=lambda said: told.append(said.records))
    assert told and told[-1] == done.records == 4


def test_an_unknown_format_is_named(shelf: Shelf, tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="csv"):
        exported(shelf.writer, "csv", tmp_path / "x")
