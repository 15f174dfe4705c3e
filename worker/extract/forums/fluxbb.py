"""FluxBB 1.4, 1.5 and PunBB 1.2 to 1.4.

Selectors seen on FluxBB 1.5: a post is `.blockpost#pN`, its text `.postmsg`, its time and floor in the heading. PunBB
1.4: `.post#pN`, `.entry-content`, `.post-byline`; 1.2 is as FluxBB, but heads quotes and code with `h4`, and says the
title as the last item of a list. Guests see times in the board's default zone, which no page says.
"""

from __future__ import annotations

import re

from selectolax.lexbor import LexborNode

from archive.records import JsonMap
from worker.extract.forums.body import QuoteReader, Walk, quote_of, squeeze
from worker.extract.forums.shape import Platform, Rows, Shape
from worker.extract.forums.shaped import Shaped
from worker.extract.forums.times import Clock
from worker.extract.model import Reading

_MARKS = {
    ".quotebox": "quote", "blockquote": "quote", ".codebox": "code", "pre": "code", ".postedit": "drop edit notice",
    ".lastedit": "drop edit notice", ".postsignature": "drop signature", ".sig-content": "drop signature",
    ".postimg": "keep",
}  # fmt: skip

PLATFORM = Platform(
    name="fluxbb",
    signs=("FluxBB", "PunBB", 'id="punviewtopic', 'id="punviewforum', 'id="punindex', 'id="brd-'),
    shapes=(
        Shape(
            post=".blockpost[id^=p]",
            pid=("id", r"^p(\d+)$"),
            body=".postmsg",
            author=".postleft dt strong a, .postleft dt strong",
            uid=r"id=(\d+)",
            time="h2 a",
            floor="h2 .conr",
            edited=".postedit",
            marks=_MARKS,
        ),
        Shape(
            post=".post[id^=p]",
            pid=("id", r"^p(\d+)$"),
            body=".entry-content",
            author=".author-ident .username a, .author-ident .username, .post-byline strong, .post-byline a",
            uid=r"id=(\d+)",
            time=".post-link .posted, .post-link, .post-byline .post-link",
            floor=".post-num",
            edited=".lastedit",
            marks=_MARKS,
        ),
    ),
    rows=(
        Rows(
            row="#vf tbody tr",
            topic=".tclcon a[href*=viewtopic], .tcl a[href*=viewtopic]",
            replies="td.tc2",
            last="td.tcr a",
            sticky=".isticky",
            pages=".pagelink",
        ),
        Rows(
            row=".main-item[id^=topic]",
            topic=".item-subject h3 a",
            replies=".info-replies strong",
            last=".info-lastpost strong",
            sticky=".sticky",
            pages=".paging",
        ),
        Rows(row="#punindex .blocktable tr", topic="", board="#punindex h3 a[href*=viewforum], #brd-index h3 a[href]"),
        Rows(row="#brd-index .main-item", topic=""),
    ),
    title="#punviewtopic .crumbs li:last-of-type strong, .crumbs li:last-of-type, h1.main-title a, h1.main-title, "
    "#punviewtopic .linkst li:last-of-type, h2 span",
    unwanted="small",
    tid=r"viewtopic\.php\?(?:.*&)?id=(\d+)|topic/?(\d+)",
    tid_css="form input[name=tid]@value",
    crumbs=".crumbs a[href*=viewforum], .crumbs a[href*=forum], .linkst a[href*=viewforum]",
    board_id=r"id=(\d+)|forum/?(\d+)",
    pager=".pagelink, .paging",
    current="strong",
    page=r"[?&]p=(\d+)|/page/(\d+)",
    volatile=("pid", "action", "sid"),
    walls=(
        ("maintenance", r"id=\"punmaint\"|id=\"brd-maint\""),
        ("login-required", r"You do not have permission to (?:access|view)"),
    ),
    board_url=r"viewforum\.php",
    walled="#msg .inbox, #msg, #brd-message .main-content, #brd-message",
)  # fmt: skip


class FluxBB(Shaped):
    """Reads FluxBB and PunBB topics and forums."""

    revision = 3

    def closed(self, reading: Reading) -> bool | None:
        """FluxBB: words and no link stand in place of the link to reply; PunBB: words stand before the title."""
        reply = reading.tree.first("#punviewtopic .postlink")
        if reply is not None:
            return reply.css_first("a") is None
        heading = reading.tree.first("#brd-viewtopic h1.main-title")
        return bool(squeeze(heading.text(deep=False))) if heading is not None else None

    def title(self, reading: Reading) -> str:
        """The last breadcrumb without its mark."""
        return super().title(reading).lstrip("»› ").strip()

    def quote_reader(self, clock: Clock) -> QuoteReader:
        """A quote names whom in <cite>, before 1.3 in its heading."""

        def read(node: LexborNode, walk: Walk) -> JsonMap:
            cite = node.css_first("cite, h4")
            author = squeeze(cite.text(deep=True)) if cite is not None else None
            if cite is not None:
                cite.decompose()
            inner = node.css_first("blockquote")
            author = re.sub(r"(?: \S+)?\s*[:：]$", "", author) if author else None
            return quote_of(walk.read(inner or node), author=author)

        return read


EXTRACTOR = FluxBB(PLATFORM)
