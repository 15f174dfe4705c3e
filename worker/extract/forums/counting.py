"""What tells the posts of an unknown forum apart, and which numbers only count them.

A number that counts (`post-1`, `post-2` ... on the first page, `post-21` ... on the next) names another post once one
above is removed; a post that has no better one is told by its author, its time and how many like it came first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from selectolax.lexbor import LexborNode

from worker.extract.forums.body import squeeze
from worker.extract.forums.posts import Post
from worker.extract.forums.repeated import Group
from worker.extract.forums.times import counts_back

MOST = 100
"""posts that forums show on one page, hardly ever more"""
_FLOORS = "[class*=floor i], [class*=lou i], [class*=number i], [class*=num i], [class*=permalink i], a[href*='#']"
_FLOOR = re.compile(r"(?:[#＃]|No\.|第)\s?(\d{1,6})\s?[楼樓#]?|(\d{1,6})\s?(?:[楼樓#＃]|F)")
_NAMES = {"楼主": 1, "樓主": 1, "沙发": 2, "沙發": 2, "板凳": 3, "地板": 4}
_TOLD = 6
"""characters of the longest floor"""


def told_apart(posts: Iterable[Post | None], page: int) -> list[Post]:
    """Each post once, with its identity: its own number, where that does more than count; else its author and time.

    A time that counts back from now is another at each visit: such a post is told by its author and its page.
    """
    read = [post for post in posts if post is not None]
    counted = only_count([post.pid for post in read if post.pid != "opening"], page)
    found: dict[str, Post] = {}
    for post in read:
        said = "" if counted and post.pid != "opening" else post.pid
        one = found.get(said)
        # a number that another post has was read off a link to that one
        if not said or (one is not None and (one.author, one.published_at) != (post.author, post.published_at)):
            said = _by_author(post, page, found)
        found[said] = replace(post, pid=post.pid if counted else said, identity=said)
    return list(found.values())


def _by_author(post: Post, page: int, known: Iterable[str]) -> str:
    fixed = post.published_at is not None and not counts_back(post.time)
    said = f"{post.author}|{post.published_at:%Y%m%d%H%M}" if fixed else f"{post.author}|page {page}"
    nth = sum(1 for name in known if name == said or name.startswith(f"{said}|"))
    return f"{said}|{nth}" if nth else said


def only_count(numbers: Sequence[str], page: int) -> bool:
    """Whether numbers count the posts of their topic or page: they rise from 1 (0, or 2 where the opening post has
    none), or on later pages to no more than so many pages can hold. Gaps are no matter, nor is how many there are:
    the answer may not be another once a post comes or goes."""
    if not numbers or not all(number.isdigit() and len(number) < 7 for number in numbers):
        return False
    known = [int(number) for number in numbers]
    rising = all(before < after for before, after in pairwise(known))
    return rising and (known[0] <= 2 or (page > 1 and known[-1] <= MOST * page))


def floor_of(box: LexborNode, group: Group, body: LexborNode | None) -> int | None:
    """The floor that a post's box shows outside of its text: `#3`, `3楼`, `沙发`; None where it shows none."""
    inside = {node.mem_id for node in body.css("*")} if body is not None else frozenset()
    for node in box.css(_FLOORS):
        if node.mem_id in inside or not group.holds(node, box):
            continue
        words = squeeze(node.text(deep=True))
        if words in _NAMES:
            return _NAMES[words]
        if len(words) <= _TOLD + 2 and (match := _FLOOR.fullmatch(words)):
            return int(match[1] or match[2])
    return None
