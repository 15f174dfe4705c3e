"""MyBB 1.6 and 1.8.

Selectors seen on 1.8: a post is `.post#post_N`, its text `.post_body`, its time words in `.post_date` (`title` holds
the date behind `Yesterday`), its floor `#N`. The footer says the time now with its date, in the forum's zone.
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
from worker.extract.forums.spots import time_of
from worker.extract.forums.times import Clock
from worker.extract.model import Reading

_WROTE = re.compile(r"(?:\s+(?:Wrote|schrieb|a écrit|escribió|写道|提到|說|说))?\s*[:：]?\s*$", re.I)
PLATFORM = Platform(
    name="mybb",
    signs=("MyBB", "mybb", "my_post_key"),
    shapes=(
        Shape(
            post=".post[id^=post_], table[id^=post_]",
            pid=("id", r"post_(\d+)"),
            body="[id^=pid_]",
            author=".author_information .largetext a, .author_information .largetext, "
            ".author_information strong, .largetext a, .largetext",
            uid=r"uid=(\d+)|user-(\d+)",
            time=".post_date",
            floor=".post_head .float_right a, .post_head strong a, .smalltext strong a",
            attachments="fieldset, .post_content > .attachments, .attachment_list",
            shielded=".deleted_post_author ~ .post_content",
            marks={
                "blockquote": "quote", ".codeblock": "code", ".post_edit": "drop edit notice", ".smilie": "drop smiley",
                ".edited_post": "drop edit notice", ".signature": "drop signature", "legend": "drop label",
                ".title": "drop label",
                ".spoiler_body": "keep", ".spoiler": "keep", ".smalltext": "keep",
            },
        ),
    ),
    rows=(
        Rows(
            row="tr.inline_row",
            topic="span[id^=tid_] a, .subject_new a, .subject_old a, a[href*='showthread.php?tid']",
            replies="td:nth-of-type(4)",
            last=".lastpost",
            sticky=".forumdisplay_sticky",
            board="td.trow1 strong > a[href*='forumdisplay.php?fid'], "
            "td.trow2 strong > a[href*='forumdisplay.php?fid'], "
            "td.trow1 strong > a[href*='forum-'], td.trow2 strong > a[href*='forum-'], "
            "td.trow1 > .smalltext a[href*='forumdisplay.php?fid'], "
            "td.trow2 > .smalltext a[href*='forumdisplay.php?fid']",
            pages=".pagination",
        ),
    ),
    title="td.thead > div:not(.float_right) > strong, .thead > strong, .navigation .active",
    unwanted="span",
    tid=r"[?&]tid=(\d+)|thread-(\d+)",
    tid_text=r"showthread\.php\?tid=(\d+)|name=\"tid\" value=\"(\d+)|thread-(\d+)\.html",
    crumbs=".navigation > a[href*='forumdisplay.php'], .navigation > a[href*='forum-']",
    board_id=r"fid=(\d+)|forum-(\d+)",
    pager=".pagination:not(.pagination_breadcrumb)",
    current=".pagination_current",
    page=r"[?&]page=(\d+)|-page-(\d+)",
    volatile=("sid", "highlight", "pid", "action", "mode", "my_post_key"),
    now=r"urrent[_ ]time(?:\"[^>]*>\s*(?:<strong>[^<]*</strong>)?|:?(?:</\w+>)*)([^<]{8,"
        r"60})",  # by its id in any language
    now_words=("urrent time", "urrent_time"),
    closed=".button.closed_button, a.closed_button, .thread_closed, [class*=thread_closed]",
    walls=(
        ("login-required", r"You are either not logged in or do not have permission"),
        ("blocked", r'name="pwverify"'),
    ),
    files=r"attachment\.php\?aid=",
    board_url=r"forumdisplay\.php|/forum-\d+",
    numeric_dates=True,
    walled="td.trow1 .error, #content table.tborder td.trow1, .error_box",
)  # fmt: skip


class MyBB(Shaped):
    """Reads MyBB threads and forums."""

    def title(self, reading: Reading) -> str:
        """The heading without its prefix: <title> holds the subject alone."""
        words = super().title(reading)
        node = reading.tree.first("title")
        bare = squeeze(node.text(deep=True)) if node is not None else ""
        return bare if bare and (not words or words.endswith(bare)) else words

    def post(self, reading: Reading, shape: Shape, box: LexborNode, clock: Clock) -> Post | None:
        """A post; the notice of its last edit stands inside its time and goes first."""
        notice = box.css_first(".post_edit, .edited_post")
        edited, _ = time_of(notice, clock)
        if notice is not None:
            notice.decompose()
        found = super().post(reading, shape, box, clock)
        return replace(found, edited_at=edited) if found is not None else None

    def quote_reader(self, clock: Clock) -> QuoteReader:
        """A quote's <cite> holds whom, when and a link to the post."""

        def read(node: LexborNode, walk: Walk) -> JsonMap:
            author = pid = at = None
            cite = node.css_first("cite")
            if cite is not None:
                link = cite.css_first('a[href*="pid"]')
                found = re.search(r"pid[=-]?(\d+)", link.attributes.get("href") or "") if link is not None else None
                pid = found[1] if found else None
                when = cite.css_first("span")
                if when is not None:
                    at, _ = time_of(when, clock)
                    when.decompose()
                author = _WROTE.sub("", squeeze(cite.text(deep=True)))
                cite.decompose()
            return quote_of(walk.read(node), author=author, pid=pid, at=at.isoformat() if at else None)

        return read


EXTRACTOR = MyBB(PLATFORM)
