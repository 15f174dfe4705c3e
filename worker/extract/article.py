"""Reads a page that says one thing: its title, the lines that describe it, its text, and what the text offers.

    title -> region of the text -> describing lines (before, after, at the text's own beginning) -> paragraphs

Used by the reader of government pages and by the general one; which fields the lines mean is `worker.extract.fields`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from worker.extract import chrome, metas, offers, region, titles
from worker.extract.dates import moments, whole
from worker.extract.government.labels import STRONG, Labelled, is_label, pairs_of, split
from worker.extract.model import Dropped, Reading
from worker.extract.paragraphs import Paragraph, paragraphs
from worker.extract.tree import Tree
from worker.extract.walk import Walk

_LOOSE = frozenset(["published_on", "title", "author", "category", "subject", "keywords"])
"""fields whose labels (时间, 名称, 文, 主题 ...) also begin sentences of a text"""
_BEFORE = 40
"""blocks before the title in which describing lines are looked for; label tables may be longer"""


@dataclass(slots=True)
class PageText:
    """What one page says before anybody asks which fields it fills."""

    title: titles.Title
    head: metas.Head
    paragraphs: list[Paragraph]
    labelled: list[Labelled]
    describing: list[tuple[int, str]]
    """short lines around the title that carry no label: `2019-04-16 15:56 中国福彩网`"""
    region: region.Region
    attachments: list[dict[str, str]] = field(default_factory=list)
    links: list[dict[str, str]] = field(default_factory=list)
    images: list[dict[str, str]] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)
    shown: int = 0
    """images that do not lead elsewhere"""

    @property
    def lines(self) -> list[str]:
        """The text by paragraphs."""
        return [paragraph.text for paragraph in self.paragraphs]


def read(reading: Reading) -> PageText:
    """The page as text with everything around it named. Never raises for a page; an empty page has no paragraphs."""
    tree, walk = reading.tree, reading.tree.walk
    head = metas.read(tree)
    said = {place: value for place, value in head.fields.get("title", [])}
    pairs = _table_pairs(walk)
    if named := next((pair.value for pair in pairs if pair.name == "title" and len(pair.value) > 4), None):
        said = {"label 标题": named, **said}
    title = titles.find(walk, head.title, said)
    said_by_class = region.hints(walk)
    bad = region.furniture(walk, said_by_class)
    place = region.main(walk, title.stop, said_by_class, bad)
    start, inner = _describing_start(walk, place.start, place.stop, title)
    end = _chrome_end(walk, start, place.stop)
    near = range(max(0, title.start - _BEFORE), start) if title.stop else range(max(0, place.start - _BEFORE), start)
    outer = [
        b
        for b in near
        if not (title.start <= b < title.stop)
        and b not in inner
        and not _heading(walk, b)
        and (b >= title.stop > 0 or not bad[walk.owner[b]])
    ]
    after = [b for b in range(end, min(len(walk.texts), end + 25)) if not bad[walk.owner[b]]]
    labelled = [pair for pair in pairs if not start <= pair.block < end]
    labelled += _pairs(walk, [b for b in outer if b < title.start], strict=True) if title.stop else []
    labelled += _pairs(walk, [b for b in outer if b >= title.stop] + sorted(inner), strict=False)
    labelled += _tail_pairs(walk, [*range(max(start, end - 4), end), *after])
    labelled += [
        pair for pair in _tail_pairs(walk, list(range(end, min(end + 50, len(walk.texts))))) if pair.name == "editor"
    ]
    describing = [(b, walk.texts[b]) for b in [*outer, *sorted(inner)] if b >= title.stop or not title.stop]
    dropped = [Dropped(kind, walk.texts[b]) for b in range(start, end) if (kind := chrome.chrome(walk.texts[b]))]
    leave = {b for b in range(start, end) if chrome.chrome(walk.texts[b])} | offers.captions(walk, start, end).keys()
    said_lines = paragraphs(walk, start, end, place.element, leave)
    offered = offers.read(tree, reading.text, start, end, place.element)
    return PageText(
        title, head, said_lines, labelled, describing, place, offered.attachments, offered.links, offered.images, dropped,
        offered.shown,
    )  # fmt: skip


def _table_pairs(walk: Walk) -> list[Labelled]:
    """Label and value wherever a row, list or box holds at least two labels of a disclosure table."""
    found: list[Labelled] = []
    for element, tag in enumerate(walk.tag):
        if tag not in ("table", "ul", "dl", "div", "ol", "section") or walk.text_length[element] > 2500:
            continue
        start, stop = walk.start[element], walk.stop[element]
        if not 2 <= stop - start <= 90:
            continue
        blocks = [b for b in range(start, stop) if not _heading(walk, b)]
        if sum(walk.texts[b].count("：") + walk.texts[b].count(":") + is_label(walk.texts[b]) for b in blocks) < 2:
            continue
        if any(
            walk.tag[inner] == tag and walk.start[inner] == start and walk.stop[inner] == stop
            for inner in range(element + 1, min(element + 4, len(walk.tag)))
        ):
            continue
        pairs = list(pairs_of(_cells(walk, blocks)))
        if len({pair.name for pair in pairs if pair.name in STRONG}) >= 2:
            found += [pair for pair in pairs if pair not in found]
    return found


def _pairs(walk: Walk, blocks: list[int], strict: bool) -> list[Labelled]:
    """Pairs from lines around the text. Strict: only labels with a colon, no loose ones without a date."""
    found = []
    for pair in pairs_of(_cells(walk, [b for b in blocks if len(walk.texts[b]) <= 300])):
        text = walk.texts[pair.block]
        if (
            ":" not in text
            and "：" not in text
            and walk.tag[walk.owner[pair.block]] not in ("td", "th", "dt", "b", "li", "label")
        ):
            continue
        if strict and pair.name in _LOOSE and pair.name != "published_on":
            continue
        found.append(pair)
    return found


def _cells(walk: Walk, blocks: list[int]) -> list[tuple[int, str, int]]:
    """Blocks with their words and the table or list they stand in: a value never comes from another one."""
    return [(b, walk.texts[b], _box(walk, walk.owner[b])) for b in blocks]


def _box(walk: Walk, element: int) -> int:
    while element >= 0 and walk.tag[element] not in ("table", "ul", "ol"):
        element = walk.parent[element]
    return element


def _tail_pairs(walk: Walk, blocks: list[int]) -> list[Labelled]:
    """Editor, author and source as they stand under a text: `责任编辑：...`, `（稿源：...）`."""
    lines = [(b, walk.texts[b].strip("（()）【】[] ")) for b in blocks if len(walk.texts[b]) <= 80]
    return [pair for b, text in lines for pair in split(text, b) if pair.name in ("editor", "author", "origin")]


def _heading(walk: Walk, block: int) -> bool:
    return walk.tag[walk.owner[block]] in ("h1", "h2", "h3")


def _describing_start(walk: Walk, start: int, stop: int, title: titles.Title) -> tuple[int, set[int]]:
    """Where the text really begins inside its region: describing lines, tools and dates at its head are not text."""
    block, inner = start, set[int]()
    waiting = False
    table_end = _table_end(walk, start, stop)
    while block < stop:
        text = walk.texts[block]
        if block < table_end or chrome.chrome(text) or (waiting and len(text) <= 40 and not _prose(text)):
            waiting = False
            if block < table_end or not chrome.chrome(text):
                inner.add(block)
        elif _describes(text):
            inner.add(block)
            waiting = text.rstrip().endswith((":", "：")) or is_label(text)
        elif len(text) <= 60 and whole(text) and block <= start + 3 and not _signed_below(walk, block, stop):
            inner.add(block)
        elif len(text) <= 60 and (found := moments(text)) and found[0].time and not _prose(text):
            inner.add(block)
        elif re.fullmatch(r"[\s|｜·>\[\]【】（）()\-—\d/次]+", text):
            inner.add(block)
        elif (
            block + 1 < min(stop, start + 6)
            and len(text) <= 40
            and not _prose(text)
            and title.stop
            and _describes(walk.texts[block + 1])
            and not waiting
        ):
            inner.add(block)  # a sub-title or a source without label between the title and its line
        else:
            break
        block += 1
    return block, inner


def _signed_below(walk: Walk, block: int, stop: int) -> bool:
    return block + 1 >= stop


def _prose(text: str) -> bool:
    return len(text) > 60 or bool(re.search(r"[。！？；]", text))


def _describes(text: str) -> bool:
    """Whether a line describes the page: it begins with a label we know and holds nothing but labels and values."""
    if len(text) > 300:
        return False
    pairs = split(text, 0)
    if not pairs:
        return is_label(text) and len(text) > 2
    first = text.lstrip(" \u3000\xa0[【(（|·")
    if len(pairs) == 1 and pairs[0].name in _LOOSE | {None} and pairs[0].label not in ("作者",):
        pair = pairs[0]
        if pair.name == "published_on":
            found = moments(pair.value)
            return bool(found) and len(pair.value) <= found[0].end - found[0].start + 4
        if pair.name is not None or pair.label in (
            "附件",
            "摘要",
            "图",
            "备注",
            "编号",
            "依据",
            "标签",
            "概述",
            "内容概述",
        ):
            return False
    lead = first[:10].replace(" ", "").replace("\u3000", "")
    if not lead.startswith(pairs[0].label[:2]) and not moments(first[:12]):
        return len(pairs) >= 2 and sum(len(p.value) for p in pairs) < 120 and len(first) < 140
    return all(len(pair.value) <= 80 and not re.search(r"[。；！？]", pair.value) for pair in pairs)


def _table_end(walk: Walk, start: int, stop: int) -> int:
    """The block after a disclosure table that stands at the head of the region, `start` where there is none."""
    end = start
    strong: list[Labelled] = []
    for pair in pairs_of(_cells(walk, list(range(start, min(stop, start + 60))))):
        if any(len(walk.texts[b]) > 200 for b in range(end, pair.block)):
            break
        if pair.name in STRONG and len(pair.value) <= 200:
            strong.append(pair)
            end = pair.block + 1
            if walk.texts[pair.block].rstrip(" :：") == "" or is_label(walk.texts[pair.block]):
                end += bool(pair.value)
    if len({pair.name for pair in strong}) < 2:
        return start
    box = walk.owner[strong[-1].block]
    for ancestor in walk.ancestors(box):
        if (
            walk.tag[ancestor] in ("table", "ul", "dl")
            and walk.start[ancestor] <= strong[0].block
            and walk.text_length[ancestor] < 2500
        ):
            end = max(end, min(walk.stop[ancestor], stop))
            break
    return end


def _chrome_end(walk: Walk, start: int, stop: int) -> int:
    """The end of the text without the tools, neighbours and empty labels behind it."""
    end = stop
    while end > start:
        text = walk.texts[end - 1]
        linked = walk.linked[end - 1] > 0.6 * len(text)
        if (
            chrome.chrome(text)
            or re.fullmatch(r"[\s|｜·>\[\]【】()\-—\d/]+", text)
            or (is_label(text) and len(text) > 2)
        ):
            end -= 1
        elif end - 2 >= start and linked and chrome.chrome(walk.texts[end - 2]) == "neighbours":
            end -= 2
        else:
            break
    return end
