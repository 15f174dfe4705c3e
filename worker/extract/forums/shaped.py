"""Reading a platform by its shape: selectors as data, one engine for all platforms that show posts as boxes.

A platform's file says where things stand (`Shape` of its posts, `Rows` of its boards, its pager, walls), with the
versions they were seen on, and overrides only what its pages do differently.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import unescape

from selectolax.lexbor import LexborNode

from archive.records import JsonMap
from worker.extract.forums.assemble import Pages, address_of, board_page, topic_page, wall
from worker.extract.forums.body import Body, QuoteReader, Walk, plain_file, plain_quote, squeeze
from worker.extract.forums.place import site_of, without
from worker.extract.forums.posts import Post, Topic
from worker.extract.forums.shape import Platform, Rows, Shape
from worker.extract.forums.spots import (
    PAGE_MARK,
    attribute_of,
    day_leads,
    days_first,
    first_of,
    judged,
    pager_of,
    split,
    time_of,
    zone_by_time_of_day,
)
from worker.extract.forums.times import Clock, counts_back, label_zone, read_stamp
from worker.extract.model import Extraction, FoundLink, NothingFound, Reading
from worker.extract.sieve import Words


class Shaped:
    """A platform read by its shape."""

    revision = 1

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.name = platform.name
        self._tid = re.compile(platform.tid)
        self._board = re.compile(platform.board_id)
        self._page = re.compile(platform.page)
        self._zone = re.compile(platform.zone, re.I)
        self._signs = Words(*platform.signs)
        self._zone_words = Words(*platform.zone_words, any_case=True)
        self._now_words = Words(*platform.now_words, any_case=True)
        self._now = re.compile(platform.now, re.I)
        self._files = re.compile(platform.files) if platform.files else None
        self._walls = [(outcome, re.compile(pattern, re.I | re.S)) for outcome, pattern in platform.walls]

    def recognise(self, reading: Reading) -> str | None:
        """By the platform's marks in the text, and posts, rows or a message box in the tree."""
        if not reading.holds(self._signs):
            return None
        kind = self._kind(reading)
        return f"{self.name}: {kind}" if kind else None

    def _kind(self, reading: Reading) -> str | None:
        if self._shape(reading) is not None:
            return "topic"
        if any(self._lists(reading, rows) for rows in self.platform.rows):
            return "board"
        if any(pattern.search(reading.text) for _, pattern in self._walls):
            return "wall"
        if judged(self._message(reading)) != "soft-404":
            return "message"
        return "board" if self.platform.board_url and re.search(self.platform.board_url, reading.url) else None

    def _lists(self, reading: Reading, rows: Rows) -> bool:
        """Whether the page holds a link to a board, or a row with a topic in it: bare rows are anybody's."""
        if rows.board and reading.tree.first(rows.board) is not None:
            return True
        if rows.topic in ("", "self"):
            return reading.tree.first(rows.row) is not None
        return any(first_of(row, rows.topic) is not None for row in reading.tree.css(rows.row))

    def _message(self, reading: Reading) -> str:
        box = reading.tree.first(self.platform.walled) if self.platform.walled else None
        return squeeze(box.text(deep=True, separator=" ")) if box is not None else ""

    def __call__(self, reading: Reading) -> Extraction:
        """What the page says. Raises NothingFound where a topic lacks number or title."""
        kind = self._kind(reading)
        if kind == "topic":
            return self.topic(reading)
        if kind == "board":
            return self.board(reading)
        for outcome, pattern in self._walls:
            if match := pattern.search(reading.text):
                return wall(self.name, self.revision, outcome, re.sub(r"<[^>]+>", " ", match[0]))
        words = self._message(reading)
        return wall(self.name, self.revision, judged(words), words)

    def _shape(self, reading: Reading) -> Shape | None:
        return next((shape for shape in self.platform.shapes if self._boxes(reading, shape)), None)

    def _boxes(self, reading: Reading, shape: Shape) -> list[LexborNode]:
        return reading.tree.css(shape.post)

    def canonical(self, url: str) -> str:
        """The address without the platform's volatile parameters and without fragment."""
        return without(url, self.platform.volatile)

    def site(self, reading: Reading) -> str:
        """host and root folder of the forum."""
        return site_of(reading.url, drop=self.platform.root)

    # --- topics ----------------------------------------------------------------------------------------------------

    def topic(self, reading: Reading) -> Extraction:
        """The topic's page: its posts and parts."""
        shape = self._shape(reading)
        tid, title = self.topic_number(reading), self.title(reading)
        if shape is None or not tid or not title:
            raise NothingFound(f"a {self.name} topic without {'number' if not tid else 'title'}")
        clock = self.clock(reading)
        pages = self.pages(reading, self.platform.pager)
        found = [
            post for box in self._boxes(reading, shape) if (post := self.post(reading, shape, box, clock)) is not None
        ]
        posts = list({post.pid: post for post in found}.values())
        if not posts:
            raise NothingFound(f"a {self.name} topic without posts")
        board, board_id = self.board_of(reading)
        posts = list(self.arranged(reading, posts, pages))
        opening = posts[0] if pages.number == 1 else None
        first = pages.urls.get(1) or self.canonical(address_of(reading))
        topic = Topic(
            self.name, self.site(reading), tid, title, first, board, board_id,
            closed=self.closed(reading),
            author=opening.author if opening else None, published_at=opening.published_at if opening else None,
        )  # fmt: skip
        asked = reading.requested_url
        whole = not any(re.search(rf"[?&;]{re.escape(name)}=", asked) for name in self.platform.variants)
        return topic_page(self.name, self.revision, topic, posts, pages, clock.how, whole=whole)

    def closed(self, reading: Reading) -> bool | None:
        """Whether the topic takes no more replies, which each of its pages must say alike; None where none says."""
        return reading.tree.first(self.platform.closed) is not None if self.platform.closed else None

    def arranged(self, reading: Reading, posts: list[Post], pages: Pages) -> Iterable[Post]:
        """The posts as they are handed on; a platform may number floors it does not show but counts."""
        return posts

    def topic_number(self, reading: Reading) -> str | None:
        """The topic's number: out of the address, the canonical link, or a place of its own on the page."""
        if css := self.platform.tid_css:
            selector, _, attribute = css.partition("@")
            node = reading.tree.first(selector)
            if node is not None and (value := node.attributes.get(attribute)) and (match := re.search(r"\d+", value)):
                return match[0]
        link = reading.tree.first('link[rel="canonical"], meta[property="og:url"]')
        declared = link.attributes.get("href") or link.attributes.get("content") if link is not None else None
        for url in (reading.url, reading.tree.absolute(declared), reading.requested_url):
            if url and (match := self._tid.search(url)):
                return next(filter(None, match.groups()), None)
        found = re.search(self.platform.tid_text, reading.text) if self.platform.tid_text else None
        return found[1] if found else None

    def title(self, reading: Reading) -> str:
        """The topic's title without prefixes and labels."""
        for heading in (found for selector in split(self.platform.title) for found in reading.tree.css(selector)):
            if self.platform.unwanted:
                for extra in heading.css(self.platform.unwanted):
                    extra.decompose()
            value = heading.attributes.get("content") if heading.tag == "meta" else heading.text(deep=True)
            if value and (words := squeeze(value)):
                return words
        named = reading.tree.first('meta[property="og:title"]')
        head = reading.tree.first("title")
        words = (named.attributes.get("content") if named is not None else None) or (
            head.text() if head is not None else ""
        )
        return squeeze(PAGE_MARK.sub("", words))  # a theme without the heading: what the browser's tab says

    def post(self, reading: Reading, shape: Shape, box: LexborNode, clock: Clock) -> Post | None:
        """One post out of its box; None for a box that holds none (an advertisement)."""
        pid = attribute_of(box, shape.pid)
        if pid is None:
            return None
        content = first_of(box, shape.body)
        notice = first_of(box, shape.shielded)
        if content is None and notice is None:
            return None
        author, uid = self.author(shape, box)
        when, how = time_of(first_of(box, shape.time), clock)
        if shape.time.startswith("self@"):
            when = read_stamp(box.attributes.get(shape.time[5:]), clock)
        edited, _ = time_of(first_of(box, shape.edited), clock)
        extra = box.css(shape.attachments) if shape.attachments else []
        shown = self.floor(shape, box)
        walk = self.walk(reading, shape, clock)
        body = walk.read_post(content) if content is not None else Body()
        if extra:
            hung = walk.read(*extra)
            body.images.extend(image for image in hung.images if image not in body.images)
            body.attachments.extend(file for file in hung.attachments if file not in body.attachments)
        words = squeeze(notice.text(deep=True)) if notice is not None and not body.text else None
        return Post(
            pid, body, author, uid, shown, when, edited, shielded=words, anchor=box.id or "", time=how,
        )  # fmt: skip

    def author(self, shape: Shape, box: LexborNode) -> tuple[str | None, str | None]:
        """(name, number) of the post's author."""
        if not shape.author:
            return None, None
        for node in (found for selector in split(shape.author) for found in box.css(selector)):
            if name := squeeze(node.attributes.get("content") or node.text(deep=True)):
                href = node.attributes.get("href") or ""
                known = node.attributes
                uid = known.get("data-user-id") or known.get("data-uid") or known.get("data-userid")
                match = re.search(shape.uid, href)
                return name, uid or (match[1] if match else None)
        return None, None

    def floor(self, shape: Shape, box: LexborNode) -> int | None:
        """The floor the post shows, or None."""
        if not shape.floor:
            return None
        for node in (found for selector in split(shape.floor) for found in box.css(selector)):
            match = re.fullmatch(r"\D{0,12}?#?\s*([\d,.]{1,9})\D{0,6}", squeeze(node.text(deep=True)))
            if match is not None and (digits := re.sub(r"\D", "", match[1])):
                return int(digits)
        return None

    def walk(self, reading: Reading, shape: Shape, clock: Clock) -> Walk:
        """How a post's box is read."""
        quote = self.quote_reader(clock)
        return Walk(reading.tree, shape.marks, quote=quote, address=self.canonical, files=self._files, file=self.file)

    def file(self, node: LexborNode, walk: Walk) -> JsonMap | None:
        """An attachment out of its box or link; a picture goes to the walk and gives None."""
        return plain_file(node, walk)

    def quote_reader(self, clock: Clock) -> QuoteReader:
        """How a quote is read."""
        return plain_quote

    # --- boards ----------------------------------------------------------------------------------------------------

    def board(self, reading: Reading) -> Extraction:
        """A board's or front page's links."""
        tree, clock = reading.tree, self.clock(reading)
        boards: list[FoundLink] = []
        topics: list[FoundLink] = []
        here = self.canonical(address_of(reading))
        for rows in self.platform.rows:
            for row in tree.css(rows.row) if rows.topic else []:
                link = row.css_first(rows.topic) if rows.topic != "self" else row
                url = tree.absolute(link.attributes.get("href")) if link is not None else None
                if link is None or url is None:
                    continue
                sticky = bool(rows.sticky) and (row.css_matches(rows.sticky) or row.css_first(rows.sticky) is not None)
                title = squeeze(link.text(deep=True))
                activity = self.activity(rows, row, clock)
                topics.append(FoundLink(self.first_page(url), "topic", title, activity=activity, sticky=sticky))
            for link in tree.css(rows.board) if rows.board else []:
                url = tree.absolute(link.attributes.get("href"))
                if (
                    url is not None
                    and self.canonical(url) != here
                    and site_of(url).partition("/")[0] == site_of(here).partition("/")[0]
                ):
                    boards.append(FoundLink(self.canonical(url), "board", squeeze(link.text(deep=True))))
        own = (rows.pages for rows in self.platform.rows if rows.pages and tree.first(rows.row) is not None)
        bars = next(own, self.platform.pager)
        return board_page(self.name, self.revision, boards=boards, topics=topics, pages=self.pages(reading, bars))

    def first_page(self, url: str) -> str:
        """A topic's address as a list links it, made the address of its first page."""
        return self.canonical(url)

    def activity(self, rows: Rows, row: LexborNode, clock: Clock) -> str | None:
        """Replies and last post of a topic as its row says them; never views."""
        count = first_of(row, rows.replies) if rows.replies else None
        digits = re.search(r"\d[\d,.]*\s*[kKmM]?", count.text(deep=True)) if count is not None else None
        last = first_of(row, rows.last) if rows.last else None
        when, how = time_of(last, clock) if last is not None else (None, None)
        exact = when.strftime("%Y-%m-%dT%H:%M%z") if when is not None and not counts_back(how) else ""
        return " ".join(filter(None, (digits[0].strip() if digits else "", exact))) or None

    def board_of(self, reading: Reading) -> tuple[str | None, str | None]:
        """(name, number) of the board a topic stands in."""
        if not self.platform.crumbs:
            return None, None
        for link in reversed(reading.tree.css(self.platform.crumbs)):
            href = reading.tree.absolute(link.attributes.get("href")) or ""
            if name := squeeze(link.text(deep=True)):
                match = self._board.search(href)
                return name, next(filter(None, match.groups()), None) if match else None
        return None, None

    # --- page ------------------------------------------------------------------------------------------------------

    def asked(self, url: str) -> int | None:
        """The page number an address asks for; 1 where it names none."""
        match = self._page.search(url)
        return int(next(filter(None, match.groups()), 1)) if match else 1

    def pages(self, reading: Reading, css: str) -> Pages:
        """Which page of how many this is, by the pager."""
        here = self.canonical(address_of(reading))
        asked = self.asked(reading.requested_url)
        bar = self._bar(reading, css)
        if bar is None:
            mine = self.asked(here) or 1
            return Pages(1, 1, {1: here} if mine == 1 else {}, asked)
        return pager_of(reading, bar, self.platform.current, here, self.canonical, self.asked, asked)

    def _bar(self, reading: Reading, css: str) -> LexborNode | None:
        bars = reading.tree.css(css) if css else []
        return next((bar for bar in bars if re.search(r"\d", bar.text(deep=True))), bars[0] if bars else None)

    def clock(self, reading: Reading) -> Clock:
        """The page's clock: zone label, page clock against the Date header, the source's zone, the default."""
        text, served, day_first = reading.text, reading.served_at, self.platform.day_first
        now = None
        if served is not None and reading.holds(self._now_words):
            now = self._now.search(text)
        if self.platform.numeric_dates:
            dated = day_leads(now[1], served) if now is not None and served is not None else None
            day_first = days_first(text, day_first) if dated is None else dated
        labels = list(self._zone.finditer(text)) if reading.holds(self._zone_words) else []
        for match in reversed(labels):  # the footer's, not that of a post which quotes one
            if (zone := label_zone(unescape(match[1]))) is not None:
                return Clock(zone, f"label {squeeze(match[1])}", served, day_first)
        if served is not None and now is not None:
            zone = zone_by_time_of_day(now[1], served)
            if zone is not None:
                return Clock(zone, "page clock", served, day_first)
        if reading.zone is not None:
            return Clock(reading.zone, "source", served, day_first)
        return Clock(self.platform.zone_default, "assumed", served, day_first)
