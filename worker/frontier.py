"""Which of the links a page shows belong to a source: bounded, ordered, each page once. Pure; the archive keeps the
pages.

    page of kind        leads to
    board, front page   its boards, its list pages, its topics (and each topic to all its parts)
    listing, feed ...   its list pages and its items
    topic, page         the other parts of itself
    any page            whatever `follow.allow` or `follow.css` name explicitly

Pagination costs no depth. Without `allow`, only the same host is followed (contract section 2).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from urllib.parse import urlsplit

from archive.records import FoundPage, Page, PageKind
from worker.extract.model import Extraction, FoundLink, LinkKind
from worker.settings import Files, Follow, Source

LEADS_TO: dict[str, tuple[LinkKind, ...]] = {
    "board": ("board", "list", "topic"),
    "listing": ("list", "item", "file"),
    "feed": ("list", "item"),
    "sitemap": ("list", "item"),
    "topic": ("part",),
    "page": ("part", "file"),
}
KIND_OF: dict[LinkKind, PageKind] = {
    "board": "board", "topic": "topic", "part": "topic", "item": "auto", "file": "file", "feed": "feed",
}  # fmt: skip
MEDIA = frozenset(["jpg", "jpeg", "png", "gif", "tif", "tiff", "bmp", "svg", "webp", "mp3", "mp4", "avi"])
"""endings that are followed only where `follow.files.types` names them"""
RANK: dict[LinkKind, int] = {"board": 1, "list": 2, "topic": 3, "part": 4, "item": 3, "feed": 1, "file": 5}
"""order among pages due at the same time: what leads further comes first"""


def admit(source: Source, page: Page, extraction: Extraction, lists: int) -> tuple[FoundPage, ...]:
    """The pages that the links found on `page` put on the frontier.

    `lists` is how many list pages the source has already; whether a page is new, and whether there is still room for it
    (`follow.pages`), only the archive knows.
    """
    found: dict[str, FoundPage] = {}
    page_kind, activity = extraction.page_kind, _activity(extraction)
    for link in _leading(source, page, page_kind, extraction.links):
        is_list = link.kind == "list"
        if is_list and _beyond(source.follow, link, lists):
            continue
        depth = page.depth if link.kind in ("list", "part") else page.depth + 1
        if depth > source.follow.depth or not belongs(source, link.url):
            continue
        kind: PageKind = page.kind if is_list and page.kind != "auto" else KIND_OF.get(link.kind, "auto")
        if is_list and kind == "auto":
            kind = "board" if page_kind == "board" else "listing"
        if link.kind == "part" and page_kind != "topic":
            kind = "page"
        found.setdefault(
            link.url,
            FoundPage(
                source_id=source.source_id, url=link.url, kind=kind, depth=depth, found_on=page.page_id,
                list_page=is_list, activity=link.activity or (activity if link.kind == "part" else None),
                rank=RANK.get(link.kind, 3),
            ),
        )  # fmt: skip
    return tuple(found.values())


def _activity(extraction: Extraction) -> str | None:
    """A topic's reply count, as its first page says it: another one makes its other parts due.

    Later parts say nothing: two pages with counts of different age would make each other due for ever.
    """
    if extraction.part is None or extraction.part.number != 1:
        return None
    replies = next((d.facts.extra.get("replies") for d in extraction.documents if d.kind == "topic"), None)
    return None if replies is None else f"{replies}"


def _leading(source: Source, page: Page, page_kind: str, links: Iterable[FoundLink]) -> Iterator[FoundLink]:
    kinds = LEADS_TO.get(page_kind, ())
    if source.kind == "page" or (source.kind == "topic" and page_kind != "topic"):
        kinds = tuple(kind for kind in kinds if kind == "file")
    explicit = bool(source.follow.allow or source.follow.css)
    # an item that looks like a list (a sub-column, a page of related links) does not open a walk of its own
    on_list = page.entry or page.list_page or page.kind in ("board", "listing", "feed", "sitemap", "topic")
    for link in links:
        if link.kind == "file" and not _wanted(source.follow.files, link):
            continue
        if link.kind in kinds and (on_list or explicit or link.kind in ("part", "file")):
            yield link


def _wanted(files: Files | None, link: FoundLink) -> bool:
    """Whether a file is followed: by the ending its address or name shows, any where it shows none (download scripts).
    Without `types`: all but pictures, sound and films, which nothing reads."""
    if files is None:
        return False
    from worker.extract.links import suffix  # with it comes the HTML parser, which only pages with files need here

    ending = suffix(link.url) or suffix(link.title)
    if ending is None:
        return True
    return ending in files.types if files.types else ending not in MEDIA


def _beyond(follow: Follow, link: FoundLink, lists: int) -> bool:
    return link.part > follow.lists if link.part is not None else lists >= follow.lists


def belongs(source: Source, url: str) -> bool:
    """Whether `follow.allow`, `follow.deny` and, without `allow`, the host of the source's URL admit this URL."""
    if any(pattern.search(url) for pattern in _patterns(source.follow.deny)):
        return False
    if source.follow.allow:
        return any(pattern.search(url) for pattern in _patterns(source.follow.allow))
    return _host(url) == _host(source.url)


@lru_cache(maxsize=512)
def _patterns(expressions: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(expression) for expression in expressions)


def _host(url: str) -> str:
    host = (urlsplit(url).netloc or "").lower().rpartition("@")[2]
    return host.removeprefix("www.")
