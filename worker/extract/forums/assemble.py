"""An Extraction out of what a platform found: the topic's page, the board's page, the wall."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from worker.extract.forums.body import squeeze
from worker.extract.forums.posts import Post, Topic, documents
from worker.extract.model import Extraction, FoundLink, Reading, TopicPart


@dataclass(frozen=True, slots=True)
class Pages:
    """Which page of how many this is, and the canonical address of each page that can be told."""

    number: int = 1
    total: int = 1
    urls: Mapping[int, str] = field(default_factory=dict)
    asked: int | None = None
    """the page number the address asked for"""


def topic_page(
    name: str, revision: int, topic: Topic, posts: Iterable[Post], pages: Pages, zone: str = "", *, whole: bool = True
) -> Extraction:
    """A page of a topic. `whole` False: a filtered or reversed view that says nothing about missing posts."""
    found = tuple(posts)
    urls = {1: topic.url, **pages.urls}
    here = urls.get(pages.number, topic.url)
    files = {str(file["url"]): str(file.get("name", "")) for post in found for file in post.body.attachments}
    links = [FoundLink(urls[page], "part", part=page) for page in sorted(urls)] if whole else []
    return Extraction(
        name, revision, "topic", why=f"{len(found)} posts", platform=name,
        documents=documents(topic, found, pages.number, here, zone, pages.total),
        links=(*links, *(FoundLink(url, "file", title) for url, title in files.items())),
        part=TopicPart(topic.key, pages.number, pages.total, pages.asked) if whole else None,
        next_page=urls.get(pages.number + 1),
        dropped=tuple(piece for post in found for piece in post.body.dropped),
    )  # fmt: skip


def board_page(
    name: str,
    revision: int,
    *,
    boards: Iterable[FoundLink] = (),
    topics: Iterable[FoundLink] = (),
    pages: Pages | None = None,
    why: str = "",
) -> Extraction:
    """A board's list or a front page: links only, each address once."""
    pages = pages or Pages()
    lists = [FoundLink(url, "list", part=page) for page, url in sorted(pages.urls.items()) if page != pages.number]
    links: dict[tuple[str, str], FoundLink] = {}
    for link in (*boards, *lists, *topics):
        links.setdefault((link.kind, link.url), link)
    return Extraction(
        name, revision, "board", why=why or "a board's list", platform=name, links=tuple(links.values()),
        next_page=pages.urls.get(pages.number + 1),
    )  # fmt: skip


def wall(name: str, revision: int, outcome: str, words: str) -> Extraction:
    """A page that holds no content: why, in the forum's own words."""
    return Extraction(name, revision, "not-content", outcome, why=squeeze(words)[:300], platform=name)


def address_of(reading: Reading) -> str:
    """The page's own address without fragment."""
    return reading.url.partition("#")[0]
