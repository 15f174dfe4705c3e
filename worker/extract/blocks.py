"""What a block looks like from around it: the numbers a learned reader judges by (`worker.extract.learned`).

One row a block, one column a feature; `NAMES` are the columns. Everything comes from the walk's arrays, in few, wide
numpy operations: a page has some 150 blocks, so that each operation costs its overhead and little more. Training
(`benchmarks/train_blocks.py`) and reading use this same code.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from worker.extract.names import WORDS, named
from worker.extract.walk import Walk

_KINDS = ["p", "li", "h1", "h2", "h3", "h4", "td", "dd", "dt", "pre", "blockquote", "div", "section", "article",
"button"]
_KIND_OF = {tag: number for number, tag in enumerate(_KINDS, 1)} | {"h5": 6, "h6": 6, "th": 7, "body": 12, "ul": 12}
_INSIDE = ["article", "main", "header", "footer", "nav", "aside", "form", "table", "li", "figure", "noscript",
"section", "blockquote", "dl"]
_INSIDE_BIT = {tag: 1 << number for number, tag in enumerate(_INSIDE)} | {"ul": 1 << 8, "ol": 1 << 8, "dialog": 1 << 4}
_END = frozenset('.!?:;。！？：；…"”)')
_LONG = 60
"""unlinked characters that make a block prose"""
_LEVELS = 5
_STEPS = (-2, -1, 1, 2)
_WIDTHS = (5, 15)
_REACH = 63
"""ancestors that are looked at, more than any rule needs"""
_SEEN = [0, 2, 3, 6]
"""of a block's own features, what its neighbours see: its length, its links, its end, its tag"""

Matrix = NDArray[np.float32]
Numbers = NDArray[np.float64]
Integers = NDArray[np.intp]


def _names() -> list[str]:
    names = ["len", "words", "link", "end", "commas", "bold", "tag", "heading", "depth", "hidden"]
    names += [f"in {tag}" for tag in _INSIDE]
    names += [f"class {number}" for number in range(len(WORDS))] + [f"near {number}" for number in range(len(WORDS))]
    for level in range(_LEVELS):
        names += [
            f"{what} {level}" for what in ("a len", "a link", "a blocks", "a mean", "a share", "a long", "a long share")
        ]
    names += ["pos", "text pos", "long pos", "index", "to end", "after h1"]
    for step in _STEPS:
        names += [f"{what} {step}" for what in ("n len", "n link", "n end", "n tag", "n kin")]
    for width in _WIDTHS:
        names += [f"w len {width}", f"w long {width}", f"w link {width}"]
    names += ["repeats", "in title", "alike", "alike mean", "kin alike"]
    return [*names, "p len", "p link", "p blocks", "p long", "p article", "p main", "p h1", "p li"]


NAMES = _names()


def features(walk: Walk, title: str) -> Matrix:
    """One row of `NAMES` for every block; an empty matrix for an empty page."""
    texts, tags = walk.texts, walk.tag
    count = len(texts)
    matrix = np.empty((len(NAMES), count), np.float32)
    if not count:
        return matrix.T
    owner, parent = _integers(walk.owner), np.maximum(_integers(walk.parent), 0)
    length = _integers(list(map(len, texts)))
    linked = np.minimum(_integers(walk.linked), length)
    free, link = length - linked, linked / length
    owners = [tags[element] for element in walk.owner]
    kind = _integers([_KIND_OF.get(tag, 0) for tag in owners])
    sums = np.zeros((3, count + 1))
    for row, numbers in zip(sums, (length, linked, free * ((free > _LONG) & (link < 0.4))), strict=True):
        np.cumsum(numbers, out=row[1:])
    total, total_linked, total_long = sums[:, -1].tolist()
    total = max(total, 1.0)

    at = _Columns(matrix)
    at.one(np.log1p(length))
    at.one(np.log1p(_integers([text.count(" ") for text in texts])))
    at.one(link)
    at.one(_integers([text[-1] in _END for text in texts]))
    at.one(_integers([_commas(text) for text in texts]))
    at.one(np.minimum(_integers(walk.marks), length) / length)
    at.one(kind)
    at.one((kind >= 3) & (kind <= 6))
    names = [named(attrs) for attrs in walk.attrs]
    _inherited(at, walk, [words for _, words in names], owner, parent)
    _surroundings(at, sums, _integers(walk.start), _integers(walk.stop), owner, parent)
    index = np.arange(count)
    at.one(index / count)
    at.one(sums[0, :-1] / total)
    at.one(sums[2, :-1] / max(total_long, 1.0))
    at.one(np.minimum(index, 60))
    at.one(np.minimum(count - index, 60))
    at.one(index - owners.index("h1") if "h1" in owners else -999)
    _neighbours(at, matrix[_SEEN], owner, parent[owner])
    for width in _WIDTHS:
        after, before = np.minimum(index + (width + 1), count), np.maximum(index - width, 0)
        text, links, prose = sums.take(after, axis=1) - sums.take(before, axis=1)
        shares = np.maximum(text, 1)
        at.one(np.log1p(text))
        at.one(prose / shares)
        at.one(links / shares)
    _repeats(at, texts, title)
    kinds: dict[tuple[str, str], int] = {}
    looks = zip(tags, [name for name, _ in names], strict=True)
    _likeness(at, _integers(list(map(kinds.setdefault, looks, range(len(tags))))), length, owner, parent[owner])
    page = (
        math.log1p(total), total_linked / total, math.log1p(count), total_long / total, "article" in tags,
        "main" in tags, tags.count("h1"), tags.count("li") / len(tags),
    )  # fmt: skip
    for number in page:
        at.one(number)
    return matrix.T


