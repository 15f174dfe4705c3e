"""Hacker News.

Selectors seen in 2020 to 2026: a comment is `tr.athing.comtr#N` with `.commtext`, `.hnuser` and `.age[title]` (UTC);
the story stands in `.fatitem`. Long discussions go on at `&p=2`.
"""

from __future__ import annotations

from worker.extract.forums.assemble import Pages, address_of, board_page
from worker.extract.forums.body import squeeze
from worker.extract.forums.posts import Post
from worker.extract.forums.shape import Platform, Rows, Shape
from worker.extract.forums.shaped import Shaped
from worker.extract.forums.spots import time_of
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


class HackerNews(Shaped):
    """Reads Hacker News stories with their comments, and lists of stories."""

    def arranged(self, reading: Reading, posts: list[Post], pages: Pages) -> list[Post]:
        """The story first."""
        head = reading.tree.first(".fatitem")
        number = self.topic_number(reading)
        if head is None or number is None or any(post.pid == number for post in posts):
            return posts
        clock = self.clock(reading)
        text, who = head.css_first(".toptext"), head.css_first(".hnuser")
        when, how = time_of(head.css_first(".age"), clock)
        body = self.walk(reading, self.platform.shapes[0], clock).read(text)
        name = squeeze(who.text(deep=True)) if who is not None else None
        return [Post(number, body, name, name, published_at=when, anchor=number, time=how), *posts]

    def board(self, reading: Reading) -> Extraction:
        """Stories: their discussion is the topic, not what they link to."""
        topics = []
        for row in reading.tree.css("tr.athing"):
            link = row.css_first(".titleline > a")
            url = reading.tree.absolute(f"item?id={row.id}") if row.id and row.id.isdigit() else None
            if link is not None and url is not None:
                topics.append(FoundLink(url, "topic", squeeze(link.text(deep=True))))
        more = reading.tree.first("a.morelink")
        later = reading.tree.absolute(more.attributes.get("href")) if more is not None else None
        pages = Pages(1, 2, {1: address_of(reading), 2: later}) if later else Pages()
        return board_page(self.name, self.revision, topics=topics, pages=pages)


EXTRACTOR = HackerNews(PLATFORM)
