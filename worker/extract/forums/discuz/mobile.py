"""Discuz! for plain telephones (`mobile=yes`, the template `mobile`): a post is two boxes, one after the other.

Seen on X2 to X3.4: `#post_N.bm_c` says floor, author and time, the box after it holds `#postmessage_N` or, in its
place, a notice; a board's row is a link to the topic in `.tl .bm_c`.
"""

from __future__ import annotations

import re

from selectolax.lexbor import LexborNode

from worker.extract.forums.body import squeeze
from worker.extract.forums.discuz.addresses import asked, canonical
from worker.extract.model import FoundLink, Reading

SIGN = 'class="bm_user"'
_UID = re.compile(r"uid[-=](\d+)")
_MARKS = ("#", "楼", "樓")
"""what follows a floor's number"""


def boxes(reading: Reading) -> list[tuple[str, LexborNode, LexborNode]]:
    """(number, box of the heading, box of the text) of every post."""
    found: dict[str, tuple[str, LexborNode, LexborNode]] = {}
    for head in reading.tree.css('.bm_c[id^="post_"]'):
        pid, body = (head.id or "")[5:], head.next
        while body is not None and (body.tag or "-")[0] in "-_!":
            body = body.next
        if pid.isdigit() and body is not None:
            found.setdefault(pid, (pid, head, body))
    return list(found.values())


def heading(head: LexborNode) -> tuple[str, str | None, str | None]:
    """(the floor's words, the author's name, his number): one under the other in `.bm_user`, a name without link where
    the author is anonymous, a guest or deleted."""
    user = head.css_first(".bm_user") or head
    number = next((squeeze(node.text(deep=True)) for node in user.css("em") if node.id is None), "")
    lines = [line for line in map(squeeze, _own_text(user).split("\n")) if line and line not in _MARKS]
    floor = number if number[:1].isdigit() else lines.pop(0) if lines else ""
    for link in user.css('a[href*="uid"], a[href^="javascript"]'):
        for extra in link.css("em"):
            extra.decompose()
        target = link.attributes.get("href") or ""
        if "authorid=" not in target and (name := squeeze(link.text(deep=True))):
            uid = _UID.search(target)
            return floor, name, uid[1] if uid else None
    return floor, lines[0] if lines else None, None


def _own_text(node: LexborNode) -> str:
    pieces, child = [], node.first_child
    while child is not None:
        pieces.append((child.text_content or "") if child.tag == "-text" else "" if child.tag == "sup" else "\n")
        child = child.next
    return "".join(pieces)


def notice(body: LexborNode) -> str | None:
    """The forum's words in place of a post's text."""
    words = body.css_first(".mes > .xi1")
    return squeeze(words.text(deep=True)) if words is not None else None


def topics(reading: Reading) -> tuple[FoundLink, ...]:
    """The topics of a board."""
    found: dict[str, FoundLink] = {}
    for row in reading.tree.css(".tl .bm_c"):
        for link in row.css("a[href]"):
            url = reading.tree.absolute(link.attributes.get("href"))
            wanted = asked(url) if url else None
            if url is not None and wanted is not None and wanted.what == "topic":
                url = canonical(url, 1)
                found.setdefault(url, FoundLink(url, "topic", squeeze(link.text(deep=True))))
                break
    return tuple(found.values())
