"""What a block looks like from around it: the numbers a learned reader judges by (`worker.extract.learned`).

One row a block, one column a feature; `NAMES` are the columns. Everything comes from the walk's arrays; what needs
Python
per element is asked once per different start tag. Training (`benchmarks/train_blocks.py`) and reading use this same
code.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from worker.extract.walk import Walk

_TAGS = ["p", "li", "h1", "h2", "h3", "h4", "td", "dd", "dt", "pre", "blockquote", "div", "section", "article",
"button"]
_TAG_NUMBER = {tag: number for number, tag in enumerate(_TAGS, 1)} | {"h5": 6, "h6": 6, "th": 7, "body": 12, "ul": 12}
_INSIDE = ["article", "main", "header", "footer", "nav", "aside", "form", "table", "li", "figure", "noscript",
"section", "blockquote", "dl"]
_INSIDE_BIT = {tag: 1 << number for number, tag in enumerate(_INSIDE)} | {"ul": 1 << 8, "ol": 1 << 8, "dialog": 1 << 4}
_WORDS_OF = (
    "nav navbar navigation menu menus megamenu topbar breadcrumb breadcrumbs crumb crumbs submenu mainmenu dropdown",
    "footer foot copyright colophon legal bottom subfooter",
    "sidebar side aside rail widget widgets right left sticky secondary",
    "share sharing social follow twitter facebook sns addtoany sharethis",
    "related recommend recommended recommendation similar popular trending latest also promo teaser teasers featured "
    "upsell recirc next prev previous more cta",
    "comment comments disqus respond reply replies response",
    "cookie cookies consent gdpr modal popup overlay dialog banner alert notice newsletter subscribe subscription "
    "signup login signin register toast",
    "ad ads advert advertisement sponsor sponsored dfp adsbygoogle outbrain taboola",
    "meta byline author date time tag tags category categories posted info timestamp",
    "content article entry post story body main text copy prose markdown richtext description detail details wysiwyg "
    "rte articlebody maincontent postbody",
    "title headline heading hero header masthead logo brand",
    "search filter filters sort facet pagination pager paging toolbar tool tools button buttons btn action actions "
    "control controls",
    "product price cart sku buy card cards tile grid item items list result results collection",
    "message bbcode usertext postbody thread topic forum question answer discussion postcontent cooked",
    "signature user member profile avatar rank badge karma vote score reputation username",
    "hidden visually screen print noprint collapse tab tabs accordion faq toc skip sr",
)
_WORD_BIT: dict[str, int] = {}
for _number, _words in enumerate(_WORDS_OF):
    for _word in _words.split():
        _WORD_BIT[_word] = _WORD_BIT.get(_word, 0) | 1 << _number
_NAMING = tuple((f' {name}="', len(name) + 3) for name in ("class", "id", "itemprop", "role"))
_split = re.compile(r"[A-Z]?[a-z]+|[A-Z]+").findall
_END = frozenset('.!?:;。！？：；…"”)')
_LONG = 60
"""unlinked characters that make a block prose"""
_LEVELS = 5

_STEPS = np.array((-2, -1, 1, 2))
_INSIDE_BITS, _CLASS_BITS = np.arange(len(_INSIDE))[:, None], np.arange(len(_WORDS_OF))[:, None]

Matrix = NDArray[np.float32]
Numbers = NDArray[np.float64]
Integers = NDArray[np.int_]


def _names() -> list[str]:
    names = ["len", "words", "link", "end", "commas", "bold", "tag", "heading", "depth", "hidden"]
    names += [f"in {tag}" for tag in _INSIDE]
    names += [f"class {number}" for number in range(len(_WORDS_OF))] + [
        f"near {number}" for number in range(len(_WORDS_OF))
    ]
    for level in range(_LEVELS):
        names += [
            f"{what} {level}" for what in ("a len", "a link", "a blocks", "a mean", "a share", "a long", "a long share")
        ]
    names += ["pos", "text pos", "long pos", "index", "to end", "after h1"]
    for step in (-2, -1, 1, 2):
        names += [f"{what} {step}" for what in ("n len", "n link", "n end", "n tag", "n kin")]
    for width in (5, 15):
        names += [f"w len {width}", f"w long {width}", f"w link {width}"]
    names += ["repeats", "in title", "alike", "alike mean", "kin alike"]
    return [*names, "p len", "p link", "p blocks", "p long", "p article", "p main", "p h1", "p li"]


NAMES = _names()


@lru_cache(maxsize=1 << 15)
def _name(attrs: str) -> str:
    """The class, the id and the itemprop of a start tag, as written."""
    if attrs.startswith(' class="') and attrs.count('"') == 2:
        return attrs[8:-1]
    name = ""
    for key, skip in _NAMING:
        at = attrs.find(key)
        if at >= 0:
            value = attrs[at + skip : attrs.find('"', at + skip)]
            name = f"{name} {value}" if name else value
    return name


@lru_cache(maxsize=1 << 15)
def _bits(name: str) -> int:
    """Which of `_WORDS_OF` a class holds; remembered, for a site repeats its classes on every page."""
    found = 0
    for word in _split(name):
        found |= _WORD_BIT.get(word.lower(), 0)
    return found


def features(walk: Walk, title: str) -> Matrix:
    """One row of `NAMES` for every block; an empty matrix for an empty page. Written in few, wide numpy operations: a
    page has some 150 blocks, so that each operation costs its overhead and little more."""
    count = len(walk.texts)
    matrix = np.zeros((len(NAMES), count), np.float32)
    if not count:
        return matrix.T
    texts, tags = walk.texts, walk.tag
    owner, parent = np.array(walk.owner), np.maximum(np.array(walk.parent), 0)
    start, stop = np.array(walk.start), np.array(walk.stop)
    names = list(map(_name, walk.attrs))
    inside, classes, near, depth = _inherited(walk, names, parent)
    length = np.array(list(map(len, texts)), float)
    linked = np.minimum(np.array(walk.linked, float), length)
    link, log_length = linked / length, np.log1p(length)
    end = np.array([text[-1] in _END for text in texts])
    tag = np.array([_TAG_NUMBER.get(tags[element], 0) for element in walk.owner])
    long = np.where((length - linked > _LONG) & (link < 0.4), length - linked, 0.0)
    sums = np.zeros((3, count + 1))
    np.cumsum((length, linked, long), axis=1, out=sums[:, 1:])
    total, total_long = max(sums[0, -1], 1.0), max(sums[2, -1], 1.0)
    index = np.arange(count)

    at = _Columns(matrix)
    at.one(log_length)
    at.one(np.log1p(np.array([text.count(" ") for text in texts])))
    at.one(link)
    at.one(end)
    at.one(np.minimum(np.array([text.count(",") + text.count("，") for text in texts]), 8))
    at.one(np.minimum(np.array(walk.marks), length) / length)
    at.one(tag)
    at.one((tag >= 3) & (tag <= 6))
    at.one(depth[owner])
    at.one(np.array(walk.hidden)[owner])
    at.many(inside[owner] >> _INSIDE_BITS & 1)
    at.many(classes[owner] >> _CLASS_BITS & 1)
    at.many(near[owner] >> _CLASS_BITS & 1)
    _surroundings(at, owner, parent, start, stop, sums, total, total_long)
    first_h1 = next((block for block, element in enumerate(walk.owner) if tags[element] == "h1"), -1)
    at.one(index / count)
    at.one(sums[0, :-1] / total)
    at.one(sums[2, :-1] / total_long)
    at.one(np.minimum(index, 60))
    at.one(np.minimum(count - index, 60))
    at.one(index - first_h1 if first_h1 >= 0 else np.full(count, -999))
    _neighbours(at, index, np.stack((log_length, link, end, tag)), owner, parent)
    for width in (5, 15):
        low, high = np.maximum(index - width, 0), np.minimum(index + width + 1, count)
        text, links, prose = sums[:, high] - sums[:, low]
        shares = np.maximum(text, 1)
        at.one(np.log1p(text))
        at.one(prose / shares)
        at.one(links / shares)
    _likeness(at, walk, names, owner, parent, length, title)
    page = (
        np.log1p(total), sums[1, -1] / total, np.log1p(count), sums[2, -1] / total, float("article" in tags),
        float("main" in tags), float(tags.count("h1")), tags.count("li") / len(tags),
    )  # fmt: skip
    at.many(np.broadcast_to(np.array(page)[:, None], (len(page), count)))
    return matrix.T


class _Columns:
    """The next free features of a matrix that has one row a feature (written in one piece of memory)."""

    def __init__(self, matrix: Matrix) -> None:
        self._matrix = matrix
        self._next = 0

    def one(self, values: NDArray[np.generic]) -> None:
        self._matrix[self._next] = values
        self._next += 1

    def many(self, values: NDArray[np.generic]) -> None:
        self._matrix[self._next : self._next + len(values)] = values
        self._next += len(values)


def _inherited(walk: Walk, names: list[str], parent: Integers) -> tuple[Integers, Integers, Integers, Integers]:
    """For every element: the tags it stands in, the words of all classes around it, those of the nearest box that has
    any, its depth. Handed down by pointer jumping: six steps reach 63 ancestors, more than any rule needs."""
    tag_bit = _INSIDE_BIT.get
    inside = np.array([tag_bit(tag, 0) for tag in walk.tag])
    classes = np.array(list(map(_bits, names)))
    near, depth, above = classes, np.ones(len(parent), int), parent
    depth[0] = 0
    for _ in range(6):
        inside = inside | inside[above]
        classes = classes | classes[above]
        near = np.where(near, near, near[above])
        depth = depth + depth[above]
        above = above[above]
    return inside, classes, near, depth


def _surroundings(
    at: _Columns, owner: Integers, parent: Integers, start: Integers, stop: Integers, sums: Numbers, total: float,
    total_long: float,
) -> None:  # fmt: skip
    """What the boxes around a block hold, five levels up."""
    around = np.empty((_LEVELS, len(owner)), int)
    around[0] = owner
    for level in range(1, _LEVELS):
        around[level] = parent[around[level - 1]]
    first, last = start[around], stop[around]
    text, links, prose = sums[:, last] - sums[:, first]
    blocks = last - first
    columns = np.stack(
        (
            np.log1p(text), links / np.maximum(text, 1), np.log1p(blocks), text / np.maximum(blocks, 1), text / total,
            np.log1p(prose), prose / total_long,
        ),
        axis=1,
    )  # fmt: skip
    at.many(columns.reshape(-1, len(owner)))


def _neighbours(at: _Columns, index: Integers, values: Numbers, owner: Integers, parent: Integers) -> None:
    """What the two blocks before and after say, and how near of kin they are."""
    other = index + _STEPS[:, None]
    there = (other >= 0) & (other < len(index))
    other = np.clip(other, 0, len(index) - 1)
    seen = np.where(there, values[:, other], -1)
    above = parent[owner]
    kin = there * ((owner[other] == owner) + (above[other] == above) * 1.0)
    at.many(np.concatenate((seen, kin[None])).transpose(1, 0, 2).reshape(-1, len(index)))


def _likeness(
    at: _Columns, walk: Walk, names: list[str], owner: Integers, parent: Integers, length: Numbers, title: str
) -> None:
    """How often the same words stand on the page, whether the title holds them, and how many blocks stand in boxes of
    the same tag and class (and how long those are on average)."""
    texts = walk.texts
    words = Counter(texts)
    lower = title.lower()
    at.one(np.array([words[text] for text in texts]))
    longest = min(len(lower) + 1, 300)
    at.one(np.array([4 < len(text) < longest and text.lower() in lower for text in texts]))
    kinds: dict[tuple[str, str], int] = {}
    kind = np.array([kinds.setdefault(key, len(kinds)) for key in zip(walk.tag, names, strict=True)])
    own, outer = kind[owner], kind[parent[owner]]
    alike = np.bincount(own, minlength=len(kinds))
    mean = np.bincount(own, length, len(kinds)) / np.maximum(alike, 1)
    at.one(np.log1p(alike[own]))
    at.one(np.log1p(mean[own]))
    at.one(np.log1p(np.bincount(outer, minlength=len(kinds))[outer]))
