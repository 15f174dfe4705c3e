"""What every Discuz! page says of itself: its root, its clock, its pager, its breadcrumbs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from html import unescape

from worker.extract.forums.discuz.addresses import ROOT_TAIL, canonical
from worker.extract.forums.place import MAX_PAGES, numbered, site_of
from worker.extract.forums.times import Clock, clock_zone, label_zone
from worker.extract.model import Reading

_CLOCK = re.compile(
    r"(GMT\s*[+-]?\d*(?:\.\d+)?)\s*,\s*(\d{4})-(\d{1,2})-(\d{1,2}) (\d{1,2}):(\d{2})(?::(\d{2}))?(?:\s*([AP]M))?"
)
_PAGER = re.compile(r'<div class="(?:pg|pages)\b[^"]*">(.*?)</div>', re.S)
_CURRENT = re.compile(r"<strong>\s*(\d+)\s*</strong>")
_OF = re.compile(r'title="[^"\d]*(\d+)[^"\d]*"[^>]*>\s*/|<span[^>]*>\s*/\s*(\d+)|/\s*(\d+)\s*(?:页|頁)')
_LINK = re.compile(r'<a[^>]*?href="([^"]+)"[^>]*>(?:\.\.\.\s*)?(\d+)(?:\s*\.\.\.)?</a>')
_NEXT = re.compile(r'<a[^>]*?href="([^"]+)"[^>]*class="nxt"')
_CRUMBS = re.compile(r'<div id="pt"[^>]*>(.*?)</div>\s*</div>', re.S)
_FID = re.compile(r"fid\s*=\s*(?:parseInt\()?'?(\d+)'?")
_BOARD = re.compile(
    r'<a[^>]*?href="[^"]*?(?:forum-(\w+)-\d+|mod=forumdisplay&(?:amp;)?fid=(\d+)|forumdisplay\.php\?fid=(\d+))'
    r'[^"]*"[^>]*>(.*?)</a>',
    re.S,
)
_TAGS = re.compile(r"<[^>]+>")
CHINA = timezone(timedelta(hours=8))


@dataclass(frozen=True, slots=True)
class Pager:
    """Which page of how many, and the address of each."""

    number: int = 1
    total: int = 1
    urls: tuple[tuple[int, str], ...] = ()


def site(reading: Reading) -> str:
    """The forum's identity: its host and folder as <base> says, else as the address does."""
    base = reading.tree.base
    if base != reading.url:
        mine, theirs = site_of(reading.url, drop=ROOT_TAIL), site_of(base, drop=ROOT_TAIL)
        if mine.partition("/")[0] == theirs.partition("/")[0]:
            return theirs
    return site_of(reading.url, drop=ROOT_TAIL)


def clock(reading: Reading) -> Clock:
    """The page's clock by its footer (`GMT+8, 2026-11-21 10:00`), else the source's zone, else China's, assumed."""
    text = reading.text
    match = next(iter([*_CLOCK.finditer(text, max(0, len(text) - 20_000))][-1:]), None)
    if match is None:
        return Clock(reading.zone or CHINA, "source" if reading.zone else "assumed", reading.served_at)
    hour = int(match[5]) % 12 + 12 * (match[8] == "PM") if match[8] else int(match[5])
    try:
        shown = datetime(int(match[2]), int(match[3]), int(match[4]), hour, int(match[6]), int(match[7] or 0))  # noqa: DTZ001
    except ValueError:
        shown = None
    zone = label_zone(match[1]) if any(sign in match[1] for sign in "+-") or shown is None else None
    how = f"label {match[1]}"
    if zone is None and shown is not None:
        zone, how = clock_zone(shown, reading.served_at) or label_zone(match[1]), "page clock"
    zone = zone or CHINA
    now = reading.served_at or (shown.replace(tzinfo=zone) if shown else None)
    return Clock(zone, how, now)


def pager(reading: Reading, first: str) -> Pager:
    """The page's pager; `first` is the canonical address of page 1. One page of one where there is no pager."""
    match = _PAGER.search(reading.text)
    if match is None or (current := _CURRENT.search(match[1])) is None:
        return Pager(urls=((1, first),))
    number = int(current[1])
    examples = {}
    for href, page in _LINK.findall(match[1]):
        if url := reading.tree.absolute(unescape(href)):
            examples[int(page)] = canonical(url)
    if examples:
        first = canonical(next(iter(examples.values())), 1)
    of = _OF.search(match[1])
    said = int(next(filter(None, of.groups()), 0)) if of else 0
    total = min(max(said, number, *examples, 1), MAX_PAGES)
    later = {page: url for page, url in examples.items() if page > 1}
    urls = numbered(later or {2: canonical(first, 2)}, total, first)
    return Pager(number, total, tuple(sorted(item for item in urls.items() if item[0] <= total)))


def board(reading: Reading) -> tuple[str | None, str | None]:
    """(name, number) of the board the page stands in, by its breadcrumbs; of nested boards the innermost."""
    text = reading.text
    crumbs = _CRUMBS.search(text)
    name = number = None
    if crumbs is not None:
        for match in _BOARD.finditer(crumbs[1]):
            number = match[1] or match[2] or match[3]
            name = " ".join(unescape(_TAGS.sub("", match[4])).split())
    fid = _FID.search(text)
    if fid is not None and (number is None or not number.isdigit()):
        number = fid[1]
    if name is None and number is not None:
        link = reading.tree.first(f'a[href*="forum-{number}-"], a[href*="fid={number}"]')
        name = " ".join(link.text(deep=True).split()) or None if link is not None else None
    return name, number
