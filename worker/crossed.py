"""Whether a post that no page of its topic showed may have slipped through between two of them.

    page 1 read (posts 1-10) -> post 3 taken down -> page 2 read (12-21)

Post 11 stands on page 1 by now and was seen on neither. Only what stood at an edge of its page can slip, and only to a
neighbour read before its own page was: when that neighbour has been read once more, the post is there or it is missing.
A post taken down in the middle of a page is missed at once. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from archive.records import Head, Part


def to_read_again(missing: Sequence[Head], shown: Mapping[int, Sequence[Head]], parts: Sequence[Part]) -> list[int]:
    """Pages to read once more before any of `missing` is missed; none where nothing can have slipped.

    `shown`: by page, the posts that stood there when it was read in this sweep. `parts`: the topic's pages. A part's
    first reading in the sweep counts against its neighbours' last one, so that a page is read again once at most.
    """
    of_page, by_number = {part.page_id: part for part in parts}, {part.part: part for part in parts}
    again: set[int] = set()
    for head in missing:
        part = of_page.get(head.page_id or 0)
        if part is None or _between(head, shown.get(part.page_id, ())):
            continue
        begun = part.first_read_at or part.read_at
        beside = (by_number.get(part.part - 1), by_number.get(part.part + 1))
        again |= {neighbour.page_id for neighbour in beside if neighbour is not None and neighbour.read_at < begun}
    return sorted(again)


def _between(head: Head, others: Sequence[Head]) -> bool:
    """Whether posts that stand before it and behind it are on its page still: it has not slipped over the edge."""
    for order in (_floor, _posted):
        own, theirs = order(head), [order(other) for other in others]
        if own is not None and theirs and None not in theirs:
            return bool(min(theirs) < own < max(theirs))
    return False


def _floor(head: Head) -> Any:
    return head.facts.floor


def _posted(head: Head) -> Any:
    return head.facts.published_at
