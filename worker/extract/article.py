"""Reads a page that says one thing: its title, the lines that describe it, its text, and what the text offers.

    title -> region of the text -> describing lines (before, after, at the text's own beginning) -> paragraphs

Used by the reader of government pages and by the general one; which fields the lines mean is `worker.extract.fields`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import accumulate

from worker.extract import chrome, metas, offers, region, titles
from worker.extract import describing as describing_lines
from worker.extract.dates import is_day_of_visit, moments
from worker.extract.government import english
from worker.extract.government.labels import STRONG, Labelled, headed, is_label, pairs_of, split
from worker.extract.model import Dropped, Reading
from worker.extract.paragraphs import Paragraph, Shapes, is_figure, paragraphs, shapes
from worker.extract.walk import Walk, attribute
from worker.remembered import remembered

_LABEL_LETTER = re.compile("[\u2e80-\U0010ffff]")
"""letters that every known label has (Han, in any of their forms)"""
_TABLES = frozenset(["table", "ul", "dl", "div", "ol", "section"])
_NEVER_TEXT = frozenset(["nav", "footer"])
_HEADINGS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])
_ABOVE = 5
"""blocks above the title in which a newspaper prints its date"""
_EPAPER = re.compile(r"/((?:19|20)\d\d)[-/]?(\d\d)[-/]?(\d\d)/(?:content|node)_")
"""addresses of e-papers: html/2024-10/09/content_7.htm, seen on Founder's"""
_ISSUE = 40
"""characters of the line that dates an issue"""
_NEXT_TO_NOTHING = 15
"""characters of a text that may as well be all of a page's lines under its title"""
_EDITED, _NAMED = 60, 16
"""characters of a line that says who edited a text, and of a name in it"""
_IN_TABLES = frozenset({"tools", "share", "login"})
"""kinds of chrome whose words (打印, 下载, 登录) are also heads of rows: in a table they are figures' names"""
_FIGURES = re.compile(r"[\s|｜·>\[\]【】()\-—\d/]+")
"""pagers and strokes behind a text, or numbers of a table"""
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
    bad: list[bool]
    """for every element whether it is furniture (`region.furniture`)"""
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
    said = dict(head.fields.get("title", []))
    pairs = _table_pairs(walk)
    if named := next((pair.value for pair in pairs if pair.name == "title" and len(pair.value) > 4), None):
        said = {"label 标题": named, **said}
    title = titles.find(walk, head.title, said)
    said_by_class = region.hints(walk)
    bad = region.furniture(walk, said_by_class)
    tables = shapes(walk)
    place, start, end, inner = _text(walk, region.main(walk, title.stop, said_by_class, bad), title, bad, tables)
    if title.stop and (said_here := _length(walk, start, end)) < _NEXT_TO_NOTHING:
        wider = _text(walk, region.widened(walk, place, title.stop, bad), title, bad, tables)
        shown = any(wider[1] <= image.block <= wider[2] for image in walk.images)
        unlinked = said_here - sum(walk.linked[start:end])
        if _length(walk, wider[1], wider[2]) > said_here or (shown and not said_here) or unlinked <= 0:
            place, start, end, inner = wider
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
    labelled += _pairs(walk, sorted({*inner, *(b for b in outer if b >= title.stop)}), strict=False)
    labelled += _tail_pairs(walk, [*range(max(start, end - 4), end), *after])
    labelled += [
        pair for pair in _tail_pairs(walk, list(range(end, min(end + 50, len(walk.texts))))) if pair.name == "editor"
    ]
    describing = [(b, walk.texts[b]) for b in [*outer, *sorted(inner)] if b >= title.stop or not title.stop]
    above = range(max(title.start - _ABOVE, 0), title.start)
    describing += [(b, walk.texts[b]) for b in above if not walk.linked[b] and not is_day_of_visit(walk.texts[b])]
    describing += _issue(walk, reading.url, title.start)
    in_english = list(english.pairs(walk))
    labelled += [pair for pair, _ in in_english]
    kinds = {
        b: kind
        for b in range(start, end)
        if (kind := chrome.chrome(walk.texts[b])) and not (kind in _IN_TABLES and is_figure(walk, b, tables))
    }
    dropped = [Dropped(kind, walk.texts[b]) for b, kind in kinds.items()]
    captions = offers.captions(walk, start, end)
    leave = kinds.keys() | captions.keys()
    leave |= {block for _, blocks in in_english for block in blocks}
    leave |= {b for b in range(start, end) if bad[walk.owner[b]] and _around(walk, b) & _NEVER_TEXT}
    said_lines = paragraphs(walk, start, end, place.element, leave)
    offered = offers.read(tree, reading.text, start, end, place.element, captions)
    return PageText(
        title, head, said_lines, labelled, describing, place, bad, offered.attachments, offered.links, offered.images,
        dropped,
        offered.shown,
    )  # fmt: skip


def _text(
    walk: Walk, place: region.Region, title: titles.Title, bad: list[bool], tables: Shapes
) -> tuple[region.Region, int, int, set[int]]:
    """A region, where its text begins and ends, and its describing lines."""
    start, inner = describing_lines.begin(walk, place.start, place.stop, bool(title.stop))
    return place, start, _chrome_end(walk, start, place.stop, bad, tables), inner


