"""phpBB 2 (subSilver) and boards made from it.

Seen on 2.0.x: a topic is one table `.forumline`; a post is the row with `<a name="N">` and the author in `.name`, its
time in `.postdetails` (`Posted: ...`), its text in the cell of `.postbody`, quotes and code as tables between such
spans, the signature after a line of underscores, the edit notice in the cell's `.gensmall`. The row after it links
the author. The footer says `All times are GMT + 1 Hour` and `Page <b>1</b> of <b>3</b>`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from selectolax.lexbor import LexborNode

from archive.records import JsonMap
from worker.extract.forums.assemble import Pages, address_of
from worker.extract.forums.body import QuoteReader, Walk, quote_of, squeeze
from worker.extract.forums.place import numbered
from worker.extract.forums.posts import Post
from worker.extract.forums.shape import Platform, Rows, Shape
from worker.extract.forums.shaped import Shaped
from worker.extract.forums.spots import first_of
from worker.extract.forums.times import Clock, read_time
from worker.extract.model import Reading

PLATFORM = Platform(
    name="phpbb2",
    signs=('class="forumline"', 'class="bodyline"'),
    shapes=(
        Shape(
            post='span.name > a[name], .name a[name]',
            pid=("name", r"^(\d+)$"),
            body="",
            marks={
                ".quote": "quote", ".code": "code", ".genmed": "drop label", ".gensmall": "drop edit notice",
                ".signature": "drop signature", ".attachtable": "keep",
            },
        ),
    ),
    rows=(
        Rows(
            row=".forumline tr",
            topic=".topictitle a",
            replies="td:nth-of-type(3)",
            last=".row3Right .postdetails, td:last-of-type > .postdetails",
            sticky="img[src*=folder_sticky], img[src*=folder_announce]",
            board=".forumlink a, a.forumlink",
        ),
    ),
    title="a.maintitle, .maintitle",
    tid=r"[?&]t=(\d+)|topic-?(\d+)|-t(\d+)",
    tid_css="",
    crumbs=".nav a[href*='viewforum']",
    board_id=r"[?&]f=(\d+)",
    page=r"(?!)",
    volatile=("sid", "highlight", "postdays", "postorder", "topicdays", "view"),
    closed="img[src*=reply-locked], img[src*=reply_locked]",
    zone=r"All times are[^<]{0,10}?((?:GMT|UTC)[^<.,(]{0,14})",
    now=r"The time now is ([^<]{10,40})<",
    walls=(("login-required", r"action=\"login\.php"),),
    walled=".forumline .gen",
)  # fmt: skip

_POSTED = re.compile(
    r"(?:Posted|Verfasst am|Posté le|Wysłany|发表于|發表於)\s*:?\s*(.+?)(?:\s{2,}|\xa0|Post subject|$)", re.S
)
_SIGNATURE = re.compile(r"\s*_{15,}\s*")
_START = re.compile(r"[?&]start=(\d+)")


class PhpBB2(Shaped):
    """Reads phpBB 2 topics and forums."""

    revision = 2

    def post(self, reading: Reading, shape: Shape, box: LexborNode, clock: Clock) -> Post | None:
        """A post: the row around its anchor."""
        pid, row = box.attributes.get("name") or "", _outer(box, "tr")
        if not pid.isdigit() or row is None:
            return None
        name = first_of(row, ".name b, .name strong, .name")
        details = next((node for node in row.css(".postdetails") if _POSTED.search(node.text(deep=True))), None)
        first = row.css_first(".postbody")
        cell = _outer(first, "td") if first is not None else None
        notice = cell.css_first(".gensmall") if cell is not None else None
        edited = read_time(squeeze(notice.text(deep=True)), clock) if notice is not None else None
        if cell is not None:
            _marked(cell)
        body = self.walk(reading, shape, clock).read_post(cell)
        match = _POSTED.search(details.text(deep=True)) if details is not None else None
        return Post(
            pid, body, squeeze(name.text(deep=True)) if name is not None else None, _number_of_author(row),
            published_at=read_time(squeeze(match[1]), clock) if match else None, edited_at=edited, anchor=pid,
        )  # fmt: skip

    def quote_reader(self, clock: Clock) -> QuoteReader:
        """A quote is a table: whom it quotes, then what was said."""

        def read(node: LexborNode, walk: Walk) -> JsonMap:
            head, said = node.css_first(".genmed"), node.css_first("td.quote")
            words = squeeze(head.text(deep=True)) if head is not None else ""
            match = re.match(r"(.+?) \S+( \S+)?\s*[:：]$", words)
            return quote_of(walk.read(said or node), author=match[1] if match else None)

        return read

    def topic_number(self, reading: Reading) -> str | None:
        """The number in the address or in the page's own links."""
        match = re.search(r"viewtopic\.php\?t=(\d+)", reading.text)
        return super().topic_number(reading) or (match[1] if match else None)

    def canonical(self, url: str) -> str:
        """Page 1 starts nowhere."""
        return re.sub(r"[?&]start=0$", "", super().canonical(url))

    def pages(self, reading: Reading, css: str) -> Pages:
        """Which page of how many: two bold numbers; addresses say at which post a page starts."""
        here = self.canonical(address_of(reading))
        number = total = 1
        examples: dict[int, str] = {}
        for bar in reading.tree.css("span.nav, span.gensmall, td.nav"):
            bold = [words for node in bar.css("b") if (words := squeeze(node.text(deep=True))).isdigit()]
            links = bar.css("a[href*=start]")
            if len(bold) == 2 and not links and bar.tag == "span":
                number, total = int(bold[0]), int(bold[1])
            for link in links if not _in_row(bar) else []:
                label, url = squeeze(link.text(deep=True)), reading.tree.absolute(link.attributes.get("href"))
                if url is not None and label.isdigit() and _START.search(url) is not None:
                    examples[int(label)] = self.canonical(url)
        first = examples.pop(1, None) or (here if number == 1 else None)
        urls = numbered({**examples, **({number: here} if number > 1 else {})}, max(total, number), first)
        return Pages(number, max(total, number), urls, self._asked(reading.requested_url, urls))

    def _asked(self, url: str, urls: Mapping[int, str]) -> int | None:
        """The page that an address with a start asks for, by where the second page starts; None where nothing tells."""
        start = _START.search(url)
        if start is None:
            return None if re.search(r"[?&]p=\d", url) else 1
        second = _START.search(urls.get(2, ""))
        return int(start[1]) // int(second[1]) + 1 if second is not None and int(second[1]) else None


