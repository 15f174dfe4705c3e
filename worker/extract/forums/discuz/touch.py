"""Discuz! for phones (`mobile=2`, the touch template): threads and boards.

Seen on X3.4: a post is `.plc#pidN` with `ul.authi` (floor, author, time) and `.message`; a board's row is a plain link
with the author and the count of replies in spans. No page clock: the zone is the source's, or China's, assumed.
"""

from __future__ import annotations

import re

from selectolax.lexbor import LexborNode

from worker.extract.forums.body import Body, squeeze
from worker.extract.forums.discuz import page as pages
from worker.extract.forums.discuz.addresses import Asked, asked, canonical
from worker.extract.forums.discuz.heading import FLOORS
from worker.extract.forums.discuz.thread import NAME, Own, shielded_notice
from worker.extract.forums.place import query_of
from worker.extract.forums.posts import Post, Topic, documents
from worker.extract.forums.times import Clock, is_relative, read_time
from worker.extract.model import Extraction, FoundLink, NothingFound, Reading, TopicPart

SIGN = re.compile(r'class="plc\b[^"]*" id="pid\d+"')
_FLOOR = re.compile(r"(\d+)\s*(?:#|楼|樓)")
_TYPE = re.compile(r"^\[[^\]]{1,30}\]\s*")


def read(reading: Reading, what: Asked | None) -> Extraction:
    """A touch thread's topic, posts and parts. Raises NothingFound."""
    tree, clock = reading.tree, pages.clock(reading)
    boxes = [box for box in tree.css('.plc[id^="pid"]') if (box.id or "")[3:].isdigit()]
    title = _title(reading)
    if what is None or what.what != "topic" or not boxes or not title:
        raise NothingFound("a touch thread without posts, number or title")
    first = canonical(reading.url, 1)
    pager = pages.pager(reading, first)
    urls = dict(pager.urls)
    posts = [post for box in boxes if (post := _post(reading, box, clock)) is not None]
    opening = next((post for post in posts if post.floor == 1), None)
    back = tree.first('header a[href*="forumdisplay"], .header a[href*="forumdisplay"], .nav a[href*="forumdisplay"]')
    name = tree.first("header .name, .header .name")
    board = query_of(tree.absolute(back.attributes.get("href")) or "").get("fid") if back is not None else None
    topic = Topic(
        NAME, pages.site(reading), what.number, title, urls.get(1, first),
        squeeze(name.text(deep=True)) if name is not None else None, board,
        author=opening.author if opening else None, published_at=opening.published_at if opening else None,
    )  # fmt: skip
    wanted = asked(reading.requested_url) or what
    return Extraction(
        NAME, 0, "topic", why="posts of a Discuz! thread for phones", platform=NAME,
        documents=documents(topic, posts, pager.number, urls.get(pager.number, first), clock.how, pager.total),
        links=() if what.variant else tuple(FoundLink(url, "part", part=page) for page, url in pager.urls),
        part=None if what.variant else TopicPart(topic.key, pager.number, pager.total, wanted.page),
        next_page=urls.get(pager.number + 1),
    )  # fmt: skip


def _title(reading: Reading) -> str:
    """The heading without its type: what the page's <title> begins with."""
    tree = reading.tree
    heading = tree.first(".view_tit") or tree.first(".postlist h2, .viewthread h1, .viewthread h2") or tree.first("h1")
    if heading is None:
        return ""
    for link in heading.css("a, em, span.y"):
        link.decompose()
    words = squeeze(heading.text(deep=True))
    named = reading.tree.first("title")
    shown = squeeze(named.text(deep=True)) if named is not None else ""
    bare = _TYPE.sub("", words)
    return bare if bare != words and shown.startswith(bare) and not shown.startswith(words) else words


def _post(reading: Reading, box: LexborNode, clock: Clock) -> Post | None:
    pid = (box.id or "")[3:]
    message, head = box.css_first(".postmessage") or box.css_first(".message"), box.css_first(".authi")
    if message is None or head is None:
        return None
    own = Own(reading, clock)
    for subject in message.css("h2 > strong"):
        subject.decompose()
    body = own.read(message, box)
    author = head.css_first('a[href*="uid"], b a, a.blue')
    uid = re.search(r"uid[-=](\d+)", author.attributes.get("href") or "") if author is not None else None
    name = author if author is not None else head.css_first("b")
    words = squeeze(head.text(deep=True, separator=" "))
    titled = head.css_first("span[title]")
    when = read_time(titled.attributes.get("title"), clock) if titled is not None else None
    for item in reversed(head.css("li, span, em")):
        when = when or read_time(squeeze(item.text(deep=True)), clock)
    return Post(
        pid, body, squeeze(name.text(deep=True)) if name is not None else None, uid[1] if uid else None, _floor(words),
        when, own.edited_at, shielded=_shielded(body), anchor=f"pid{pid}",
        time="relative" if is_relative(words) else "absolute",
    )  # fmt: skip


def _shielded(body: Body) -> str | None:
    """The notice that stands in a quote's box in place of the text."""
    if not body.text and len(body.quotes) == 1 and "author" not in body.quotes[0] and not body.hidden:
        body.hidden.append({"kind": "hidden", "text": str(body.quotes.pop()["text"])})
    return shielded_notice(body)


def _floor(words: str) -> int | None:
    for word, number in FLOORS.items():
        if words.startswith(word) or f" {word}" in words:
            return number
    match = _FLOOR.search(words)
    return int(match[1]) if match else None


def topics(reading: Reading) -> tuple[FoundLink, ...]:
    """The topics of a touch board."""
    found: dict[str, FoundLink] = {}
    for row in reading.tree.css(".threadlist li, .threadlist_top"):
        link = row.css_first("a[href]")
        url = reading.tree.absolute(link.attributes.get("href")) if link is not None else None
        wanted = asked(url) if url else None
        if link is None or url is None or wanted is None or wanted.what != "topic":
            continue
        count, by = row.css_first(".num"), link.css_first(".by")
        title = (
            squeeze(link.text(deep=True)).removesuffix(squeeze(by.text(deep=True)) if by is not None else "").strip()
        )
        url = canonical(url, 1)
        found.setdefault(
            url, FoundLink(url, "topic", title, activity=squeeze(count.text(deep=True)) if count is not None else None)
        )
    return tuple(found.values())
