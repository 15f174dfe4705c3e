"""Vanilla Forums 2 and 3.

Selectors seen on 2.x, 3.x and the open-source theme: the opening post is `.ItemDiscussion#Discussion_N`, a comment
`.ItemComment#Comment_N`; text `.userContent`; `<time datetime>` with zone. Floors are not shown.
"""

from __future__ import annotations

from worker.extract.forums.shape import Platform, Rows, Shape
from worker.extract.forums.shaped import Shaped

PLATFORM = Platform(
    name="vanilla",
    signs=("Vanilla", "ItemComment", "gdn.meta", "ItemDiscussion"),
    shapes=(
        Shape(
            post=".ItemDiscussion[id^=Discussion_], .ItemComment[id^=Comment_], .Discussion[id^=Discussion_]",
            pid=("id", r"Comment_(\d+)|(Discussion_\d+)"),
            body=".Message.userContent, .Message, .userContent",
            author=".Author .Username, .Author a.PhotoWrap ~ a, .AuthorWrap a[href*='/profile/'].Username, a.Username",
            uid=r"/profile/(\d+)/",
            time=".DateCreated time, .Meta time, time",
            edited=".DateUpdated time",
            marks={
                ".UserQuote": "quote", ".Quote": "quote", "blockquote": "quote", ".js-embed": "drop embed",
                "pre": "code",
                ".QuoteAuthor": "drop label", ".emoji": "drop smiley", ".Signature": "drop signature",
                ".spoiler": "keep", ".Spoiler": "keep", ".SpoilerText": "keep", ".Reactions": "drop label",
            },
        ),
    ),
    rows=(
        Rows(
            row=".ItemDiscussion.Item, li.ItemDiscussion, tr.ItemDiscussion, .Discussions li.Item",
            topic=".Title a, a.Title, .DiscussionName a",
            replies=".CommentCount .Number, .CommentCount, .Count-Comments, .BigCount .Number",
            last=".LastCommentDate time, .LastCommentDate, .LastUser time",
            sticky=".Announcement, .Tag-Announcement, .pinned",
            board=".ItemCategory h3 a, .CategoryList .TitleWrap a, .DataTable .CategoryName a, .CategoryGroup h3 a",
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
    closed=".Tag-Closed",
    walled=".Center.SplashInfo, .SplashInfo, .Entry .Messages, .DismissMessage",
    board_url=r"/categories/\w|/discussions(?:/p\d+)?/?$",
)  # fmt: skip

EXTRACTOR = Shaped(PLATFORM)
