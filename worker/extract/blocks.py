"""What a block looks like from around it: the numbers a learned reader judges by (`worker.extract.learned`).

One row a block, one column a feature; `NAMES` are the columns. Everything comes from the walk's arrays; what needs Python
per element is asked once per different start tag. Training (`benchmarks/train_blocks.py`) and reading use this same code.
"""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
from numpy.typing import NDArray

from worker.extract.walk import Walk

_TAGS = "p li h1 h2 h3 h4 td dd dt pre blockquote div section article button".split()
_TAG_NUMBER = {tag: number for number, tag in enumerate(_TAGS, 1)} | {"h5": 6, "h6": 6, "th": 7, "body": 12, "ul": 12}
_INSIDE = "article main header footer nav aside form table li figure noscript section blockquote dl".split()
_INSIDE_BIT = {tag: 1 << number for number, tag in enumerate(_INSIDE)} | {"ul": 1 << 8, "ol": 1 << 8, "dialog": 1 << 4}
_WORDS_OF = (
    "nav navbar navigation menu menus megamenu topbar breadcrumb breadcrumbs crumb crumbs submenu mainmenu dropdown",
    "footer foot copyright colophon legal bottom subfooter",
    "sidebar side aside rail widget widgets right left sticky secondary",
    "share sharing social follow twitter facebook sns addtoany sharethis",
    "related recommend recommended recommendation similar popular trending latest also promo teaser teasers featured upsell recirc next prev previous more cta",
    "comment comments disqus respond reply replies response",
    "cookie cookies consent gdpr modal popup overlay dialog banner alert notice newsletter subscribe subscription signup login signin register toast",
    "ad ads advert advertisement sponsor sponsored dfp adsbygoogle outbrain taboola",
    "meta byline author date time tag tags category categories posted info timestamp",
    "content article entry post story body main text copy prose markdown richtext description detail details wysiwyg rte articlebody maincontent postbody",
    "title headline heading hero header masthead logo brand",
    "search filter filters sort facet pagination pager paging toolbar tool tools button buttons btn action actions control controls",
    "product price cart sku buy card cards tile grid item items list result results collection",
    "message bbcode usertext postbody thread topic forum question answer discussion postcontent cooked",
    "signature user member profile avatar rank badge karma vote score reputation username",
    "hidden visually screen print noprint collapse tab tabs accordion faq toc skip sr",
)
_WORD_BIT: dict[str, int] = {}
for _number, _words in enumerate(_WORDS_OF):
    for _word in _words.split():
        _WORD_BIT[_word] = _WORD_BIT.get(_word, 0) | 1 << _number
_split = re.compile(r"[a-z]+|[A-Z][a-z]*").findall
_END = frozenset('.!?:;。！？：；…"”)')
_LONG = 60
"""unlinked characters that make a block prose"""
_LEVELS = 5

Matrix = NDArray[np.float32]
Numbers = NDArray[np.float64]


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


def _class_bits(attrs: str) -> int:
    bits = 0
    for name in (' class="', ' id="', ' role="', ' itemprop="'):
        at = attrs.find(name)
        if at >= 0:
            start = at + len(name)
            for word in _split(attrs[start : attrs.find('"', start)]):
                bits |= _WORD_BIT.get(word, 0) or _WORD_BIT.get(word.lower(), 0)
    return bits


