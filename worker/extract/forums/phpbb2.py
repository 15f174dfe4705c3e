"""phpBB 2 (subSilver) and boards made from it.

Seen on 2.0.x: a topic is one table `.forumline`; a post is the row with `<a name="N">` and the author in `.name`, its
time in `.postdetails` (`Posted: ...`), its text in `.postbody`, the signature in a second `.postbody` after a line of
underscores. The footer says `All times are GMT + 1 Hour`.
"""

from __future__ import annotations

import re

from selectolax.lexbor import LexborNode

from worker.extract.forums.body import Body, squeeze
from worker.extract.forums.posts import Post
from worker.extract.forums.shape import Platform, Rows, Shape
from worker.extract.forums.shaped import Shaped
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
            marks={".quote": "quote", ".code": "code", ".genmed": "drop label", ".gensmall": "drop edit notice"},
        ),
    ),
    rows=(
        Rows(
            row=".forumline tr",
            topic=".topictitle a",
            replies="td:nth-of-type(3)",
            last="td:last-of-type .postdetails",
            board=".forumlink a, a.forumlink",
            pages=".nav",
        ),
    ),
    title="a.maintitle, .maintitle",
    tid=r"[?&]t=(\d+)|topic-?(\d+)|-t(\d+)",
    tid_css="",
    crumbs=".nav a[href*='viewforum']",
    board_id=r"[?&]f=(\d+)",
    pager=".nav",
    current="b",
    page=r"(?!)",
    volatile=("sid", "highlight", "postdays", "postorder", "view"),
    zone=r"All times are[^<]{0,10}?((?:GMT|UTC)[^<.,(]{0,14})",
    now=r"The time now is ([^<]{10,40})<",
    board_url=r"viewforum\.php",
    walls=(("login-required", r"action=\"login\.php"),),
    walled=".forumline .gen",
)  # fmt: skip

_POSTED = re.compile(
    r"(?:Posted|Verfasst am|Posté le|Wysłany|发表于|發表於)\s*:?\s*(.+?)(?:\s{2,}|\xa0|Post subject|$)", re.S
)
_SIGNATURE = re.compile(r"^_{10,}$")


class PhpBB2(Shaped):
    """Reads phpBB 2 topics and forums."""

    def post(self, reading: Reading, shape: Shape, box: LexborNode, clock: Clock) -> Post | None:
        """A post: the row around its anchor."""
        pid, row = box.attributes.get("name") or "", box.parent
        while row is not None and row.tag != "tr":
            row = row.parent
        if not pid.isdigit() or row is None:
            return None
        name = row.css_first(".name b, .name strong, .name")
        details = next((node for node in row.css(".postdetails") if _POSTED.search(node.text(deep=True))), None)
        bodies = row.css(".postbody")
        body = self.walk(reading, shape, clock).read(*bodies) if bodies else Body()
        cut = next((i for i, line in enumerate(body.lines) if _SIGNATURE.match(line)), None)
        if cut is not None:
            del body.lines[cut:]
        match = _POSTED.search(details.text(deep=True)) if details is not None else None
        return Post(
            pid, body, squeeze(name.text(deep=True)) if name is not None else None, None,
            published_at=read_time(squeeze(match[1]), clock) if match else None, anchor=pid,
        )  # fmt: skip

    def topic_number(self, reading: Reading) -> str | None:
        """The number in the address or in the page's own links."""
        match = re.search(r"viewtopic\.php\?t=(\d+)", reading.text)
        return super().topic_number(reading) or (match[1] if match else None)


EXTRACTOR = PhpBB2(PLATFORM)