def _integers(numbers: Sequence[int]) -> Integers:
    return np.fromiter(numbers, np.intp, len(numbers))


class _Columns:
    """The next free features of a matrix that has one row a feature (written in one piece of memory)."""

    def __init__(self, matrix: Matrix) -> None:
        self._matrix = matrix
        self._next = 0

    def one(self, values: NDArray[np.generic] | float) -> None:
        self._matrix[self._next] = values
        self._next += 1

    def many(self, count: int) -> Matrix:
        """The next so many, to be written."""
        self._next += count
        return self._matrix[self._next - count : self._next]


def _inherited(at: _Columns, walk: Walk, words: list[int], owner: Integers, parent: Integers) -> None:
    """How deep a block stands and whether it is hidden, the tags it stands in, the words of all classes around it,
    those of the nearest box that has any. Handed down by pointer jumping."""
    depths = [0]
    for outer in walk.parent[1:]:
        depths.append(depths[outer] + 1)
    near = _integers(words)
    around = _integers([_INSIDE_BIT.get(tag, 0) for tag in walk.tag]) | near << len(_INSIDE)
    for _ in range(min(max(depths), _REACH).bit_length()):
        around = around | around[parent]
        near = np.where(near, near, near[parent])
        parent = parent[parent]
    at.one(np.minimum(_integers(depths)[owner], _REACH + 1))
    at.one(np.array(walk.hidden)[owner])
    bits = len(_INSIDE) + len(WORDS)
    packed = (around[owner] | near[owner] << bits).astype("<i8", copy=False)
    bits += len(WORDS)
    said = np.unpackbits(packed.view(np.uint8).reshape(-1, 8), axis=1, count=bits, bitorder="little")
    at.many(bits)[:] = said.T


def _surroundings(
    at: _Columns, sums: Numbers, start: Integers, stop: Integers, owner: Integers, parent: Integers
) -> None:  # fmt: skip
    """What the boxes around a block hold, five levels up."""
    text, links, prose = sums.take(stop, axis=1) - sums.take(start, axis=1)
    blocks = stop - start
    total, _, total_long = np.maximum(sums[:, -1], 1)
    boxes = np.empty((7, len(blocks)), np.float32)
    boxes[0] = np.log1p(text)
    boxes[1] = links / np.maximum(text, 1)
    boxes[2] = np.log1p(blocks)
    boxes[3] = text / np.maximum(blocks, 1)
    boxes[4] = text / total
    boxes[5] = np.log1p(prose)
    boxes[6] = prose / total_long
    for _ in range(_LEVELS):
        boxes.take(owner, axis=1, out=at.many(len(boxes)), mode="clip")
        owner = parent[owner]


def _neighbours(at: _Columns, values: Matrix, owner: Integers, above: Integers) -> None:
    """What the two blocks before and after say, and how near of kin they are."""
    columns = at.many(len(_STEPS) * (len(values) + 1)).reshape(len(_STEPS), len(values) + 1, -1)
    columns[:, :-1] = -1
    columns[:, -1] = 0
    for column, step in zip(columns, _STEPS, strict=True):
        here, there = (slice(-step, None), slice(step)) if step < 0 else (slice(-step), slice(step, None))
        column[:-1, here] = values[:, there]
        column[-1, here] = (owner[here] == owner[there]).view(np.int8) + (above[here] == above[there])


def _repeats(at: _Columns, texts: list[str], title: str) -> None:
    """How often the same words stand on the page, and whether the title holds them."""
    words = Counter(texts)
    at.one(_integers([words[text] for text in texts]) if len(words) < len(texts) else 1)
    lower = title.lower()
    longest = min(len(lower) + 1, 300)
    at.one(_integers([4 < len(text) < longest and text.lower() in lower for text in texts]))


def _likeness(at: _Columns, kind: Integers, length: Integers, owner: Integers, above: Integers) -> None:
    """How many blocks stand in boxes of the same tag and class, how long those are on average, and how many stand in
    boxes like the one around."""
    own, outer = kind[owner], kind[above]
    alike = np.bincount(own, minlength=len(kind))
    mean = np.bincount(own, length, len(kind)) / np.maximum(alike, 1)
    at.one(np.log1p(alike)[own])
    at.one(np.log1p(mean)[own])
    at.one(np.log1p(np.bincount(outer, minlength=len(kind)))[outer])


def _commas(text: str) -> int:
    commas = text.count(",") if text.isascii() else text.count(",") + text.count("，")
    return min(commas, 8)
