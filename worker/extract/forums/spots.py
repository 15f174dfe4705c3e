"""Reading one spot of a page: the first of several selectors, a time, a pager, the order of day and month."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from html import unescape

from selectolax.lexbor import LexborNode

from worker.extract.forums.assemble import Pages
from worker.extract.forums.body import squeeze
from worker.extract.forums.place import MAX_PAGES, numbered
from worker.extract.forums.times import Clock, clock_zone, how_known, is_relative, read_stamp, read_time
from worker.extract.model import Reading

PAGE_MARK = re.compile(r"\s*[-–|,/(]?\s*(?:\b(?:Page|Seite|Pagina|Página)\s+\d+|第\s*\d+\s*[页頁])\)?", re.I)
_NUMERIC = re.compile(r"(?<![\d./-])(\d{1,2})[-/.](\d{1,2})[-/.](?:19|20)\d\d(?!\d)")


def days_first(text: str, default: bool) -> bool:
    """Whether the day stands first in the page's numeric dates, by most of those that can only be read one way."""
    votes = sum((int(first) > 12) - (int(second) > 12) for first, second in _NUMERIC.findall(text))
    return votes > 0 if votes else default


def day_leads(shown: str, served: datetime) -> bool | None:
    """Whether the day stands first in the page's own date of now; None where that date reads alike both ways."""
    match = _NUMERIC.search(shown)
    if match is None or match[1] == match[2]:
        return None
    near = {(day.month, day.day) for day in (served + timedelta(days=step) for step in (-1, 0, 1))}
    month_leads, leads = (int(match[1]), int(match[2])) in near, (int(match[2]), int(match[1])) in near
    return leads if leads != month_leads else None


MESSAGES: tuple[tuple[str, str], ...] = (
    ("blocked", r"you (?:have been|are) banned|IP.{0,20}banned|has been blocked|too many requests|flood"),
    (
        "gone",
        r"does not exist|doesn.t exist|no longer exists|not be found|not found|could not (?:be located|locate|find)"
        r"|was deleted"
        r"|has been (?:deleted|removed)|invalid (?:thread|topic|forum|board|post)|missing or off limits"
        r"|no (?:thread|topic|post) specified|link you followed is (?:incorrect|invalid)"
        r"|不存在|已被删除|已被刪除|已删除|找不到|existiert nicht|non esiste|n.existe pas|no existe",
    ),
    (
        "login-required",
        r"log(?:ged)?[ -]?in|sign ?in|register|permission|not authori[sz]ed|privilege|access denied|members only"
        r"|guests?\b|登录|登入|登陆|权限|權限|会员|注册|anmelden|connecter",
    ),
    (
        "maintenance",
        r"maintenance|offline|temporarily|unavailable|closed|upgrad|be back|维护|維護|升级|关闭|關閉|wartung",
    ),
)
"""(outcome, words of a message page), in the order of asking; the board's own words decide"""


def judged(words: str) -> str:
    """The outcome that a message page's words say; `soft-404` where they say nothing known."""
    return next((outcome for outcome, pattern in MESSAGES if re.search(pattern, words, re.I)), "soft-404")


@lru_cache(maxsize=512)
def split(selectors: str) -> tuple[str, ...]:
    return tuple(piece for piece in selectors.split(", ") if piece)


def first_of(node: LexborNode, selectors: str) -> LexborNode | None:
    """The first match of the first selector of a list (`A, B`: B only where A matches nothing)."""
    if selectors.startswith("self@"):
        return None
    return next((found for selector in split(selectors) if (found := node.css_first(selector)) is not None), None)


def attribute_of(box: LexborNode, rule: tuple[str, str]) -> str | None:
    """The one group of a regular expression in an attribute of the box, or of something in it (`>CSS@attribute`)."""
    name, pattern = rule
    node: LexborNode | None = box
    if name.startswith(">"):
        selector, _, name = name[1:].rpartition("@")
        node = box.css_first(selector)
    kept = node.attributes if node is not None else {}
    value = next((kept[one] for one in name.split("|") if kept.get(one)), None)
    match = re.search(pattern, value) if value else None
    return next(filter(None, match.groups()), None) if match else None


_STAMPS = ("datetime", "data-time", "data-timestamp", "data-epoch", "content", "data-date", "title", "data-tooltip")


def time_of(node: LexborNode | None, clock: Clock) -> tuple[datetime | None, str | None]:
    """(time, how it was known) of an element: its machine attributes, its title, its words."""
    if node is None:
        return None, None
    inner = node.css_first("time[datetime], [data-time], abbr[title], span[title]") if node.tag != "time" else None
    words = squeeze(node.text(deep=True, separator=" "))
    for place in (node, inner):
        if place is None:
            continue
        attributes = place.attributes
        for name in _STAMPS:
            value = attributes.get(name)
            if value and not is_relative(value):
                of_day = re.search(r"\d{1,2}:\d\d.*", words) if name == "title" and ":" not in value else None
                if of_day is not None:
                    value = f"{value} {of_day[0]}"
                if (at := read_stamp(value, clock)) is not None:
                    return at, "title" if name == "title" else "absolute"
    return read_time(words, clock), how_known(words)


_OF = re.compile(r"(?<!to )(?<!- )(?<!\d)(\d[\d,]*)\s*(?:/|of|von|sur|de|из|z|av|van|di|共)\s*(\d[\d,]*)", re.I)


def pager_of(
    reading: Reading,
    bar: LexborNode,
    current: str,
    here: str,
    canonical: Callable[[str], str],
    number_in: Callable[[str], int | None],
    asked: int | None,
) -> Pages:
    """A pager's numbers and the addresses of all pages. Links labelled with numbers are its examples."""
    examples: dict[int, str] = {}
    for link in bar.css("a[href]"):
        label = squeeze(link.text(deep=True)).strip("[]«»<> ")
        url = reading.tree.absolute(unescape(link.attributes.get("href") or ""))
        if url and label.replace(",", "").isdigit() and len(label) < 8:
            examples[int(label.replace(",", ""))] = canonical(url)
    words = squeeze(bar.text(deep=True, separator=" "))
    of = _OF.search(words)
    number = None
    if current:
        for node in bar.css(current):
            if match := re.search(r"\d+", squeeze(node.text(deep=True))):
                number = int(match[0])
                break
    if number is None:
        number = int(of[1].replace(",", "")) if of else number_in(here) or 1
    said = int(of[2].replace(",", "")) if of and int(of[2].replace(",", "")) >= number else number
    total = min(max(number, said, *examples, 1), MAX_PAGES)
    later: Mapping[int, str] = {page: url for page, url in examples.items() if page > 1}
    if number > 1 and number not in later and (number_in(here) or 1) == number:
        later = {**later, number: here}
    first = examples.get(1) or (here if number == 1 else None)
    return Pages(
        number, total, {page: url for page, url in numbered(later, total, first).items() if page <= total}, asked
    )


def zone_by_time_of_day(shown: str, served: datetime) -> timezone | None:
    dated = read_time(shown, Clock(UTC, ""))
    if dated is not None and re.search(r"\d{4}", shown):
        return clock_zone(dated.replace(tzinfo=None), served)
    at = read_time(f"{served:%Y-%m-%d} {shown}", Clock(UTC, ""))
    if at is None:
        return None
    naive = at.replace(tzinfo=None)
    hours = (at - served).total_seconds() / 3600
    day = 0 if -12 <= hours <= 14 else (1 if hours < -12 else -1)
    return clock_zone(naive + timedelta(days=day), served)
