"""What a page that says one thing offers beside it: the notices before and after, and lists of other documents.

Both change whenever the site publishes something, and each of those documents has a page of its own. Only on pages of
one notice or article, and never what the document itself says: on a portal the entries are the content.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

from worker.contenthash import canonical
from worker.extract.chrome import chrome
from worker.extract.dates import is_day_of_visit
from worker.extract.walk import Walk

OFFERED = 0.6
"""share of a block's text that is a link, from which it is an entry of a list (a date or a column's name beside it)"""
RUN = 3
"""so many entries in a row are a list of other documents"""
TEXT = 200
"""characters a document must say before lists beside it count for nothing"""
_LISTS = frozenset({"ul", "ol", "dl", "table"})
_BARE = re.compile(r"[\s\d年月日:：./\-—|\[\]()（）]+")
"""what stands alone between entries: dates, ranks, strokes"""
_NEAR = re.compile(r"[上下前后]一?[条篇页个则]")
_HEAD = 12
"""characters at a line's beginning in which it names its neighbour"""
_ASKED = re.compile(r"(?:今日)?(?:热搜词?|热词|热门搜索|热门关键词|搜索热词|大家都在搜)\s*[:：]")
"""before the words that a search was asked for most"""
_DATE = re.compile(r"((?:19|20)\d\d)\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_DATED = re.compile(r"[\[(（]?(?:(?:19|20)\d\d[-/.年])?\d{1,2}[-/.月]\d{1,2}日?[\])）]?")


def leave_out(walk: Walk, kept: list[bool], core: range, text: str) -> None:
    """Sets `kept` to False for the blocks that only offer other documents. `text` is what the document says; `core` the
    part that the page itself calls its main one, which stays."""
    near = [block for block, line in enumerate(walk.texts) if kept[block] and _NEAR.search(line, 0, _HEAD)]
    if not near and not any(walk.linked):
        return
    said = {canonical(line) for line in text.split("\n")}
    for block in near:
        line = walk.texts[block]
        if chrome(line) == "neighbours" and canonical(line) not in said:
            kept[block] = False
            following = block + 1
            if not walk.linked[block] and following < len(walk.texts) and _entry(walk, following):
                kept[following] = False
    if len(text) >= TEXT:
        _drop_lists(walk, kept, core, said)


def of_its_own(lines: Iterable[str], fields: Mapping[str, object]) -> list[str]:
    """The margin lines of one notice or article that speak of it: no day of the visit, no chrome, and of a line that
    its fields were read from what they do not say already, so that a corrected date is one change and not two."""
    dates = {str(value)[:10] for value in fields.values()}
    return [
        _DATE.sub(lambda found: "" if _iso(found) in dates else found[0], line)
        for line in lines
        if not (is_day_of_visit(line) or _ASKED.match(line) or chrome(line))
    ]


def _iso(date: re.Match[str]) -> str:
    return f"{date[1]}-{int(date[2]):02}-{int(date[3]):02}"


def _drop_lists(walk: Walk, kept: list[bool], core: range, said: Collection[str]) -> None:
    """Drops runs of entries, also what is left of a list whose shorter entries were taken for a menu."""
    run: list[int] = []
    for block, line in enumerate((*walk.texts, "")):
        offered = block < len(walk.texts) and (_entry(walk, block) or (bool(run) and _BARE.fullmatch(line) is not None))
        if offered and block not in core and canonical(line) not in said:
            if run and kept[block] != kept[run[-1]] and _list_of(walk, block) != _list_of(walk, run[-1]):
                _drop(walk, kept, run)
            run.append(block)
        elif run:
            _drop(walk, kept, run)


def _drop(walk: Walk, kept: list[bool], run: list[int]) -> None:
    if sum(_entry(walk, member) for member in run) >= RUN:
        for member in run:
            kept[member] = False
    run.clear()


def _list_of(walk: Walk, block: int) -> int:
    """The list or table that holds a block, -1 for none."""
    element = walk.owner[block]
    while element >= 0 and walk.tag[element] not in _LISTS:
        element = walk.parent[element]
    return element


def _entry(walk: Walk, block: int) -> bool:
    linked, text = walk.linked[block], walk.texts[block]
    return bool(linked) and (linked >= OFFERED * len(text) or linked >= OFFERED * len(_DATED.sub("", text)))
