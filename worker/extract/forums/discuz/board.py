"""Discuz! boards and front pages: links to boards, list pages and topics.

Selectors seen on X2 to X3.5: a topic's row is `tbody#normalthread_N` or `#stickthread_N` (a moved topic's stub has a
number of its own: the link tells the topic), its title `a.xst`, its last post in the last `td.by`.
"""

from __future__ import annotations

from selectolax.lexbor import LexborNode

from worker.extract.forums.body import squeeze
from worker.extract.forums.discuz import mobile, touch
from worker.extract.forums.discuz import page as pages
from worker.extract.forums.discuz.addresses import Asked, asked, canonical
from worker.extract.forums.times import Clock, read_time
from worker.extract.model import Extraction, FoundLink, NothingFound, Reading

NAME = "discuz"
ROWS = '[id^="normalthread_"], [id^="stickthread_"]'
SUBBOARDS = ".fl_tb, .fl_g, .bm.bmw.fl, #subforum, .fl_row, .bmw.fl"


def read(reading: Reading, what: Asked | None) -> Extraction:
    """The links of a board or front page. Raises NothingFound where a front page names no board."""
    clock = pages.clock(reading)
    is_board = what is not None and what.what == "board"
    topics = _topics(reading, clock) or touch.topics(reading) or mobile.topics(reading)
    boards = _boards(reading, what.number if what is not None and is_board else None)
    lists: tuple[FoundLink, ...] = ()
    next_page = None
    if is_board and what is not None and not what.variant:
        first = canonical(reading.url, 1)
        pager = pages.pager(reading, first)
        lists = tuple(FoundLink(url, "list", part=page) for page, url in pager.urls if page != pager.number)
        next_page = dict(pager.urls).get(pager.number + 1)
    if not is_board and not boards and not topics:
        raise NothingFound("a Discuz! front page without boards")
    return Extraction(
        NAME, 0, "board", why="a Discuz! board's list" if is_board else "a Discuz! front page", platform=NAME,
        links=(*boards, *lists, *topics), next_page=next_page,
    )  # fmt: skip


def _boards(reading: Reading, own: str | None) -> tuple[FoundLink, ...]:
    """The boards a page lists: on a board only its own sub-boards, not the navigation beside it."""
    tree = reading.tree
    places = tree.css(SUBBOARDS)
    if not places and own is None:
        body = tree.first("#ct") or tree.parser.body
        places = [body] if body is not None else []
    found: dict[str, FoundLink] = {}
    for place in places:
        for link in place.css("a[href]"):
            url = tree.absolute(link.attributes.get("href"))
            wanted = asked(url) if url else None
            if url is None or wanted is None or wanted.what != "board" or wanted.variant or wanted.number == own:
                continue
            title = squeeze(link.text(deep=True))
            if wanted.number not in found or (title and not found[wanted.number].title):
                found[wanted.number] = FoundLink(canonical(url, 1), "board", title)
    return tuple(found.values())


def _topics(reading: Reading, clock: Clock) -> tuple[FoundLink, ...]:
    found: dict[str, FoundLink] = {}
    for row in reading.tree.css(ROWS):
        link = row.css_first("a.xst") or _titled(reading, row)
        if link is None or not (url := reading.tree.absolute(link.attributes.get("href"))):
            continue
        wanted = asked(url)
        url = canonical(url, 1) if wanted is not None and wanted.what == "topic" else url
        sticky = (row.id or "").startswith("stick")
        title = squeeze(link.text(deep=True))
        found.setdefault(url, FoundLink(url, "topic", title, activity=_activity(row, clock), sticky=sticky))
    return tuple(found.values())


def _titled(reading: Reading, row: LexborNode) -> LexborNode | None:
    """The link with the most words of a row's links to topics."""
    best, length = None, 0
    for link in row.css("a[href]"):
        wanted = asked(reading.tree.absolute(link.attributes.get("href")) or "")
        words = squeeze(link.text(deep=True))
        if wanted is not None and wanted.what == "topic" and len(words) > length:
            best, length = link, len(words)
    return best if length > 1 else None


def _activity(row: LexborNode, clock: Clock) -> str | None:
    """Replies, last post's minute and author, as far as the row says them."""
    cell = row.css_first("td.num a")
    replies = squeeze(cell.text(deep=True)) if cell is not None else ""
    last = row.css("td.by")
    when = who = ""
    if last:
        who_node, when_node = last[-1].css_first("cite"), last[-1].css_first("em")
        who = squeeze(who_node.text(deep=True)) if who_node is not None else ""
        if when_node is not None:
            titled = when_node.css_first("span[title]")
            shown = titled.attributes.get("title") if titled is not None else None
            at = read_time(shown or squeeze(when_node.text(deep=True)), clock)
            when = at.strftime("%Y-%m-%dT%H:%M%z") if at else ""
    if not replies.isdigit():
        return _loose_activity(row, clock)
    return " ".join(piece for piece in (replies, when, who) if piece)


def _loose_activity(row: LexborNode, clock: Clock) -> str | None:
    """The same of a row in a template of its own: a number linked to the topic, the last time the row names."""
    number = next((words for link in row.css("a[href]") if (words := squeeze(link.text(deep=True))).isdigit()), "")
    shown = [node.attributes.get("title") or node.text(deep=True) for node in row.css("span[title], em, span")]
    times = [at for words in shown if words and (at := read_time(words, clock)) is not None]
    when = max(times).strftime("%Y-%m-%dT%H:%M%z") if times else ""
    return " ".join(piece for piece in (number, when) if piece) if number else None
