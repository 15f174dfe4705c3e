"""Discuz! for phones (`mobile=2`, the touch template): threads and boards.

Seen on X2.5 to X3.5: a post is `.plc` (X3.4 and later say `#pidN`, earlier ones name it in `#replybtn_N` alone) with
`ul.authi` (floor, author, time) and `.message`; a board's row is a plain link with the author and the count of replies
in spans, in X3.5 a card. No page clock: the zone is the source's, or China's, assumed.
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
from worker.extract.forums.times import Clock, how_known, read_time
from worker.extract.model import Extraction, FoundLink, NothingFound, Reading, TopicPart

SIGN = re.compile(r'class="plc\b[^"]*" id="pid\d+"|class="display pi[^"]*" href="#replybtn_\d+"')
_NUMBER = re.compile(r"^(?:pid|#replybtn_)(\d+)$")
_FLOOR = re.compile(r"(\d+)\s*(?:#|楼|樓)")
_UID = re.compile(r"uid[-=](\d+)")
_TYPE = re.compile(r"^\[[^\]]{1,30}\]\s*")


def read(reading: Reading, what: Asked | None) -> Extraction:
    """A touch thread's topic, posts and parts. Raises NothingFound."""
    tree, clock = reading.tree, pages.clock(reading)
    boxes = _boxes(reading)
    title = _title(reading)
    if what is None or what.what != "topic" or not boxes or not title:
        raise NothingFound("a touch thread without posts, number or title")
    first = canonical(reading.url, 1)
    pager = pages.pager(reading, first)
    urls = dict(pager.urls)
    posts = [post for pid, box in boxes if (post := _post(reading, pid, box, clock)) is not None]
    opening = next((post for post in posts if post.floor == 1), None)
    back = tree.first('header a[href*="forumdisplay"], .header a[href*="forumdisplay"], .nav a[href*="forumdisplay"]')
    name = tree.first("header .name, .header .name, .header h2 a[href*='forumdisplay']")
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


def _boxes(reading: Reading) -> list[tuple[str, LexborNode]]:
    """(number, box) of every post; a comment's box (X3.5) has the same class and no number."""
    found: dict[str, LexborNode] = {}
    for box in reading.tree.css(".plc"):
        body = box.css_first('.display[href^="#replybtn_"]')
        said = box.id or (body.attributes.get("href") if body is not None else None) or ""
        if match := _NUMBER.match(said):
            found.setdefault(match[1], box)
    return list(found.items())


def _post(reading: Reading, pid: str, box: LexborNode, clock: Clock) -> Post | None:
    message, head = box.css_first(".postmessage") or box.css_first(".message"), box.css_first(".authi")
    if message is None or head is None:
        return None
    own = Own(reading, clock)
    for subject in message.css("h2 > strong"):
        subject.decompose()
    body = own.read(message, box)
    words = squeeze(head.text(deep=True, separator=" "))
    titled = head.css_first("span[title]")
    when = read_time(titled.attributes.get("title"), clock) if titled is not None else None
    for item in reversed(head.css("li, span, em")):
        when = when or read_time(squeeze(item.text(deep=True)), clock)
    author, uid = _author(head)
    return Post(
        pid, body, author, uid, _floor(words), when, own.edited_at, shielded=_shielded(body), anchor=f"pid{pid}",
        time=how_known(words),
    )  # fmt: skip


def _author(head: LexborNode) -> tuple[str | None, str | None]:
    """The author's name and number, without what stands beside it in `em` (`该用户已被删除`, a guest's address)."""
    for link in head.css('a[href*="uid"], b a, a.blue'):
        _bare(link, "em")
        if (name := squeeze(link.text(deep=True))) and "authorid=" not in (link.attributes.get("href") or ""):
            uid = _UID.search(link.attributes.get("href") or "")
            return name, uid[1] if uid else None
    place = head.css_first(".mtit .z") or head.css_first("li")
    if place is None:
        return None, None
    _bare(place, "em, .y")
    return squeeze(place.text(deep=True)) or None, None


def _bare(node: LexborNode, extras: str) -> None:
    for extra in node.css(extras):
        extra.decompose()


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
        link, url = _titled(reading, row)
        if link is None or url is None:
            continue
        count, by = row.css_first(".num") or row.css_first("li:has(> .dm-chat-s-fill)"), link.css_first(".by")
        title = (
            squeeze(link.text(deep=True)).removesuffix(squeeze(by.text(deep=True)) if by is not None else "").strip()
        )
        found.setdefault(
            url, FoundLink(url, "topic", title, activity=squeeze(count.text(deep=True)) if count is not None else None)
        )
    return tuple(found.values())


def _titled(reading: Reading, row: LexborNode) -> tuple[LexborNode | None, str | None]:
    """(what holds the title, the topic's address) of a row: its first link to a topic; in X3.5 the title is the link's
    `em`, beside marks such as `置顶`."""
    for link in row.css("a[href]"):
        url = reading.tree.absolute(link.attributes.get("href"))
        wanted = asked(url) if url else None
        if url is not None and wanted is not None and wanted.what == "topic" and squeeze(link.text(deep=True)):
            return link.css_first(".threadlist_tit em, .micon ~ em") or link, canonical(url, 1)
    return None, None
