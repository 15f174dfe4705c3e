"""What the pages of documents are made from: text in its shape, comparisons, timelines, citations, harmless pages."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.records import (
    Capture,
    Cause,
    Change,
    ChangeKind,
    Content,
    Derivation,
    Document,
    Facts,
    Nature,
    Timeline,
    Version,
    VersionLine,
)
from archive.web.citing import cited
from archive.web.comparing import compared, edited
from archive.web.failures import BadQuestion
from archive.web.fields import fields_of
from archive.web.looked import ATTRIBUTES, ELEMENTS, harmless
from archive.web.markdown import drawn
from archive.web.payload import as_text, file_name, picture
from archive.web.timeline import entries
from archive.web.times import moment
from archive.web.topics import pages_around
from tests.archive.house import START, later
from tests.web.showcase import HOSTILE, SCRIPTS

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Tags(HTMLParser):
    """The tags of a page and their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("# One", "<h3>One</h3>"), ("###### Six", "<h6>Six</h6>"), ("a\n\nb", "<p>a</p>\n<p>b</p>"),
        ("**bold** and *soft*", "<p><strong>bold</strong> and <em>soft</em></p>"),
        (r"\*not soft\* 3 * 4 * 5", "<p>*not soft* 3 * 4 * 5</p>"), ("`a*b*`", "<p><code>a*b*</code></p>"),
        ("- a\n  - b\n- c", "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>"),
        ("1. a\n2. b", "<ol><li>a</li><li>b</li></ol>"),
        ("> said\n> more", "<blockquote><p>said</p>\n<p>more</p></blockquote>"),
        ("```\n<b>\n```", '<pre tabindex="0"><code>&lt;b&gt;</code></pre>'), ("---", "<hr>"),
        ("-- not a rule", "<p>-- not a rule</p>"), ("- ", "<ul><li></li></ul>"),
    ],
)  # fmt: skip
def test_markdown_is_drawn(markdown: str, expected: str) -> None:
    assert drawn(markdown) == expected


def test_tables_have_heads_and_cells_may_hold_bars() -> None:
    table = drawn("| a \\| b | c |\n| --- | --- |\n| 1 | 2<br>3 |")
    assert '<th scope="col">a | b</th>' in table and "<td>2<br>3</td>" in table
    assert "<thead>" not in drawn("| 1 | 2 |\n| 3 | 4 |")


FORMS = (
    "{}", "# {}", "> {}", "| {} |\n| --- |", "- {}", "[{}](http://a.example/)", "[a]({})", "![{}]({})", "`{}`",
)  # fmt: skip
OURS = frozenset([
    "p", "h3", "blockquote", "div", "table", "thead", "tbody", "tr", "td", "th", "ul", "ol", "li", "a", "span", "bdi",
    "code", "em", "strong", "br", "hr", "pre", "wbr",
])  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_draws_nothing_but_our_own_tags(text: str) -> None:
    for form in FORMS:
        for tag, attributes in Tags(drawn(form.replace("{}", text))).found:
            assert tag in OURS
            assert set(attributes) <= {"class", "href", "rel", "tabindex", "scope"}
            assert re.match("https?://", attributes.get("href") or "http://")


@given(st.text(alphabet="*_`[]()!<>|#-\\ \nab1.", max_size=200))
def test_any_markdown_is_drawn_with_every_tag_closed(text: str) -> None:
    page = drawn(text)
    opened = re.findall(r"<(/?)(p|h\d|blockquote|ul|ol|li|table|thead|tbody|tr|td|th|strong|em|a|code|pre)\b", page)
    waiting: list[str] = []
    for closing, name in opened:
        if closing:
            assert waiting.pop() == name
        else:
            waiting.append(name)
    assert waiting == []


def test_what_went_and_came_stand_beside_each_other() -> None:
    old, new = Content("a", "t", "kept line\nthis went away"), Content("b", "t", "kept line\nsomething else arrived")
    in_line = compared(old, new).passages[0].rows
    assert [row.kind for row in in_line] == ["same", "removed", "added"]
    beside = compared(old, new, side=True).passages[0].rows
    assert [(row.kind, row.old_number, row.new_number) for row in beside] == [("same", 1, 1), ("replaced", 2, 2)]


def test_what_stayed_is_left_out_or_shown() -> None:
    lines = [f"line number {n}" for n in range(30)]
    old, new = Content("a", "t", "\n".join(lines)), Content("b", "t", "\n".join([*lines[:20], "one more", *lines[20:]]))
    (passage,) = compared(old, new).passages
    assert (passage.skipped, len(passage.rows)) == (18, 5)
    (whole,) = compared(old, new, whole=True).passages
    assert (whole.skipped, len(whole.rows)) == (0, 31)


