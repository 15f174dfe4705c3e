"""A forum of unknown make: posts by microdata, or by boxes that repeat.

Microdata: schema.org DiscussionForumPosting, Comment, Question, Answer. Boxes: elements whose ids differ in one number
only (`post-12`, `reply_13`), each with an author, a time and words. Only addresses and marks of forums are tried, so
that an article with comments stays an article.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode

from worker.extract.forums.assemble import Pages, address_of, topic_page
from worker.extract.forums.body import Walk, squeeze
from worker.extract.forums.place import query_of, site_of
from worker.extract.forums.posts import Post, Topic
from worker.extract.forums.spots import pager_of, time_of
from worker.extract.forums.times import Clock, label_zone
from worker.extract.model import Extraction, NothingFound, Reading

MARKS = {
    "blockquote": "quote", ".quote": "quote", ".bbcode_quote": "quote", ".quotebox": "quote", "pre": "code",
    ".code": "code", ".codebox": "code", ".signature": "drop signature", ".sig": "drop signature",
    ".emoji": "drop smiley", ".smiley": "drop smiley", ".reactions": "drop label", ".likes": "drop label",
}  # fmt: skip
ITEMS = '[itemtype*="DiscussionForumPosting"], [itemtype$="/Comment"], [itemtype$="/Answer"], [itemtype$="/Question"]'
AUTHORS = (
    "[itemprop=author] [itemprop=name]", "[itemprop=author]", "[rel=author]", "a[href*='/user']", "a[href*='/member']",
    "a[href*='/profile']", "a[href*='/u/']", "a[href*='/people/']", "a[href*='/author/']", "a[href*='uid=']",
    ".username", ".author", ".user-name", ".nickname", "[class*=username]", "[class*=author]", "[class*=nick]",
)  # fmt: skip
TIMES = (
    "time[datetime]", "[itemprop=datePublished]", "[itemprop=dateCreated]", "[data-timestamp]", "[data-time]",
    "abbr[title]", "span[title]", "time", ".date", ".time", ".posted", "[class*=date]", "[class*=time]",
)  # fmt: skip
BODIES = (
    "[itemprop=text]", "[itemprop=articleBody]", "[class*=post-content]", "[class*=post_content]", "[class*=post-body]",
    "[class*=message-body]", "[class*=comment-content]", "[class*=comment-body]", "[class*=reply-content]",
    "[class*=messageText]", ".postbody", ".message", ".content", ".body", ".text", ".markdown", ".prose",
    "[class*=content]",
)  # fmt: skip
PAGERS = ".pagination, .pager, .pagenav, .pages, .pageNavigation, nav[aria-label*=agin]"

_FORUM_URL = re.compile(
    r"(?i)forum|thread|topic|discussion|/bbs|viewtopic|showthread|/t/\d|/d/\d|/question|/talk/|community|/post/\d|board"
)
_IDS = re.compile(
    r"^((?:[a-z]+[-_])*(?:post|comment|reply|msg|message|answer|floor|p|c|r)(?:[-_][a-z]+)*)[-_]?(\d{1,12})$", re.I
)
_ID_TEXT = re.compile(r'id="(?:[a-z]+[-_])*(?:post|comment|reply|msg|message|answer|floor|p|c|r)[-_]?\d+"', re.I)
_PAGE = re.compile(r"[?&](?:page|pg|p|pageNo)=(\d+)|/page[-/]?(\d+)|[/-]p(\d+)(?:\.html?)?/?$")
_ZONE = re.compile(r"(?:All times are|Time ?zone|Alle Zeiten)[^<]{0,40}?((?:GMT|UTC)[^<.,]{0,14})", re.I)
_VOID_NAMES = re.compile(r"(?i)^(?:reply|quote|report|share|edit|like|more|login|profile|members?|#?\d+)$")


class Unknown:
    """Reads topics of forums that no other reader knows."""

    name = "forum"
    revision = 1

    def recognise(self, reading: Reading) -> str | None:
        """By microdata of discussions, or by repeated boxes at an address of a forum's."""
        text = reading.text
        marked = "itemtype=" in text and ("DiscussionForumPosting" in text or "QAPage" in text)
        if not marked and reading.kind not in ("topic", "board") and _FORUM_URL.search(reading.url) is None:
            return None
        if not marked and len(_ID_TEXT.findall(text)) < 2:
            return None
        if not _title(reading) or not _topic_number(reading) or len(self._found(reading)) < (1 if marked else 2):
            return None
        return "forum by its microdata" if marked else "forum by boxes that repeat"

    def _found(self, reading: Reading) -> list[Post]:
        clock = _clock(reading)
        walk = Walk(reading.tree, MARKS)
        found = [post for pid, box in self._boxes(reading) if (post := _post(pid, box, walk, clock)) is not None]
        return list({post.pid: post for post in found}.values())

    def _boxes(self, reading: Reading) -> list[tuple[str, LexborNode]]:
        marked = [(_number(node) or f"{place}", node) for place, node in enumerate(reading.tree.css(ITEMS), 1)]
        if marked:
            return marked
        groups: dict[str, list[tuple[str, LexborNode]]] = {}
        for node in reading.tree.css("[id]"):
            if match := _IDS.match(node.id or ""):
                groups.setdefault(f"{node.tag} {match[1].lower()}", []).append((match[2], node))
        best: list[tuple[str, LexborNode]] = []
        weight = 0
        for members in groups.values():
            if len(members) < 2 or len(members) > 2000:
                continue
            size = sum(len(node.text(deep=True)) for _, node in members[:50])
            if size > weight and members[0][1].css_first("p, div, td, span") is not None:
                best, weight = members, size
        return best

    def __call__(self, reading: Reading) -> Extraction:
        """The topic's page. Raises NothingFound where its boxes hold no posts."""
        posts = self._found(reading)
        title, tid = _title(reading), _topic_number(reading)
        if not posts or not title or not tid:
            raise NothingFound("a forum's page without posts, title or number")
        url = address_of(reading)
        bar = reading.tree.first(PAGERS)
        asked = _asked(reading.requested_url)
        pages = Pages(1, 1, {1: url} if asked in (None, 1) else {}, asked if bar is not None else None)
        if bar is not None:
            pages = pager_of(
                reading, bar, ".active, .current, .selected, strong, [aria-current]", url, _plain, _asked, asked
            )
        opening = posts[0] if pages.number == 1 else None
        topic = Topic(
            self.name, site_of(url, drop=r".*$"), tid, title, pages.urls.get(1, url),
            author=opening.author if opening else None, published_at=opening.published_at if opening else None,
        )  # fmt: skip
        return topic_page(self.name, self.revision, topic, posts, pages, _clock(reading).how)


