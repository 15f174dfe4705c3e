"""NodeBB 1 to 4.

Selectors seen on 3.x and 4.0: a post is `li[component=post]` with its number, index and milliseconds as data; the floor
is the index from 1. A post taken back says so in place of its text.
"""

from __future__ import annotations

from selectolax.lexbor import LexborNode

from worker.extract.forums.body import squeeze
from worker.extract.forums.shape import Platform, Rows, Shape
from worker.extract.forums.shaped import Shaped
from worker.extract.model import Reading

PLATFORM = Platform(
    name="nodebb",
    signs=("NodeBB", 'component="post', 'component="topic', 'component="categor'),
    shapes=(
        Shape(
            post='[component="post"][data-pid]',
            pid=("data-pid", r"^(.+)$"),
            body='[component="post/content"]',
            author='a[data-username], [itemprop="author"], [component="user/username"], a[href*="/user/"]',
            uid=r"/user/(\S+)",
            time="self@data-timestamp",
            edited='[component="post/edit-indicator"], .edit-indicator',
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
    crumbs=".breadcrumb a[href*='/category/']",
    board_id=r"/category/(\d+)",
    pager='[component="pagination"]',
    current=".active",
    page=r"[?&]page=(\d+)",
    volatile=("loggedin", "register", "lang", "sort", "_"),
    root=r"(?:topic|category|categories|recent|popular|unread)(?:/.*)?$",
    closed='[component="topic/locked"]:not(.hidden)',
    walls=(
        ("gone", r'data-template="404"|"template":\{"name":"404"'),
        ("login-required", r'"template":\{"name":"login"'),
    ),
    walled=".alert-danger, .alert-warning",
    board_url=r"/category/\d",
)  # fmt: skip


class NodeBB(Shaped):
    """Reads NodeBB topics and categories."""

    def floor(self, shape: Shape, box: LexborNode) -> int | None:
        """The index of the post, from 1."""
        index = box.attributes.get("data-index") or ""
        return int(index) + 1 if index.isdigit() else None

    def canonical(self, url: str) -> str:
        """A topic's address without the post one came for."""
        import re

        return re.sub(r"(/topic/\d+(?:/[^/?#]*)?)/\d+(?=[?#]|$)", r"\1", super().canonical(url))

    def title(self, reading: Reading) -> str:
        """The topic's title."""
        return squeeze(super().title(reading))


EXTRACTOR = NodeBB(PLATFORM)
