"""The lines at the head of a text that describe it and are no part of what it says: `来源：... 时间：...`, a
disclosure table, tools."""

from __future__ import annotations

import re
from itertools import pairwise

from worker.extract import chrome
from worker.extract.dates import moments, whole
from worker.extract.government.labels import STRONG, Labelled, bare, field_of, headed, is_label, pairs_of, split
from worker.extract.paragraphs import cells as row_cells
from worker.extract.paragraphs import joined
from worker.extract.walk import Walk

LOOSE = frozenset(["published_on", "title", "author", "category", "subject", "keywords"])
"""fields whose labels (时间, 名称, 文, 主题 ...) also begin sentences of a text"""
_LIST = 3
"""lines of a list of labels without colons, at least"""
_DECORATION = re.compile(r"[\s|｜·>\[\]【】（）()\-—\d/次]+")


def begin(walk: Walk, start: int, stop: int, titled: bool) -> tuple[int, set[int]]:
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
        elif _is_date(text, early=block <= start + 3 and block + 1 < stop) or _DECORATION.fullmatch(text):
            inner.add(block)
        elif (
            block + 1 < min(stop, start + 6)
            and len(text) <= 40
            and not _prose(text)
            and titled
            and _describes(walk.texts[block + 1])
            and not waiting
        ):
            inner.add(block)  # a sub-title or a source without label between the title and its line
        else:
            break
        block += 1
    return block, inner


def _is_date(text: str, early: bool) -> bool:
    """Whether a short line is a date (at the text's very beginning), or says a date with its time of day."""
    if len(text) > 60:
        return False
    if early and whole(text):
        return True
    found = moments(text)
    return bool(found) and found[0].time is not None and not _prose(text)


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
    if len(pairs) == 1 and pairs[0].name in LOOSE | {None} and pairs[0].label not in ("作者",):
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


def cells(walk: Walk, blocks: list[int]) -> list[tuple[int, str, int]]:
    """Blocks with their words and the table or list they stand in: a value never comes from another one."""
    below = _columns(walk, blocks)
    behind = _rows(walk, blocks)
    found = []
    for b in blocks:
        if b in below:
            found += [(place, text, _box(walk, walk.owner[b])) for place, text in below[b]]
        else:
            found.append((b, behind.get(b, walk.texts[b]), _box(walk, walk.owner[b])))
    return found


def _rows(walk: Walk, blocks: list[int]) -> dict[int, str]:
    """Lines of a list whose every line is a label with its value right behind it (`<li><b>文号</b><span>...`), with the
    colon that they lack. Two of the labels must be unmistakable."""
    lists: dict[int, list[tuple[int, tuple[str, str]]]] = {}
    for b in blocks:
        if (pair := headed(walk.texts[b])) is not None:
            lists.setdefault(walk.parent[walk.owner[b]], []).append((b, pair))
    found: dict[int, str] = {}
    for box, lines in lists.items():
        if len(lines) < _LIST or len(lines) != walk.stop[box] - walk.start[box]:
            continue
        sure = {field_of(label) for _, (label, value) in lines if value and len(label) > 2} & STRONG
        if len(sure) >= 2:
            found |= {b: f"{label}：{value}" for b, (label, value) in lines}
    return found


def _columns(walk: Walk, blocks: list[int]) -> dict[int, list[tuple[int, str]]]:
    """Blocks of a row of labels and of the row of values under it -> what they say together, `label：value`, at the
    block of the value; the value's own block says nothing more. A table of several rows of values is data."""
    below: dict[int, list[tuple[int, str]]] = {}
    for b, following in pairwise(blocks):
        if b in below or following != b + 1 or not is_label(walk.texts[b]) or not is_label(walk.texts[following]):
            continue
        row = next((element for element in walk.ancestors(walk.owner[b]) if walk.tag[element] == "tr"), None)
        if row is None or not _labels(walk, row):
            continue
        values = _next_row(walk, row)
        after = _next_row(walk, values) if values is not None else None
        if values is None or _labels(walk, values) or (after is not None and not _labels(walk, after)):
            continue
        heads, said = row_cells(walk, row), row_cells(walk, values)
        if len(heads) != len(said):
            continue
        for head, value in zip(heads, said, strict=True):
            place = walk.start[value] if walk.start[value] < walk.stop[value] else walk.start[head]
            words = joined(walk.texts[walk.start[value] : walk.stop[value]])
            below[walk.start[head]] = [(place, f"{bare(walk.texts[walk.start[head]])}：{words}")]
            below |= {inner: [] for inner in range(walk.start[value], walk.stop[value])}
    return below


def _labels(walk: Walk, row: int) -> bool:
    """Whether every cell of a row is one label, and there are at least two."""
    cells = row_cells(walk, row)
    return len(cells) >= 2 and all(
        walk.stop[cell] - walk.start[cell] == 1 and is_label(walk.texts[walk.start[cell]]) for cell in cells
    )


def _next_row(walk: Walk, row: int) -> int | None:
    """The row after a row of the same table, or None."""
    for element in range(row + 1, len(walk.tag)):
        if walk.parent[element] < row:
            return element if walk.tag[element] == "tr" and walk.parent[element] == walk.parent[row] else None
    return None


def _box(walk: Walk, element: int) -> int:
    while element >= 0 and walk.tag[element] not in ("table", "ul", "ol"):
        element = walk.parent[element]
    return element


def _table_end(walk: Walk, start: int, stop: int) -> int:
    """The block after a disclosure table that stands at the head of the region, `start` where there is none."""
    end = start
    strong: list[Labelled] = []
    for pair in pairs_of(cells(walk, list(range(start, min(stop, start + 60))))):
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
