"""Vanilla Forums 2 and 3.

Selectors seen on 2.x, 3.x and the open-source theme: the opening post is `.ItemDiscussion#Discussion_N`, a comment
`.ItemComment#Comment_N`; text `.userContent`; `<time datetime>` with zone. Floors are not shown. The
rows of a list carry the same ids and classes, but no text. The rich editor's quotes are JSON (`data-embedjson`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from selectolax.lexbor import LexborHTMLParser, LexborNode

from archive.records import JsonMap
from worker.extract.forums.body import QuoteReader, Walk, quote_of, squeeze
from worker.extract.forums.posts import Post
from worker.extract.forums.shape import Platform, Rows, Shape
from worker.extract.forums.shaped import Shaped
from worker.extract.forums.spots import first_of
from worker.extract.forums.times import Clock
from worker.extract.model import Reading

PLATFORM = Platform(
    name="vanilla",
    signs=("Vanilla", "ItemComment", "gdn.meta", "ItemDiscussion"),
    shapes=(
        Shape(
            post=".ItemDiscussion[id^=Discussion_]:has(.Message), .ItemComment[id^=Comment_], "
            ".Discussion[id^=Discussion_]:has(.Message)",
            pid=("id", r"Comment_(\d+)|(Discussion_\d+)"),
            body=".Message.userContent, .Message, .userContent",
            author=".Author .Username, .Author a.PhotoWrap ~ a, .AuthorWrap a[href*='/profile/'].Username, a.Username",
            uid=r"/profile/(\d+)/",
            time=".DateCreated time, .Meta time, time",
            edited=".DateUpdated time, .DateUpdated",
            attachments=".Attachments .FileName",
            marks={
                ".UserQuote": "quote", ".Quote": "quote", "blockquote": "quote", ".js-embed": "drop embed",
                "pre": "code",
                ".QuoteAuthor": "drop label", ".emoji": "drop smiley", ".Signature": "drop signature",
                ".FileName": "file", ".spoiler": "keep", ".Spoiler": "keep", ".SpoilerText": "keep",
                ".Reactions": "drop label",
            },
        ),
    ),
    rows=(
        Rows(
            row=".ItemDiscussion.Item, li.ItemDiscussion, tr.ItemDiscussion, .Discussions li.Item, "
            ".DiscussionsTable tr.Item",
            topic=".Title a, a.Title, .DiscussionName a",
            replies=".CommentCount .Number, .CommentCount, .Count-Comments, .CountComments .Number",
            last=".LastCommentDate time, .LastCommentDate, .LastUser time",
            sticky=".Announcement, .Tag-Announcement, .pinned",
            board=".ItemCategory h3 a, .CategoryList .TitleWrap a, .DataTable .CategoryName h3 a, .CategoryGroup h3 a",
            pages=".Pager, .NumberedPager",
        ),
    ),
    title=".PageTitle h1, h1.H, #Head h1, h1",
    unwanted=".Options, .OptionsMenu",
    tid=r"/discussion/(\d+)",
    crumbs=".Breadcrumbs a[href*='/categor'], .CrumbLabel a[href*='/categor']",
    board_id=r"/categor(?:y|ies)/([\w-]+)",
    pager=".Pager, .NumberedPager",
    current=".Highlight",
    page=r"/p(\d+)(?:[?#/]|$)|[?&]Page=p(\d+)",
    volatile=("new", "utm_source"),
    root=r"(?:discussions?|categor(?:y|ies))(?:/.*)?$",
    closed=".MessageList .Tag-Closed, .Note.Closed:not(.SignInOrRegister)",
    walled=".Center.SplashInfo, .SplashInfo, .Entry .Messages, .DismissMessage",
    board_url=r"/categories/\w|/discussions(?:/p\d+)?/?$",
)  # fmt: skip


class Vanilla(Shaped):
    """Reads Vanilla discussions, their lists and categories."""

    revision = 2

    def canonical(self, url: str) -> str:
        """Page 1 has no number."""
        return re.sub(r"/p1(?=[?#]|$)", "", super().canonical(url))

    def post(self, reading: Reading, shape: Shape, box: LexborNode, clock: Clock) -> Post | None:
        """A post; a quote of the rich editor is told from what it embeds."""
        for embed in box.css(".js-embed[data-embedjson]"):
            if _embedded(embed).get("embedType") == "quote":
                embed.attrs["class"] = "UserQuote"
        return super().post(reading, shape, box, clock)

    def quote_reader(self, clock: Clock) -> QuoteReader:
        """A quote names whom in its head, or is JSON that says everything."""

        def read(node: LexborNode, walk: Walk) -> JsonMap:
            if said := _embedded(node):
                who, which = said.get("insertUser"), said.get("recordID")
                body = walk.read(LexborHTMLParser(str(said.get("body") or "")).body)
                name = str(who.get("name") or "") if isinstance(who, Mapping) else ""
                return quote_of(body, author=name or None, pid=str(which) if which else None)
            head = first_of(node, ".QuoteAuthor a, .QuoteAuthor, cite")
            author = squeeze(head.text(deep=True)) if head is not None else None
            return quote_of(walk.read(node.css_first(".QuoteText") or node), author=author)

        return read


def _embedded(node: LexborNode) -> Mapping[str, object]:
    try:
        said = json.loads(node.attributes.get("data-embedjson") or "{}")
    except ValueError:
        return {}
    return said if isinstance(said, Mapping) else {}


EXTRACTOR = Vanilla(PLATFORM)
