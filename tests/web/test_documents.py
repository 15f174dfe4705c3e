"""Documents, versions compared, topics and captures as they are answered, on both databases."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator

import pytest

from archive import Archive, Writer, open_archive, open_writable
from archive.digest import document_id_of
from archive.records import Content, Facts, Nature
from archive.web.looked import POLICY
from tests.archive.board import TOPIC, Board
from tests.archive.house import says
from tests.archive.shelf import Shelf
from tests.web.visitor import Visit, visitor

OLD = "各有关单位：\n每户补助一万元。\n六月三十日截止。"
NEW = "各有关单位：\n每户补助八千元。\n六月三十日截止。"
FIELDS = {"document_number": "县办发〔2024〕12号", "published_on": "2024-03-01"}
_TAG = re.compile(r"<[^>]*>")


@pytest.fixture
def writer(database_url: str) -> Iterator[Writer]:
    with open_writable(database_url) as writer:
        yield writer


@pytest.fixture
def archive(database_url: str, writer: Writer) -> Iterator[Archive]:
    with open_archive(database_url) as archive:
        yield archive


@pytest.fixture
def visit(database_url: str) -> Visit:
    return visitor(database_url)


@pytest.fixture
def notice(writer: Writer) -> str:
    """Two versions, the second one a silent edit."""
    shelf = Shelf(writer)
    shelf.say("notice", OLD, "通知", at=0, fields=FIELDS)
    return shelf.say(
        "notice", NEW, "通知", at=60, fields=FIELDS, nature=Nature(silent=True, share=0.1, parts=("body",)),
        payload="<h1>通知</h1><script>ran()</script><a href='http://elsewhere.invalid/'>more</a>".encode(),
    )  # fmt: skip


def said(page: str) -> str:
    """What a reader sees of a page, in one line."""
    return " ".join(html.unescape(_TAG.sub(" ", page)).split())


def test_a_document_shows_its_newest_version_and_how_it_came_about(visit: Visit, notice: str) -> None:
    page = said(visit(f"/documents/{notice}").text)
    assert "每户补助八千元。" in page and "每户补助一万元。" not in page
    assert "version 2 of 2" in page and "Silent edit" in page and "Document number 县办发〔2024〕12号" in page
    assert "read by reader revision 1" in page and "encoding utf-8 by meta" in page and "TLSv" not in page
    assert "HTTP 200" in page and "SHA-256" in page


def test_an_earlier_version_says_so_and_when_it_was_in_force(visit: Visit, notice: str) -> None:
    for address in ("?version=1", "?at=2024-03-01T08:30", "?at=2024-03-01T08:30:00Z"):
        page = said(visit(f"/documents/{notice}{address}").text)
        assert "每户补助一万元。" in page and "每户补助八千元。" not in page, address
        assert "An earlier version in force from 2024-03-01 08:00 to 2024-03-01 09:00" in page
    assert "每户补助八千元。" in visit(f"/documents/{notice}?at=2024-03-01").text, "a day is its end"


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("?version=3", 404), ("?version=0", 400), ("?version=-1", 400), ("?version=two", 400), ("?at=yesterday", 400),
        ("?at=2019-01-01", 404), ("?at=9999-12-31T23:59:59-14:00", 400), ("/compare?from=1&to=9", 404),
        ("/compare?view=upside-down", 400), ("?version=99999999999999999999", 400), ("?before=x", 400),
    ],
)  # fmt: skip
def test_a_wrong_address_is_answered_with_what_to_write(visit: Visit, notice: str, address: str, status: int) -> None:
    answer = visit(f"/documents/{notice}{address}")
    assert answer.status_code == status
    assert "Traceback" not in answer.text


def test_an_unknown_document_is_not_there(visit: Visit, notice: str) -> None:
    assert visit("/documents/nothing").status_code == 404
    assert notice in visit(f"/documents/{notice[:-2]}").text, "a near id is offered"
    assert visit("/topics/nothing").status_code == 404
    for capture in ("0", "99999", "x", "9" * 30, "-1"):
        assert visit(f"/captures/{capture}").status_code == 404


def test_two_versions_are_compared_inside_the_sentence(visit: Visit, notice: str) -> None:
    page = visit(f"/documents/{notice}/compare?from=1&to=2").text
    assert "每户补助<del>一万</del><ins>八千</ins>元。" in page
    assert "Silent edit" in said(page)
    side = visit(f"/documents/{notice}/compare?from=1&to=2&view=side").text
    assert "每户补助<del>一万</del>元。" in side and "每户补助<ins>八千</ins>元。" in side
    assert visit(f"/documents/{notice}/compare").text.count("<ins>") == page.count("<ins>"), "the newest change"
    assert "Both versions say the same" not in page
    assert "This is one version" in said(visit(f"/documents/{notice}/compare?from=2&to=2").text)


def test_moved_paragraphs_and_fields_and_files_are_compared(visit: Visit, writer: Writer) -> None:
    shelf = Shelf(writer)
    lines = ["The first paragraph.", "The second paragraph.", "The third paragraph."]
    old, new = ({"url": "http://county.example.org/a.pdf", "name": name} for name in ("plan.pdf", "new plan.pdf"))
    shelf.say("moved", "\n".join(lines), "One", at=0, fields={"validity": "有效"}, attachments=(old,))
    moved = shelf.say(
        "moved", "\n".join([lines[2], *lines[:2]]), "One", at=1, fields={"validity": "废止"}, attachments=(new,)
    )  # fmt: skip
    page = visit(f"/documents/{moved}/compare").text
    assert "moved from paragraph 3" in page and "moved to paragraph 1" in page
    assert "Paragraphs changed their places, and nothing else." in page
    assert "<del>有效</del>" in page and "<ins>废止</ins>" in page
    assert "<del><bdi>plan.pdf" in page and "<ins><bdi>new plan.pdf" in page


def test_text_keeps_its_shape_and_its_links_are_made_here(visit: Visit, writer: Writer) -> None:
    shelf = Shelf(writer)
    markdown = (
        "## Fees\n\n- [form](http://county.example.org/f)\n- [trap](javascript:alert)\n\n"
        "| a | b |\n| --- | --- |\n| 1 | 2 |"
    )
    content = Content("c1:shaped", "Shaped", "Fees\nform\ntrap\n1 | 2", markdown=markdown)
    shaped = shelf.keep("shaped", content, at=0)
    page = visit(f"/documents/{shaped}").text
    assert "<h4>Fees</h4>" in page and "<th scope=\"col\">a</th>" in page
    assert 'rel="noopener noreferrer external" href="http://county.example.org/f"' in page
    assert "javascript:" not in re.sub(r"<bdi>.*?</bdi>", "", page)
    assert "<h4>" not in visit(f"/documents/{shaped}?form=plain").text
    plain = visit(f"/documents/{shaped}/text")
    assert plain.headers["content-type"].startswith("text/plain") and plain.text.startswith("Shaped\n\nFees\n")


def test_a_version_is_cited_with_what_proves_it(visit: Visit, archive: Archive, notice: str) -> None:
    version = archive.version(notice, 1)
    page = said(visit(f"/documents/{notice}?version=1").text)
    assert version.content.content_hash in page
    digest = archive.capture(version.capture_id).payload_digest
    assert digest is not None and digest in page
    assert f"http://127.0.0.1:8020/documents/{notice}?version=1" in page
    source = visit(f"/documents/{notice}?version=1").text
    csl = json.loads(html.unescape(re.findall(r"<summary>CSL JSON</summary><pre[^>]*>(.*?)</pre>", source, re.S)[0]))
    assert (csl[0]["title"], csl[0]["version"], csl[0]["issued"]["date-parts"]) == ("通知", "1", [[2024, 3, 1]])


def test_a_removal_and_what_says_the_same_are_shown(visit: Visit, writer: Writer) -> None:
    shelf = Shelf(writer, "county", "paper")
    text = "The council has decided that the market stays where it is, and that the road is widened."
    gone = shelf.say("one", text, "Market", at=0)
    shelf.say("two", text, "Market", at=1, source="paper")
    shelf.remove("one", at=2)
    page = said(visit(f"/documents/{gone}").text)
    assert "No longer on the site" in page and "the same Market notice · paper" in page


def test_a_thread_shows_edits_and_removals_in_place_and_as_it_stood(visit: Visit, writer: Writer) -> None:
    board = Board(writer)
    ids = [board.post(number, f"这里是第{number}楼说的话", floor=number) for number in (1, 2, 3)]  # minutes 2 to 4
    board.post(1, "这里是第1楼说的话，改过了", "changed", floor=1)  # 5
    board.take_away(2)  # 6
    topic = document_id_of(TOPIC)
    now = visit(f"/topics/{topic}").text
    assert "这里是第1楼说的话<ins>，改过了</ins>" in now
    assert "1 edited" in said(now) and "1 removed" in said(now) and "What it said before it was removed" in now
    assert now.index("第1楼说的话，改过了") < now.index("第2楼") < now.index("第3楼")
    then = visit(f"/topics/{topic}?at=2024-03-01T08:04:00Z").text
    assert "改过了" not in then and "What it said before it was removed" not in then and "第3楼" in then
    assert "As it stood at" in then
    assert visit(f"/topics/{ids[2]}").headers["location"] == f"/topics/{topic}?post={ids[2]}#post-{ids[2]}"
    assert visit(f"/topics/{topic}?page=2").status_code == 400


def test_a_long_thread_has_pages_and_leads_to_a_post(
    visit: Visit, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("archive.web.topics.ROWS", 3)
    board = Board(writer)
    ids = [board.post(number, f"post number {number}", floor=number) for number in range(1, 11)]
    topic = document_id_of(TOPIC)
    assert "post number 7" in visit(f"/topics/{topic}?page=3").text
    there = visit(f"/topics/{topic}?post={ids[4]}").text
    assert "post number 5" in there and f'id="post-{ids[4]}"' in there and "post number 1<" not in there


def test_a_thread_shows_quotes_code_hidden_parts_and_files(visit: Visit, writer: Writer) -> None:
    board = Board(writer)
    facts = Facts(
        "http://county.example.org/t#1", author="Nora", quotes=({"author": "Ann", "text": "she said so"},),
        code=("x = 1",), hidden=({"kind": "hidden", "text": "for members"},),
    )  # fmt: skip
    content = Content("c1:p", "", "Agreed.", attachments=({"url": "http://county.example.org/x.zip", "name": "x.zip"},))
    board.post(1, "", facts=facts, content=content)
    page = said(visit(f"/topics/{document_id_of(TOPIC)}").text)
    for expected in ("Ann she said so", "x = 1", "hidden part for members", "x.zip", "Agreed."):
        assert expected in page


def test_the_body_is_given_as_text_as_bytes_and_as_it_looked(visit: Visit, archive: Archive, notice: str) -> None:
    capture = archive.version(notice).capture_id
    evidence = said(visit(f"/captures/{capture}").text)
    assert "Content-Type text/html; charset=utf-8" in evidence and "Versions made from it" in evidence
    assert "&lt;script&gt;ran()&lt;/script&gt;" in visit(f"/captures/{capture}/text").text
    taken = visit(f"/captures/{capture}/bytes")
    assert taken.headers["content-type"] == "application/octet-stream"
    named = rf'attachment; filename="capture-{capture}-[0-9a-f]{{12}}\.bin"'
    assert re.fullmatch(named, taken.headers["content-disposition"])
    assert b"<script>" in taken.content and "sandbox" in taken.headers["content-security-policy"]
    looked = visit(f"/captures/{capture}/view", headers={"Sec-Fetch-Dest": "iframe"})
    assert looked.headers["content-security-policy"] == POLICY
    assert "<script" not in looked.text and "href" not in looked.text and "<h1>通知</h1>" in looked.text
    framed = visit(f"/captures/{capture}/look")
    assert "frame-src 'self'" in framed.headers["content-security-policy"] and "<iframe" in framed.text
    alone = visit(f"/captures/{capture}/view", headers={"Sec-Fetch-Dest": "document"})
    assert (alone.status_code, alone.headers["location"]) == (302, f"/captures/{capture}/look")


@pytest.mark.parametrize(("language", "said"), [("en", "had no version yet on 2019-01-01 "), ("zh", "在 2019-01-01 ")])
def test_a_time_before_the_first_version_is_said_as_the_page_writes_times(
    visit: Visit, notice: str, language: str, said: str
) -> None:
    answer = visit(f"/documents/{notice}?at=2019-01-01T08:30:00&lang={language}")
    assert answer.status_code == 404 and said + "08:30" in answer.text and "T08:30:00Z" not in answer.text


def test_a_capture_without_a_body_says_so(visit: Visit, writer: Writer, archive: Archive) -> None:
    shelf = Shelf(writer)
    shelf.say("one", "a text", at=0)
    shelf.remove("one", at=1)
    gone = next(found for found in archive.captures() if found.outcome == "gone").capture_id
    page = visit(f"/captures/{gone}").text
    assert "no body was kept" in page and "HTTP 404" in page and "status 404" not in page
    assert [visit(f"/captures/{gone}/{part}").status_code for part in ("text", "bytes", "view")] == [404, 404, 404]


@pytest.mark.parametrize("claimed", ["punycode", "Punycode", "unicode_escape", "hex"])
def test_a_charset_that_no_page_is_written_in_is_not_believed(
    visit: Visit, writer: Writer, archive: Archive, claimed: str
) -> None:  # fmt: skip
    """A megabyte of punycode made for it takes hours to decode."""
    from archive.records import FoundPage, NewCapture, SourceRow
    from tests.archive.house import SITE, START

    with writer.begin() as tx:
        tx.sync_sources([SourceRow("county", SITE, "listing", True)], START)
        tx.add_pages([FoundPage("county", SITE + "x", "page", depth=1)], START)
        page = tx.page_by_url(SITE + "x")
        assert page is not None
        media = f"text/html; charset={claimed}"
        new = NewCapture(page.page_id, "county", page.url, page.url, START, "ok", 200, media_type=media)
        capture = tx.record_capture(new, b"as it stands-eia").capture_id
    answer = visit(f"/captures/{capture}/text").text
    assert "as it stands-eia" in answer and "utf-8" in answer


def test_bytes_that_are_no_text_are_not_drawn_as_text(visit: Visit, writer: Writer, archive: Archive) -> None:
    from archive.records import FoundPage, NewCapture, SourceRow
    from tests.archive.house import SITE, START

    with writer.begin() as tx:
        tx.sync_sources([SourceRow("county", SITE, "listing", True)], START)
        tx.add_pages([FoundPage("county", SITE + "x.pdf", "file", depth=1)], START)
        page = tx.page_by_url(SITE + "x.pdf")
        assert page is not None
        new = NewCapture(page.page_id, "county", page.url, page.url, START, "ok", 200, media_type="text/html")
        capture = tx.record_capture(new, b"%PDF-1.7 \x00\x01").capture_id
    assert "These bytes are no text" in visit(f"/captures/{capture}/text").text
    assert visit(f"/captures/{capture}/view").status_code == 404
    assert visit(f"/captures/{capture}/bytes").headers["content-disposition"].endswith('.pdf"')


def test_a_post_without_words_is_called_by_who_wrote_it(writer: Writer, visit: Visit) -> None:
    board = Board(writer)
    board.post(7, "", floor=13, content=says("We have too few people.", ""))
    shielded = board.post(7, "", "changed", floor=13, content=says("", ""))
    assert "<h1>user7 #13</h1>" in visit(f"/documents/{shielded}").text.replace("<bdi>", "").replace("</bdi>", "")
    name = re.search(r'<p class="name"><a href="[^"]*">(.*?)</a>', visit("/changes?kind=changed").text)
    assert name is not None and _TAG.sub("", name[1]) == "user7 #13"