def _length(walk: Walk, start: int, stop: int) -> int:
    return sum(map(len, walk.texts[start:stop]))


def _issue(walk: Walk, url: str, before: int) -> list[tuple[int, str]]:
    """The line with which an e-paper dates its issue, above the lists of its pages: the day is the address's own."""
    if (match := _EPAPER.search(url)) is None:
        return []
    day = "-".join(match.groups())
    for block in range(before):
        text = walk.texts[block]
        if len(text) <= _ISSUE and match[1] in text and any(moment.day == day for moment in moments(text)):
            return [(block, text)]
    return []


def _around(walk: Walk, block: int) -> set[str]:
    return {walk.tag[element] for element in walk.ancestors(walk.owner[block])}


def _table_pairs(walk: Walk) -> list[Labelled]:
    """Label and value wherever a row, list or box holds at least two labels of a disclosure table."""
    found: list[Labelled] = []
    if not any(map(_LABEL_LETTER.search, walk.texts)):
        return found
    lengths = walk.text_length
    marks = [0, *accumulate(0 if _heading(walk, b) else _label_marks(text) for b, text in enumerate(walk.texts))]
    for element, tag in enumerate(walk.tag):
        if tag not in _TABLES or lengths[element] > 2500:
            continue
        start, stop = walk.start[element], walk.stop[element]
        if not 2 <= stop - start <= 90:
            continue
        if marks[stop] - marks[start] < 2:
            continue
        if any(
            walk.tag[inner] == tag and walk.start[inner] == start and walk.stop[inner] == stop
            for inner in range(element + 1, min(element + 4, len(walk.tag)))
        ):
            continue
        blocks = [b for b in range(start, stop) if not _heading(walk, b)]
        pairs = list(pairs_of(describing_lines.cells(walk, blocks)))
        if len({pair.name for pair in pairs if pair.name in STRONG}) >= 2:
            found += [pair for pair in pairs if pair not in found]
    return found


@remembered
def _label_marks(text: str) -> int:
    """How many labels a text may hold: its colons, and itself where it is one."""
    return text.count("：") + text.count(":") + (is_label(text) or headed(text) is not None)


def _pairs(walk: Walk, blocks: list[int], strict: bool) -> list[Labelled]:
    """Pairs from lines around the text. Strict: only labels with a colon, no loose ones without a date."""
    found = []
    for pair in pairs_of(describing_lines.cells(walk, [b for b in blocks if len(walk.texts[b]) <= 300])):
        text = walk.texts[pair.block]
        if (
            ":" not in text
            and "：" not in text
            and walk.tag[walk.owner[pair.block]] not in ("td", "th", "dt", "b", "li", "label")
        ):
            continue
        if strict and pair.name in describing_lines.LOOSE and pair.name != "published_on":
            continue
        found.append(pair)
    return found


def _tail_pairs(walk: Walk, blocks: list[int]) -> list[Labelled]:
    """Editor, author and source as they stand under a text: `责任编辑：...`, `（稿源：...）`."""
    lines = [(b, walk.texts[b].strip("（()）【】[] ")) for b in blocks if len(walk.texts[b]) <= 80]
    return [pair for b, text in lines for pair in split(text, b) if pair.name in ("editor", "author", "origin")]


def _by_editor(text: str) -> bool:
    """Whether a line under a text says who edited it and nothing else: （责任编辑：张三 审核：李四）."""
    line = text.strip("（()）【】[] ")
    if len(line) > _EDITED or "编" not in line:
        return False
    pairs = split(line, 0)
    return (
        bool(pairs)
        and pairs[0].name == "editor"
        and line.startswith(pairs[0].label)
        and all(pair.name in ("editor", None) and len(pair.value) <= _NAMED for pair in pairs)
    )


def _alike(walk: Walk, one: int, other: int) -> bool:
    """Whether two blocks are paragraphs of one text, whatever their looks: a newspaper's last one may say who edited
    it."""
    first, second = walk.owner[one], walk.owner[other]
    named = [attribute(walk.attrs[element], "class") for element in (first, second)]
    return named[0] == named[1] and all(row[first] == row[second] for row in (walk.tag, walk.parent))


def _heading(walk: Walk, block: int) -> bool:
    return walk.tag[walk.owner[block]] in ("h1", "h2", "h3")


def _chrome_end(walk: Walk, start: int, stop: int, bad: list[bool], tables: Shapes) -> int:
    """The end of the text without the tools, neighbours and empty labels behind it."""
    end = stop
    while end > start:
        text = walk.texts[end - 1]
        if _FIGURES.fullmatch(text) and is_figure(walk, end - 1, tables):
            break  # the last figure of a table that ends the text
        linked = walk.linked[end - 1] > 0.6 * len(text)
        if (
            chrome.chrome(text)
            or _FIGURES.fullmatch(text)
            or (is_label(text) and len(text) > 2)
            or (_by_editor(text) and not (end - 2 >= start and _alike(walk, end - 2, end - 1)))
            or (bad[walk.owner[end - 1]] and (walk.linked[end - 1] or walk.tag[walk.owner[end - 1]] in _HEADINGS))
        ):
            end -= 1
        elif end - 2 >= start and linked and chrome.chrome(walk.texts[end - 2]) == "neighbours":
            end -= 2
        else:
            break
    return end
