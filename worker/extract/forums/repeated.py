"""Boxes that repeat: which elements of a page are its posts, where no platform and no microdata says so.

Two kinds of sign, both words of people who write templates: ids that differ in one number only (`post-12`, `reply_13`),
and a class that names what a box is (`post-row`, `comment-item`, `answer`). Seen on FlaskBB, Misago, mwForum, Asgaros,
Simple:Press, Apache Answer, Homeland and others of the wild.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from selectolax.lexbor import LexborNode

from worker.extract.tree import Tree

MOST = 2000
"""boxes of a group; more are no posts of one page"""
_IDS = re.compile(
    r"^((?:[a-z]+[-_])*(?:post|comment|reply|msg|message|answer|floor|pid|p|c|r)(?:[-_][a-z]+)*)[-_]?(\d{1,20}|[0-9a-f]{24})$",
    re.I,
)
_NAMED = re.compile(
    r"(?i)^(?:[a-z0-9]+[-_])*(?:\w*topicpost\w*|post|pst|posts?[-_]?(?:item|row|box|wrapper|wrap|container|element|block|card|panel"
    r"|section|line)|comment|comments?[-_]?(?:item|row|box|wrapper|wrap|container|block|list[-_]item|card)|cmt|reply"
    r"|repl(?:y|ies)[-_]?(?:item|row|box|wrapper|wrap|container|block)|answer|answers?[-_]?(?:item|row|box|wrapper|wrap)"
    r"|message|messages?[-_]?(?:item|row|box|wrapper|wrap|container|block)|thread[-_]?(?:item|post)|forum[-_]?post"
    r"|panel[-_]post|topic[-_]?reply)$"
)
SIGNS = re.compile(
    rb"""id=["'](?:[a-z]+[-_])*(?:post|comment|reply|msg|message|answer|floor|pid|p|c|r)[-_]?[0-9a-f]+["']"""
    rb"""|class=["'][^"'>]*(?:post|pst|comment|reply|answer|message)"""
)
"""found at least twice in lower case in every page that has such boxes: a cheap look before the page is parsed"""


_OPENING = re.compile(
    r"(?i)^(?:[a-z0-9]+[-_])*(?:topic|question|thread|post|discussion|first[-_]?post)"
    r"(?:[-_]?(?:detail|details|content|body|view|show|wrap|wrapper|main|card|item|box|container|page|cell))?$"
)


@dataclass(frozen=True, slots=True)
class Group:
    """Boxes of one make in the page's order, with the number that an id gives them, if it does."""

    boxes: tuple[tuple[str | None, LexborNode], ...]
    members: frozenset[int]
    """`mem_id` of each"""
    size: int
    """characters of all of them"""
    around: frozenset[int] = frozenset()
    """`mem_id` of each, and of what it stands in"""

    def holds(self, node: LexborNode, box: LexborNode) -> bool:
        """Whether a node inside the box belongs to it, and to no box of the group within it."""
        outer: LexborNode | None = node
        while outer is not None and outer.mem_id != box.mem_id:
            if outer.mem_id in self.members:
                return False
            outer = outer.parent
        return outer is not None


def groups(tree: Tree, fewest: int = 2) -> list[Group]:
    """Every group of at least `fewest` boxes that may be posts, the one that says the most first."""
    found: dict[str, list[tuple[str | None, LexborNode]]] = {}
    for node in tree.css("[id]"):
        if match := _IDS.match(node.id or ""):
            found.setdefault(f"{node.tag}#{match[1].lower()}", []).append((match[2], node))
    for node in tree.css("[class]"):
        for word in (node.attributes.get("class") or "").split():
            if _NAMED.match(word):
                found.setdefault(f".{word.lower()}", []).append((None, node))
    made = [_group(boxes) for boxes in found.values() if fewest <= len(boxes) <= MOST]
    return sorted((group for group in made if group.size), key=lambda group: -group.size)


def _group(boxes: Collection[tuple[str | None, LexborNode]]) -> Group:
    members = frozenset(node.mem_id for _, node in boxes)
    outer = [node for _, node in boxes if not _within(node, members)]
    around: set[int] = set()
    for _, box in boxes:
        node: LexborNode | None = box
        while node is not None and node.mem_id not in around:
            around.add(node.mem_id)
            node = node.parent
    return Group(tuple(boxes), members, sum(len(node.text(deep=True)) for node in outer), frozenset(around))


def _within(node: LexborNode, members: frozenset[int]) -> bool:
    parent = node.parent
    while parent is not None:
        if parent.mem_id in members:
            return True
        parent = parent.parent
    return False


def number_around(box: LexborNode) -> str | None:
    """The number in the id of what wraps this box alone; what holds several like it has a number of its own: a topic's,
    a list's."""
    outer = box.parent
    match = _IDS.match(outer.id or "") if outer is not None else None
    if outer is None or match is None:
        return None
    kind = box.tag, box.attributes.get("class")
    alike = [one for one in _children(outer) if (one.tag, one.attributes.get("class")) == kind]
    return match[2] if len(alike) == 1 else None


def openings(tree: Tree, group: Group) -> Iterator[LexborNode]:
    """Boxes before a group's first that may hold the post which the group answers: a question, a topic's text."""
    first = group.boxes[0][1]
    for node in tree.css("[class], [id]"):
        if node.mem_id == first.mem_id:
            return
        words = [*(node.attributes.get("class") or "").split(), node.id or ""]
        if any(map(_OPENING.match, words)) and not any(inside(box, node) for _, box in group.boxes):
            yield node


def body_in(box: LexborNode, group: Group, apart: Collection[LexborNode]) -> LexborNode | None:
    """The part of a box that holds most of its words and none of what stands `apart` from them (author, time); None
    where words and furniture are not parted."""
    node = box
    for _ in range(12):
        if node.mem_id != box.mem_id and not any(inside(one, node) for one in apart):
            return node
        size = len(node.text(deep=True))
        inner = [child for child in _children(node) if child.mem_id not in group.members]
        if not inner:
            return None
        largest = max(inner, key=lambda child: len(child.text(deep=True)))
        if len(largest.text(deep=True)) < 0.4 * size:
            return None
        node = largest
    return None


def _children(node: LexborNode) -> Iterator[LexborNode]:
    child = node.child
    while child is not None:
        if child.tag not in ("-text", "_comment", "script", "style"):
            yield child
        child = child.next


def inside(node: LexborNode, outer: LexborNode) -> bool:
    """Whether a node is `outer` or stands in it."""
    one: LexborNode | None = node
    while one is not None:
        if one.mem_id == outer.mem_id:
            return True
        one = one.parent
    return False
