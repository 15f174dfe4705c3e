"""Reddit, new and old.

Selectors seen in 2023 to 2026. New: `<shreddit-post>` and `<shreddit-comment>` carry everything as attributes. Old:
`.thing[data-fullname]` with `.usertext-body`. Times carry a zone; there are no floors; a removed comment says so.
"""

from __future__ import annotations

import re
from datetime import datetime

from selectolax.lexbor import LexborNode

from worker.extract.forums.assemble import Pages, address_of, board_page, topic_page, wall
from worker.extract.forums.body import Body, Walk, squeeze
from worker.extract.forums.place import site_of, without
from worker.extract.forums.posts import Post, Topic
from worker.extract.forums.spots import first_of
from worker.extract.forums.times import UTC_CLOCK, read_stamp
from worker.extract.model import Extraction, FoundLink, NothingFound, Reading
from worker.extract.sieve import Words

MARKS = {"blockquote": "quote", "pre": "code", ".emoji": "drop smiley", "shreddit-unfurl": "drop link preview"}
_NAMES = Words("reddit", 'data-fullname="t3_')
_BARRED = re.compile(
    r"<(?:title|h\d|p|div|span|strong)\b[^>]*>\s*(?:You.ve been blocked by network security|whoa there, pardner"
    r"|Prove your humanity)",
    re.I,
)
_PARTLY = '.morecomments, .morechildren, .deepthread, faceplate-partial[src*="comments"]'
"""in place of comments that the page leaves out"""
_TOPIC = re.compile(r"/comments/(\w+)")
_AWAY = re.compile(r"^\[(?:removed|deleted)[^\]]*\]$|^Comment (?:removed|deleted) by ", re.I)


