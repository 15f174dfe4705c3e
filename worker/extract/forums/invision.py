"""Invision Community 3 to 5 (IP.Board).

Selectors seen on 4.7 and 5.0: a comment is `article#elComment_N`, its text `[data-role=commentContent]`; on 3.4 it is
`.post_block#post_id_N`, its text `.entry-content`. Times carry a zone. The pager says `data-pages`.
"""

from __future__ import annotations

import re

from selectolax.lexbor import LexborNode

from archive.records import JsonMap
from worker.extract.forums.body import QuoteReader, Walk, quote_of
from worker.extract.forums.posts import Post
from worker.extract.forums.shape import Platform, Rows, Shape
from worker.extract.forums.shaped import Shaped
from worker.extract.forums.times import Clock, read_stamp
from worker.extract.model import Reading

_MARKS = {
    ".ipsQuote": "quote", "blockquote": "quote", ".ipsCode": "code", "pre": "code", ".ipsEmoji": "drop smiley",
    ".ipsQuote_citation": "drop label", ".ipsEmbedded": "drop embed", ".ipsSpoiler_header": "drop label",
    ".ipsSpoiler": "keep", ".ipsSpoiler_contents": "keep", ".ipsAttachLink": "file", ".ipsStyle_spoiler": "keep",
    ".edit": "drop edit notice", ".signature": "drop signature",
}  # fmt: skip

PLATFORM = Platform(
    name="invision",
    signs=("ipsPagination", "ipsComment", "ipsEntry", "Invision ", "IP.Board", "ipb_table", "ipb.vars", "ipsData"),
    shapes=(
        Shape(
            post="article[id^=elComment_]",
            pid=("id", r"elComment_(\d+)"),
            body="[data-role=commentContent], .ipsType_richText",
            author=".cAuthorPane_author a.ipsType_break, .cAuthorPane_author a, .cAuthorPane_author, "
            ".ipsEntry__username a, .ipsEntry__username, .ipsComment_author h3, "
            ".cAuthorPane_content strong",
            uid=r"profile/(\d+)",
            time=".ipsComment_meta time, .ipsEntry__date time, .ipsComment_header time, time",
            floor=".ipsComment_tools a[href*=findComment], .ipsComment_meta a[href*='#findComment']",
            edited="[data-excludequote] time, .ipsEdited time",
            marks=_MARKS,
        ),
        Shape(
            post=".post_block[id^=post_id_]",
            pid=("id", r"post_id_(\d+)"),
            body=".entry-content",
            author=".author [itemprop=name], .author, .post_username",
            uid=r"user/(\d+)",
            time=".published",
            floor=".post_id a, .post_number",
            edited=".edit strong",
            marks=_MARKS,
        ),
    ),
    rows=(
        Rows(
            row="li.ipsDataItem[data-rowid], li.ipsData__item[data-rowid], tr[data-tid]",
            topic=".ipsDataItem_title a[href*='topic/'], .ipsData__title a[href*='topic/'], "
            "h4 a[href*='topic/'], a.topic_title",
            replies=".ipsDataItem_stats_number, .ipsDataItem_stats dt, .ipsData__stats-value, "
            ".ipsData__stats li span, .stats li",
            last=".ipsDataItem_lastPoster time, .ipsData__last time, .last_post",
            sticky=".fa-thumb-tack, .fa-thumbtack, .ipsBadge--pinned, .pinned",
            board=".cForumRow .ipsDataItem_title a[href], .cForumRow .ipsData__title a[href*='forum/'], "
            ".ipsDataItem_subList a[href], "
            ".cForumGrid__title a[href], .ipsSubList a[href*='forum/'], .col_c_forum h4 a",
            pages=".ipsPagination:not(.ipsPagination_mini)",
        ),
    ),
    title="h1.ipsType_pageTitle .ipsContained, h1.ipsType_pageTitle, h1[data-ips-hook=title], h1.ipsType_pagetitle, h1",
    unwanted=".ipsBadge, .ipsTag_prefix, .ipsBadges",
    tid=r"topic/(\d+)|showtopic=(\d+)",
    crumbs=".ipsBreadcrumb a[href*='forum/'], .ipsBreadcrumbs a[href*='forum/'], .breadcrumb a[href*='forum/'], "
    ".breadcrumb a[href*='showforum=']",
    board_id=r"forum/(\d+)|showforum=(\d+)",
    pager=".ipsPagination:not(.ipsPagination_mini), .pagination",
    current=".ipsPagination_active, .ipsPagination__active, .active",
    page=r"[?&]page=(\d+)|/page/(\d+)|/page-(\d+)",
    volatile=("s", "csrfKey", "do", "comment", "tab", "srsltid", "ct", "referrer", "sortby", "sortdirection"),
    root=r"(?:index\.php)?/?(?:topic|forum|forums/topic|forums/forum)/.*$",
    closed=".ipsBadge .fa-lock, .ipsMessage .fa-lock, .cTopicLocked",
    files=r"/applications/core/interface/file/attachment\.php|attachment\.php\?id=",
    board_url=r"/forum/\d",
    walled="#elError, [data-role=errorMessage], .ipsMessage_error, #elErrorMessage, .ipsErrorPage, .message.error",
)  # fmt: skip


class Invision(Shaped):
    """Reads Invision topics and forums."""

    revision = 2

    def post(self, reading: Reading, shape: Shape, box: LexborNode, clock: Clock) -> Post | None:
        """A post; the notice of an edit stands inside its text, marked as no part of it."""
        for notice in box.css("[data-excludequote]"):
            notice.attrs["class"] = "edit"
        return super().post(reading, shape, box, clock)

    def file(self, node: LexborNode, walk: Walk) -> JsonMap | None:
        """An attachment; a picture links to its full size and shows a smaller one, lazily."""
        shown = node.css_first("img")
        if shown is None:
            return super().file(node, walk)
        attributes = shown.attributes
        walk.picture({"src": node.attributes.get("href") or attributes.get("data-src"), "alt": attributes.get("alt")})
        return None

    def quote_reader(self, clock: Clock) -> QuoteReader:
        """A quote says whom and which comment in its attributes."""

        def read(node: LexborNode, walk: Walk) -> JsonMap:
            attributes = node.attributes
            at = read_stamp(attributes.get("data-ipsquote-timestamp") or attributes.get("data-time"), clock)
            for label in node.css(".ipsQuote_citation"):
                label.decompose()
            return quote_of(
                walk.read(node.css_first(".ipsQuote_contents") or node),
                author=attributes.get("data-ipsquote-username") or attributes.get("data-author"),
                pid=attributes.get("data-ipsquote-contentcommentid") or attributes.get("data-cid"),
                at=at.isoformat() if at else None,
            )

        return read

    def canonical(self, url: str) -> str:
        """Without the tail that leads to a comment; page 1 has no number."""
        return re.sub(r"[?&]$", "", re.sub(r"(?<=/)page/1/?$|[?&]page=1$", "", super().canonical(url)))


EXTRACTOR = Invision(PLATFORM)
