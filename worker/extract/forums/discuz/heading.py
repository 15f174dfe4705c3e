"""What stands over a Discuz! post: who wrote it, when, and on which floor.

Seen on X2 to X3.5: the author is a link in `.authi`, or a bare name in `.pi` where he is anonymous, a guest or deleted;
the first floors have names (the forum's own, if it likes), a pinned reply says `来自 43#`, a picked one `推荐`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from itertools import groupby

from selectolax.lexbor import LexborNode

from worker.extract.forums.body import squeeze
from worker.extract.forums.posts import Post
from worker.extract.forums.times import Clock, how_known, read_time

AUTHOR = (
    ".authi a.xw1, .pi a.xw1, .pti .authi a.xi2, .authi a[href*='uid='], .authi a[href*='uid-'], a.xw1[href*='space'],"
    " .postauthor .postinfo a, a[href*='space-uid']"
)
_BELOW = ("postmessage_", "comment_", "ratelog_", "post_rate_")
_UNDER = frozenset(["pcb", "cm", "rate", "psti", "psta", "sign"])
FLOORS = {"楼主": 1, "樓主": 1, "沙发": 2, "沙發": 2, "板凳": 3, "地板": 4}
_FLOOR = re.compile(r"\d+")
_PICKED = ("推荐", "推薦")
_UID = re.compile(r"uid[-=](\d+)")


def author(box: LexborNode, pid: str) -> tuple[str | None, str | None]:
    """The author's name and number; a name without link (anonymous, deleted member) stands in `.pi` beside the post."""
    place = box.css_first(f"#favatar{pid}")
    beside = place.css(".authi a") if place is not None else []
    for link in (*beside, *box.css(AUTHOR)):
        name = squeeze(link.text(deep=True))
        if (
            name
            and "device" not in (link.attributes.get("class") or "")
            and not name.startswith(("来自", "只看", "[复制"))
            and not _others(link, box)
        ):
            uid = _UID.search(link.attributes.get("href") or "")
            return name, uid[1] if uid else None
    words = (place or box).css_first(".pi")
    if words is None:
        return None, None
    for extra in words.css("em, span"):
        extra.decompose()
    return squeeze(words.text(deep=True)) or None, None


def _others(link: LexborNode, box: LexborNode) -> bool:
    """Whether a link stands in what a post says or others said of it: its text, comments, ratings, signature."""
    node = link.parent
    while node is not None and node.mem_id != box.mem_id:
        attributes = node.attributes
        if (attributes.get("id") or "").startswith(_BELOW) or _UNDER & set((attributes.get("class") or "").split()):
            return True
        node = node.parent
    return False


def dated(box: LexborNode) -> LexborNode | None:
    """The line that says when a post was written, in a template without numbered ids."""
    return next(
        (node for node in box.css(".authi, .pti, .pi, .post_time, .time") if "发表于" in node.text(deep=True)), None
    )


def time(node: LexborNode | None, clock: Clock) -> tuple[datetime | None, str | None]:
    """When a post was written and how that was known: `title`, or as `times.how_known` says."""
    if node is None:
        return None, None
    titled = node.css_first("span[title]")
    if titled is not None and (at := read_time(titled.attributes.get("title"), clock)):
        return at, "title"
    words = squeeze(node.text(deep=True))
    return read_time(words, clock), how_known(words)


def floor(node: LexborNode | None) -> int | None:
    """The floor's number; 0 for a name that the forum gave it, None where the page shows none (`推荐`: picked out)."""
    return floor_of(squeeze(node.text(deep=True))) if node is not None else None


def floor_of(words: str) -> int | None:
    """The same of the words alone."""
    for word, number in FLOORS.items():
        if word in words:
            return number
    match = _FLOOR.search(words)
    if match is not None:
        return int(match[0])
    return 0 if words and words not in _PICKED else None


def counted(posts: Iterable[Post]) -> Iterator[Post]:
    """The posts with the numbers of named floors: a forum may name its first floors as it likes, one after another."""
    runs = [(named, list(run)) for named, run in groupby(posts, key=lambda post: post.floor == 0)]
    below: int | None = None
    for place, (named, run) in enumerate(runs):
        if not named:
            yield from run
            below = run[-1].floor
            continue
        above = runs[place + 1][1][0].floor if place + 1 < len(runs) else None
        first: int | None = None
        if below and (above is None or above - below == len(run) + 1):
            first = below + 1
        elif below is None and above and above > len(run):
            first = above - len(run)
        for step, post in enumerate(run):
            yield replace(post, floor=first + step if first is not None else None)
