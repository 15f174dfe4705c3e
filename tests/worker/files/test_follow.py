"""Which files a page leads to: its attachments, and what it frames."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from archive.records import Page
from worker.extract.model import Extraction, FoundLink
from worker.frontier import admit
from worker.reading import Payload, Read, read
from worker.settings import Files, Follow, Source

URL = "http://office.example/notices/7.html"
NOW = datetime(2024, 1, 2, tzinfo=UTC)


def page(html: str) -> Read:
    whole = f"<html><head><meta charset=utf-8><title>公告</title></head><body>{html}</body></html>"
    payload = Payload(whole.encode(), URL, URL, NOW)
    return read(payload, Source("s", URL), "auto")


def files(result: Read) -> list[str]:
    assert result.extraction is not None
    return [link.url for link in result.extraction.links if link.kind == "file"]


@pytest.mark.parametrize(
    "frame",
    [
        "<iframe src='/att/7.pdf'></iframe>",
        "<embed src='../att/7.pdf' type='application/pdf'>",
        "<object data='/att/7.pdf'></object>",
        "<iframe src='/pdfjs/web/viewer.html?file=%2Fatt%2F7.pdf'></iframe>",
    ],
)
def test_a_page_that_is_nothing_but_a_frame_around_a_file_leads_to_it(frame: str) -> None:
    result = page(frame)
    assert result.outcome == "ok"
    assert files(result) == ["http://office.example/att/7.pdf"]


def test_a_page_with_words_and_a_framed_file_keeps_its_words() -> None:
    words = (
        "<h1>关于公布名单的公告</h1>"
        + "<p>经公示无异议，现将名单予以公布，请各有关单位遵照执行，并做好后续工作。</p>" * 4
    )
    result = page(words + "<iframe src='/att/7.pdf'></iframe><iframe src='https://maps.example/x'></iframe>")
    assert files(result) == ["http://office.example/att/7.pdf"]
    assert "经公示无异议" in result.seen[0].content.text


def test_frames_around_pages_are_no_files() -> None:
    assert page("<iframe src='/list.html'></iframe>").outcome != "ok"


WORDS = "<p>各有关单位：现将市局文件转发给你们，请遵照执行，并将执行情况于月底前报送办公室备案。</p>" * 4


@pytest.mark.parametrize(
    ("link", "is_file"),
    [
        ("<p>附件：<a href='/down?fn=7'>点击下载</a></p>", True),
        ("<p>附件：<a href='/show.action?id=7'>答复函</a></p>", True),
        ("<p><a href='/content?id=7'>答复函.pdf</a></p>", True),
        ("<p>附件：<a href='/att/7.html?id=7'>答复函</a></p>", False),
        ("<p>相关阅读：<a href='/show.action?id=7'>另一则通知</a></p>", False),
        ("<p><a href='/content?id=7'>第二次公告</a></p>", False),
    ],
)
def test_a_link_that_its_address_says_nothing_of_is_a_file_by_its_name_or_the_word_before_it(
    link: str, is_file: bool
) -> None:
    assert len(files(page(f"<h1>关于转发文件的通知</h1>{WORDS}{link}"))) == is_file


def followed(links: list[FoundLink], wanted: Files | None) -> list[str]:
    source = Source("s", URL, follow=Follow(files=wanted))
    entry = Page(1, "s", URL, "k", "office.example", "page", 0, True, False, NOW)
    found = admit(source, entry, Extraction("x", 1, "page", links=tuple(links)), 0)
    return [link.url.rpartition("/")[2] for link in found if link.kind == "file"]


LINKS = [
    FoundLink("http://office.example/a.pdf", "file", "附件1"),
    FoundLink("http://office.example/b.docx", "file"),
    FoundLink("http://office.example/c.jpg", "file"),
    FoundLink("http://office.example/down.jsp?id=4", "file", "附件4.xls"),
    FoundLink("http://office.example/down.jsp?id=5", "file", "附件5"),
]


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        (None, []),
        (Files(), ["a.pdf", "b.docx", "down.jsp?id=4", "down.jsp?id=5"]),
        (Files(types=("pdf",)), ["a.pdf", "down.jsp?id=5"]),
        (Files(types=("jpg", "xls")), ["c.jpg", "down.jsp?id=4", "down.jsp?id=5"]),
    ],
)
def test_files_are_followed_by_type_and_never_unless_asked_for(wanted: Files | None, names: list[str]) -> None:
    assert followed(LINKS, wanted) == names
