"""Reads lists: what a page offers as items (title, address, date), and where its next page is.

An item is the largest box that holds one telling link; items stand side by side in one box, and the list is the group
of boxes that says the most and dates itself. No class or host decides.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise

from worker.extract import pagers
from worker.extract.dates import moments
from worker.extract.titles import pieces
from worker.extract.tree import Tree
from worker.extract.walk import Anchor, Walk, attribute, clean
from worker.remembered import remembered

_NEXT = re.compile(
    r"[\[【<\s]*(?:下\s*一?\s*页|后\s*一?\s*页|[Nn]ext(?:\s+[Pp]age)?|NEXT|下一頁|older(?: posts| entries)?)\s*[>"
    r"»›→]*\s*[\]】>\s]*|[>»›]{1,2}",
    re.I,
)
_NUMBERED = re.compile(r"\[?\s*(\d{1,4})\s*\]?")
_CURRENT = re.compile(
    r"(?:^|[\s_\-\"'=])(?:cur(?:rent)?|active|on|now|selected|this(?:page|class)?|hover|thisclass|pagination-?current)(?=[\s_\-\"']|$)",
    re.I,
)
_CRUMBS = re.compile(
    r"(?:您?(?:现在|当前)?的?(?:所在)?的?位置|当前位置)\s*[:：]|(?:首\s*页|主页|Home)\s*(?:[>＞»›→/]|-->)"
)
_CRUMB_JOINT = re.compile(r"\s*(?:-+>|[>＞»›→/|]+)\s*")
_FURNITURE_WORDS = re.compile(
    r"首\s*页|末页|最后一页|第一页|最后页|共\s*\d+\s*[页条].*|尾页|上一页|下一页|更多|more|登录|注册|[\[【（(]?(?:查看|"
    r"阅读|点击)?(?:全文|详情|详细|更多内容|原文|全部)[\]】）)]?\s*[>»]*|read more|continue reading|English|繁體|"
    r"无障碍|返回",
    re.I,
)
_DAY_AND_MONTH = re.compile(r"(\d{1,2})\s*((?:19|20)\d{2})[-./年](\d{1,2})月?")
_MONTH = re.compile(r"((?:19|20)\d{2})[-./年](\d{1,2})月?")
_DAY = re.compile(r"(\d{1,2})日?")
_PIECE_OF_DATE = 16
"""characters of a line that may be a date or a piece of one, at most"""
_KIND = re.compile(r"\d+|(?:first|last|odd|even|active|on|cur|alt|line)\b")
_NEAR = 12
"""blocks between two links to the same address that belong to one item"""
MINIMUM = 4
"""items below which a page is no list"""


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a list: its words, its address (None for a dead link), its day and the box it stands in."""

    title: str
    url: str | None
    date: str | None
    element: int


@dataclass(frozen=True, slots=True)
class List:
    """The list a page is, with the share of items that carry a date."""

    items: tuple[Item, ...]
    dated: float
    score: float
    next_page: str | None = None


def read(tree: Tree, bad: list[bool], script: str = "", few: bool = False) -> List | None:
    """The main list of a page, None where there is none of at least MINIMUM items; with `few` (a page that is known to
    be a list: its last page may hold one) fewer will do, if each carries a date. `bad` is `region.furniture`."""
    walk = tree.walk
    telling = [anchor for anchor in walk.anchors if _telling(walk, anchor)]
    groups = _groups(walk, telling)
    best: List | None = None
    for anchors in groups:
        if len(anchors) < MINIMUM and not few:
            continue
        items = _items(tree, walk, anchors)
        if not items or (len(items) < MINIMUM and not few):
            continue
        dated = sum(item.date is not None for item in items) / len(items)
        if len(items) < MINIMUM and dated < 1:
            continue
        if dated < 0.3 and sum(len(item.title) for item in items) < 8 * len(items):
            continue  # names of departments, a menu: links, but no list of documents
        words = sum(min(len(item.title), 40) for item in items)
        in_furniture = sum(bad[item.element] for item in items) / len(items)
        score = words * (0.4 + 2.2 * dated) * (1 - 0.85 * in_furniture)
        if best is None or score > best.score:
            best = List(tuple(items), dated, score)
    if best is None:
        return None
    return List(best.items, best.dated, best.score, next_page(tree, script))


