"""Simple Machines Forum 2.0 and 2.1.

Selectors seen on 2.0.19 and 2.1.6: a post's text is `.inner#msg_N` in `.post_wrapper`; `« Reply #N on: TIME »` in
`.keyinfo` counts replies, so the opening post is floor 1 and reply #1 floor 2. Page addresses are offsets
(`topic=5.15`). The header says the time now; in 2.1 as <time> with the true time beside its words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC

from selectolax.lexbor import LexborNode

from archive.records import JsonMap
from worker.extract.forums.assemble import Pages
from worker.extract.forums.body import QuoteReader, Walk, quote_of, squeeze
from worker.extract.forums.place import query_of, without
from worker.extract.forums.posts import Post
from worker.extract.forums.shape import Platform, Rows, Shape
from worker.extract.forums.shaped import Shaped
from worker.extract.forums.times import Clock, clock_zone, read_stamp, read_time
from worker.extract.model import Reading

PLATFORM = Platform(
    name="smf",
    signs=("Simple Machines", "smf_scripturl", "smf_theme_url"),
    shapes=(
        Shape(
            post=".post_wrapper",
            pid=(">.inner[id^=msg_], .post div[id^=msg_]@id", r"msg_(\d+)"),
            body=".inner, .post div[id^=msg_]",
            author=".poster h4 a, .poster h4",
            uid=r"u=(\d+)",
            time="",
            edited=".modified",
            attachments=".attachments",
            marks={
                "blockquote": "quote", ".bbc_standard_quote": "quote", ".quoteheader": "drop label",
                ".quotefooter": "drop label", ".bbc_code": "code", ".codeheader": "drop label",
                ".smiley": "drop smiley",
                ".meaction": "keep", ".signature": "drop signature", "cite": "drop label",
            },
        ),
    ),
    rows=(
        Rows(
            row="#messageindex tr, #topic_container > div, .topic_table tr",
            topic=".message_index_title a, .subject span a, .subject a[href*='topic='], span[id^=msg_] a",
            replies=".board_stats p, td.stats, .stats",
            last=".lastpost",
            sticky=".sticky, .stickybg, .stickybg2",
            board="a.subject[href*='board='], a.subject[name^=b], .children a[href*='board='], "
            ".info a.subject, .info a.mobile_subject",
            pages=".pagelinks",
        ),
    ),
    title="#display_head h2 .h2, #display_head h2, #top_subject, .navigate_section li.last a[href*='topic'], h3.catbg, "
    ".cat_bar h3, h1",
    closed="#display_head .main_icons.lock, h3.catbg img[src*='_locked']",
    unwanted=".main_icons, .icon, #author, img, .botslice, .nextlinks",
    tid=r"topic[=,](\d+)",
    crumbs=".navigate_section a[href*='board=']",
    board_id=r"board[=,](\d+)",
    pager=".pagelinks",
    current=".current_page, strong",
    page=r"(?!)",
    volatile=("PHPSESSID", "msg", "topicseen", "sort", "desc", "prev_next", "wap2", "action"),
    root=r"(?:index\.php.*|[^/]*)$",
    walls=(("maintenance", r"Maintenance Mode|Wartungsmodus"),),
    files=r"action=dlattach",
    board_url=r"[?;/]board[=,]\d",
    numeric_dates=True,
    walled="#fatal_error, .errorbox, #frmLogin, .login",
)  # fmt: skip

_ON = re.compile(r"(?:Reply|Antwort|Respuesta|Réponse)?\s*#?(\d+)?\s*(?:on|am|en|le)?\s*:?\s*$", re.I)


_TIMES = (".postinfo a.smalltext", ".postinfo", ".smalltext")
"""where a post's time stands, the surest first: around it may stand that of its last edit"""


