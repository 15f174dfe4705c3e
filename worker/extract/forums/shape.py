"""Where things stand on a platform's pages: what its file says as data, and `shaped` reads."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, tzinfo

from worker.extract.forums.body import Marks


@dataclass(frozen=True, slots=True)
class Shape:
    """Where a post's parts stand. Selectors are tried inside the post's box; an empty one says the page shows none."""

    post: str
    pid: tuple[str, str]
    """(attribute of the box, regular expression with one group) that tell the post's number; of `a|b` the first the box
    has counts, `>CSS@attribute` looks inside the box"""
    body: str
    author: str = ""
    uid: str = r"(?:uid|user|u|members?|profile|author|userid)[=/.:_-]*(?:[^/]*\.)?(\d+)"
    """regular expression over the author link's target"""
    time: str = "time[datetime]"
    floor: str = ""
    edited: str = ""
    marks: Marks = field(default_factory=dict)
    attachments: str = ""
    """boxes outside the body that hold files and pictures of the post"""
    shielded: str = ""
    """what stands in place of a post's text"""


@dataclass(frozen=True, slots=True)
class Rows:
    """Where a board's links stand."""

    row: str
    """the box of a topic's row"""
    topic: str
    """the topic's link inside it"""
    replies: str = ""
    last: str = ""
    sticky: str = ""
    """matches the row, or something in it, where it is sticky"""
    board: str = ""
    """links to boards, anywhere on the page"""
    pages: str = ""
    """pager of the list; empty: the topic's"""


@dataclass(frozen=True, slots=True)
class Platform:
    """All data of one platform."""

    name: str
    signs: tuple[str, ...]
    """words of the page's text, one of which every page of the platform holds"""
    shapes: tuple[Shape, ...]
    rows: tuple[Rows, ...] = ()
    title: str = "h1"
    unwanted: str = ""
    """parts of the title that are no title: prefixes, labels"""
    tid: str = r"(\d+)"
    """regular expression over the topic's address, one group matching"""
    tid_css: str = ""
    """`CSS@attribute` that tells the topic's number where the address does not"""
    tid_text: str = ""
    """regular expression over the page's text that tells it where nothing else does"""
    crumbs: str = ""
    """links of the breadcrumbs that lead to boards; the last one counts"""
    board_id: str = r"(\d+)"
    pager: str = ""
    current: str = ""
    page: str = r"[?&](?:page|pg|p)=(\d+)|/page[-/]?(\d+)"
    """regular expression over an address: the page it asks for"""
    volatile: tuple[str, ...] = ("sid", "s", "PHPSESSID", "utm_source", "utm_medium", "utm_campaign")
    root: str = r"[^/]*$"
    """tail of the path that is no part of the forum's root"""
    closed: str = ""
    zone: str = r"(?:All times are|Time ?zone|Alle Zeiten|时区|時區)[^<]{0,40}?((?:GMT|UTC)[^<.,]{0,14})"
    now: str = (
        r"(?:time (?:now )?is(?: now)?|It is currently|现在的?时间|现在時間|目前時間|[当當]前[时時][间間])"
        r"\D{0,20}(?:\d{4}-\d\d?-\d\d?\s*)?(\d{1,2}:\d\d\s*(?:[AP]M)?)"
    )
    zone_words: tuple[str, ...] = ("all times are", "time zone", "timezone", "alle zeiten", "时区", "時區")
    now_words: tuple[str, ...] = (
        "time is", "time now is", "it is currently", "现在", "現在時間", "目前時間", "前时", "前時"
    )  # fmt: skip
    """in lower case: a page that `zone` or `now` can match holds one of these"""
    day_first: bool = False
    zone_default: tzinfo = UTC
    walls: tuple[tuple[str, str], ...] = ()
    """(outcome, regular expression over the page's text), asked where no post and no row is there"""
    walled: str = ""
    """box of a message page, whose words are judged"""
    variants: tuple[str, ...] = ()
    """parameters that make an address a filtered or reversed view"""
    files: str = ""
    """regular expression over a link's target: it is an attachment"""
    board_url: str = ""
    """regular expression over the page's address: a board, even where it lists nothing"""
    numeric_dates: bool = False
    """dates such as 03/04/2026: the page's other dates tell whether the day or the month stands first"""
