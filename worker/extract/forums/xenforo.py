"""XenForo 1 and 2.

Selectors seen on 1.5 and 2.0 to 2.3. 2.x: `article.message[data-content="post-N"]`, text `.message-body .bbWrapper`,
`<time datetime>` with zone, floor `#N` in the attribution. 1.x: `li.message#post-N`, text `.messageText`, times as
`.DateTime` (seconds in `data-time` for recent ones, words in the reader's zone in `title` for old ones: the page's
script says today's midnight in that zone).
"""

from __future__ import annotations

import re
from datetime import UTC, timedelta, timezone

from selectolax.lexbor import LexborNode

from archive.records import JsonMap
from worker.extract.forums.body import QuoteReader, Walk, quote_of, squeeze
from worker.extract.forums.shape import Platform, Rows, Shape
from worker.extract.forums.shaped import Shaped
from worker.extract.forums.spots import time_of
from worker.extract.forums.times import Clock
from worker.extract.model import Reading

_MARKS = {
    ".bbCodeBlock--quote": "quote", ".bbCodeQuote": "quote", ".bbCodeBlock--code": "code", ".bbCodeCode": "code",
    ".bbCodeBlock--hide": "hidden", ".bbCodeBlock--unfurl": "drop link preview",
    ".bbCodeBlock-expandLink": "drop label",
    ".quoteExpand": "drop label", ".attachment": "file", ".file--linked": "file", ".smilie": "drop smiley",
    ".bbCodeSpoilerText": "keep", ".bbCodeSpoiler-content": "keep", ".bbCodeSpoiler": "keep",
    ".bbCodeSpoiler-button": "drop label", ".bbCodeSpoilerButton": "drop label", ".attachmentList": "keep",
    ".attachmentUploadList": "keep", ".message-attachments-header": "drop label", ".block-textHeader": "drop label",
    ".attachedFilesHeader": "drop label", ".js-noSelectToQuote": "keep", ".lbContainer-zoomer": "drop label",
    ".messageTextEndMarker": "drop label", ".adContainer": "drop advertisement", ".file-meta": "drop file size",
    ".bbMediaWrapper": "keep",
}  # fmt: skip

PLATFORM = Platform(
    name="xenforo",
    signs=("XenForo", 'data-template="thread_view', 'data-template="forum_', "message--post", "xenforo"),
    shapes=(
        Shape(
            post="article.message--post, article.message[data-content^=post-], .message--simple[data-content^=post-]",
            pid=("data-content|id", r"post-(\d+)"),
            body=".message-body .bbWrapper, .message-userContent .bbWrapper, .message-body, .bbWrapper",
            author=".message-name .username, .message-name, .message-userDetails .username, "
            ".message-attribution-user .username",
            time=".message-attribution-main time, .message-attribution time, .message-date time, time.u-dt, time",
            floor=".message-attribution-opposite li a, .message-attribution-opposite a, .message-postNumber a",
            edited=".message-lastEdit time",
            attachments=".message-attachments",
            marks=_MARKS,
        ),
        Shape(
            post="li.message[id^=post-]",
            pid=("id", r"post-(\d+)"),
            body=".messageText",
            author=".userText .username, .messageUserBlock .username, .username",
            time=".messageMeta .DateTime, .privateControls .DateTime, .messageDetails .DateTime, .DateTime",
            floor=".hashPermalink, .postNumber",
            edited=".editDate .DateTime",
            attachments=".attachedFiles",
            marks=_MARKS,
        ),
        Shape(
            post='.js-post[id^="js-post-"]',
            pid=("id", r"js-post-(\d+)"),
            body=".message-body .bbWrapper, .message-body, .bbWrapper",
            author=".MessageCard__user-info__name, a[data-user-id] .username, a.username, .MessageCard__user-info a",
            time=".message-attribution-date time, .MessageCard__date-created time, .MessageCard__user-info time, time",
            floor=".message-attribution-opposite a, .MessageCard__post-position",
            edited=".message-lastEdit time",
            attachments=".message-attachments",
            marks=_MARKS,
        ),
    ),
    rows=(
        Rows(
            row=".structItem--thread",
            topic=".structItem-title a[data-tp-primary], .structItem-title a[href*='threads/'], "
            ".structItem-title a[href*='/t/']",
            replies=".structItem-cell--meta dl dd",
            last=".structItem-latestDate, .structItem-cell--latest time",
            sticky=".structItem-status--sticky",
            board=".node-title a[href], a.subNodeLink[href*='forums/']",
            pages=".pageNav",
        ),
        Rows(
            row="li.discussionListItem",
            topic=".title a.PreviewTooltip, .title a[data-previewurl], .title a:last-of-type",
            replies=".stats .major dd",
            last=".lastPost .DateTime",
            sticky=".sticky",
            board=".nodeTitle a[href], .subForumList a[href]",
            pages=".PageNav",
        ),
    ),
    title="h1.p-title-value, h1.MessageCard__thread-title, .titleBar h1, h1",
    unwanted=".label, [class*=prefix], .label-append",
    tid=r"threads/(?:[^/?#]*\.)?(\d+)(?:/|$|\?)|/t/(?:[^/?#]*\.)?(\d+)(?:/|$|\?)|\.(\d+)/?(?:page-\d+)?/?$",
    crumbs=".p-breadcrumbs a[href*='forums/'], .p-breadcrumbs a[href*='/f/'], "
    ".breadcrumb a.crumb[href*='forums/'], .p-breadcrumbs a",
    board_id=r"(?:forums|f)/(?:[^/?#]*\.)?(\d+)|\.(\d+)/?$",
    pager=".pageNav, .PageNav",
    current=".pageNav-page--current, .currentPage",
    page=r"/page-(\d+)|[?&]page=(\d+)",
    volatile=("s", "sid", "_xfToken", "prefix_id"),
    root=r"(?:index\.php\?)?(?:threads|forums|t|f)/.*$",
    closed=".blockStatus-message--locked, .messageNotice .locked, .threadAlerts .icon.lockedAlert, dd.lockedAlert",
    walls=(
        ("blocked", r'<title>[^<]*(?:Just a moment|Attention Required)'),
        ("login-required", r'<form[^>]+action="[^"]*login/login"[^>]*class="block"'),
    ),
    board_url=r"/forums/[^/]+/?",
    walled=".blockMessage--error, .p-body-pageContent > .blockMessage:not(.u-noJsOnly), .errorPanel, .errorOverlay",
    variants=("order", "direction"),
)  # fmt: skip