EXTRACTOR = Unknown()


def _post(pid: str, box: LexborNode, walk: Walk, clock: Clock) -> Post | None:
    content = next(_own(box, BODIES), None)
    if content is None and "itemscope" in box.attributes:
        return None
    body = walk.read(content if content is not None else box)
    author = next((name for node in _own(box, AUTHORS) if (name := _name(node)) is not None), None)
    when = how = None
    for node in _own(box, TIMES):
        when, how = time_of(node, clock)
        if when is not None:
            break
    if author is None or (not body.text and not body.images) or (when is None and "itemscope" not in box.attributes):
        return None
    return Post(pid, body, author, None, published_at=when, anchor=box.id or "", time=how)


def _name(node: LexborNode) -> str | None:
    words = squeeze(node.attributes.get("content") or node.text(deep=True))
    return words if words and len(words) <= 60 and _VOID_NAMES.match(words) is None else None


def _own(box: LexborNode, selectors: tuple[str, ...]) -> Iterator[LexborNode]:
    """Matches inside the box that belong to it and to no box of the same kind within."""
    scoped = "itemtype" in box.attributes
    for selector in selectors:
        for node in box.css(selector):
            if not scoped or _scope(node, box):
                yield node


def _scope(node: LexborNode, box: LexborNode) -> bool:
    outer = node
    while outer.mem_id != box.mem_id:
        kind = outer.attributes.get("itemtype") or ""
        if outer.mem_id != node.mem_id and re.search(r"DiscussionForumPosting|/Comment|/Answer|/Question", kind):
            return False
        parent = outer.parent
        if parent is None:
            return False
        outer = parent
    return True


def _number(node: LexborNode) -> str | None:
    """A post's number: out of an id of its own, of what is around it, or of the link to it."""
    for one in (node, node.parent):
        if one is not None and (match := re.search(r"(\d+)$", one.id or "")):
            return match[1]
    for name in ("data-id", "data-post-id", "data-comment-id", "data-pid", "itemid"):
        if match := re.search(r"(\d+)\D*$", node.attributes.get(name) or ""):
            return match[1]
    link = node.css_first('[itemprop=url], a[href*="#"]')
    where = link.attributes.get("href") or link.attributes.get("content") if link is not None else None
    match = re.search(r"#\D*(\d+)$", where or "")
    return match[1] if match else None


def _clock(reading: Reading) -> Clock:
    match = _ZONE.search(reading.text)
    zone = label_zone(match[1]) if match else None
    if zone is not None:
        return Clock(zone, "label", reading.served_at)
    return Clock(reading.zone or UTC, "source" if reading.zone else "assumed", reading.served_at)


def _title(reading: Reading) -> str:
    tree = reading.tree
    named = tree.first("title")
    page = squeeze(named.text(deep=True)) if named is not None else ""
    headings = [squeeze(node.text(deep=True)) for node in tree.css("[itemprop=headline], h1, h2")[:12]]
    for words in headings:
        if len(words) > 3 and page.startswith(words):
            return words
    shared = tree.first('meta[property="og:title"]')
    said = squeeze(shared.attributes.get("content") or "") if shared is not None else ""
    return said or next(filter(None, headings), "") or page


def _topic_number(reading: Reading) -> str | None:
    query = query_of(reading.url)
    for name in ("tid", "t", "topic", "thread", "threadid", "topicid", "id", "qid"):
        if query.get(name):
            return query[name]
    path = re.sub(r"/page[-/]?\d+/?$|[-_]\d{1,3}(?=\.html?$)", "", urlsplit(reading.url).path).rstrip("/")
    numbers = re.findall(r"(?<![\w])\d{2,}|\d{3,}", path)
    return max(numbers, key=len) if numbers else path.rpartition("/")[2] or None


def _asked(url: str) -> int | None:
    match = _PAGE.search(url)
    return int(next(filter(None, match.groups()))) if match else 1


def _plain(url: str) -> str:
    return url.partition("#")[0]
