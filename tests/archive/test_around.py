"""What stands around a document: timeline, family, documents that say the same."""

from __future__ import annotations

import pytest

from archive import Archive, Writer, open_archive, open_writable
from archive.records import FoundPage, NewCapture
from tests.archive.house import SITE, START, decided, later, revision, says
from tests.archive.shelf import Shelf

LONG = "The council has decided that the market stays where it is, and that the road behind it is widened in spring."


@pytest.fixture
def writer(database_url: str):
    with open_writable(database_url) as writer:
        yield writer


@pytest.fixture
def archive(database_url: str, writer: Writer):
    with open_archive(database_url) as archive:
        yield archive


def test_a_timeline_is_read_a_page_at_a_time(writer: Writer, archive: Archive) -> None:
    shelf = Shelf(writer)
    for number in range(1, 8):
        document = shelf.say("a", f"said {number} times", f"Title {number}", at=number)
    shelf.say("b", "another document", at=9)
    first = archive.timeline(document, limit=3)
    assert [line.number for line in first.versions] == [7, 6, 5]
    assert (first.versions[0].title, first.versions[0].captured_at) == ("Title 7", later(7))
    assert [change.version for change in first.changes] == [7, 6, 5]
    second = archive.timeline(document, first.older, 3)
    last = archive.timeline(document, second.older, 3)
    assert [line.number for line in (*second.versions, *last.versions)] == [4, 3, 2, 1]
    assert [change.kind for change in last.changes] == ["new"]
    assert last.older is None


def test_a_timeline_holds_removals_and_returns(writer: Writer, archive: Archive) -> None:
    shelf = Shelf(writer)
    document = shelf.say("a", "here", at=1)
    shelf.remove("a", at=2)
    assert [(change.kind, change.version) for change in archive.timeline(document).changes] == [("gone", 1), ("new", 1)]
    assert archive.timeline("no-such-document").versions == ()


def test_parent_and_children_are_named(writer: Writer, archive: Archive) -> None:
    shelf = Shelf(writer)
    notice = shelf.say("notice", "with an annex", "The notice", at=1)
    children = [shelf.say(f"annex{n}", f"annex {n}", f"Annex {n}", at=2, parent="notice") for n in range(3)]
    around = archive.family(archive.document(notice), limit=2)
    titles = [child.title for child in around.children]
    assert (around.parent, titles, around.count) == (None, ["Annex 0", "Annex 1"], 3)
    below = archive.family(archive.document(children[0]))
    assert below.parent is not None and (below.parent.document_id, below.parent.title) == (notice, "The notice")


def test_attachments_lead_to_the_documents_of_their_files(writer: Writer, archive: Archive) -> None:
    """By the address itself, and by another spelling of it; the file leads back to the notice whose page led to it."""
    shelf = Shelf(writer)
    notice = shelf.say("notice", "with a file", "The notice", at=1)
    with writer.begin() as tx:
        home = tx.page_by_url(SITE + "notice")
        assert home is not None
        tx.add_pages([FoundPage("county", SITE + "plan.pdf", "file", depth=2, found_on=home.page_id)], START)
        page = tx.page_by_url(SITE + "plan.pdf")
        assert page is not None
        new = NewCapture(page.page_id, "county", page.url, page.url, later(2), "ok", 200)
        decided(tx, tx.record_capture(new, b"%PDF"), revision("plan.pdf", says("the plan", "Plan"), kind="file"))
    urls = [SITE + "plan.pdf", SITE + "plan.pdf?utm_source=x", SITE + "unknown.pdf"]
    around = archive.family(archive.document(notice), urls)
    assert {url: file.title for url, file in around.files.items()} == {urls[0]: "Plan", urls[1]: "Plan"}
    file = around.files[urls[0]]
    above = archive.family(archive.document(file.document_id)).parent
    assert above is not None and above.document_id == notice


def test_documents_that_say_the_same_are_named_most_similar_first(writer: Writer, archive: Archive) -> None:
    shelf = Shelf(writer, "county", "paper")
    one = shelf.say("one", LONG, at=1)
    two = shelf.say("two", LONG, at=2, source="paper")
    near = shelf.say("near", LONG.replace("in spring", "in summer") + " Works take two months.", "A notice", at=3)
    found = archive.likenesses(one)
    assert [(like.mention.document_id, like.relation) for like in found] == [(two, "duplicate"), (near, "reprint")]
    assert found[0].mention.source_id == "paper"
    stored = [(same.other_id, same.relation, round(same.score, 6)) for same in archive.same_content(one)]
    assert sorted((like.mention.document_id, like.relation, round(like.score, 6)) for like in found) == sorted(stored)
    assert len(archive.likenesses(one, limit=1)) == 1


def test_short_texts_are_no_duplicates(writer: Writer, archive: Archive) -> None:
    shelf = Shelf(writer)
    one = shelf.say("one", "Closed today.", at=1)
    shelf.say("two", "Closed today.", at=2)
    assert archive.likenesses(one) == []


def test_what_a_capture_was_read_as(writer: Writer, archive: Archive) -> None:
    shelf = Shelf(writer)
    document = shelf.say("one", "a text", at=1)
    reading = archive.derivation(archive.version(document).capture_id)
    assert reading is not None and (reading.extractor, reading.encoding) == ("reader", "utf-8")
    assert archive.derivation(10_000) is None
