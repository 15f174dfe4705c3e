"""Hacker News.

Selectors seen in 2020 to 2026: a comment is `tr.athing.comtr#N` with `.commtext`, `.hnuser` and `.age[title]` (UTC);
the story stands in `.fatitem`. Long discussions go on at `&p=2`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC

from selectolax.lexbor import LexborNode

from worker.extract.forums.assemble import Pages, address_of, board_page
from worker.extract.forums.body import squeeze
from worker.extract.forums.posts import Post
from worker.extract.forums.shape import Platform, Rows, Shape
from worker.extract.forums.shaped import Shaped
from worker.extract.forums.spots import time_of
from worker.extract.forums.times import Clock
from worker.extract.model import Extraction, FoundLink, Reading

_MARKS = {"pre": "code", ".reply": "drop label"}

PLATFORM = Platform(
    name="hackernews",
    signs=("hnmain", "hnname", "No such item", "Sorry, we"),
    shapes=(
        Shape(
            post="tr.athing.comtr",
            pid=("id", r"^(\d+)$"),
            body=".commtext",
            author=".hnuser",
            uid=r"id=(\S+)",
            time=".age",
            marks=_MARKS,
            shielded=".comment",
        ),
        Shape(
            post=".fatitem",
            pid=(">tr.athing@id", r"^(\d+)$"),
            body=".toptext, .titleline",
            author=".hnuser",
            time=".age",
            marks=_MARKS,
        ),
    ),
    rows=(Rows(row="tr.athing.submission, tr.athing", topic=".titleline > a"),),
    title=".fatitem .titleline > a, .fatitem .titleline, title",
    tid=r"[?&]id=(\d+)",
    pager="",
    page=r"[?&]p=(\d+)",
    root=r"[^/]*$",
    walls=(
        ("gone", r"\A(?:\s|<[^>]*>)*No such item"),
        ("blocked", r"\A(?:\s|<[^>]*>)*Sorry, we.re not able to serve your requests"),
    ),
)  # fmt: skip


_AWAY = ("[deleted]", "[flagged]", "[dead]")


class HackerNews(Shaped):
    """Reads Hacker News stories with their comments, and lists of stories."""

    revision = 2

    def topic(self, reading: Reading) -> Extraction:
        """A story; how many pages a long discussion has is not said: then no page tells that a comment is gone."""
        said = super().topic(reading)
        more = reading.tree.first("a.morelink")
        later = reading.tree.absolute(more.attributes.get("href")) if more is not None else None
        if later is None and (self.asked(reading.url) or 1) == 1:
            return said
        links = (*said.links, FoundLink(later, "part")) if later else said.links
        return replace(said, part=None, next_page=later, links=links)

    def clock(self, reading: Reading) -> Clock:
        """Times are UTC."""
        return Clock(UTC, "said by the page", reading.served_at)

    def post(self, reading: Reading, shape: Shape, box: LexborNode, clock: Clock) -> Post | None:
        """A comment; of one taken away only the site's word is left."""
        found = super().post(reading, shape, box, clock)
        if found is None or found.body.text not in _AWAY:
            return found
        return replace(found, shielded=found.body.text)

    def arranged(self, reading: Reading, posts: list[Post], pages: Pages) -> list[Post]:
        """The story first."""
        head = reading.tree.first(".fatitem")
        number = self.topic_number(reading)
        if head is None or number is None or any(post.pid == number for post in posts):
            return posts
        clock = self.clock(reading)
        text, who = head.css_first(".toptext"), head.css_first(".hnuser")
        when, how = time_of(head.css_first(".age"), clock)
        body = self.walk(reading, self.platform.shapes[0], clock).read_post(text)
        link = head.css_first(".titleline > a")
        url = reading.tree.absolute(link.attributes.get("href")) if link is not None else None
        if url is not None and self._tid.search(url) is None:
            body.links.insert(0, {"url": url, "text": ""})
        name = squeeze(who.text(deep=True)) if who is not None else None
        return [Post(number, body, name, name, published_at=when, anchor=number, time=how), *posts]

    def board(self, reading: Reading) -> Extraction:
        """Stories: their discussion is the topic, not what they link to."""
        topics = []
        for row in reading.tree.css("tr.athing"):
            link = row.css_first(".titleline > a")
            url = reading.tree.absolute(f"item?id={row.id}") if row.id and row.id.isdigit() else None
            if link is not None and url is not None:
                topics.append(FoundLink(url, "topic", squeeze(link.text(deep=True)), activity=_comments(row)))
        more = reading.tree.first("a.morelink")
        later = reading.tree.absolute(more.attributes.get("href")) if more is not None else None
        pages = Pages(1, 2, {1: address_of(reading), 2: later}) if later else Pages()
        return board_page(self.name, self.revision, topics=topics, pages=pages)


def _comments(row: LexborNode) -> str | None:
    """How many comments the line under a story's title counts."""
    below = row.next
    while below is not None and below.tag != "tr":
        below = below.next
    line = below.css_first(".subtext") if below is not None else None
    said = re.search(r"(\d+)\s*comment", squeeze(line.text(deep=True))) if line is not None else None
    return said[1] if said else None


EXTRACTOR = HackerNews(PLATFORM)