def title_of(tree: Tree, found: List, column: str | None, head_title: str) -> str | None:
    """What a list is called: the guideline's ColumnName where the page prints it, the end of the breadcrumbs, the part
    of <title> that the page prints, the last short line above the list. None where nothing says it."""
    walk = tree.walk
    first = walk.start[found.items[0].element]
    printed = set(walk.texts)
    if column and column in printed:
        return column
    for block in range(min(first, len(walk.texts)) - 1, -1, -1):
        if _CRUMBS.match(walk.texts[block]):
            parts = [part.strip(" -—") for part in _CRUMB_JOINT.split(walk.texts[block])]
            parts = [part for part in parts if part and part not in ("列表", "正文", "文章列表", "信息列表")]
            if len(parts) > 1 and 1 < len(parts[-1]) <= 30:
                return parts[-1]
    for piece in pieces(head_title)[1:]:
        if piece in printed and len(piece) < 30:
            return piece
    for block in range(min(first, len(walk.texts)) - 1, max(first - 6, -1), -1):
        text = walk.texts[block]
        if 2 <= len(text) <= 20 and not walk.linked[block] and not moments(text):
            return text
    return column


def _telling(walk: Walk, anchor: Anchor) -> bool:
    words = _words(walk, anchor)
    if len(words) < 2 or walk.hidden[max(anchor.element, 0)]:
        return False
    return anchor.href is not None and not _leads_about(words)


@remembered
def _leads_about(words: str) -> bool:
    """Whether a link says no more than how to get about the site."""
    return any(pattern.fullmatch(words) for pattern in (_NEXT, _FURNITURE_WORDS, _NUMBERED))


def _groups(walk: Walk, anchors: list[Anchor]) -> list[list[tuple[int, list[Anchor]]]]:
    """Boxes with their links, grouped by the box around them (and its like among its siblings)."""
    counts: dict[int, int] = defaultdict(int)
    last: dict[str, Anchor] = {}
    for anchor in anchors:
        href = anchor.href or ""
        known = last.get(href)
        last[href] = anchor
        if (
            known is not None
            and anchor.start - known.start <= _NEAR
            and not href.lower().startswith(("javascript", "#"))
        ):
            continue  # a picture, a headline and "read more" of one item
        element = anchor.element
        while element >= 0:
            counts[element] += 1
            element = walk.parent[element]
    groups: dict[tuple[int, str], dict[int, list[Anchor]]] = defaultdict(lambda: defaultdict(list))
    for anchor in anchors:
        box = anchor.element
        while (
            box > 0
            and walk.parent[box] > 0
            and (counts[walk.parent[box]] == 1 or _same_item(walk, walk.parent[box], counts))
        ):
            box = walk.parent[box]
        around = walk.parent[box]
        groups[around, _kind(walk, box)][box].append(anchor)
    merged: dict[tuple[int, str, str], list[tuple[int, list[Anchor]]]] = defaultdict(list)
    for (around, kind), boxes in groups.items():
        outer = walk.parent[around] if around > 0 else around
        merged[outer, _kind(walk, around) if around >= 0 else "", kind].extend(boxes.items())
    return list(merged.values())


def _same_item(walk: Walk, element: int, counts: dict[int, int]) -> bool:
    """Whether an element with several links is still one item: a row, list item or definition whose links stand in
    it."""
    return (
        walk.tag[element] in ("li", "tr", "dl", "article")
        and counts[element] <= 4
        and walk.text_length[element] < 600
        and not any(
            walk.tag[inner] in ("li", "tr", "dl")
            for inner in range(element + 1, _end(walk, element))
            if counts.get(inner)
        )
    )


def _end(walk: Walk, element: int) -> int:
    after = element + 1
    while after < len(walk.tag) and walk.parent[after] >= element:
        after += 1
    return after


def _kind(walk: Walk, element: int) -> str:
    return f"{walk.tag[element]}.{_make(walk.attrs[element])}"


@remembered
def _make(attrs: str) -> str:
    """A box's classes without what tells it from its like: numbers, first, odd, active."""
    return _KIND.sub("", attribute(attrs, "class") or "").strip()


