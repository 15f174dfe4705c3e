"""wpForo 1 and 2, a WordPress forum.

Selectors seen on 1.4 and 2.x: a post is `[id^=post-].post-wrap` around `.wpforo-post-content`, its author
`.author-name`, its time words in the site's zone, which no page says: `.cbleft` below the text, before 1.5 a span above
it. A topic is told by its slug. Its pages are options of a list.
"""

from __future__ import annotations

import re

from selectolax.lexbor import LexborNode

from archive.records import JsonMap
from worker.extract.forums.assemble import Pages
from worker.extract.forums.body import QuoteReader, Walk, quote_of
from worker.extract.forums.shape import Platform, Rows, Shape
from worker.extract.forums.shaped import Shaped
from worker.extract.forums.times import Clock
from worker.extract.model import Reading

_MARKS = {
    "blockquote": "quote", "pre": "code", ".wp-smiley": "drop smiley", ".emoji": "drop smiley",
    ".wpforo-post-signature": "drop signature", ".wpf-attachments": "file",
    ".wpforo-post-edit-reason": "drop edit notice", ".wpf-post-edit-wrap": "drop edit notice",
    ".wpf-post-edited": "drop edit notice", ".wpforo-default-attachment": "file",
    ".wpf-post-button-actions": "drop label", ".wpforo-post-quote-author": "drop label",
    ".wpforo-comment-footer": "drop label", ".wpforo-comment-action-links": "drop label",
}  # fmt: skip

PLATFORM = Platform(
    name="wpforo",
    signs=("wpforo",),
    shapes=(
        Shape(
            post=".wpforo-post[data-postid], .wpforo-post[id^=post-], [id^=post-].post-wrap, "
            "[id^=post-].comment-wrap",
            pid=("id", r"(?:post|wpf-post)-(\d+)"),
            body=".wpforo-post-content, .post-content, .wpforo-comment-content",
            author=".author-name a, .author-name, .wpf-author-name, .wpforo-comment-footer a",
            uid=r"/(?:profile|participant)/([^/]+)",
            time=".wpforo-date, .wpf-post-date, .cbleft, .wpf-date, .wpforo-post-date, "
            ".wpforo-post-content-top, .wpforo-comment-footer",
            marks=_MARKS,
        ),
    ),
    rows=(
        Rows(
            row=".topic-wrap, .wpf-topic",
            topic=".wpforo-topic-title a, p.wpforo-topic-title a",
            replies=".wpforo-topic-stat-posts",
            last=".wpforo-topic-stat-lastpost",
            sticky=".wpf-sticky, .fa-thumbtack",
            board=".wpforo-forum-title a, .wpforo-subforum a",
            pages=".wpf-navi",
        ),
        Rows(row=".forum-wrap, .wpf-forum", topic="", board=".wpforo-forum-title a"),
    ),
    title=".wpf-topic-title h1, .wpforo-content h1, .wpf-head-bar h1, h1",
    unwanted=".wpf-topic-prefix, .wpf-prefix",
    tid=r"/([^/?#]+)/?(?:paged/\d+/?)?(?:[?#].*)?$",
    crumbs=".wpf-breadcrumb a",
    board_id=r"/([\w-]+)/?$",
    pager=".wpf-navi",
    current=".wpf-navi-current, .wpf-active-page, option[selected]",
    page=r"/paged/(\d+)",
    root=r"(?:community|forum|forums)/.*$",
    day_first=True,
    numeric_dates=True,
    walled=".wpf-no-results, .wpforo-error",
)  # fmt: skip


class WpForo(Shaped):
    """Reads wpForo topics and forums."""

    revision = 2

    def pages(self, reading: Reading, css: str) -> Pages:
        """The options of the list of pages: their addresses, and the chosen one."""
        options = reading.tree.css(".wpf-navi-dropdown option[value]")
        said = [(option.text(deep=True).strip(), option) for option in options]
        known = {int(label): option for label, option in said if label.isdigit()}
        if not known:
            return super().pages(reading, css)
        addresses = {page: reading.tree.absolute(option.attributes.get("value")) for page, option in known.items()}
        here = self.asked(reading.url) or 1
        number = next((page for page, option in known.items() if "selected" in option.attributes), here)
        urls = {page: self.canonical(url) for page, url in sorted(addresses.items()) if url is not None}
        return Pages(number, max(number, *known), urls, self.asked(reading.requested_url))

    def quote_reader(self, clock: Clock) -> QuoteReader:
        """A quote says whom and which post in attributes, or in its first words."""

        def read(node: LexborNode, walk: Walk) -> JsonMap:
            attributes, head = node.attributes, node.css_first(".wpforo-post-quote-author")
            named = re.search(r"@([\w.-]+)", head.text(deep=True)) if head is not None else None
            author = attributes.get("data-mention") or (named[1] if named else None)
            return quote_of(walk.read(node), author=author, pid=attributes.get("data-postid"))

        return read


EXTRACTOR = WpForo(PLATFORM)
