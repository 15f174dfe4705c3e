"""vBulletin 3 to 6.

Selectors seen on 3.8 (`table#postN`, `#post_message_N`), 4.2 (`li#post_N.postbit`, `.postcontent`) and 5.x, 6.0
(`li.b-post[data-node-id]`, whose `data-node-publishdate` is the time in seconds). The footer says the zone (`All times
are GMT +1. The time now is 10:00.`). Rewritten addresses end in the title, which may end in a number: no page number.
"""

from __future__ import annotations

import re
from dataclasses import replace

from selectolax.lexbor import LexborNode

from archive.records import JsonMap
from worker.extract.forums.assemble import Pages, address_of
from worker.extract.forums.body import QuoteReader, Walk, quote_of, squeeze
from worker.extract.forums.place import MAX_PAGES
from worker.extract.forums.posts import Post
from worker.extract.forums.shape import Platform, Rows, Shape
from worker.extract.forums.shaped import Shaped
from worker.extract.forums.times import Clock, how_known, read_time
from worker.extract.model import Reading

_MARKS = {
    ".bbcode_quote": "quote", ".quote": "quote", ".bbcode_code": "code", ".codeblock": "code", "pre": "code",
    ".bbcode_description": "drop label", ".inlineimg": "drop smiley", ".signature": "drop signature",
    ".lastedited": "drop edit notice", ".b-media__img-preview": "keep", ".js-post__content-page-actions": "drop label",
    ".postbit_attachments": "keep", ".spoiler": "keep", ".spoiler_content": "keep",
}  # fmt: skip

PLATFORM = Platform(
    name="vbulletin",
    signs=(
        'content="vBulletin', "vbmenu_", "vBSEO", "b-post__content", 'id="post_message_', "/vbulletin_", "vBulletin.",
        "vBulletin&reg;", "vBulletin®",
    ),
    shapes=(
        Shape(
            post="li.b-post[data-node-id]",
            pid=("data-node-id", r"(\d+)"),
            body=".js-post__content-text, .b-post__content .h-clearfix, .b-post__content",
            author=".b-userinfo .author a, .b-userinfo .author, [itemprop=author] [itemprop=name], .b-post__username",
            uid=r"member/(\d+)",
            time="self@data-node-publishdate",
            floor=".b-post__count",
            edited=".b-post__edit-note time, .b-post__edit",
            attachments=".js-post-attachments, .b-post-attachments",
            marks=_MARKS,
        ),
        Shape(
            post="li.b-post",
            pid=(">a[id^=post]@id", r"post(\d+)"),
            body=".js-post__content-text, .b-post__content .h-clearfix, .b-post__content",
            author=".b-userinfo .author a, .b-userinfo .author, .author",
            uid=r"member/(\d+)",
            time=".b-post__timestamp time, time",
            floor=".b-post__count",
            edited=".b-post__edit-note time",
            marks=_MARKS,
        ),
        Shape(
            post="li[id^=post_].postcontainer, li[id^=post_].postbit, li[id^=post_].postbitlegacy",
            pid=("id", r"post_(\d+)"),
            body=".postcontent, [id^=post_message_]",
            author=".username_container .username, .username_container .guest, .userinfo .username",
            uid=r"u=(\d+)|members?(?:\.php)?/(\d+)",
            time=".postdate .date, .posthead .date, .date",
            floor=".postcounter",
            edited=".postbody .lastedited, .lastedited",
            attachments=".attachments",
            marks=_MARKS,
        ),
        Shape(
            post="table[id^=post]",
            pid=("id", r"^post(\d+)$"),
            body="[id^=post_message_]",
            author=".bigusername, [id^=postmenu_] a, [id^=postmenu_]",
            uid=r"u=(\d+)|members/(\d+)",
            time="",
            floor="[id^=postcount] strong, [id^=postcount]",
            edited=".smallfont em",
            attachments="[id^=td_post_] fieldset.fieldset",
            marks=_MARKS,
        ),
        Shape(
            post="[id^=edit]",
            pid=("id", r"^edit(\d+)$"),
            body="[id^=post_message_]",
            author=".bigusername, .username, [id^=postmenu_] a, [id^=postmenu_]",
            uid=r"u=(\d+)|members/(\d+)",
            time="",
            floor="[id^=postcount] strong, [id^=postcount]",
            edited=".smallfont em",
            marks=_MARKS,
        ),
    ),
    rows=(
        Rows(
            row="li.threadbit, #threads .threadbit",
            topic="a.title",
            replies=".threadstats li a, .threadstats li",
            last=".threadlastpost dd:last-of-type, .threadlastpost",
            sticky=".sticky",
            board=".forumtitle a, .subforums a",
        ),
        Rows(
            row="tr.topic-item",
            topic="a.topic-title",
            replies=".posts-count",
            last=".lastpost-date",
            sticky=".sticky",
            board="a.forum-title, .subforum-info a",
        ),
        Rows(
            row='tr:has(> td[id^="td_threadtitle_"])',
            topic='a[id^="thread_title_"]',
            replies='a[href*="whoposted"]',
            last="td.alt2[title] .smallfont",
            sticky='img[src*="sticky"]',
            board='td[id^="f"] a[href*="forumdisplay"], td.alt1Active a[href*="forumdisplay"]',
        ),
        Rows(row="#threadslist, #threadlist", topic=""),
    ),
    title=".threadtitle a, .threadtitle, h1.main-title:not(.hide-on-editmode), .navbar strong, "
    ".b-post__title, h1, title",
    unwanted=".prefix, .js-topic-prefix, img",
    tid=r"[?&]t(?:hreadid)?=(\d+)|showthread\.php\?(\d+)-|/(?:showthread\.php/|threads?/)?(\d+)-[^/?]*(?:/?$|/page|\?|\.html|/)",
    tid_css="input[name=threadid]@value",
    crumbs="#breadcrumb a[href*=forum], #breadcrumbs a[href], .navbar a[href*=forum], .breadcrumb a, .navbit a, "
    ".navbar a",
    board_id=r"[?&]f=(\d+)|forumdisplay\.php\?(\d+)-|forumdisplay\.php/(\d+)|forums/(\d+)-|/([\w-]+)/?$",
    pager="form.pagination, .threadpagenav, .pagenav, .pagenav-controls, .pagination:not(.pagination_top)",
    current=".selected a, .selected, .alt2 strong, .js-pagenum",
    page=r"[?&]page=(\d+)|/page(\d+)",
    volatile=("s", "sid", "highlight", "styleid", "nojs", "mode", "p", "postcount", "pp", "goto"),
    root=r"(?:threads?|forums?|forum|showthread\.php|forumdisplay\.php)?(?:/.*|[^/]*)$",
    walls=(("login-required", r"You are not logged in or you do not have permission"),),
    files=r"attachment\.php\?(?:[^#]*&)?attachmentid=",
    numeric_dates=True,
    walled=".standard_error, .panel .panelsurround, .panelsurround .panel, .b-error, .restore .standard_error, "
    ".main-title ~ .error, .blockbody",
    variants=("authorid", "mode"),
)  # fmt: skip


