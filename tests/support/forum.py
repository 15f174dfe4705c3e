"""A little forum of Discuz! X3 as it is, and as it was at any time: two boards, topics, posts, and how it answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from tests.support.town import board, post, thread

BOARDS = (2, 9)
MESSAGE = (
    '<html><head><title>提示信息 - 论坛 - Powered by Discuz!</title></head><body><div id="ct">'
    '<div id="messagetext" class="{kind}"><p>{words}</p></div></div></body></html>'
)
NO_TOPIC = MESSAGE.format(kind="alert_error", words="抱歉，指定的主题不存在或已被删除或正在被审核")


@dataclass
class Thing:
    """A topic's title or a post's text, as it was from when on; None while it is taken down."""

    said: list[tuple[datetime, str | None]] = field(default_factory=list)

    def say(self, at: datetime, words: str | None) -> None:
        self.said.append((at, words))

    @property
    def now(self) -> str | None:
        return self.said[-1][1]

    def at(self, when: datetime) -> str | None:
        return next((words for since, words in reversed(self.said) if since <= when), None)

    def missing_between(self, since: datetime, until: datetime) -> bool:
        """Whether it was away at some moment of that time."""
        return self.at(since) is None or any(words is None for at, words in self.said if since <= at <= until)


@dataclass
class Topic:
    """A topic: its title, its board, its posts in order."""

    number: int
    title: Thing = field(default_factory=Thing)
    board: int = 2
    posts: list[int] = field(default_factory=list)
    """when posts changed their place"""


class Forum:
    """Two boards of Discuz! X3, with as few posts to a page as make pages shift."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.topics: dict[int, Topic] = {}
        self.posts: dict[int, Thing] = {}
        self.failing: dict[str, str] = {}
        self.requests = 0
        self.moving = True
        """whether chrome changes at every request"""

    def standing(self, topic: Topic) -> list[int]:
        return [number for number in topic.posts if self.posts[number].now is not None]

    def answer(self, path: str) -> tuple[int, str]:
        """(status, body) of a path."""
        self.requests += self.moving
        names = path.strip("/").removesuffix(".html").split("-")
        if names[0] == "forum":
            rows = [
                (topic.number, topic.title.now, len(self.standing(topic)) - 1)
                for topic in self.topics.values()
                if topic.board == int(names[1]) and topic.title.now is not None
            ]
            return 200, board(int(names[1]), *rows, online=self.requests)
        topic = self.topics[int(names[1])]
        if topic.title.now is None:
            return (404, "<h1>Not Found</h1>") if topic.number % 2 else (200, NO_TOPIC)
        standing = self.standing(topic)
        pages = max((len(standing) - 1) // self.size + 1, 1)
        page = min(int(names[2]), pages)  # beyond the end the last page is shown
        first = (page - 1) * self.size
        posts = [
            post(number, f"{place + 1}#", f"人{number % 5}", "2026-1-2 08:00:01", self.posts[number].now or "")
            for place, number in enumerate(standing[first : first + self.size], first)
        ]
        return 200, thread(
            topic.number, topic.title.now, *posts, page=page, pages=pages, fid=topic.board,
            formhash=f"{self.requests:04x}",
        )  # fmt: skip