class Reddit:
    """Reads Reddit's posts with their comments, and lists of posts."""

    name = "reddit"
    revision = 2

    def recognise(self, reading: Reading) -> str | None:
        """By its own elements or data attributes."""
        if not reading.holds(_NAMES):
            return None
        text = reading.text
        if "<shreddit-post" in text or ('data-fullname="t3_' in text and "usertext" in text):
            return "reddit: posts"
        return "reddit: wall" if "reddit" in text and _BARRED.search(text) else None

    def __call__(self, reading: Reading) -> Extraction:
        """What the page says. Raises NothingFound where a topic shows no post."""
        if "<shreddit-post" not in reading.text and 'data-fullname="t3_' not in reading.text:
            return wall(self.name, self.revision, "blocked", "the site asks whether a person reads")
        if _TOPIC.search(reading.url) is None:
            return self._list(reading)
        return self._new(reading) if reading.tree.first("shreddit-post") is not None else self._old(reading)

    def _topic(self, reading: Reading, title: str, board: str | None, posts: list[Post], closed: bool) -> Extraction:
        match = _TOPIC.search(reading.url)
        if match is None or not title or not posts:
            raise NothingFound("a Reddit topic without number, title or posts")
        url = without(address_of(reading), ("utm_source", "utm_medium", "share_id", "rdt", "context", "sort", "limit"))
        topic = Topic(
            self.name, site_of("//www.reddit.com/"), match[1], title, url, board, board, closed=closed,
            author=posts[0].author, published_at=posts[0].published_at,
        )  # fmt: skip
        url = re.sub(r"(/comments/\w+/[^/?#]*)/\w+/?(?=\?|$)", r"\1/", url)
        whole = re.search(r"/comments/\w+/[^/?#]*/\w+", reading.url) is None and reading.tree.first(_PARTLY) is None
        return topic_page(
            self.name, self.revision, topic, posts, Pages(1, 1, {1: url}), "said by the page", whole=whole
        )

    def _new(self, reading: Reading) -> Extraction:
        tree = reading.tree
        walk = Walk(tree, MARKS)
        head = tree.first("shreddit-post")
        if head is None:
            raise NothingFound("a Reddit topic without its post")
        said = head.attributes
        body = walk.read_post(head.css_first('[slot="text-body"]'))
        _points_to(body, tree.absolute(said.get("content-href")))
        opening = Post(
            (said.get("id") or "").removeprefix("t3_"), body, said.get("author"), said.get("author-id"),
            published_at=read_stamp(said.get("created-timestamp"), UTC_CLOCK), anchor="",
        )  # fmt: skip
        posts = [opening]
        for node in tree.css("shreddit-comment"):
            own = node.attributes
            pid = (own.get("thingid") or "").removeprefix("t1_")
            if pid:
                said_at = first_of(node, "faceplate-timeago[ts], time[datetime]")
                shown = said_at.attributes if said_at is not None else {}
                when = read_stamp(own.get("created") or shown.get("ts") or shown.get("datetime"), UTC_CLOCK)
                posts.append(_shown(pid, walk.read_post(_own_text(node, pid)), own.get("author"), None, when))
        board = (said.get("subreddit-prefixed-name") or "").removeprefix("r/") or None
        return self._topic(reading, squeeze(said.get("post-title") or ""), board, posts, "locked" in said)

    def _old(self, reading: Reading) -> Extraction:
        tree = reading.tree
        walk = Walk(tree, MARKS)
        posts = []
        for box in tree.css("#siteTable .thing.link[data-fullname], .thing.comment[data-fullname]"):
            pid = (box.attributes.get("data-fullname") or "")[3:]
            entry = box.css_first(".entry")
            if not pid or entry is None:
                continue
            own, who = box.attributes, entry.css_first(".tagline .author")
            when, edited = (
                read_stamp(node.attributes.get("datetime"), UTC_CLOCK) if node is not None else None
                for node in map(entry.css_first, (".tagline time[datetime]", ".tagline time.edited-timestamp"))
            )
            body = walk.read_post(entry.css_first(".usertext-body .md"))
            _points_to(body, tree.absolute(own.get("data-url")))
            name = squeeze(who.text(deep=True)) if who is not None else None
            posts.append(_shown(pid, body, name, own.get("data-author-fullname"), when, edited))
        heading = tree.first("a.title")
        board = tree.first(".redditname a")
        where = squeeze(board.text(deep=True)).removeprefix("r/") if board is not None else None
        locked = tree.first(".thing.link.locked, .locked-tagline")
        title = squeeze(heading.text(deep=True)) if heading is not None else ""
        return self._topic(reading, title, where, posts, locked is not None)

    def _list(self, reading: Reading) -> Extraction:
        topics = []
        for node in reading.tree.css("shreddit-post, .thing.link[data-permalink]:not(.promoted)"):
            said = node.attributes
            url = reading.tree.absolute(said.get("permalink") or said.get("data-permalink"))
            title = node.css_first("a.title") if node.tag != "shreddit-post" else None
            if url:
                words = said.get("post-title") or (title.text(deep=True) if title is not None else "")
                count = said.get("comment-count") or said.get("data-comments-count")
                sticky = "stickied" in said or "stickied" in (said.get("class") or "").split()
                topics.append(FoundLink(url, "topic", squeeze(words or ""), activity=count, sticky=sticky))
        more = reading.tree.first('.next-button a, a[rel~="next"]')
        url = reading.tree.absolute(more.attributes.get("href")) if more is not None else None
        here = address_of(reading)
        pages = Pages(1, 2, {1: here, 2: url}) if url else Pages()
        return board_page(self.name, self.revision, topics=topics, pages=pages)


EXTRACTOR = Reddit()


def _shown(
    pid: str, body: Body, author: str | None, number: str | None, when: datetime | None, edited: datetime | None = None
) -> Post:  # fmt: skip
    away = body.text if _AWAY.match(body.text) else None
    return Post(pid, body, author, number, published_at=when, edited_at=edited, shielded=away)


def _own_text(comment: LexborNode, pid: str) -> LexborNode | None:
    """A comment's text; comments that answer it stand inside it."""
    text = comment.css_first(f'[id="t1_{pid}-comment-rtjson-content"]')
    if text is not None:
        return text
    found = comment.css_first('[slot="comment"], .md')
    outer = found
    while outer is not None and outer.tag != "shreddit-comment":
        outer = outer.parent
    return found if outer is not None and outer.mem_id == comment.mem_id else None


def _points_to(body: Body, url: str | None) -> None:
    """A post may be a link: what it points to is what it says."""
    if url is not None and _TOPIC.search(url) is None and all(link["url"] != url for link in body.links):
        body.links.append({"url": url, "text": ""})