class VBulletin(Shaped):
    """Reads vBulletin threads and forums."""

    revision = 2

    def pages(self, reading: Reading, css: str) -> Pages:
        """Versions 5 and 6 show a field for the page's number and how many there are; `/pageN` ends the address."""
        field, all_ = reading.tree.first("input.js-pagenum[value]"), reading.tree.first(".pagetotal")
        said = [field.attributes.get("value") or "", all_.text(deep=True).strip()] if field and all_ else []
        if not said or not all(words.isdigit() for words in said):
            return super().pages(reading, css)
        number, total = int(said[0]), min(max(map(int, said)), MAX_PAGES)
        first = re.sub(r"/page\d+(?=[?#]|$)", "", self.canonical(address_of(reading)))
        urls = {page: f"{first}/page{page}" for page in range(2, total + 1)}
        return Pages(number, total, {1: first, **urls}, self.asked(reading.requested_url))

    def _boxes(self, reading: Reading, shape: Shape) -> list[LexborNode]:
        pattern = re.compile(shape.pid[1])
        found = super()._boxes(reading, shape)
        if shape.pid[0].startswith(">"):
            return found
        return [box for box in found if pattern.search(box.attributes.get(shape.pid[0]) or "")]

    def title(self, reading: Reading) -> str:
        """The heading; of a <title> only what stands before the forum's name."""
        words = super().title(reading)
        return re.sub(r"^(?:Thread|Thema|Tema|Sujet)\s*:\s*", "", words)

    def post(self, reading: Reading, shape: Shape, box: LexborNode, clock: Clock) -> Post | None:
        """A post; in version 3 the time is the words of the first dark cell."""
        for label in box.css("[id^=post_message_] div > div:first-child"):
            if "smallfont" in (label.attributes.get("class") or "") or label.css_first("label") is not None:
                _name_block(label)
        found = super().post(reading, shape, box, clock)
        if found is None or found.published_at is not None:
            return found
        for cell in box.css(".thead, .tcat, .postdate, .smallfont"):
            words = squeeze(cell.text(deep=True))
            if len(words) < 60 and (at := read_time(words, clock)) is not None and re.search(r"\d:\d\d", words):
                return replace(found, published_at=at, time=how_known(words))
        return found

    def asked(self, url: str) -> int | None:
        """The page asked for; None where the address ends in a number that may be the title's."""
        return None if re.search(r"-\d+\.html$", url) else super().asked(url)

    def quote_reader(self, clock: Clock) -> QuoteReader:
        """A quote's head says whom, with a link to the post."""

        def read(node: LexborNode, walk: Walk) -> JsonMap:
            head = node.css_first(".bbcode_postedby, .quote_author")
            link = node.css_first('a[href*="post"]')
            pid = re.search(r"(?:#post|[?&]p=)(\d+)", link.attributes.get("href") or "") if link is not None else None
            strong = (head or node).css_first("strong")
            author = squeeze(strong.text(deep=True)) if strong is not None else None
            if head is not None:
                head.decompose()
            inner = node.css_first(".message, .quote_message")
            body = walk.read(inner or node)
            if (
                head is None
                and body.lines
                and re.match(r"(?:Originally Posted by|Zitat von|Originalmente)", body.lines[0])
            ):
                del body.lines[0]
            return quote_of(body, author=author, pid=pid[1] if pid else None)

        return read


def _name_block(label: LexborNode) -> None:
    """Version 3 writes quotes and code as a label and a table or a frame after it, in a box of their own."""
    block, framed = label.parent, label.next
    while framed is not None and framed.tag == "-text":
        framed = framed.next
    if block is None or framed is None or "margin" not in (block.attributes.get("style") or ""):
        return
    if framed.tag == "table" or framed.css_first("[style*=italic]") is not None:
        block.attrs["class"] = "bbcode_quote"
    elif framed.tag == "pre" or "alt2" in (framed.attributes.get("class") or ""):
        block.attrs["class"] = "bbcode_code"
    else:
        return
    label.decompose()


EXTRACTOR = VBulletin(PLATFORM)
