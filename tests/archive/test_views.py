"""The SQL views are the contract with downstream: these columns, these meanings, alike on both databases."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from archive import Writer, open_archive, open_writable
from archive.records import Content, Facts, PollResult, Removal
from tests.archive.house import SITE, START, decided, derived, fetched, later, revision, says, watched

VIEWS = {
    "current_documents": "document_id parent_id source_id kind url title text version content_hash published_at "
    "first_seen_at "
    "last_seen_at last_checked_at state",
    "document_versions": "document_id version source_id url captured_at cause returns_to content_hash title text "
    "fields links "
    "images attachments published_at capture_id extractor extractor_revision",
    "topics": "topic_id source_id url platform platform_id board title author posts closed first_posted_at "
    "last_posted_at "
    "version state",
    "topic_posts": "topic_id topic_url topic_title document_id platform platform_id floor author posted_at edited_at "
    "text quotes "
    "code hidden images attachments version state",
    "government_notices": "document_id source_id url title text issuer document_number index_number written_on "
    "published_on "
    "subject validity origin addressee signatory attachments fields version state",
    "same_content": "document_id other_id relation score found_at",
    "capture_log": "capture_id page_id source_id url final_url fetched_at status outcome error digest payload_bytes "
    "content_type "
    "encoding encoding_evidence tls duration_ms",
    "change_log": "seq at kind source_id document_id document_kind title url version previous_version cause capture_id "
    "fields nature",
    "page_status": "page_id source_id url kind last_poll_at last_outcome next_poll_at failures documents",
    "incidents": "incident_id source_id kind url host opened_at closed_at last_at outcome reason count",
}
SHOWN = START + timedelta(microseconds=250_000)


@pytest.fixture
def writer(database_url: str) -> Iterator[Writer]:
    with open_writable(database_url) as writer:
        yield writer


def rows(writer: Writer, view: str) -> list[dict[str, Any]]:
    """The view's rows, times as aware datetimes on both databases."""
    with open_archive(writer.url) as archive, archive.connect() as connection:
        return [dict(row) for row in connection.execute(text(f"SELECT * FROM {view}")).mappings()]


def when(value: Any) -> datetime:
    """A view's time: RFC 3339 text ending in Z on SQLite, timestamptz on Postgres."""
    if isinstance(value, str):
        assert value.endswith("Z")
        return datetime.fromisoformat(value)
    assert isinstance(value, datetime)
    return value.astimezone(UTC)


def filled(writer: Writer) -> None:
    """A topic with two posts, one edited; a notice, its copy, a page that answers 404."""
    topic_page, notice_page, copy_page, gone_page = watched(writer, "topic", "notice", "copy", "gone")
    opened = Facts(
        SITE + "topic", "张三", platform="forum", platform_id="7", board="News", closed=True, published_at=START
    )
    one, two = (
        Facts(
            SITE + f"topic#{n}", "李四", floor=n, platform="forum", platform_id=f"7{n}", published_at=later(n),
            edited_at=later(9) if n == 2 else None, quotes=({"author": "张三", "text": "引用"},),
            code=("x = 1",), hidden=({"why": "reply"},),
        )
        for n in (1, 2)
    )  # fmt: skip
    long = "The bridge over the river is closed for repairs from Monday until further notice; please use the ferry."
    notice = Content(
        "c1:notice", "Bridge closed", long, {"issuer": "交通局", "document_number": "交〔2024〕7号", "extra": ["a"]},
        links=({"url": SITE + "map", "text": "map"},), attachments=({"url": SITE + "a.pdf", "name": "附件"},),
    )  # fmt: skip
    with writer.begin() as tx:
        capture = tx.record_capture(fetched(topic_page, SHOWN, path="topic"), b"topic")
        decided(
            tx, capture, revision("t", says("", "Snow"), kind="topic", facts=opened),
            revision("p1", says("first"), kind="post", facts=one, parent="t"),
            revision("p2", says("second"), kind="post", facts=two, parent="t"),
        )  # fmt: skip
        capture = tx.record_capture(fetched(topic_page, later(9), path="topic"), b"topic 2")
        decided(
            tx,
            capture,
            revision("p2", says("second, edited"), "changed", kind="post", facts=two, parent="t"),
            seen=("t", "p1"),
        )
        for name, page in (("notice", notice_page), ("copy", copy_page)):
            capture = tx.record_capture(fetched(page, later(10), path=name), name.encode())
            facts = Facts(SITE + name, published_at=datetime(1949, 10, 1, 7, 30, tzinfo=UTC))
            decided(tx, capture, revision(name, notice, facts=facts))
        capture = tx.record_capture(fetched(gone_page, later(11), outcome="gone", path="gone"), None)
        tx.finish_poll(PollResult(gone_page, later(11), "gone", later(900), failures=0))
        soft = tx.record_capture(fetched(notice_page, later(12)), b"soft")
        tx.record_derivation(derived(soft, outcome="soft-404"))


@pytest.mark.parametrize("view", VIEWS)
def test_columns_are_those_of_the_contract(writer: Writer, view: str) -> None:
    with open_archive(writer.url) as archive, archive.connect() as connection:
        assert list(connection.execute(text(f"SELECT * FROM {view}")).keys()) == VIEWS[view].split()


