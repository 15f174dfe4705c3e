"""One walk of a page's tree into arrays, which every rule of ours reads.

A selectolax property costs at every access (~60 ns and a new Python object), so the tree is written out once by Lexbor
itself (well formed, lower case, `<` and `>` escaped in attributes) and cut into tokens by one regular expression: about
0.4 ms for a page of 1,500 elements, where asking each node for tag, parent and attributes took 1.5 ms.

    elements   tag, parent, attrs, first and last block, length of text and of linked text
    blocks     the smallest pieces of text: what stands between two block boundaries (a <br> is one)
    anchors    links with their words and the block they stand in
    images     with the block they precede
"""

from __future__ import annotations

import re
from html import unescape
from itertools import accumulate
from typing import NamedTuple

INLINE = frozenset(
    ["a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins",
    "kbd", "label", "mark", "nobr", "o:p", "q", "ruby", "s", "samp", "small", "span", "strike", "strong", "sub", "sup",
    "time", "tt", "u", "var", "wbr", "img", "input", "source", "track", "area", "col", "embed", "link", "meta", "param",
    "base"]
)
"""elements that do not end a block"""
VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
"track", "wbr"])
SKIPPED = frozenset(
    ["script", "style", "template", "svg", "math", "head", "iframe", "object", "canvas", "select", "datalist",
    "textarea", "audio", "video", "rp", "rt", "map"]
)
"""elements whose insides are never text of the page"""

_OPEN, _CLOSE, _BREAK, _PLAIN, _LINK, _LINK_END, _BOLD, _BOLD_END, _IMAGE, _SKIP = range(10)
_KINDS = (
    dict.fromkeys(INLINE, _PLAIN)
    | dict.fromkeys((f"/{tag}" for tag in INLINE), _PLAIN)
    | dict.fromkeys(SKIPPED, _SKIP)
    | dict.fromkeys((f"/{tag}" for tag in SKIPPED), _PLAIN)
    | dict.fromkeys(VOID - INLINE, _BREAK)
    | {"a": _LINK, "/a": _LINK_END, "img": _IMAGE}
    | {"b": _BOLD, "/b": _BOLD_END, "strong": _BOLD, "/strong": _BOLD_END}
)
"""what a tag does in the walk; unknown ones open and close elements"""
_TOKENS = re.compile(r"<(/?[a-zA-Z][^\s>/]*)([^>]*)>([^<]*)").findall
_ATTRIBUTE = re.compile(r'([^\s="]+)(?:="([^"]*)")?')
_HIDDEN = re.compile(r'display\s*:\s*none|visibility\s*:\s*hidden|\shidden(?:=""|[\s>]|$)', re.I)
_CJK = "\u2e80-\u303f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef"
_CJK_GAP = re.compile(rf"(?<=[{_CJK}])[ \t]*[\r\n]\s*(?=[{_CJK}])")


class Anchor(NamedTuple):
    """A link: its attributes as written, its words, the block its words begin in and the one after its last."""

    attrs: str
    element: int
    start: int
    stop: int
    text: str
    href: str | None
    """the link's target as written, None without one"""


class Image(NamedTuple):
    """An image: its attributes as written and the block it precedes."""

    attrs: str
    element: int
    block: int
    linked: bool = False
    """whether it is inside a link: a picture that leads elsewhere"""


def attribute(attrs: str, name: str) -> str | None:
    """The value of one attribute in a serialised start tag, None where it is missing."""
    at = attrs.find(f' {name}="')
    if at < 0:
        return None
    start = at + len(name) + 3
    value = attrs[start : attrs.find('"', start)]
    return unescape(value) if "&" in value else value


def attributes(attrs: str) -> dict[str, str]:
    """All attributes of a serialised start tag."""
    return {name: unescape(value) for name, value in _ATTRIBUTE.findall(attrs)}


def clean(text: str) -> str:
    """Text with white space collapsed; a line break between two Chinese characters is nothing."""
    if "&" in text:
        text = unescape(text)
    if "\n" in text and not text.isascii():
        text = _CJK_GAP.sub("", text)
    return " ".join(text.split())