def test_texts_too_long_for_a_page_are_compared_as_far_as_they_go() -> None:
    old, new = Content("a", "t", "x" * 300_000), Content("b", "t", "x" * 300_000 + "y")
    assert compared(old, new).cut and not compared(Content("a", "t", "x"), Content("b", "t", "y")).cut
    many = compared(Content("a", "t", "\n".join(map(str, range(5000)))), Content("b", "t", ""))
    assert many.cut and sum(len(passage.rows) for passage in many.passages) == 2000


def test_fields_that_came_and_went_have_one_side() -> None:
    found = compared(Content("a", "t", "", {"x": "1"}), Content("b", "t", "", {"y": {"n": "8"}}))
    said = {field.name: ([p.text for p in field.old], [p.text for p in field.new]) for field in found.fields}
    assert said == {"x": (["1"], []), "y": ([], ["n: 8"])}
    assert [row.kind for row in edited("a b c d e f g", "a b c d e f h")] == ["changed"]


def test_fields_say_where_they_were_read_and_what_disagrees() -> None:
    evidence = {"issuer": {"from": "label 发文机关", "others": [["signature", "县政府"], "broken"]}, "at": "clock"}
    said = {"issuer": "县政府办", "at": ["1", {"n": 2}], "z": "W" * 5000}
    fields = fields_of(Content("a", "t", "", said, evidence=evidence))
    assert [(field.read_from, field.others) for field in fields] == [
        ("label 发文机关", (("signature", "县政府"),)), ("clock", ()), ("", ()),
    ]  # fmt: skip
    assert fields[1].values == ("1", "n: 2") and len(fields[2].values[0]) == 1000


def _line(number: int, cause: Cause = "source", title: str = "t") -> VersionLine:
    return VersionLine(number, cause, None, later(number * 10), number, None, title, f"c1:{number}", "reader", 1)


def _change(
    seq: int, kind: ChangeKind, version: int, before: int | None, minute: float, nature: Nature | None = None
) -> Change:
    return Change(seq, later(minute), kind, "s", "d", "notice", "t", "u", version, before, "source", seq, {}, nature)


def test_a_timeline_puts_removals_and_returns_between_the_versions() -> None:
    silent = Nature(silent=True, share=0.2, parts=("body",))
    changes = (
        _change(5, "changed", 3, 2, 30, silent), _change(4, "back", 1, 1, 18), _change(3, "gone", 1, 1, 15),
        _change(1, "new", 1, None, 10),
    )  # fmt: skip
    found = entries(Timeline((_line(3, title="new title"), _line(2, "rederived"), _line(1)), changes))
    said = [(entry.word, entry.version.number if entry.version else None) for entry in found]
    assert said == [("changed", 3), ("reread", 2), ("back", None), ("gone", None), ("new", 1)]
    assert [entry.silent for entry in found] == [True, False, False, False, False]
    assert found[0].renamed == "t"


def test_pages_to_turn_to() -> None:
    assert pages_around(1, 1) == [1]
    assert pages_around(5, 9) == [1, None, 3, 4, 5, 6, 7, None, 9]
    assert pages_around(2, 4) == [1, 2, 3, 4]


def test_times_are_read_as_people_write_them() -> None:
    assert moment("", SHANGHAI) is None and moment(None, SHANGHAI) is None
    assert moment("2024-03-01T08:30:00Z", SHANGHAI) == datetime(2024, 3, 1, 8, 30, tzinfo=UTC)
    assert moment("2024-03-01T08:30:00 08:00", SHANGHAI) == datetime(2024, 3, 1, 0, 30, tzinfo=UTC)  # a plus, decoded
    assert moment("2024-03-01T08:30", SHANGHAI) == datetime(2024, 3, 1, 0, 30, 59, 999_999, tzinfo=UTC)
    assert moment("2024-03-01", SHANGHAI) == datetime(2024, 3, 1, 15, 59, 59, 999_999, tzinfo=UTC)
    for wrong in ("yesterday", "2024-13-01", "0001-01-01T00:00:00", "١٢"):
        with pytest.raises(BadQuestion, match="write"):
            moment(wrong, SHANGHAI)


def test_a_citation_holds_whatever_the_page_says() -> None:
    for hostile in HOSTILE:
        fields = {"issuer": hostile, "document_number": hostile, "published_on": hostile}
        content = Content("c1:x", hostile, hostile, fields)
        facts = Facts("http://a.example/")
        document = Document("d", "k", "notice", "s", None, facts, content, 1, "present", START, START, START)
        version = Version("d", 1, "source", None, START, 1, "s", hostile, START, content, "reader", 1)
        made = cited(document, version, None, "http://127.0.0.1/documents/d?version=1")
        assert json.loads(made.csl)[0]["URL"] == "http://127.0.0.1/documents/d?version=1"
        body = re.sub(r"\\[{}]|\\text\w+\{\}", "", made.bibtex)
        assert body.count("{") == body.count("}") and "\x00" not in made.bibtex
        assert "\n" not in made.plain and "c1:x" in made.plain