def features(walk: Walk, title: str) -> Matrix:
    """One row of `NAMES` for every block; an empty matrix for an empty page."""
    count = len(walk.texts)
    if not count:
        return np.zeros((0, len(NAMES)), np.float32)
    inside, classes, near, depth = _inherited(walk)
    owner = np.array(walk.owner)
    start, stop, parent = np.array(walk.start), np.array(walk.stop), np.maximum(np.array(walk.parent), 0)
    texts, tags = walk.texts, walk.tag
    length = np.array([len(text) for text in texts], float)
    linked = np.minimum(np.array(walk.linked, float), length)
    link = linked / length
    log_length = np.log1p(length)
    end = np.array([text[-1] in _END for text in texts], float)
    tag = np.array([_TAG_NUMBER.get(tags[element], 0) for element in walk.owner], float)
    long = np.where((length - linked > _LONG) & (link < 0.4), length - linked, 0.0)
    free_sum, link_sum, long_sum = _sums(length), _sums(linked), _sums(long)
    total, total_long = max(free_sum[-1], 1.0), max(long_sum[-1], 1.0)
    index = np.arange(count)
    in_bits, class_bits, near_bits = np.array(inside)[owner], np.array(classes)[owner], np.array(near)[owner]
    heading = (tag >= 3) & (tag <= 6)
    columns: list[NDArray[np.generic]] = [
        log_length, np.log1p(np.array([text.count(" ") for text in texts], float)), link, end,
        np.minimum(np.array([text.count(",") + text.count("，") for text in texts], float), 8),
        np.minimum(np.array(walk.marks, float), length) / length, tag, heading, np.array(depth)[owner],
        np.array(walk.hidden)[owner],
    ]  # fmt: skip
    matrix = np.empty((count, len(NAMES)), np.float32)
    bits = np.arange(len(_INSIDE))
    columns += list(((in_bits[:, None] >> bits) & 1).T)
    bits = np.arange(len(_WORDS_OF))
    columns += [*((class_bits[:, None] >> bits) & 1).T, *((near_bits[:, None] >> bits) & 1).T]
    around = owner
    for _ in range(_LEVELS):
        first, last = start[around], stop[around]
        blocks, inner, prose = last - first, free_sum[last] - free_sum[first], long_sum[last] - long_sum[first]
        columns += [
            np.log1p(inner), (link_sum[last] - link_sum[first]) / np.maximum(inner, 1), np.log1p(blocks),
            inner / np.maximum(blocks, 1), inner / total, np.log1p(prose), prose / total_long,
        ]  # fmt: skip
        around = parent[around]
    first_h1 = next((block for block, element in enumerate(walk.owner) if tags[element] == "h1"), -1)
    columns += [
        index / count, free_sum[:-1] / total, long_sum[:-1] / total_long, np.minimum(index, 60),
        np.minimum(count - index, 60), index - first_h1 if first_h1 >= 0 else np.full(count, -999),
    ]  # fmt: skip
    for step in (-2, -1, 1, 2):
        other = index + step
        there = (other >= 0) & (other < count)
        other = np.clip(other, 0, count - 1)
        for values in (log_length, link, end, tag):
            columns.append(np.where(there, values[other], -1))
        columns.append(there * ((owner[other] == owner) + (parent[owner[other]] == parent[owner]) * 1.0))
    for width in (5, 15):
        low, high = np.maximum(index - width, 0), np.minimum(index + width + 1, count)
        near_text = free_sum[high] - free_sum[low]
        columns += [
            np.log1p(near_text), (long_sum[high] - long_sum[low]) / np.maximum(near_text, 1),
            (link_sum[high] - link_sum[low]) / np.maximum(near_text, 1),
        ]  # fmt: skip
    columns += _likeness(walk, length, title)
    columns += [
        np.full(count, value)
        for value in (
            np.log1p(total), link_sum[-1] / total, np.log1p(count), long_sum[-1] / total, float("article" in tags),
            float("main" in tags), float(tags.count("h1")), tags.count("li") / max(len(tags), 1),
        )
    ]  # fmt: skip
    for number, column in enumerate(columns):
        matrix[:, number] = column
    return matrix


def _sums(values: Numbers) -> Numbers:
    return np.concatenate(([0.0], np.cumsum(values)))


def _inherited(walk: Walk) -> tuple[list[int], list[int], list[int], list[int]]:
    """For every element: the tags it stands in, the words of all classes around it, those of the nearest box that has
    any, its depth."""
    inside, classes, near, depth = [0], [0], [0], [0]
    known: dict[str, int] = {"": 0}
    get = known.get
    tag_bit = _INSIDE_BIT.get
    tags, attrs_of, parents = walk.tag, walk.attrs, walk.parent
    for element in range(1, len(tags)):
        attrs, parent = attrs_of[element], max(parents[element], 0)
        own = get(attrs)
        if own is None:
            own = known[attrs] = _class_bits(attrs)
        inside.append(inside[parent] | tag_bit(tags[element], 0))
        classes.append(classes[parent] | own)
        near.append(own or near[parent])
        depth.append(depth[parent] + 1)
    return inside, classes, near, depth


def _likeness(walk: Walk, length: Numbers, title: str) -> list[NDArray[np.generic]]:
    """How often the same words stand on the page, whether the title holds them, and how many blocks stand in boxes of the
    same tag and class (and how long those are on average)."""
    texts, tags, attrs, parents = walk.texts, walk.tag, walk.attrs, walk.parent
    words = Counter(texts)
    lower = title.lower()
    own = [tags[element] + attrs[element][:60] for element in walk.owner]
    outer = [tags[max(parents[element], 0)] + attrs[max(parents[element], 0)][:60] for element in walk.owner]
    alike, kin = Counter(own), Counter(outer)
    sums: dict[str, float] = {}
    for key, chars in zip(own, length.tolist(), strict=True):
        sums[key] = sums.get(key, 0.0) + chars
    return [
        np.array([words[text] for text in texts]),
        np.array([4 < len(text) < 300 and text.lower() in lower for text in texts]),
        np.log1p(np.array([alike[key] for key in own])),
        np.log1p(np.array([sums[key] / alike[key] for key in own])),
        np.log1p(np.array([kin[key] for key in outer])),
    ]
