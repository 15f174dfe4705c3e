"""Discuz! Archiver: threads as plain paragraphs, lists as plain links.

Seen on X3.4. It shows no post numbers: a post is told by its topic, author and second. So topics and posts are
documents of its own, apart from the full view's, or each view would miss the other's posts. A quote is only a line
`who 发表于 when` and its words up to the first empty line.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import datetime
from html import unescape

from worker.extract.forums.body import Body, Walk, squeeze
from worker.extract.forums.discuz import page as pages
from worker.extract.forums.discuz.addresses import Asked, asked, canonical
from worker.extract.forums.discuz.thread import NAME, address
from worker.extract.forums.place import numbered
from worker.extract.forums.posts import Post, Topic, documents
from worker.extract.forums.times import Clock, read_time
from worker.extract.model import Extraction, FoundLink, NothingFound, Reading, TopicPart
from worker.extract.tree import Tree

SIGN = "'s Archiver"
"""every page of the archiver is headed by it"""
_POST = re.compile(
    r'<p class="author">\s*<strong>(.*?)</strong>\s*(?:发表于|發表於)?(.*?)</p>\s*(?:<h3>.*?</h3>)?'
    r'(.*?)(?=<p class="author">|<div class="page">|</div>\s*<div id="end">|\Z)',
    re.S,
)
_QUOTE = re.compile(
    r"^\s*(?P<who>[^<\n]{1,60}?)\s*(?:发表于|發表於)\s*(?P<when>\d[^<\n]*)<br ?/?>(?P<said>.*?)<br ?/?>\s*<br ?/?>",
    re.S,
)
_EDITED = re.compile(
    r"^\s*本[帖贴帖].{0,3}最[后後]由.{1,60}?[于於]\s*(?P<at>[^<]{6,30}?)\s*[编編][辑輯]\s*(?:<br ?/?>\s*)*"
)
_TAGS = re.compile(r"<[^>]+>")


def read(reading: Reading, what: Asked | None) -> Extraction:
    """A thread of the archiver. Raises NothingFound where no post can be found."""
    tree, clock, text = reading.tree, pages.clock(reading), reading.text
    content = text[text.find('<div id="content">') :]
    full = tree.first("#end a")
    title = squeeze(full.text(deep=True)) if full is not None else ""
    found = _apart([_post(match, what.number if what else "", reading, clock) for match in _POST.finditer(content)])
    if what is None or what.what != "topic" or not found or not title:
        raise NothingFound("an archiver thread without posts, number or title")
    first = canonical(reading.url, 1)
    number, total, urls = _pages(reading, first)
    crumbs = tree.css('#nav a[href*="fid"]')
    place = asked(tree.absolute(crumbs[-1].attributes.get("href")) or "") if crumbs else None
    board = squeeze(crumbs[-1].text(deep=True)) if crumbs else None
    topic = Topic(
        NAME, f"{pages.site(reading)}/archiver", what.number, title, first, board,
        place.number if place else None, author=found[0].author if number == 1 else None,
        published_at=found[0].published_at if number == 1 else None,
    )  # fmt: skip
    wanted = asked(reading.requested_url) or what
    return Extraction(
        NAME, 0, "topic", why="posts of a Discuz! archiver thread", platform=NAME,
        documents=documents(topic, found, number, urls.get(number, first), clock.how, total),
        links=tuple(FoundLink(url, "part", part=page) for page, url in sorted(urls.items())),
        part=TopicPart(topic.key, number, total, wanted.page), next_page=urls.get(number + 1),
    )  # fmt: skip


def lists(reading: Reading, what: Asked | None) -> Extraction:
    """A list or the front of the archiver: boards, list pages, topics."""
    tree = reading.tree
    links: dict[str, FoundLink] = {}
    for link in tree.css("#content li a[href], #content h3 a[href]"):
        url = tree.absolute(link.attributes.get("href"))
        wanted = asked(url) if url else None
        if url is None or wanted is None or wanted.what == "front":
            continue
        count = re.search(r"\((\d+)", (link.parent.text(deep=False) if link.parent is not None else "") or "")
        activity = count[1] if count and wanted.what == "topic" else None
        kind = FoundLink(
            canonical(url, 1),
            "topic" if wanted.what == "topic" else "board",
            squeeze(link.text(deep=True)),
            activity=activity,
        )
        links.setdefault(kind.url, kind)
    number, _, urls = _pages(reading, canonical(reading.url, 1))
    others = [FoundLink(url, "list", part=page) for page, url in sorted(urls.items()) if page != number]
    if not links:
        raise NothingFound("an archiver list without links")
    return Extraction(
        NAME, 0, "board", why="a list of the Discuz! archiver", platform=NAME,
        links=(*links.values(), *others), next_page=urls.get(number + 1),
    )  # fmt: skip


def _pages(reading: Reading, first: str) -> tuple[int, int, dict[int, str]]:
    bar = reading.tree.first(".page")
    if bar is None:
        return 1, 1, {1: first}
    current = re.search(r"\[(\d+)\]", bar.text(deep=True))
    number = int(current[1]) if current else 1
    examples = {}
    for link in bar.css("a[href]"):
        label, url = squeeze(link.text(deep=True)), reading.tree.absolute(unescape(link.attributes.get("href") or ""))
        if label.isdigit() and url:
            examples[int(label)] = url
    total = max([number, *examples])
    return number, total, numbered({page: url for page, url in examples.items() if page > 1}, total, first)


def _when(html: str, clock: Clock) -> datetime | None:
    titled = re.search(r'title="([^"]+)"', html)
    return read_time(titled[1] if titled else _TAGS.sub(" ", html), clock)


def _apart(posts: list[Post]) -> list[Post]:
    """The posts, those that one author wrote in the same second (minute, as X2 shows it) told by their order."""
    times: Counter[str] = Counter()
    apart = []
    for post in posts:
        times[post.pid] += 1
        apart.append(replace(post, pid=f"{post.pid}-{times[post.pid]}") if times[post.pid] > 1 else post)
    return apart


def _post(match: re.Match[str], tid: str, reading: Reading, clock: Clock) -> Post:
    author, when, html = unescape(_TAGS.sub("", match[1])).strip(), _when(match[2], clock), match[3]
    quotes, edited = [], None
    if (notice := _EDITED.match(html)) is not None:
        edited = read_time(notice["at"], clock)
        html = html[notice.end() :]
    if quote := _QUOTE.match(html):
        at = read_time(quote["when"], clock)
        said = squeeze(unescape(_TAGS.sub(" ", quote["said"])))
        quotes.append({"text": said, "author": unescape(quote["who"]).strip(), "at": at.isoformat() if at else None})
        html = html[quote.end() :]
    fragment = Tree(f"<div>{html}</div>", reading.tree.base)
    body: Body = Walk(fragment, {}, address=address).read(fragment.parser.body)
    body.quotes.extend(quotes)
    return Post(
        f"archiver-{tid}-{when.timestamp():.0f}-{author}" if when else f"archiver-{tid}-{author}",
        body,
        author,
        published_at=when,
        edited_at=edited,
    )
