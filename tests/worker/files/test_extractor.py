"""Files through the same reading as pages: documents of kind `file`, or an outcome that names what is wrong."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.support.letters import BODY, reply
from tests.support.office import docx, ofd, ofd_text, p, zipped
from tests.support.ole import word
from tests.support.pdfs import Sheet, pdf
from worker.extract.files.extractor import outcome_of
from worker.extract.files.names import offered_name
from worker.extract.files.shown import drawn, page_by_page
from worker.isolate import Answer
from worker.reading import Payload, Read, read
from worker.settings import Source

URL = "http://files.example/att/202305/t1.pdf"


def reading(body: bytes, url: str = URL, kind: str = "file", media_type: str | None = None, **headers: str) -> Read:
    given = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    if media_type:
        given += (("content-type", media_type),)
    payload = Payload(body, url, url, datetime(2024, 1, 2, tzinfo=UTC), given)
    return read(payload, Source("s", "http://files.example/"), kind)


def test_a_pdf_is_a_document_of_kind_file() -> None:
    result = reading(pdf(reply(seal="某局").sheets()))
    (seen,) = result.seen
    assert (result.outcome, result.extractor, seen.kind) == ("ok", "file", "file")
    assert seen.content.title == "关于市政协六届二次会议第2023118号提案的答复"
    assert [text for text in BODY if text not in seen.content.text.split("\n")] == []
    assert seen.content.fields["document_number"] == "临工信提〔2023〕17号"
    assert seen.facts.extra["file"] == {
        "type": "pdf",
        "pages": 2,
        "name": "t1.pdf",
        "bytes": seen.facts.extra["file"]["bytes"],
    }  # type: ignore[index]
    assert result.decoded is not None
    assert result.decoded.encoding == "binary"


def test_the_same_letter_saved_again_has_the_same_content() -> None:
    once = reading(pdf(reply().sheets(), info="/ModDate (D:20230508120000)")).seen[0].content
    again = reading(pdf(reply().sheets(), info="/ModDate (D:20240508120000) /Producer (Other)")).seen[0].content
    assert once.content_hash == again.content_hash
    assert once.evidence["file"] != again.evidence["file"]


def test_a_scan_is_stored_and_marked_and_another_scan_is_another_content() -> None:
    def scan(pixels: bytes) -> Read:
        sheet = Sheet()
        sheet.picture(0, 0, 595, 842, pixels)
        return reading(pdf([sheet]))

    first, second = scan(b"\x01").seen[0], scan(b"\x02").seen[0]
    assert first.facts.extra["needs_ocr"] == [1]
    assert first.content.text == ""
    assert first.content.content_hash != second.content.content_hash


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        (pdf(reply().sheets())[:300], "error:damaged"),
        (word("x\r", encrypted=True), "error:encrypted"),
        (b"Rar!\x1a\x07\x00" + b"x" * 100, "error:unsupported"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 100, "error:unsupported"),
        (b"PK\x03\x04" + b"x" * 100, "error:damaged"),
    ],
)
def test_what_cannot_be_read_has_a_named_outcome(body: bytes, outcome: str) -> None:
    result = reading(body)
    assert (result.outcome, result.seen) == (outcome, ())
    assert result.error


def test_limits_and_crashes_have_named_outcomes() -> None:
    assert outcome_of(Answer(failure="memory"))[0] == "error:bomb"
    assert outcome_of(Answer(failure="time"))[0] == "error:bomb"
    assert outcome_of(Answer(failure="crash", error="signal 11"))[0] == "error:damaged"


def test_the_type_is_in_the_bytes_and_not_in_the_name() -> None:
    result = reading(
        docx(p("真正的格式是新版文字文档。")), url="http://files.example/a.doc", media_type="application/msword"
    )
    assert "docx" in result.why
    page = (
        b"<html><head><title>T</title></head><body><p>"
        + "这一页其实是网页，不是文档。".encode() * 20
        + b"</p></body></html>"
    )
    assert reading(page, url="http://files.example/a.doc", media_type="application/msword").extractor != "file"


def test_text_is_a_file_only_where_it_is_offered_as_one() -> None:
    plain = "第一行。\n第二行。\n".encode()
    assert reading(plain, url="http://files.example/a.txt", media_type="text/plain").extractor == "file"
    assert reading(plain, url="http://files.example/a", kind="auto", media_type="text/html").extractor != "file"


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("attachment; filename*=UTF-8''%E9%99%84%E4%BB%B61.pdf", "附件1.pdf"),
        ('attachment; filename="%E9%99%84%E4%BB%B61.pdf"', "附件1.pdf"),
        ('attachment; filename="{}"'.format("附件1.pdf".encode("gbk").decode("latin-1")), "附件1.pdf"),
        ('attachment; filename="{}"'.format("附件1.pdf".encode().decode("latin-1")), "附件1.pdf"),
        ("attachment; filename==?utf-8?B?6ZmE5Lu2MS5wZGY=?=", "附件1.pdf"),
        ('attachment; filename="..\\..\\x/y.pdf"', "y.pdf"),
        ("inline", ""),
    ],
)
def test_names_of_downloads_as_servers_write_them(header: str, name: str) -> None:
    assert offered_name(header) == name


def test_the_name_stands_in_for_a_title() -> None:
    result = reading(
        zipped({"a.txt": "正文"}),
        url="http://files.example/down.jsp?id=3",
        content_disposition="attachment; filename*=UTF-8''%E5%90%8D%E5%8D%95.zip",
    )
    assert result.seen[0].content.title == "名单"
    assert result.seen[0].content.attachments[0]["name"] == "a.txt"


def test_explain_says_page_by_page_what_was_taken_for_what() -> None:
    result = reading(pdf(reply(seal="临江市工信局", watermark="样张", header="内网打印").sheets()))
    assert result.reading is not None
    words = page_by_page(result.reading)
    assert "heading red-header: 临江市工业和信息化局文件" in words
    assert "left out, page number: — 2 —" in words
    assert "left out, seal: " in words
    assert "document_number: 临工信提〔2023〕17号" in words
    page = drawn(result.reading)
    assert page.count("data:image/png;base64,") == 2
    assert page.count("class='b'") > 12
    assert result.extraction is not None
    assert ("page number, page 1", "— 1 —") in [(block.what, block.text) for block in result.extraction.dropped]


def test_explain_draws_formats_without_pictures_with_their_words() -> None:
    cells = "".join(f"<w:tc>{p(text)}</w:tc>" for text in ("区县", "件数"))
    table = reading(docx(f"<w:tbl><w:tr>{cells}</w:tr></w:tbl>"))
    sheets = reading(ofd([ofd_text(20, 30, "关于改造泵站的答复")]))
    files = reading(zipped({"一.txt": "甲乙丙", "二.txt": "丁戊己"}))
    assert table.reading is not None and sheets.reading is not None and files.reading is not None
    assert "<table class='cells'><tr><td>区县<td>件数</table>" in drawn(table.reading)
    assert "</i><span>关于改造泵站的答复</span></div>" in drawn(sheets.reading)
    shown = drawn(files.reading)
    assert "<h2>file 1</h2>" in shown
    assert "<h2>file 2</h2>" in shown
    assert "page 1" not in shown


def test_explain_names_what_keeps_a_file_from_being_read() -> None:
    result = reading(word("x\r", encrypted=True))
    assert result.reading is not None
    assert page_by_page(result.reading).startswith("error:encrypted: ")
    assert "error:encrypted" in drawn(result.reading)