def _outer(node: LexborNode, tag: str) -> LexborNode | None:
    outer = node.parent
    while outer is not None and outer.tag != tag:
        outer = outer.parent
    return outer


def _in_row(bar: LexborNode) -> bool:
    """Whether a bar of pages belongs to a topic of a list: it stands behind the topic's title."""
    before = bar.prev
    while before is not None and before.tag == "-text":
        before = before.prev
    return before is not None and "topictitle" in (before.attributes.get("class") or "")


def _marked(cell: LexborNode) -> None:
    """Gives a post's quotes, code and signature the names that its marks know."""
    for inner, name in (("td.quote", "quote"), ("td.code", "code")):
        for node in cell.css(inner):
            if (table := _outer(node, "table")) is not None:
                table.attrs["class"] = name
    for node in [node for code in cell.css("td.code") for node in code.iter(include_text=True)]:
        if node.tag == "-text" and "\n" in (words := node.text_content or ""):
            node.replace_with(words.replace("\r", "").replace("\n", ""))  # <br> says where a line ends
    lines = [node for span in cell.css(".postbody") for node in span.iter(include_text=True) if _is_line(node)]
    after = lines[-1] if lines else None
    while after is not None:
        follower = after.next
        after.decompose()
        after = follower


def _is_line(node: LexborNode) -> bool:
    return node.tag == "-text" and _SIGNATURE.fullmatch(node.text_content or "") is not None


def _number_of_author(row: LexborNode) -> str | None:
    """The author's number in the links of the row below a post."""
    below = row.next
    while below is not None and below.tag != "tr":
        below = below.next
    link = below.css_first('a[href*="mode=viewprofile"]') if below is not None else None
    match = re.search(r"[?&]u=(\d+)", link.attributes.get("href") or "") if link is not None else None
    return match[1] if match else None


EXTRACTOR = PhpBB2(PLATFORM)