def _items(tree: Tree, walk: Walk, boxes: list[tuple[int, list[Anchor]]]) -> list[Item]:
    items: list[Item] = []
    seen: set[tuple[str, str | None]] = set()
    for box, anchors in sorted(boxes, key=lambda pair: pair[1][0].start):
        anchor = max(anchors, key=lambda one: len(_words(walk, one)))
        title, date = _undated(_words(walk, anchor))
        text = " ".join(walk.texts[walk.start[box] : max(walk.stop[box], walk.start[box] + 1)])
        found = moments(text.replace(title, " "))
        day = date or (found[-1].day if found else _short_date(walk, box))
        if day is None and (inside := moments(title)):
            day = inside[-1].day
        url = tree.absolute(anchor.href)
        if len(title) < 2 or (url is not None and (title, url) in seen):
            continue
        seen.add((title, url))
        items.append(Item(title, url, day, box))
    return items


def _words(walk: Walk, anchor: Anchor) -> str:
    """An item's title as the list prints it, cut off or not; the title attribute where it prints a picture."""
    return walk.words_of(anchor) or clean(attribute(anchor.attrs, "title") or "")


def _undated(words: str) -> tuple[str, str | None]:
    """A title without the date printed at one of its ends inside the link."""
    found = moments(words)
    if found and found[-1].end >= len(words.rstrip(" ])】）")) and found[-1].start > 4:
        return words[: found[-1].start].rstrip(" [(【（\u3000\xa0"), found[-1].day
    if found and found[0].start <= 1 and len(words) - found[0].end > 4:
        return words[found[0].end :].lstrip(" ])】）\u3000\xa0"), found[0].day
    return words.lstrip("·•◆■▪►>＞-– \u3000\xa0").strip(), None


def _short_date(walk: Walk, box: int) -> str | None:
    """A date printed in pieces: day in one box, year-month in another (`18` `2020-12`)."""
    words = [
        word
        for word in walk.texts[walk.start[box] : walk.stop[box]]
        if len(word) <= _PIECE_OF_DATE and word[0].isdigit()
    ]
    for word in words:
        if joined := _DAY_AND_MONTH.fullmatch(word):
            words = [joined.group(1), f"{joined.group(2)}-{joined.group(3)}"]
            break
    month = next((m for word in words if (m := _MONTH.fullmatch(word))), None)
    day = next((m for word in words if (m := _DAY.fullmatch(word))), None)
    if month and day and 1 <= int(month.group(2)) <= 12 and 1 <= int(day.group(1)) <= 31:
        return f"{month.group(1)}-{int(month.group(2)):02d}-{int(day.group(1)):02d}"
    return None


def next_page(tree: Tree, script: str = "") -> str | None:
    """The next list page: <link rel=next>, a link that says so, the number after the current one, or what
    a script writes (`pagers`)."""
    link = tree.first('link[rel="next"][href], a[rel="next"][href]')
    if link is not None and (url := tree.absolute(link.attributes.get("href"))):
        return url
    walk = tree.walk
    page = tree.url.partition("#")[0]
    for anchor in walk.anchors:
        words = walk.words_of(anchor) or clean(attribute(anchor.attrs, "title") or "")
        if len(words) <= 14 and _NEXT.fullmatch(words):
            url = tree.absolute(anchor.href)
            if url and url != page:
                return url
            if url == page or anchor.href is None:
                return None
    if (url := _numbered(tree, walk)) is not None:
        return url
    return pagers.next_page(script, tree.base) if script else None


def _numbered(tree: Tree, walk: Walk) -> str | None:
    """The link numbered one more than the current page, in a run of numbered links."""
    numbers = [
        (int(m.group(1)), anchor) for anchor in walk.anchors if (m := _NUMBERED.fullmatch(walk.words_of(anchor) or ""))
    ]
    for (first, one), (second, two) in pairwise(numbers):
        if second == first + 1 and (
            _CURRENT.search(" ".join(re.findall(r' class="([^"]*)"', one.attrs + walk.attrs[max(one.element, 0)])))
            and abs(two.start - one.start) <= 3
        ):
            return tree.absolute(two.href)
    return None