def _capture(url: str = "http://a.example/x", media_type: str | None = None) -> Capture:
    return Capture(7, 1, "s", url, url, START, "ok", 200, None, media_type, (), timedelta(0), None, "ab" * 32, 3)


def test_a_body_is_read_as_its_reader_decoded_it() -> None:
    reading = Derivation(7, "reader", 1, "ok", START, "gb18030", "meta")
    read = as_text("通知".encode("gb18030"), _capture(), reading)
    assert read is not None and (read.text, read.encoding, read.evidence) == ("通知", "gb18030", "meta")
    guessed = as_text(b"\xff plain", _capture(media_type="text/html; charset=no-such-thing"), None)
    assert guessed is not None and (guessed.encoding, guessed.replaced) == ("utf-8", 1)
    for body in (b"%PDF-1.4", b"PK\x03\x04", b"a\x00b", b"\x89PNG\r\n\x1a\n"):
        assert as_text(body, _capture(), None) is None
    assert picture(b"\x89PNG\r\n\x1a\nrest", _capture(media_type="text/html")) == "image/png"
    assert picture(b"<svg onload=x>", _capture(media_type="image/svg+xml")) is None
    assert picture(b"<script>", _capture(media_type="image/png")) is None


@pytest.mark.parametrize(
    ("url", "ending"),
    [
        ("http://a.example/plan.pdf", "pdf"), ("http://a.example/plan.PDF?x=1", "pdf"), ("http://a.example/", "bin"),
        ("http://a.example/run.exe", "bin"), ("http://a.example/page.html", "bin"), ("http://a.example/x.svg", "bin"),
        ('http://a.example/x".pdf\r\nSet-Cookie: a=b', "bin"), ("http://a.example/../../etc/passwd", "bin"),
    ],
)  # fmt: skip
def test_files_are_taken_away_under_plain_names(url: str, ending: str) -> None:
    assert file_name(_capture(url)) == f"capture-7-abababababab.{ending}"


HOSTILE_PAGES = (
    *SCRIPTS, "<a href='javascript:x' onclick=x ping=//e>", "<style>a{}</style x><script>1</script>",
    "<style><</style<</style><script>x</script>", "<textarea></textarea/><script>1</script>", "<a b='c\"d' style=x",
    "<p title='\"><script>1</script>'>", "<img src='data:image/svg+xml,<svg onload=1>'>", "<IMG SRC=//e/x.gif>",
    "<title><script>1</script></title>", "<noscript><p title='</noscript><img src=x onerror=1>'>", "<!--><script>1",
    "<svg><style><img src=x onerror=1></style></svg>", "<math><annotation-xml><script>1</script>", "<plaintext><b>",
    "<input type=image src=//e formaction=javascript:1>", "<meta http-equiv=refresh content=0>", "<a\x00b onload=1>",
    "<body background=//e/x.gif onload=1>", "<table background=//e>", "<link rel=preconnect href=//e>",
    "<base href=//e>",
)  # fmt: skip


@pytest.mark.parametrize("page", HOSTILE_PAGES)
def test_a_page_written_anew_holds_nothing_that_runs_or_asks(page: str) -> None:
    _is_harmless(harmless(page))


@given(st.text(alphabet="<>/!-='\" abscriptylehref&;#\n", max_size=200))
def test_any_page_written_anew_is_harmless(page: str) -> None:
    _is_harmless(harmless(page))


def _is_harmless(page: str) -> None:
    for tag, attributes in Tags(page).found:
        assert tag in ELEMENTS or (tag, attributes) == ("meta", {"charset": "utf-8"}), page
        for name, value in attributes.items():
            picture = name == "src" and (value or "").startswith("data:image/")
            assert name in ATTRIBUTES or picture or name == "charset"


def test_a_page_written_anew_still_looks_like_itself() -> None:
    page = (
        "<body bgcolor=#fff><h1 class='a b'>A &amp; B</h1><table border=1><tr><td colspan=2>x &lt; y</table>"
        "<style>h1{color:red}</style>"
    )
    assert harmless(page).endswith(
        '<body bgcolor="#fff"><h1 class="a b">A &amp; B</h1><table border="1"><tr><td colspan="2">x &lt; y</table>'
        "<style>h1{color:red}</style>"
    )
    assert '<a title="http://x.example/?a=1&amp;b=2">go</a>' in harmless("<a href='http://x.example/?a=1&amp;b=2'>go</a>")