_TODAY = re.compile(r"\btoday:\s*(\d{9,11})\b")


class XenForo(Shaped):
    """Reads XenForo threads and node lists."""

    revision = 2

    def clock(self, reading: Reading) -> Clock:
        """The zone that words are written in: today's midnight there, as the page's script says it."""
        match = _TODAY.search(reading.text)
        if match is None:
            return super().clock(reading)
        west = int(match[1]) % 86_400
        offset = timedelta(seconds=-west if west <= 12 * 3600 else 86_400 - west)
        return Clock(timezone(offset) if offset else UTC, "page clock", reading.served_at)

    def topic_number(self, reading: Reading) -> str | None:
        """The number in the thread's address; `data-content-key` where the address has none."""
        root = reading.tree.first("html[data-content-key^=thread-]")
        key = root.attributes.get("data-content-key") if root is not None else None
        return key.removeprefix("thread-") if key else super().topic_number(reading)

    def first_page(self, url: str) -> str:
        """A list's link may lead to the newest post."""
        return re.sub(r"(?:unread|latest|page-\d+)/?$", "", self.canonical(url))

    def file(self, node: LexborNode, walk: Walk) -> JsonMap | None:
        """An attachment; a picture by its name's ending."""
        link = node if node.tag == "a" else node.css_first("a.file-preview, a[href*='attachments/']")
        url = walk.address(link.attributes.get("href")) if link is not None else None
        named = node.css_first(".file-name, .filename")
        name = squeeze(named.text(deep=True)) if named is not None else ""
        shown = node.css_first("img")
        name = name or (squeeze(link.text(deep=True)) if link is not None else "")
        if shown is not None and (url is None or re.search(r"(?i)\.(?:jpe?g|png|gif|webp|bmp)$", name) or not name):
            walk.picture({"src": url or shown.attributes.get("src"), "alt": name or shown.attributes.get("alt")})
            return None
        return {"url": url, "name": name} if url else None

    def quote_reader(self, clock: Clock) -> QuoteReader:
        """A quote says whom in an attribute."""

        def read(node: LexborNode, walk: Walk) -> JsonMap:
            attributes = node.attributes
            source = re.search(r"post:\s*(\d+)", attributes.get("data-source") or "")
            link = node.css_first("a.AttributionLink")
            if source is None and link is not None:
                source = re.search(r"#post-(\d+)", link.attributes.get("href") or "")
            head = node.css_first(".bbCodeBlock-title, .attribution, .type")
            author = attributes.get("data-quote") or attributes.get("data-author")
            if head is not None:
                words = squeeze(head.text(deep=True))
                author = author or re.sub(r"\s*(?:said|wrote|schrieb|a dit|dijo)?\s*[:：].*$", "", words) or None
                at, _ = time_of(head, clock) if head.css_first("time") is not None else (None, None)
                head.decompose()
            else:
                at = None
            inner = node.css_first(".bbCodeBlock-expandContent, .quoteContainer, .bbCodeBlock-content")
            body = walk.read(inner or node)
            return quote_of(body, author=author, pid=source[1] if source else None, at=at.isoformat() if at else None)

        return read


EXTRACTOR = XenForo(PLATFORM)
