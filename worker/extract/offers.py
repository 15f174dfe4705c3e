"""What a text offers beside its words: attachments, content links, pictures with their captions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from worker.extract import links
from worker.extract.tree import Tree
from worker.extract.walk import Walk
from worker.remembered import remembered

_BEHIND = 12
"""blocks behind the text in which attachments still belong to it"""
_CAPTIONS = ("figcaption",)
_CAPTION_CLASS = re.compile(
    r' class="[^"]*(?:caption|(?:pic|img)_?-?(?:text|desc|title|info)|tu(?:pian)?_?(?:zhu|shuo))', re.I
)


_LONGEST_CAPTION = 100
"""characters of a line under a picture"""
_SAYS_SO = re.compile(
    r"[▲△▼▽◀▶]|[上下左右]?图(?:为|[一二三四五六七八九十\d]{0,3}\s?[：:])|资料图|.*(?:摄|供图|制图|资料图片?)\s?[）)]?[。.]?$"
)
"""a line under a picture that speaks of it"""


@dataclass(slots=True)
class Offers:
    """What stands in a text, in order, each once."""

    attachments: list[dict[str, str]] = field(default_factory=list)
    links: list[dict[str, str]] = field(default_factory=list)
    images: list[dict[str, str]] = field(default_factory=list)
    shown: int = 0
    """images that do not lead elsewhere"""


def read(
    tree: Tree, html: str, start: int, end: int, element: int, said: Mapping[int, tuple[int, str]]
) -> Offers:  # fmt: skip
    """What the blocks start..end inside an element offer; `html` is the page, for what its scripts write, `said` the
    `captions` of those blocks."""
    walk = tree.walk
    found = Offers()
    seen: set[tuple[str, str]] = set()
    for anchor in walk.anchors:
        if not start <= anchor.start < end + _BEHIND:
            continue
        if (offered := links.attachment(tree, walk, anchor)) is not None:
            key = offered.get("url", ""), offered["name"]
            if key not in seen:
                found.attachments.append(offered)
        elif anchor.start < end and (link := links.content_link(tree, walk, anchor)):
            key = link["url"], link["text"]
            if key not in seen:
                found.links.append(link)
        else:
            continue
        seen.add(key)
    if "document.write" in html:
        found.attachments += [
            one for one in links.written_by_script(tree, html) if (one["url"], one["name"]) not in seen
        ]
    pictured: set[str] = set()
    for image in walk.images:
        if not (start <= image.block <= end and _within(walk, image.element, element)):
            continue
        picture = links.content_image(tree, image)
        if picture is not None and picture["url"] not in pictured:
            pictured.add(picture["url"])
            words = next((text for figure, text in said.values() if _within(walk, image.element, figure)), None)
            if words := words or (_beneath(walk, image.block) if image.block < end else None):
                picture["caption"] = words
            found.images.append(picture)
            found.shown += not image.linked
    return found


def captions(walk: Walk, start: int, end: int) -> dict[int, tuple[int, str]]:
    """Blocks that are captions of pictures: block -> (element of the figure, words)."""
    named = {
        element
        for element, (tag, attrs) in enumerate(zip(walk.tag, walk.attrs, strict=True))
        if tag in _CAPTIONS or (attrs and _named_caption(attrs))
    }
    found = {}
    for block in range(start, end) if named else ():
        for element in walk.ancestors(walk.owner[block])[:4]:
            if element in named:
                found[block] = max(walk.parent[element], 0), walk.texts[block]
                break
    pictures: dict[int, list[int]] = {}
    for image in walk.images:
        pictures.setdefault(image.block, []).append(image.element)
    for block, elements in pictures.items():
        if start <= block < end and block not in found and len(elements) == 1:
            near = pictures.get(block + 1, [])
            if (box := _framed(walk, block, elements[0], near[:1])) is not None:
                found[block] = box, walk.texts[block]
    return found


def _beneath(walk: Walk, block: int) -> str | None:
    """The paragraph under a picture, where its words say that it is about the picture. It stays a paragraph of the
    text: nothing but its words tells it from one."""
    words = walk.texts[block]
    said = len(words) <= _LONGEST_CAPTION and not walk.linked[block] and _SAYS_SO.match(words) is not None
    return words if said else None


def _framed(walk: Walk, block: int, picture: int, behind: list[int]) -> int | None:
    """The table that holds a picture and one line under it and nothing else, as newspapers print them; None for
    others. `picture` is the element the picture stands in, `behind` that of the one behind the line."""
    if len(walk.texts[block]) > _LONGEST_CAPTION or walk.linked[block]:
        return None
    table = next((element for element in walk.ancestors(picture) if walk.tag[element] == "table"), None)
    if table is None or (walk.start[table], walk.stop[table]) != (block, block + 1):
        return None
    return None if any(_within(walk, other, table) for other in behind) else table


@remembered
def _named_caption(attrs: str) -> bool:
    return _CAPTION_CLASS.search(attrs) is not None


def _within(walk: Walk, element: int, outer: int) -> bool:
    while element >= outer:
        if element == outer:
            return True
        element = walk.parent[element]
    return False
