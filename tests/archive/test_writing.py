"""Captures, decisions and polls, as the walk writes them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import cast

import pytest
from sqlalchemy import text

from archive import Writer, open_archive, open_writable
from archive.errors import NotFound
from archive.records import ChangeKind, Facts, FoundPage, Part, PollResult, Removal, Revision, Sighting, SourceRow
from tests.archive.house import SITE, START, decided, derived, fetched, later, revision, says, watched


@pytest.fixture
def writer(database_url: str) -> Iterator[Writer]:
    with open_writable(database_url) as writer:
        yield writer


def test_a_payload_seen_again_is_a_revisit_and_costs_no_bytes(writer: Writer) -> None:
    (page,) = watched(writer, "notice")
    with writer.begin() as tx:
        first = tx.record_capture(fetched(page, START), b"<p>road works</p>")
        second = tx.record_capture(fetched(page, later(5)), b"<p>road works</p>")
        third = tx.record_capture(fetched(page, later(9), outcome="not-modified"), None)
    assert (first.outcome, second.outcome, third.outcome) == ("ok", "revisit", "not-modified")
    assert first.payload_digest == second.payload_digest == third.payload_digest
    assert (second.revisit_of, third.revisit_of) == (first.capture_id, first.capture_id)
    with open_archive(writer.url) as archive:
        assert archive.payload(cast(str, third.payload_digest)) == b"<p>road works</p>"
        assert list(archive.captures(url=SITE + "notice")) == [first, second, third]
        with archive.connect() as connection:
            assert connection.scalar(text("SELECT count(*) FROM payloads")) == 1


def test_an_earlier_payload_that_comes_back_is_no_revisit_but_is_kept_once(writer: Writer) -> None:
    (page,) = watched(writer, "notice")
    with writer.begin() as tx:
        outcomes = [
            tx.record_capture(fetched(page, later(i)), body).outcome for i, body in enumerate([b"a", b"b", b"a", b"a"])
        ]
        assert outcomes == ["ok", "ok", "ok", "revisit"]
        assert tx.session.connection.scalar(text("SELECT count(*) FROM payloads")) == 2


def test_a_new_payload_forgets_what_read_the_one_before(writer: Writer) -> None:
    (page,) = watched(writer, "notice")
    with writer.begin() as tx:
        tx.record_capture(fetched(page, START), b"a")
        tx.set_derived_with(page, "reader/1|x")
        tx.record_capture(fetched(page, later(1)), b"a")
        assert tx.page(page).derived_with == "reader/1|x"
        tx.record_capture(fetched(page, later(2)), b"a wall")
        assert tx.page(page).derived_with is None


def test_an_edited_post_gets_version_2_and_its_neighbour_none(writer: Writer) -> None:
    (page,) = watched(writer, "topic")
    topic, one, two = "forum|t|7", "forum|p|1", "forum|p|2"

    def post(key: str, words: str, change: ChangeKind = "new", floor: int = 1) -> Revision:
        facts = Facts(SITE + "topic#" + key, author="张三", floor=floor, published_at=START)
        return revision(key, says(words, ""), change, kind="post", facts=facts, parent=topic)

    with writer.begin() as tx:
        capture = tx.record_capture(fetched(page, START), b"1")
        opened = revision(topic, says("", "Snow"), kind="topic", facts=Facts(SITE + "topic", platform="forum"))
        new = decided(tx, capture, opened, post(one, "first"), post(two, "second", floor=2))
    assert [(c.seq, c.kind, c.document_kind, c.version) for c in new] == [
        (1, "new", "topic", 1),
        (2, "new", "post", 1),
        (3, "new", "post", 1),
    ]
    with writer.begin() as tx:
        capture = tx.record_capture(fetched(page, later(60)), b"2")
        (change,) = decided(tx, capture, post(one, "first, edited", "changed"), seen=(topic, two))
    assert (change.seq, change.kind, change.version, change.previous_version) == (4, "changed", 2, 1)
    with open_archive(writer.url) as archive:
        posts = list(archive.posts(new[0].document_id))
        assert [(d.version, v.content.text) for d, v in posts] == [(2, "first, edited"), (1, "second")]
        then = list(archive.posts(new[0].document_id, later(30)))
        assert [v.content.text for _, v in then] == ["first", "second"]
        assert [c.kind for c in archive.changes_after(3)] == ["changed"]
        assert archive.at(change.document_id, later(59)).number == 1
        with pytest.raises(NotFound):
            archive.at(change.document_id, later(-1))


def test_the_same_content_elsewhere_is_stored_once_and_both_places_remembered(writer: Writer) -> None:
    a, b = watched(writer, "a", "b")
    words = says(
        "The bridge over the river is closed for repairs from Monday until further notice; please use the ferry."
    )
    with writer.begin() as tx:
        (one,) = decided(tx, tx.record_capture(fetched(a, START, path="a"), b"a"), revision("page|a", words))
        (two,) = decided(tx, tx.record_capture(fetched(b, later(1), path="b"), b"b"), revision("page|b", words))
        assert tx.session.connection.scalar(text("SELECT count(*) FROM contents")) == 1
    with open_archive(writer.url) as archive:
        (same,) = archive.same_content(one.document_id)
        assert (same.other_id, same.relation, same.score) == (two.document_id, "duplicate", 1.0)


def test_facts_move_without_a_version_or_a_change(writer: Writer) -> None:
    (page,) = watched(writer, "topic")
    with writer.begin() as tx:
        decided(
            tx,
            tx.record_capture(fetched(page, START), b"1"),
            revision("p|1", says("hello"), facts=Facts(SITE, floor=3)),
        )
        capture = tx.record_capture(fetched(page, later(5)), b"2")
        assert decided(tx, capture, sightings=(Sighting("p|1", Facts(SITE, floor=2)),)) == ()
        head = tx.heads(["p|1"])["p|1"]
    assert (head.facts.floor, head.number, head.last_seen_at) == (2, 1, later(5))


def test_facts_come_back_as_they_were_given(writer: Writer) -> None:
    (page,) = watched(writer, "topic")
    facts = Facts(
        SITE, author="李四", author_id="9", floor=0, published_at=START, edited_at=later(1), platform="forum",
        platform_id="12",
        board="News", board_key="b|1", closed=False, part=2, quotes=({"author": "x", "text": "y"},), code=("a = 1",),
        hidden=({"reason": "reply"},), extra={"views": 3, "nested": {"a": [1, None, "z"]}},
    )  # fmt: skip
    with writer.begin() as tx:
        decided(tx, tx.record_capture(fetched(page, START), b"1"), revision("p|1", says("hello"), facts=facts))
        assert tx.heads(["p|1"])["p|1"].facts == facts


def test_a_removed_topic_is_one_gone_and_its_posts_change_their_state_only(writer: Writer) -> None:
    (page,) = watched(writer, "topic")
    with writer.begin() as tx:
        capture = tx.record_capture(fetched(page, START), b"1")
        decided(
            tx,
            capture,
            revision("t", says("", "Snow"), kind="topic"),
            revision("p", says("x"), kind="post", parent="t"),
        )
        assert tx.children("t") == ("p",)
        capture = tx.record_capture(fetched(page, later(9), outcome="gone"), b"404")
        changes = decided(tx, capture, gone=(Removal("t"), Removal("p", logged=False)))
        assert [(c.kind, c.document_kind) for c in changes] == [("gone", "topic")]
        assert {head.state for head in tx.heads(["t", "p"]).values()} == {"gone"}
        assert tx.children("t") == ()
        assert decided(tx, capture, gone=(Removal("t"),)) == ()


def test_what_comes_back_is_back_with_or_without_a_version(writer: Writer) -> None:
    (page,) = watched(writer, "notice")
    with writer.begin() as tx:
        decided(tx, tx.record_capture(fetched(page, START), b"1"), revision("n", says("open")))
        decided(tx, tx.record_capture(fetched(page, later(1), outcome="gone"), None), gone=(Removal("n"),))
        (back,) = decided(
            tx, tx.record_capture(fetched(page, later(2)), b"2"), revision("n", says("open"), "back", writes=False)
        )
        assert (back.kind, back.version, tx.heads(["n"])["n"].state) == ("back", 1, "present")
        decided(tx, tx.record_capture(fetched(page, later(3), outcome="gone"), None), gone=(Removal("n"),))
        (back,) = decided(tx, tx.record_capture(fetched(page, later(4)), b"3"), revision("n", says("shut"), "back"))
        assert (back.kind, back.version, tx.heads(["n"])["n"].number) == ("back", 2, 2)


def test_a_revisit_counts_as_seen_only_for_what_that_payload_showed(writer: Writer) -> None:
    (page,) = watched(writer, "topic")
    with writer.begin() as tx:
        posts = [revision(key, says(key), kind="post", parent="t") for key in ("p1", "p2")]
        decided(
            tx, tx.record_capture(fetched(page, START), b"1"), revision("t", says("", "Snow"), kind="topic"), *posts
        )
        decided(tx, tx.record_capture(fetched(page, later(10)), b"2"), seen=("t", "p1"))
        tx.record_part(Part("t", 1, later(10), 2, page), total=1)
        tx.record_capture(fetched(page, later(20)), b"2")
        tx.touch_page_documents(page, later(20))
        heads = tx.heads(["p1", "p2"])
        assert (heads["p1"].last_seen_at, heads["p2"].last_seen_at) == (later(20), START)
        assert [head.key for head in tx.missing_posts("t", later(20))] == ["p2"]
        assert [part.read_at for part in tx.parts("t")] == [later(20)]


def test_a_sweep_once_ended_is_not_forgotten_by_a_sighting(writer: Writer) -> None:
    (page,) = watched(writer, "topic")
    with writer.begin() as tx:
        decided(tx, tx.record_capture(fetched(page, START), b"1"), revision("t", says("", "Snow"), kind="topic"))
        capture = tx.record_capture(fetched(page, later(1)), b"2")
        decided(tx, capture, sightings=(Sighting("t", missing_counted_at=later(1)),))
        decided(tx, tx.record_capture(fetched(page, later(2)), b"3"), seen=("t",))
        assert tx.heads(["t"])["t"].missing_counted_at == later(1)


def test_a_topic_that_became_shorter_forgets_its_last_parts(writer: Writer) -> None:
    (page,) = watched(writer, "topic")
    with writer.begin() as tx:
        for number in (1, 2, 3):
            tx.record_part(Part("t", number, later(number), 1, page), total=3)
        tx.record_part(Part("t", 1, later(9), 1, page), total=2)
        assert [(part.part, part.read_at) for part in tx.parts("t")] == [(1, later(9)), (2, later(2))]


def test_a_derivation_is_appended_only_when_it_says_something_new(writer: Writer) -> None:
    (page,) = watched(writer, "notice")
    with writer.begin() as tx:
        capture = tx.record_capture(fetched(page, START), b"1")
        for outcome in ("ok", "ok", "soft-404"):
            tx.record_derivation(derived(capture, outcome=outcome))
        assert tx.session.connection.scalar(text("SELECT count(*) FROM derivations")) == 2
    with open_archive(writer.url) as archive, archive.connect() as connection:
        row = connection.execute(text("SELECT outcome, encoding, encoding_evidence FROM capture_log")).one()
        assert tuple(row) == ("soft-404", "utf-8", "meta")


def test_a_version_returns_to_an_earlier_one(writer: Writer) -> None:
    (page,) = watched(writer, "notice")
    with writer.begin() as tx:
        for minute, (words, returns) in enumerate([("a", None), ("b", None), ("a", 1)]):
            capture = tx.record_capture(fetched(page, later(minute)), words.encode())
            decided(tx, capture, revision("n", says(words), "changed" if minute else "new", returns_to=returns))
        assert tx.earlier(["n"]) == {"n": {says("a").content_hash: 3, says("b").content_hash: 2}}
        assert tx.session.connection.scalar(text("SELECT count(*) FROM contents")) == 2


def test_what_another_writer_said_meanwhile_is_not_said_twice(writer: Writer) -> None:
    (page,) = watched(writer, "notice")
    with writer.begin() as tx:
        one, two = (tx.record_capture(fetched(page, later(i)), bytes([i])) for i in (1, 2))
        assert len(decided(tx, one, revision("n", says("a")))) == 1
        assert decided(tx, two, revision("n", says("a"))) == ()
        (change,) = decided(tx, two, revision("n", says("b")))
        assert (change.kind, change.version) == ("changed", 2)


def test_text_that_no_database_keeps_is_kept_readable(writer: Writer) -> None:
    (page,) = watched(writer, "notice")
    with writer.begin() as tx:
        content = says("nul \x00 and half \ud83d", "t\x00", {"issuer": "\x00office", "deep": [{"a": "\x00"}]})
        decided(tx, tx.record_capture(fetched(page, START), b"1"), revision("n", content))
    with open_archive(writer.url) as archive, archive.connect() as connection:
        row = connection.execute(text("SELECT text, title, issuer FROM government_notices")).one()
        assert tuple(row) == ("nul \ufffd and half \ufffd", "t\ufffd", "\ufffdoffice")


def test_a_time_without_a_zone_is_refused(writer: Writer) -> None:
    (page,) = watched(writer, "notice")
    with pytest.raises(Exception, match="without a zone"), writer.begin() as tx:
        tx.record_capture(fetched(page, datetime(2024, 3, 1)), b"1")  # noqa: DTZ001


def test_a_poll_is_finished(writer: Writer) -> None:
    (page,) = watched(writer, "notice")
    with writer.begin() as tx:
        tx.finish_poll(PollResult(page, later(1), "ok", later(61), etag='"a"', derived_with="reader/1|s", changed=True))
        stored = tx.page(page)
        assert (stored.last_poll_at, stored.last_outcome, stored.next_poll_at) == (later(1), "ok", later(61))
        assert (stored.etag, stored.derived_with, stored.last_changed_at) == ('"a"', "reader/1|s", later(1))
        tx.finish_poll(PollResult(page, later(2), "error:timeout", later(3), failures=1))
        stored = tx.page(page)
        assert (stored.etag, stored.failures, stored.derived_with) == ('"a"', 1, "reader/1|s")


def test_an_undone_transaction_leaves_nothing(writer: Writer) -> None:
    (page,) = watched(writer, "notice")
    with pytest.raises(ZeroDivisionError), writer.begin() as tx:
        decided(tx, tx.record_capture(fetched(page, START), b"1"), revision("n", says("a")))
        raise ZeroDivisionError
    with writer.begin() as tx:
        assert tx.heads(["n"]) == {} and tx.last_seq() == 0
        (change,) = decided(tx, tx.record_capture(fetched(page, START), b"1"), revision("n", says("a")))
    assert change.seq == 1


def test_reading_cannot_write(writer: Writer) -> None:
    watched(writer, "notice")
    with (
        open_archive(writer.url) as archive,
        archive.connect() as connection,
        pytest.raises(Exception, match=r"read-?only"),
    ):
        connection.execute(text("DELETE FROM pages"))


def test_a_source_no_longer_listed_is_disabled_and_its_pages_leave_the_due_set(writer: Writer) -> None:
    watched(writer, "notice")
    with writer.begin() as tx:
        assert len(tx.due_pages(START, 10, 10)) == 1
        tx.sync_sources([SourceRow("other", SITE, "page", True)], later(1))
        assert tx.due_pages(later(1), 10, 10) == []
        assert tx.add_pages([FoundPage("other", SITE + "notice", "page", 1)], later(2)) == 0
        (page,) = tx.due_pages(later(2), 10, 10)
        assert page.source_id == "other"