class SMF(Shaped):
    """Reads SMF topics and boards."""

    revision = 2

    def canonical(self, url: str) -> str:
        """Only what tells topic or board: `topic=5.15`; not the message one came for."""
        match = re.search(r"\b(topic|board)[=,](\d+)(?:\.(\d+|msg\d+|new))?", url)
        if "action=dlattach" in url:
            return without(url, set(self.platform.volatile) - {"action"})
        if match is None or "action=" in url:
            return super().canonical(url)
        offset = match[3] if match[3] and match[3].isdigit() else "0"
        if "index.php" not in url:
            return url.partition("#")[0]
        return f"{url.partition('index.php')[0]}index.php?{match[1]}={match[2]}.{offset}"

    def post(self, reading: Reading, shape: Shape, box: LexborNode, clock: Clock) -> Post | None:
        """A post; its line of keys says reply number and time."""
        for icon in box.css(".attachments a[href*=dlattach] img"):
            if icon.parent is not None and squeeze(icon.parent.text(deep=True)):
                icon.decompose()  # a paper clip before a file's name is no picture
        found = super().post(reading, shape, box, clock)
        keys = box.css_first(".keyinfo")
        if found is None or keys is None:
            return found
        shown = keys.css_first("time[datetime]")
        counted = [squeeze(node.text(deep=True)) for node in keys.css(".page_number, .smalltext:not(.modified)")]
        number = re.search(r"#\s*(\d+)", " ".join(counted))
        when = read_stamp(shown.attributes.get("datetime"), clock) if shown is not None else None
        for place in [node for css in _TIMES for node in keys.css(css)] if when is None else []:
            words = squeeze(place.text(deep=True, separator=" "))
            when = when or (read_time(words, clock) if re.search(r"\d:\d\d", words) else None)
        return replace(found, floor=int(number[1]) + 1 if number else None, published_at=when, time="absolute")

    def arranged(self, reading: Reading, posts: list[Post], pages: Pages) -> Iterable[Post]:
        """The opening post shows no number where the others do: it is floor 1."""
        if pages.number == 1 and posts and posts[0].floor is None:
            posts[0] = replace(posts[0], floor=1)
        return posts

    def pages(self, reading: Reading, css: str) -> Pages:
        """Pages by offset."""
        found = super().pages(reading, css)
        steps = [_offset(url) // (page - 1) for page, url in found.urls.items() if page > 1]
        wanted = _offset(reading.requested_url)
        step = steps[0] if steps else 0
        asked = wanted // step + 1 if step else (1 if not wanted else None)
        return replace(found, asked=None if re.search(r"\.(?:msg|new)|[?;&]msg=", reading.requested_url) else asked)

    def clock(self, reading: Reading) -> Clock:
        """The zone by the header's clock."""
        served = reading.served_at
        node = reading.tree.first("#inner_wrap time[datetime], .user time[datetime]")
        words = squeeze(node.text(deep=True)) if node is not None else ""
        if node is not None and (true := read_stamp(node.attributes.get("datetime"), Clock(UTC, ""))):
            shown = read_time(words, Clock(UTC, ""))
            if shown is not None and (zone := clock_zone(shown.replace(tzinfo=None), true)):
                return Clock(zone, "page clock", served)
        for place in reading.tree.css("#upper_section .user li, #upper_section .user, #top_section .user, .user"):
            shown = read_time(squeeze(place.text(deep=True)), Clock(UTC, ""))
            if shown is not None and (zone := clock_zone(shown.replace(tzinfo=None), served)):
                return Clock(zone, "page clock", served)
        return super().clock(reading)

    def quote_reader(self, clock: Clock) -> QuoteReader:
        """A quote's head links the message it quotes."""

        def read(node: LexborNode, walk: Walk) -> JsonMap:
            head = node.css_first("cite, .topslice_quote") or node.prev
            link = head.css_first("a") if head is not None and head.tag in ("cite", "div") else None
            words = squeeze(link.text(deep=True)) if link is not None else ""
            match = re.match(
                r"(?:Quote from|Zitat von|Cita de|Citation de)\s*:?\s*(.+?)\s+(?:on|am|en|le)\s+(.+)$", words
            )
            pid = re.search(r"msg[=]?(\d+)", link.attributes.get("href") or "") if link is not None else None
            at = read_time(match[2], clock) if match else None
            return quote_of(
                walk.read(node), author=match[1] if match else None, pid=pid[1] if pid else None,
                at=at.isoformat() if at else None,
            )  # fmt: skip

        return read


EXTRACTOR = SMF(PLATFORM)


def _offset(url: str) -> int:
    value = query_of(url)
    shown = value.get("topic") or value.get("board") or ""
    match = re.search(r"\.(\d+)$", shown) or re.search(r"(?:topic|board)[=,]\d+\.(\d+)", url)
    return int(match[1]) if match else 0
