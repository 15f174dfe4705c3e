"""Where a page's own text stands: the element whose blocks say the most and link the least, by structure alone.

Every block gets a value (its unlinked characters, less for links, furniture and short lines); the element with the
largest
sum wins, the deepest of equals. Metadata, classes and the place of the title weigh in, none of them decides alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import accumulate

from worker.extract.chrome import chrome, class_hint, ends_text
from worker.extract.government.labels import is_label, is_table, split
from worker.extract.walk import Walk
from worker.remembered import remembered

_FURNITURE = frozenset(["nav", "footer", "aside", "header", "form", "button", "menu", "dialog"])
_SENTENCE = re.compile(r"[。！？；：]|[.!?;:](?:\s|$)")


@dataclass(frozen=True, slots=True)
class Region:
    """The main element and the blocks inside it that are the page's own text."""

    element: int
    start: int
    stop: int


def hints(walk: Walk) -> list[int]:
    """`class_hint` of every element."""
    return [class_hint(attrs) if "class=" in attrs or "id=" in attrs else 0 for attrs in walk.attrs]


def furniture(walk: Walk, said: list[int]) -> list[bool]:
    """For every element whether it is, or stands in, furniture by tag or class. A box that holds most of the page's
    unlinked text is none, whatever it is called."""
    length, linked = walk.text_length, walk.link_length
    own = max(length[0] - linked[0], 1)
    found: list[bool] = []
    for element, tag in enumerate(walk.tag):
        parent = walk.parent[element]
        inside = found[parent] if parent >= 0 else False
        if not inside and element:
            bad = tag in _FURNITURE or said[element] < 0
            inside = bad and (length[element] - linked[element]) < 0.5 * own
        found.append(inside)
    return found


def values(walk: Walk, bad: list[bool]) -> list[float]:
    """What each block adds to the element around it."""
    found = []
    for text, owner, linked in zip(walk.texts, walk.owner, walk.linked, strict=True):
        length = len(text)
        free = length - linked
        if bad[owner] or walk.hidden[owner]:
            value = -4.0 - 0.5 * linked
        elif chrome(text):
            value = -12.0
        elif linked > 0.5 * length:
            value = -6.0 - 0.6 * linked
        elif _labels(text):
            value = -1.0
        elif length > 24 or _SENTENCE.search(text):
            value = float(free)
        else:
            value = 0.4 * free - 1.0
        found.append(value)
    return found


@remembered
def _labels(text: str) -> bool:
    """Whether a line is made of labels, with their values or without."""
    return is_label(text) or (len(text) < 120 and bool(split(text, 0))) or is_table(text)


def main(walk: Walk, after: int, said: list[int], bad: list[bool]) -> Region:
    """The page's own text. `after` is the block after the title: text before it counts little. `said` are the hints of
    classes, `bad` the furniture."""
    worth = values(walk, bad)
    for block in range(min(after, len(worth))):
        worth[block] = min(worth[block], 0.0) * 0.5
    sums = [0.0, *accumulate(worth)]
    best, best_score = 0, float("-inf")
    for element in range(len(walk.tag)):
        start, stop = walk.start[element], walk.stop[element]
        if stop <= max(start, after - 1) or stop <= after:
            continue
        score = sums[stop] - sums[start]
        hint = said[element]
        if walk.tag[element] in ("article", "main"):
            hint = 1
        if hint and score > -20:
            score += hint * (15 + 0.08 * abs(score))
        if after and start >= after:
            score += 10 / (1 + start - after)
        if score >= best_score - 0.02 * abs(best_score):
            if score < best_score and not _inside(walk, element, best):
                continue
            best, best_score = element, max(score, best_score)
    start, stop = max(walk.start[best], after), walk.stop[best]
    return Region(best, start, _tail(walk, start, stop))


def widened(walk: Walk, place: Region, after: int, bad: list[bool]) -> Region:
    """What stands from the title down to the first furniture, tools or list of links: for a page whose own text is a
    few short lines (labels with their values, a scan), of which no element holds enough to be the main one."""
    stop = after
    while stop < len(walk.texts):
        text, owner = walk.texts[stop], walk.owner[stop]
        if bad[owner] or walk.hidden[owner] or walk.linked[stop] > 0.5 * len(text) or chrome(text) or ends_text(text):
            break
        stop += 1
    element = place.element
    while not walk.start[element] < after <= stop <= walk.stop[element] and walk.parent[element] >= 0:
        element = walk.parent[element]
    return Region(element, after, stop)


def _inside(walk: Walk, element: int, outer: int) -> bool:
    while element >= 0:
        if element == outer:
            return True
        element = walk.parent[element]
    return False


def _tail(walk: Walk, start: int, stop: int) -> int:
    """The end of the text: the first heading in its last part after which the page speaks of other things."""
    total = sum(len(text) for text in walk.texts[start:stop])
    seen = 0
    for block in range(start, stop):
        text = walk.texts[block]
        if seen > 0.3 * total and ends_text(text):
            rest = range(block, stop)
            free = sum(len(walk.texts[b]) - walk.linked[b] for b in rest)
            if free < 0.35 * total:
                return block
        seen += len(text)
    return stop
