"""wpForo 1 and 2, a WordPress forum.

Selectors seen on 2.x: a post is `[id^=post-]` around `.wpforo-post-content`, its author `.author-name`, its time words
in the site's zone, which no page says. A topic is told by its slug.
"""

from __future__ import annotations

from worker.extract.forums.shape import Platform, Rows, Shape
from worker.extract.forums.shaped import Shaped

_MARKS = {
    "blockquote": "quote", "pre": "code", ".wp-smiley": "drop smiley", ".emoji": "drop smiley",
    ".wpforo-post-signature": "drop signature", ".wpf-attachments": "file",
    ".wpforo-post-edit-reason": "drop edit notice",
}  # fmt: skip

PLATFORM = Platform(
    name="wpforo",
    signs=("wpforo",),
    shapes=(
        Shape(
            post=".wpforo-post[data-postid], .wpforo-post[id^=post-], [id^=post-].post-wrap",
            pid=("id", r"(?:post|wpf-post)-(\d+)"),
            body=".wpforo-post-content, .post-content",
            author=".author-name a, .author-name, .wpf-author-name",
            uid=r"/profile/([^/]+)|/participant/([^/]+)",
            time=".wpforo-date, .wpf-post-date, .cbleft, .wpf-date, .bleft",
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
    walled=".wpf-no-results, .wpforo-error",
)  # fmt: skip

EXTRACTOR = Shaped(PLATFORM)
