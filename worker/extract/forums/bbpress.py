"""bbPress 2, a WordPress forum.

Selectors seen on 2.5 and 2.6: a reply's head `#post-N.bbp-reply-header` (date, permalink) stands before its body, a
`div.post-N`. Words give the times, in the site's zone, which no page says. A topic is told by its slug: the number of
its opening post is not on its other pages.
"""

from __future__ import annotations

import re
from dataclasses import replace

from selectolax.lexbor import LexborNode

from worker.extract.forums.posts import Post
from worker.extract.forums.shape import Platform, Rows, Shape
from worker.extract.forums.shaped import Shaped
from worker.extract.forums.spots import first_of, time_of
from worker.extract.forums.times import Clock
from worker.extract.model import Reading

_MARKS = {
    "blockquote": "quote", "pre": "code", ".bbp-reply-revision-log": "drop edit notice", ".wp-smiley": "drop smiley",
    ".bbp-topic-revision-log": "drop edit notice", ".emoji": "drop smiley",
    ".bbp-signature": "drop signature",
    ".bbp-reply-to": "drop label",
}  # fmt: skip

PLATFORM = Platform(
    name="bbpress",
    signs=("bbpress", "bbp-"),
    shapes=(
        Shape(
            post="div.bbp-reply-header[id^=post-], div.bbp-topic-header[id^=post-], article[id^=post-].bbp-reply, "
            ".bbp-lead-topic div[id^=post-].topic",
            pid=("id", r"post-(\d+)"),
            body=".bbp-reply-content, .bbp-topic-content, .reply-content",
            author="a.bbp-author-name, .bbp-reply-author a.bbp-author-link, .bbp-topic-author a.bbp-author-link, "
            ".bbp-author-name, .bbp-reply-author",
            uid=r"(?:users?|profile|members)/([^/]+)",
            time=".bbp-reply-post-date, .bbp-topic-post-date, time",
            marks=_MARKS,
        ),
        Shape(
            post="div[id^=post-].reply, div[id^=post-].topic, li[id^=post-]",
            pid=("id", r"post-(\d+)"),
            body=".bbp-reply-content, .bbp-topic-content, .post .post, .post",
            author=".bbp-author-name, .bbp-author-link, .threadauthor strong, .poster-name",
            uid=r"(?:users?|profile|members)/([^/]+)",
            time=".bbp-reply-post-date, .bbp-topic-post-date, .poststuff, time",
            marks=_MARKS,
        ),
    ),
    rows=(
        Rows(
            row="ul[id^=bbp-topic-], tr.bbp-topic, ul.topic",
            topic="a.bbp-topic-permalink",
            replies=".bbp-topic-reply-count",
            last=".bbp-topic-freshness a[title], .bbp-topic-freshness a",
            sticky=".sticky, .super-sticky",
            board="a.bbp-forum-title, a.bbp-forum-link",
            pages=".bbp-pagination-links",
        ),
        Rows(row="ul[id^=bbp-forum-]", topic="", board="a.bbp-forum-title, a.bbp-forum-link"),
    ),
    title="h1.entry-title, .bbp-breadcrumb-current, h1, h2.entry-title",
    tid=r"(?!)",
    crumbs=".bbp-breadcrumb a.bbp-breadcrumb-forum, .bbp-breadcrumb a[href*='/forum/']",
    board_id=r"/forums?/(?:forum/)?([\w/-]+?)/?$",
    pager=".bbp-pagination-links",
    current=".current",
    page=r"/page/(\d+)|[?&]paged=(\d+)",
    volatile=("view", "bbp_reply_to", "_wpnonce"),
    root=r"(?:forums?|topics?|groups)/.*$",
    closed=".bbp-topics .status-closed, .bbp-body .status-closed, .topic.status-closed",
    walled=".bbp-template-notice.error, .bbp-template-notice",
)  # fmt: skip

_SLUG = re.compile(r"/(?:topics?|forums/topic|discussion)/([^/?#]+)")
_LAST = re.compile(r"/([^/?#]+)/?(?:page/\d+/?)?(?:[?#].*)?$")


_CLOSED = re.compile(r"clos|geschlossen|ferm|cerrad|chius|fechad|gesloten|закры|关闭|關閉|閉", re.I)


class BBPress(Shaped):
    """Reads bbPress topics and forums, whose topics are told by their slug."""

    revision = 2

    def closed(self, reading: Reading) -> bool | None:
        """The opening post's box says so on page 1, the notice in place of the reply form on each page."""
        notice = reading.tree.first("[id^=no-reply-] .bbp-template-notice")
        told = notice is not None and _CLOSED.search(notice.text(deep=True)) is not None
        return told or bool(super().closed(reading))

    def topic_number(self, reading: Reading) -> str | None:
        """The opening post's number on page 1 is not on page 2: the slug tells the topic."""
        match = _SLUG.search(reading.url) or _LAST.search(reading.url)
        return match[1] if match else None

    def post(self, reading: Reading, shape: Shape, box: LexborNode, clock: Clock) -> Post | None:
        """A reply: its head, then the element after it."""
        own = box.css_first(".bbp-reply-content, .bbp-topic-content")
        if own is not None or "header" not in (box.attributes.get("class") or ""):
            found = super().post(reading, shape, box, clock)
            if found is None or found.published_at is not None:
                return found
            when, how = time_of(_before(box, "bbp-topic-header"), clock)  # a topic that leads its replies
            return replace(found, published_at=when, time=how)
        body = box.next
        while body is not None and body.tag and body.tag[0] == "-":
            body = body.next
        if body is None:
            return None
        found = super().post(reading, replace(shape, pid=("class", r"\bpost-(\d+)\b")), body, clock)
        if found is None:
            return None
        when, how = time_of(first_of(box, shape.time), clock)
        return replace(found, published_at=when, time=how, anchor=box.id or "")


def _before(box: LexborNode, name: str) -> LexborNode | None:
    """The element right before a box, if it has this class."""
    node = box.prev
    while node is not None and node.tag == "-text":
        node = node.prev
    return node if node is not None and name in (node.attributes.get("class") or "").split() else None


EXTRACTOR = BBPress(PLATFORM)
