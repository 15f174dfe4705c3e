"""A forum of unknown make: posts by microdata, or by boxes that repeat.

Microdata: schema.org DiscussionForumPosting, Comment, Question, Answer. Boxes: see `repeated`; each must have an
author, a time and words, four of five at least. Only addresses and marks of forums are tried, so that an article with
comments stays an article.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice, pairwise
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from selectolax.lexbor import LexborNode

from worker.extract.forums import repeated
from worker.extract.forums.actions import without_actions
from worker.extract.forums.assemble import Pages, address_of, topic_page
from worker.extract.forums.body import Walk, squeeze
from worker.extract.forums.counting import floor_of, told_apart
from worker.extract.forums.place import query_of, site_of
from worker.extract.forums.posts import Post, Topic
from worker.extract.forums.repeated import SIGNS
from worker.extract.forums.spots import pager_of, time_of
from worker.extract.forums.times import Clock, label_zone
from worker.extract.model import Extraction, NothingFound, Reading
from worker.extract.sieve import Words
from worker.extract.titles import pieces
from worker.extract.tree import Tree

MARKS = {
    "blockquote": "quote", ".quote": "quote", ".bbcode_quote": "quote", ".quotebox": "quote", "pre": "code",
    ".code": "code", ".codebox": "code", ".signature": "drop signature", ".sig": "drop signature",
    ".emoji": "drop smiley", ".smiley": "drop smiley", ".reactions": "drop label", ".likes": "drop label",
}  # fmt: skip
_HEADED = MARKS | {"header": "drop label", "footer": "drop label"}
ITEMS = '[itemtype*="DiscussionForumPosting"], [itemtype$="/Comment"], [itemtype$="/Answer"], [itemtype$="/Question"]'
AUTHORS = (
    "[itemprop=author] [itemprop=name]", "[itemprop=author]", "[rel=author]", "a[href*='/user']", "a[href*='/member']",
    "a[href*='/profile' i]", "a[href*='/u/']", "a[href*='/people/']", "a[href*='/author/']", "a[href*='uid=']",
    "a[href*='user_info' i]", "[class~=username i]", "[class~=author i]", "[class*=user-name i]", "[class*=username i]",
    "[class*=nick i]", "[class*=author-name i]", "[class*=author i]",
)  # fmt: skip
TIMES = (
    "time[datetime]", "[itemprop=datePublished]", "[itemprop=dateCreated]", "[data-timestamp]", "[data-time]",
    "abbr[title]", "span[title]", "a[title]", "time", "[class*=date i]", "[class*=time i]", "[class*=posted i]",
    "[class*=meta i]", "[class*=head i]", "[class*=info i]", "small",
)  # fmt: skip
BODIES = (
    "[itemprop=text]", "[itemprop=articleBody]", "[class*=post-content i]", "[class*=post_content i]",
    "[class*=post-body i]", "[class*=postbody i]", "[class*=postcontent i]", "[class*=post-message i]",
    "[class*=message-body i]", "[class*=comment-content i]", "[class*=comment-body i]", "[class*=reply-content i]",
    "[class*=messageText i]", ".message", ".content", ".body", ".text", ".markdown", ".prose", "[class*=content i]",
)  # fmt: skip
PROFILE = re.compile(r"(?i)author|profile|user|avatar|poster|member|sidebar|post-side|post-left")
"""what stands about the author holds other times: joined, last seen"""
PAGERS = ".pagination, .pager, .pagenav, .pages, .pageNavigation, nav[aria-label*=agin]"

_FORUM_URL = re.compile(
    r"(?i)forum|thread|topic|discussion|/bbs|viewtopic|showthread|/t/|/d/\d|/question|/talk/|community|/post/\d|(?<![a-z])boards?(?![a-z])"
)
_FORUM_MARK = re.compile(rb"""(?:class|id)=["'](?:[^"'>]*\s)?(?:[a-z]{0,3}forum|[a-z]{0,2}topicpost|bbs)""")
_FORUM_WORDS = Words("forum", "topicpost", "bbs", any_case=True)
"""of these, a page with such a mark holds one"""
_TYPED, _TYPES = Words("itemtype="), Words("DiscussionForumPosting", "QAPage")
_FOUND: WeakKeyDictionary[Tree, list[Post]] = WeakKeyDictionary()
"""the posts of pages at work: recognising one means finding its posts, and reading it asks for them again"""
TRIED = 6
"""groups of boxes that are tried, the largest first"""
_PAGE = re.compile(r"[?&](?:page|pg|p|pageNo)=(\d+)|/page[-/]?(\d+)|[/-]p(\d+)(?:\.html?)?/?$")
_ZONE = re.compile(r"(?:All times are|Time ?zone|Alle Zeiten)[^<]{0,40}?((?:GMT|UTC)[^<.,]{0,14})", re.I)
_ZONE_WORDS = Words("all times are", "time zone", "timezone", "alle zeiten", any_case=True)
_VOID_NAMES = re.compile(r"(?i)^(?:reply|quote|report|share|edit|like|more|login|profile|members?|#?\d+)$")


class Unknown:
    """Reads topics of forums that no other reader knows."""

    name = "forum"
    revision = 4

    def recognise(self, reading: Reading) -> str | None:
        """By microdata of discussions, or by repeated boxes at an address of a forum's."""
        marked = reading.holds(_TYPED) and reading.holds(_TYPES)
        known = marked or reading.kind in ("topic", "board") or _FORUM_URL.search(reading.url) is not None
        if not known and not (reading.holds(_FORUM_WORDS) and _FORUM_MARK.search(reading.low)):
            return None
        fewest = 1 if marked else _fewest(reading)
        if not marked and len(list(islice(SIGNS.finditer(reading.low), fewest))) < fewest:
            return None
        if not _title(reading) or not _topic_number(reading) or len(self._found(reading)) < fewest:
            return None
        return "forum by its microdata" if marked else "forum by boxes that repeat"

    def _found(self, reading: Reading) -> list[Post]:
        if (known := _FOUND.get(reading.tree)) is None:
            known = _FOUND[reading.tree] = self._looked_for(reading)
        return known

    def _looked_for(self, reading: Reading) -> list[Post]:
        clock = _clock(reading)
        walk = Walk(reading.tree, MARKS)
        marked = reading.tree.css(ITEMS)
        page, fewest = _asked(reading.requested_url) or 1, _fewest(reading)
        if items := told_apart((_item(_number(box) or "", box, walk, clock) for box in marked), page):
            return items
        for group in repeated.groups(reading.tree, fewest)[:TRIED]:
            stamps = _stamps(group, clock)
            tried = [_box(number, box, group, walk, stamps.get(box.mem_id)) for number, box in group.boxes]
            found = [post for post in tried if post is not None]
            if len(found) >= fewest and len(found) >= 0.8 * len(tried):
                return told_apart([*_opening(reading, group, walk, clock), *found], page)
        return []

    def __call__(self, reading: Reading) -> Extraction:
        """The topic's page. Raises NothingFound where its boxes hold no posts."""
        found = self._found(reading)
        title, tid = _title(reading), _topic_number(reading)
        if not found or not title or not tid:
            raise NothingFound("a forum's page without posts, title or number")
        # whether a forum counts its posts anew in each topic cannot be known: the number alone might name two
        posts = [replace(post, identity=f"{tid}|{post.identity}") for post in found]
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


def _item(pid: str, box: LexborNode, walk: Walk, clock: Clock) -> Post | None:
    content = next(_own(box, BODIES), None)
    if content is None and "itemscope" in box.attributes:
        return None
    body = without_actions(walk.read(content if content is not None else box))
    author = next((name for node in _own(box, AUTHORS) if (name := _name(node)) is not None), None)
    stamp = _time(_own(box, TIMES), clock)
    if author is None or (not body.text and not body.images) or (stamp is None and "itemscope" not in box.attributes):
        return None
    when, how = stamp[:2] if stamp is not None else (None, None)
    return Post(pid, body, author, None, published_at=when, anchor=box.id or "", time=how)


def _opening(reading: Reading, group: repeated.Group, walk: Walk, clock: Clock) -> list[Post]:
    """The post that stands before its answers in a box of another make, if the page shows one: what says most."""
    best: Post | None = None
    for box in repeated.openings(reading.tree, group):
        alone = repeated.Group(((None, box),), group.members, 0)
        own = ([node for node in box.css(selector) if not _aside(node, box)] for selector in TIMES)
        stamp = next((found for nodes in own if (found := _time(iter(nodes), clock)) is not None), None)
        post = _box(None, box, alone, walk, stamp)
        if post is not None and (best is None or len(post.body.text) > len(best.body.text)):
            best = post
    return [] if best is None else [replace(best, pid="opening")]


Stamp = tuple[datetime, str | None, LexborNode]
"""a time, how it was known, and where it stands"""


def _stamps(group: repeated.Group, clock: Clock) -> dict[int, Stamp]:
    """The time of each box by its `mem_id`, all from the same kind of place: of those that most boxes have, one whose
    times run one way, as posts do; a profile's times (joined, last seen) do not."""
    best: tuple[float, dict[int, Stamp]] = (0.0, {})
    for profile in (False, True):
        for selector in TIMES:
            found = {}
            for _, box in group.boxes:
                own = (one for one in box.css(selector) if group.holds(one, box) and (profile or not _aside(one, box)))
                if (stamp := _time(own, clock)) is not None:
                    found[box.mem_id] = stamp
            if len(found) < max(min(2, len(group.boxes)), 0.8 * len(group.boxes)):
                continue
            times = [stamp[0] for stamp in found.values()]
            steps = [(after > before) - (after < before) for before, after in pairwise(times)]
            order = abs(sum(steps)) / max(len(steps), 1)
            if order > best[0] or not best[1]:
                best = (order, found)
            if order >= 0.9:
                return found
    return best[1]


def _aside(node: LexborNode, box: LexborNode) -> bool:
    """Whether a part of a box stands in what is said about the author."""
    outer = node.parent
    while outer is not None and outer.mem_id != box.mem_id:
        if PROFILE.search(outer.attributes.get("class") or ""):
            return True
        outer = outer.parent
    return False


def _box(
    number: str | None, box: LexborNode, group: repeated.Group, walk: Walk, stamp: Stamp | None
) -> Post | None:  # fmt: skip
    def own(selectors: Iterable[str]) -> Iterator[LexborNode]:
        return (node for selector in selectors for node in box.css(selector) if group.holds(node, box))

    named = next(((name, node) for node in own(AUTHORS) if (name := _name(node)) is not None), None)
    if named is None or stamp is None:
        return None
    when, how, place = stamp
    apart = (named[1], place)
    content = next((node for node in own(BODIES) if _is_body(node, box, group, apart)), None)
    if content is None and (content := _headed(box, apart)) is not None:
        body = Walk(walk.tree, _HEADED).read(content)
    elif content := content or repeated.body_in(box, group, apart):
        body = walk.read(content)
    else:
        return None
    body = without_actions(body)
    if not (body.text or body.images or body.code or body.quotes):
        return None
    pid, floor = number or _number(box) or _word(box) or "", floor_of(box, group, content)
    return Post(pid, body, named[0], floor=floor, published_at=when, anchor=box.id or "", time=how)


def _headed(box: LexborNode, apart: tuple[LexborNode, ...]) -> LexborNode | None:
    """What holds a post's words beside a <header> with who and when, None where the box has no such header."""
    for header in box.css("header"):
        if all(repeated.inside(one, header) for one in apart):
            return header.parent
    return None


def _is_body(node: LexborNode, box: LexborNode, group: repeated.Group, apart: tuple[LexborNode, ...]) -> bool:
    """Whether a part holds words of its box alone: neither who and when, nor another box."""
    if node.mem_id == box.mem_id or any(repeated.inside(one, node) for one in apart):
        return False
    return node.mem_id not in group.around


def _time(nodes: Iterator[LexborNode], clock: Clock) -> Stamp | None:
    for node in nodes:
        when, how = time_of(node, clock)
        if when is not None:
            return when, how, node
    return None


def _word(box: LexborNode) -> str | None:
    """An id that is no number: `E1RI2`, `reply-6649a9c3db5c21001347a9f8`."""
    said = box.id or ""
    return said.rpartition("-")[2].rpartition("_")[2] if re.search(r"\d", said) else None


def _name(node: LexborNode) -> str | None:
    """The name that a part says: its own, or the first in it, where it says more (rank, number of posts)."""
    inner = node.css_first("a, strong, b, h3, h4, h5")
    first = inner.text(deep=True) if inner is not None else None
    for said in (node.attributes.get("content"), first, node.text(deep=True)):
        words = squeeze(said or "").removesuffix(":")
        if words and len(words) <= 60 and _VOID_NAMES.match(words) is None:
            return words
    return None


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
    """A post's number: out of an id of its own, of what is around it alone, or of the link to it."""
    if match := re.search(r"(\d+)$", node.id or ""):
        return match[1]
    if (number := repeated.number_around(node)) is not None:
        return number
    for name in ("data-id", "data-post-id", "data-comment-id", "data-pid", "itemid"):
        if match := re.search(r"(\d+)\D*$", node.attributes.get(name) or ""):
            return match[1]
    link = node.css_first('[itemprop=url], a[href*="#"]')
    where = link.attributes.get("href") or link.attributes.get("content") if link is not None else None
    match = re.search(r"#\D*(\d+)$", where or "")
    return match[1] if match else None


def _clock(reading: Reading) -> Clock:
    match = _ZONE.search(reading.text) if reading.holds(_ZONE_WORDS) else None
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
    inside = [words for words in headings if len(words) > 3 and words in page]
    return (inside[0] if inside else said) or next(iter(pieces(page)), "")


def _topic_number(reading: Reading) -> str | None:
    query = query_of(reading.url)
    for name in ("tid", "t", "topic", "thread", "threadid", "topicid", "id", "qid"):
        if query.get(name):
            return query[name]
    path = re.sub(r"/page[-/]?\d+/?$|[-_]\d{1,3}(?=\.html?$)", "", urlsplit(reading.url).path).rstrip("/")
    numbers = re.findall(r"(?<![\w])\d{2,}|\d{3,}", path)
    return max(numbers, key=len) if numbers else path.rpartition("/")[2] or None


def _fewest(reading: Reading) -> int:
    """Boxes that make a page a topic's: the last of several pages may hold one post alone."""
    return 1 if reading.kind == "topic" and (_asked(reading.requested_url) or 1) > 1 else 2


def _asked(url: str) -> int | None:
    match = _PAGE.search(url)
    return int(next(filter(None, match.groups()))) if match else 1


def _plain(url: str) -> str:
    return url.partition("#")[0]
