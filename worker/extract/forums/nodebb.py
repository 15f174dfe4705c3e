"""NodeBB 1 to 4 (themes Persona and Harmony).

Selectors seen on 1.14, 3.x and 4.0: a post is `li[component=post]` with its number, index and milliseconds as data; the
floor is the index from 1. A deleted post says so in place of its text. A quote is a paragraph (`@ada said in TOPIC:`)
and the block after it.
"""

from __future__ import annotations

import re
from dataclasses import replace

from selectolax.lexbor import LexborNode

from archive.records import JsonMap
from worker.extract.forums.body import QuoteReader, Walk, quote_of, squeeze
from worker.extract.forums.posts import Post
from worker.extract.forums.shape import Platform, Rows, Shape
from worker.extract.forums.shaped import Shaped
from worker.extract.forums.times import Clock
from worker.extract.model import Reading

PLATFORM = Platform(
    name="nodebb",
    signs=("NodeBB", 'component="post', 'component="topic', 'component="categor', "page-status-"),
    shapes=(
        Shape(
            post='[component="post"][data-pid]',
            pid=("data-pid", r"^(.+)$"),
            body='[component="post/content"]',
            author='a[data-username], [itemprop="author"], [component="user/username"], a[href*="/user/"]',
            uid=r"/user/(\S+)",
            time="self@data-timestamp",
            edited='meta[itemprop="dateModified"]',
            marks={
                "blockquote": "quote", "pre": "code", ".emoji": "drop smiley", ".plugin-mentions-user": "keep",
                ".post-signature": "drop signature", ".card": "drop link preview",
            },
        ),
    ),
    rows=(
        Rows(
            row='[component="category/topic"]',
            topic='[component="topic/header"] a, h3 a[href*="/topic/"], a[itemprop="url"]',
            replies='.stats-postcount, [component="topic/post-count"], .stats-votes ~ .stats-postcount',
            last="[component='topic/teaser'] .timeago, .timeago",
            sticky=".pinned",
            board='[component="categories/category"] a[itemprop="url"], '
            '[component="categories/category"] h2 a[href*="/category/"]',
            pages='[component="pagination"]',
        ),
        Rows(
            row='[component="categories/category"]',
            topic="",
            board='[component="categories/category"] h2 a[href*="/category/"]',
        ),
    ),
    title='[component="topic/title"], h1',
    unwanted="[component='topic/labels'], i, .badge",
    tid=r"/topic/(\d+)",
    crumbs=".breadcrumb a[href*='/category/'], .topic-info a[component='topic/category']",
    board_id=r"/category/(\d+)",
    pager='[component="pagination"]',
    current=".active",
    page=r"[?&]page=(\d+)",
    volatile=("loggedin", "register", "lang", "sort", "_"),
    root=r"(?:topic|category|categories|recent|popular|unread)(?:/.*)?$",
    closed='h1 [component="topic/locked"]:not(.hidden), .topic-info [component="topic/locked"]:not(.hidden)',
    walls=(
        ("gone", r'<body[^>]+\bpage-status-404\b|data-template="404"|"template":\{"name":"404"'),
        ("login-required", r'<body[^>]+\bpage-status-40[13]\b|"template":\{"name":"(?:login|403)"'),
        ("maintenance", r'<body[^>]+\bpage-status-503\b|"template":\{"name":"503"'),
    ),
    walled=".alert-danger:not(.hidden), .alert-warning:not(.hidden)",
    board_url=r"/category/\d",
)  # fmt: skip


_SAID = re.compile(r"^@(.+?) (?:said|schrieb|a dit|escribió|ha detto|\S{1,12})\b.{0,300}[:：]$", re.S)
_POST = re.compile(r"/post/([\w-]+)")


class NodeBB(Shaped):
    """Reads NodeBB topics and categories."""

    revision = 2

    def post(self, reading: Reading, shape: Shape, box: LexborNode, clock: Clock) -> Post | None:
        """A post; what a deleted one says is the forum's."""
        for block in box.css('[component="post/content"] blockquote'):
            _name_quoted(block)
        found = super().post(reading, shape, box, clock)
        if found is None:
            return None
        if "deleted" in (box.attributes.get("class") or "").split():
            found = replace(found, shielded=found.body.text)
        return replace(found, author_id=None) if found.author_id == "0" else found

    def quote_reader(self, clock: Clock) -> QuoteReader:
        """A quote says whom and which post where a paragraph before it did."""

        def read(node: LexborNode, walk: Walk) -> JsonMap:
            attributes = node.attributes
            return quote_of(walk.read(node), author=attributes.get("data-whom"), pid=attributes.get("data-which"))

        return read

    def floor(self, shape: Shape, box: LexborNode) -> int | None:
        """The index of the post, from 1."""
        index = box.attributes.get("data-index") or ""
        return int(index) + 1 if index.isdigit() else None

    def canonical(self, url: str) -> str:
        """A topic's address without the post one came for; page 1 has no number."""
        url = re.sub(r"(/topic/\d+(?:/[^/?#]*)?)/\d+(?=[?#]|$)", r"\1", super().canonical(url))
        return re.sub(r"[?&]page=1$", "", url)


def _name_quoted(block: LexborNode) -> None:
    """The paragraph before a quote that only says whom it quotes becomes the quote's own."""
    head = block.prev
    while head is not None and head.tag == "-text" and not (head.text_content or "").strip():
        head = head.prev
    if head is None or head.tag != "p":
        return
    link = head.css_first('a[href*="/post/"]')
    said = _SAID.match(squeeze(head.text(deep=True)))
    if link is None or said is None:
        return
    block.attrs["data-whom"] = said[1]
    if which := _POST.search(link.attributes.get("href") or ""):
        block.attrs["data-which"] = which[1]
    head.decompose()


EXTRACTOR = NodeBB(PLATFORM)