def test_topics_and_posts(writer: Writer) -> None:
    filled(writer)
    (topic,) = rows(writer, "topics")
    assert (topic["title"], topic["author"], topic["board"], topic["posts"], bool(topic["closed"])) == (
        "Snow",
        "张三",
        "News",
        2,
        True,
    )
    assert (when(topic["first_posted_at"]), when(topic["last_posted_at"]), topic["state"]) == (
        later(1),
        later(2),
        "present",
    )
    one, two = sorted(rows(writer, "topic_posts"), key=lambda row: row["floor"])
    assert (one["topic_id"], one["topic_title"], one["topic_url"]) == (topic["topic_id"], "Snow", SITE + "topic")
    assert (one["text"], one["version"], one["edited_at"]) == ("first", 1, None)
    assert (two["text"], two["version"], when(two["edited_at"]), two["platform_id"]) == (
        "second, edited",
        2,
        later(9),
        "72",
    )
    assert json.loads(two["quotes"]) == [{"author": "张三", "text": "引用"}] and json.loads(two["code"]) == ["x = 1"]
    assert json.loads(two["images"]) == [] and json.loads(two["hidden"]) == [{"why": "reply"}]


def test_documents_and_versions(writer: Writer) -> None:
    filled(writer)
    current = {row["url"]: row for row in rows(writer, "current_documents")}
    notice, post = current[SITE + "notice"], current[SITE + "topic#2"]
    assert when(notice["published_at"]) == datetime(1949, 10, 1, 7, 30, tzinfo=UTC)
    assert (when(post["first_seen_at"]), when(post["last_seen_at"]), post["version"]) == (SHOWN, later(9), 2)
    assert post["parent_id"] == current[SITE + "topic"]["document_id"] and notice["parent_id"] is None
    versions = [row for row in rows(writer, "document_versions") if row["document_id"] == post["document_id"]]
    assert [(row["version"], row["text"], row["cause"]) for row in sorted(versions, key=lambda r: r["version"])] == [
        (1, "second", "source"), (2, "second, edited", "source"),
    ]  # fmt: skip
    captures = {row["capture_id"]: row for row in rows(writer, "capture_log")}
    for row in versions:
        assert when(captures[row["capture_id"]]["fetched_at"]) == when(row["captured_at"])
    (version,) = [row for row in rows(writer, "document_versions") if row["url"] == SITE + "notice"]
    assert json.loads(version["attachments"]) == [{"url": SITE + "a.pdf", "name": "附件"}]
    assert (version["extractor"], version["extractor_revision"]) == ("reader", 1)


def test_notices_show_their_fields(writer: Writer) -> None:
    filled(writer)
    notices = rows(writer, "government_notices")
    assert {(row["issuer"], row["document_number"], row["index_number"]) for row in notices} == {
        ("交通局", "交〔2024〕7号", None)
    }
    assert json.loads(notices[0]["fields"])["extra"] == ["a"]


def test_the_same_content_is_seen_from_both_sides(writer: Writer) -> None:
    filled(writer)
    pairs = rows(writer, "same_content")
    assert len(pairs) == 2 and {row["relation"] for row in pairs} == {"duplicate"}
    assert pairs[0]["document_id"] == pairs[1]["other_id"] and when(pairs[0]["found_at"]) == later(10)


def test_captures_show_what_reading_showed(writer: Writer) -> None:
    filled(writer)
    log = rows(writer, "capture_log")
    assert [row["outcome"] for row in sorted(log, key=lambda r: int(r["capture_id"]))] == [
        "ok",
        "ok",
        "ok",
        "ok",
        "gone",
        "soft-404",
    ]
    gone = next(row for row in log if row["outcome"] == "gone")
    assert (gone["digest"], gone["payload_bytes"], gone["encoding"]) == (None, None, None)
    first = next(row for row in log if when(row["fetched_at"]) == SHOWN)
    assert (first["payload_bytes"], first["content_type"], first["tls"], first["duration_ms"]) == (
        5,
        "text/html",
        "TLSv1.3 verified",
        120,
    )
    assert first["url"] == first["final_url"] == SITE + "topic" and len(first["digest"]) == 64


def test_the_change_log_has_every_change_in_order(writer: Writer) -> None:
    filled(writer)
    log = sorted(rows(writer, "change_log"), key=lambda row: row["seq"])
    assert [row["seq"] for row in log] == list(range(1, 7))
    assert [row["kind"] for row in log] == ["new", "new", "new", "changed", "new", "new"]
    edit = log[3]
    assert (edit["version"], edit["previous_version"], edit["document_kind"], json.loads(edit["fields"])) == (
        2,
        1,
        "post",
        {"text": ["a", "b"]},
    )
    assert log[0]["previous_version"] is None and when(edit["at"]) == later(9)
    assert {row["document_id"] for row in log} == {row["document_id"] for row in rows(writer, "current_documents")}


def test_pages_show_when_they_come_again(writer: Writer) -> None:
    filled(writer)
    pages = {row["url"]: row for row in rows(writer, "page_status")}
    assert (pages[SITE + "gone"]["last_outcome"], when(pages[SITE + "gone"]["next_poll_at"])) == ("gone", later(900))
    assert pages[SITE + "topic"]["documents"] == 3
    with writer.begin() as tx:
        tx.sync_sources([], later(20))
    assert {row["next_poll_at"] for row in rows(writer, "page_status")} == {None}


def test_an_id_is_the_same_in_every_archive(writer: Writer) -> None:
    filled(writer)
    ids = {row["url"]: row["document_id"] for row in rows(writer, "current_documents")}
    assert ids[SITE + "notice"] == "snukpuq6aghwjlrte7jp"
    assert all(isinstance(row["capture_id"], str) for row in rows(writer, "capture_log"))


def test_a_removed_document_stays_with_its_state(writer: Writer) -> None:
    filled(writer)
    with writer.begin() as tx:
        page = tx.page_by_url(SITE + "notice")
        assert page is not None
        decided(
            tx, tx.record_capture(fetched(page.page_id, later(30), outcome="gone"), None), gone=(Removal("notice"),)
        )
    states = {row["url"]: row["state"] for row in rows(writer, "government_notices")}
    assert states == {SITE + "notice": "gone", SITE + "copy": "present"}
