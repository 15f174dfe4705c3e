"""What a page that says one thing offers beside it: the notices before and after, and lists of other documents.

Both change whenever the site publishes something, and each of those documents has a page of its own. Only on pages of
one notice or article, and never what the document itself says: on a portal the entries are the content.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from worker.contenthash import canonical
from worker.extract.chrome import chrome
from worker.extract.walk import Walk

OFFERED = 0.6
"""share of a block's text that is a link, from which it is an entry of a list (a date or a column's name beside it)"""
RUN = 3
"""so many entries in a row are a list of other documents"""
TEXT = 200
"""characters a document must say before lists beside it count for nothing"""
_BARE = re.compile(r"[\s\d年月日:：./\-—|\[\]()（）]+")
"""what stands alone between entries: dates, ranks, strokes"""
_NEAR = re.compile(r"[上下前后]一?[条篇页个则]")
_HEAD = 12
"""characters at a line's beginning in which it names its neighbour"""
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


def _drop_lists(walk: Walk, kept: list[bool], core: range, said: Collection[str]) -> None:
    run: list[int] = []
    for block, line in enumerate((*walk.texts, "")):
        offered = block < len(walk.texts) and (_entry(walk, block) or (bool(run) and _BARE.fullmatch(line) is not None))
        if offered and kept[block] and block not in core and canonical(line) not in said:
            run.append(block)
            continue
        if sum(_entry(walk, member) for member in run) >= RUN:
            for member in run:
                kept[member] = False
        run.clear()


def _entry(walk: Walk, block: int) -> bool:
    linked, text = walk.linked[block], walk.texts[block]
    return bool(linked) and (linked >= OFFERED * len(text) or linked >= OFFERED * len(_DATED.sub("", text)))
