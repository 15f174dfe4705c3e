"""V2EX and what looks like it.

Selectors seen in 2024: the opening post stands alone (`.topic_content`, its `.subtle` appendices), replies are
`.cell#r_N` with their floor in `.no` and the time with its zone in a title.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta, timezone

from worker.extract.forums.assemble import Pages
from worker.extract.forums.body import squeeze
from worker.extract.forums.posts import Post
from worker.extract.forums.shape import Platform, Rows, Shape
from worker.extract.forums.shaped import Shaped
from worker.extract.forums.spots import first_of, time_of
from worker.extract.forums.times import Clock
from worker.extract.model import Reading

_MARKS = {"blockquote": "quote", "pre": "code", ".embedded_image": "keep", ".fade": "drop label"}

PLATFORM = Platform(
    name="v2ex",
    signs=("V2EX", "v2ex", "topic_content"),
    shapes=(
        Shape(
            post=".cell[id^=r_]",
            pid=("id", r"r_(\d+)"),
            body=".reply_content",
            author="strong a.dark, strong a[href*='/member/']",
            uid=r"/member/([^/?#]+)",
            time=".ago",
            floor=".no",
            marks=_MARKS,
        ),
        Shape(post="#Main .topic_content, .topic_content", pid=("class", r"(topic)_content"), body="", marks=_MARKS),
    ),
    rows=(
        Rows(
            row=".cell.item, #TopicsNode .cell",
            topic="a.topic-link, .item_title a",
            replies="a.count_livid, a.count_orange",
            last=".topic_info span[title]",
            sticky="[style*=corner_star]",
            board="#nodes-box a[href*='/go/'], a.item_node",
            pages=".ps_container, .page_normal",
        ),
    ),
    title="h1",
    tid=r"/t/(\d+)",
    crumbs=".header a[href*='/go/']",
    board_id=r"/go/([\w-]+)",
    pager=".ps_container, .cell.ps_container",
    current=".page_current",
    page=r"[?&]p=(\d+)",
    volatile=("r",),
    root=r"(?:t|go)/.*$",
    zone_default=timezone(timedelta(hours=8)),
    walls=(
        ("login-required", r'class="message"[^>]*>\s*你要查看的页面需要先登录'),
        ("gone", r"<title>[^<]*(?:主题未找到|404 Topic Not Found)"),
    ),
)  # fmt: skip


class V2EX(Shaped):
    """Reads V2EX topics and nodes."""

    revision = 2

    def canonical(self, url: str) -> str:
        """Page 1 has no number."""
        return re.sub(r"[?&]p=1$", "", super().canonical(url))

    def arranged(self, reading: Reading, posts: list[Post], pages: Pages) -> Iterable[Post]:
        """Every page shows the opening post above its replies: it is page 1's."""
        opening = self._opening(reading, self.clock(reading)) if pages.number == 1 else None
        return [*([opening] if opening is not None else []), *(post for post in posts if post.pid != "topic")]

    def _opening(self, reading: Reading, clock: Clock) -> Post | None:
        tree, tid = reading.tree, self.topic_number(reading)
        head = tree.first("#Main .header, .header")
        if head is None or tid is None:
            return None
        author = first_of(head, "small a[href*='/member/'], .gray a[href*='/member/']")
        stamp = first_of(head, "span[title], .ago, small")
        when, how = time_of(stamp, clock)
        shape = self.platform.shapes[0]
        body = self.walk(reading, shape, clock).read_post(*tree.css(".topic_content"))
        name = squeeze(author.text(deep=True)) if author is not None else None
        return Post(f"topic-{tid}", body, name, name, None, when, anchor="", time=how)


EXTRACTOR = V2EX(PLATFORM)