def _tidied(text: str) -> str:
    """`clean` for what Lexbor wrote out: it escapes only four characters, and most texts need nothing done."""
    if "&" in text:
        text = text.replace("&nbsp;", " ").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    text = text.strip()
    if "\n" in text:
        if not text.isascii():
            text = _CJK_GAP.sub("", text)
        return " ".join(text.split())
    if "  " in text or "\t" in text or not text.isascii():
        return " ".join(text.split())
    return text


class Walk:
    """The arrays. Element 0 is the body; `parent[0]` is -1. `start[e]:stop[e]` are the blocks inside element e."""

    __slots__ = (
        "_anchors", "_cells", "_lengths", "_links", "attrs", "hidden", "images", "linked", "marks", "owner", "parent",
        "start", "stop", "tag", "texts",
    )  # fmt: skip

    def __init__(self, html: str) -> None:
        self.tag: list[str] = []
        self.parent: list[int] = []
        self.attrs: list[str] = []
        self.hidden: list[bool] = []
        self.start: list[int] = []
        self.stop: list[int] = []
        self.texts: list[str] = []
        self.owner: list[int] = []
        """element a block stands in directly"""
        self.linked: list[int] = []
        """characters of a block that are inside links"""
        self.marks: list[int] = []
        """characters of a block that are inside <b>, <strong> (what may be a heading in disguise)"""
        self.images: list[Image] = []
        self._links: list[tuple[str, int, int, int, str]] = []
        self._anchors: list[Anchor] | None = None
        self._cells: dict[int, list[int]] | None = None
        self._lengths: tuple[list[int], list[int]] | None = None
        self._walk(html)

    @property
    def anchors(self) -> list[Anchor]:
        """The links, in document order."""
        if self._anchors is None:
            self._anchors = [
                Anchor(attrs, max(e, 0), start, stop, _tidied(raw), attribute(attrs, "href"))
                for attrs, e, start, stop, raw in self._links
            ]
        return self._anchors

    @property
    def cells(self) -> dict[int, list[int]]:
        """Row -> its cells, in order: asked row by row, a table of 3,000 rows was looked through three times."""
        if self._cells is None:
            self._cells = {}
            for element, tag in enumerate(self.tag):
                if tag in ("td", "th"):
                    self._cells.setdefault(self.parent[element], []).append(element)
        return self._cells

    @property
    def text_length(self) -> list[int]:
        """Characters inside each element."""
        return (self._lengths or self._sums())[0]

    @property
    def link_length(self) -> list[int]:
        """Characters inside each element that are inside links."""
        return (self._lengths or self._sums())[1]

    def _sums(self) -> tuple[list[int], list[int]]:
        spans = list(zip(self.start, self.stop, strict=True))
        free = [0, *accumulate(map(len, self.texts))]
        linked = [0, *accumulate(map(min, self.linked, map(len, self.texts)))]
        self._lengths = [free[b] - free[a] for a, b in spans], [linked[b] - linked[a] for a, b in spans]
        return self._lengths

    def _walk(self, html: str) -> None:  # one loop on purpose: a call per token would double its cost
        elements: list[tuple[str, int, str, bool, int]] = []
        blocks: list[tuple[str, int, int, int]] = []
        stops, links, images = self.stop, self._links, self.images
        kinds = dict(_KINDS)
        pieces: list[str] = []
        count, current, skip, link_chars, bold_chars, bold = 0, -1, 0, 0, 0, 0
        anchor: str | None = None
        anchor_block = anchor_element = anchor_piece = bold_piece = 0
        fallbacks: list[int] = []
        for tag, attrs, text in _TOKENS(html):
            kind = kinds.get(tag, -1)
            if kind < 0:
                kind = kinds[tag] = _CLOSE if tag[0] == "/" else _OPEN
            if skip:
                if tag[0] == "/":
                    skip -= 1
                elif tag not in VOID:
                    skip += 1
                if skip:
                    continue
            elif kind <= _BREAK:
                if pieces:
                    if anchor is not None:
                        link_chars += sum(map(len, pieces[anchor_piece:]))
                        anchor_piece = 0
                    if bold:
                        bold_chars += sum(map(len, pieces[bold_piece:]))
                        bold_piece = 0
                    block = _tidied(pieces[0] if len(pieces) == 1 else "".join(pieces))
                    if block:
                        blocks.append((block, current, link_chars, bold_chars))
                        count += 1
                    pieces = []
                    link_chars = bold_chars = 0
                if kind == _CLOSE:
                    stops[current] = count
                    current = elements[current][1]
                elif kind == _OPEN:
                    hide = current >= 0 and elements[current][3]
                    if tag == "noscript":
                        hide = True
                        fallbacks.append(len(elements))
                    elif attrs and not hide and ("none" in attrs or "hidden" in attrs):
                        hide = _HIDDEN.search(attrs) is not None
                    elements.append((tag, current, attrs, hide, count))
                    current = len(stops)
                    stops.append(0)
            elif kind == _PLAIN:
                if attrs and "none" in attrs and tag not in VOID and _HIDDEN.search(attrs):
                    skip = 1
                    continue
            elif kind <= _LINK_END:
                if anchor is not None:
                    raw = "".join(pieces[anchor_piece:])
                    link_chars += len(raw)
                    links.append((anchor, anchor_element, anchor_block, count + 1,
                    raw if anchor_block == count else ""))
                    anchor = None
                if kind == _LINK:
                    anchor, anchor_element, anchor_block, anchor_piece = attrs, current, count, len(pieces)
            elif kind == _BOLD:
                if bold == 0:
                    bold_piece = len(pieces)
                bold += 1
            elif kind == _BOLD_END:
                bold -= 1
                if bold == 0:
                    bold_chars += sum(map(len, pieces[bold_piece:]))
            elif kind == _IMAGE:
                images.append(Image(attrs, current, count, anchor is not None))
            else:
                skip = 1
                continue
            if text and (pieces or not text.isspace()):
                pieces.append(text)
        if pieces and (block := _tidied("".join(pieces))):
            blocks.append((block, max(current, 0), link_chars, bold_chars))
            count += 1
        if anchor is not None:
            links.append((anchor, anchor_element, anchor_block, count + 1, ""))
        if not elements:  # a body that is not there
            elements.append(("body", -1, "", False, 0))
            stops.append(count)
        while current >= 0:
            stops[current] = count
            current = elements[current][1]
        self.tag, self.parent, self.attrs, self.hidden, self.start = map(list, zip(*elements, strict=True))
        if blocks:
            self.texts, self.owner, self.linked, self.marks = map(list, zip(*blocks, strict=True))
        if fallbacks:
            self._show(fallbacks)

    def _show(self, fallbacks: list[int]) -> None:
        """What stands in <noscript> is hidden, unless the page says little without it (Discourse, Flarum)."""
        inside = sum(len(self.texts[b]) for e in fallbacks for b in range(self.start[e], self.stop[e]))
        if inside < 200 or inside < 0.5 * (sum(map(len, self.texts)) - inside):
            return
        for element in fallbacks:
            self.hidden[element] = False
            after = element + 1
            while after < len(self.tag) and self.parent[after] >= element:
                self.hidden[after] = self.hidden[self.parent[after]]
                after += 1

    def ancestors(self, element: int) -> list[int]:
        """The element and everything around it, innermost first."""
        chain = []
        while element >= 0:
            chain.append(element)
            element = self.parent[element]
        return chain

    def words_of(self, anchor: Anchor) -> str:
        """The words of a link, those of all its blocks where it holds several."""
        return anchor.text or " ".join(self.texts[anchor.start : max(anchor.stop - 1, anchor.start)])


def walked(html: str) -> Walk:
    """The arrays of a body as Lexbor wrote it out."""
    for opening, ending in (("<script", "</script>"), ("<style", "</style>"), ("<!--", "-->")):
        if opening in html:
            head, *rest = html.split(opening)
            html = head + "".join(part.partition(ending)[2] if ending in part else "" for part in rest)
    return Walk(html)
