"""Topics and posts as documents: the same keys, facts and content for every platform."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from archive.records import Facts, JsonMap
from worker.extract.forums.body import Body
from worker.extract.forums.times import roughness
from worker.extract.model import Extracted


@dataclass(frozen=True, slots=True)
class Topic:
    """What a page says of its topic."""

    platform: str
    site: str
    tid: str
    title: str
    url: str
    """canonical address of its first page"""
    board: str | None = None
    board_id: str | None = None
    closed: bool | None = None
    author: str | None = None
    published_at: datetime | None = None
    replies: int | None = None

    @property
    def key(self) -> str:
        return f"{self.platform}|{self.site}|topic|{self.tid}"


@dataclass(frozen=True, slots=True)
class Post:
    """What a page says of one post."""

    pid: str
    body: Body
    author: str | None = None
    author_id: str | None = None
    floor: int | None = None
    published_at: datetime | None = None
    edited_at: datetime | None = None
    shielded: str | None = None
    """the forum's words in place of the post's text"""
    anchor: str = ""
    """fragment that leads to the post, without #"""
    fields: JsonMap = field(default_factory=dict)
    time: str | None = None
    """how the time was known: `title`, or as `times.how_known` says"""
    identity: str | None = None
    """what tells the post from all others of the forum, where that is not `pid`"""


def documents(
    topic: Topic, posts: Iterable[Post], part: int, page_url: str, zone: str = "", parts: int = 1
) -> tuple[Extracted, ...]:
    """The topic and its posts, in the page's order. `page_url` is the part's own canonical address; `parts` is how many
    pages the topic has."""
    board_key = f"{topic.platform}|{topic.site}|board|{topic.board_id}" if topic.board_id else None
    facts = Facts(
        url=topic.url, author=topic.author, published_at=topic.published_at, board=topic.board, board_key=board_key,
        platform=topic.platform, platform_id=topic.tid, closed=topic.closed,
        extra={"parts": parts} | ({"replies": topic.replies} if topic.replies is not None else {}),
    )  # fmt: skip
    fields: JsonMap = {"closed": True} if topic.closed else {}
    head = Extracted(key=topic.key, kind="topic", facts=facts, title=topic.title, text="", fields=fields)
    return (head, *(_document(topic, post, part, page_url, zone) for post in posts))


def _document(topic: Topic, post: Post, part: int, page_url: str, zone: str) -> Extracted:
    body = post.body
    hidden = tuple(body.hidden)
    if post.shielded is not None:
        body, hidden = Body(), ({"kind": "shielded", "text": post.shielded}, *hidden)
    facts = Facts(
        url=f"{page_url}#{post.anchor}" if post.anchor else page_url,
        author=post.author, author_id=post.author_id, floor=post.floor, published_at=post.published_at,
        edited_at=post.edited_at, platform=topic.platform, platform_id=post.pid, part=part,
        quotes=tuple(body.quotes), code=tuple(body.code), hidden=hidden,
        extra={"rough": rough.total_seconds()} if (rough := roughness(post.time)) is not None else {},
    )  # fmt: skip
    evidence: JsonMap = {"published_at": f"{post.time or 'absolute'}; zone: {zone}"} if post.published_at else {}
    key = f"{topic.platform}|{topic.site}|post|{post.identity or post.pid}"
    return Extracted(
        key=key, kind="post", facts=facts, title="", text=body.text,
        fields=post.fields, links=tuple(body.links), images=tuple(body.images), attachments=tuple(body.attachments),
        evidence=evidence, parent_key=topic.key, markdown=body.markdown,
    )  # fmt: skip
