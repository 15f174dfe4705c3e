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
from dataclasses import dataclass
from html import unescape
from itertools import accumulate

INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr o:p q ruby s samp small span"
    " strike strong sub sup time tt u var wbr img input source track area col embed link meta param base".split()
)
"""elements that do not end a block"""
VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
SKIPPED = frozenset(
    "script style template svg math head iframe object canvas select datalist textarea audio video rp rt map".split()
)
"""elements whose insides are never text of the page"""

_BLOCK, _PLAIN, _LINK, _IMAGE, _BOLD, _SKIP = range(6)
_KINDS = (
    dict.fromkeys(INLINE, _PLAIN)
    | dict.fromkeys(SKIPPED, _SKIP)
    | {"a": _LINK, "img": _IMAGE, "b": _BOLD, "strong": _BOLD}
)
_TOKENS = re.compile(r"<(/?)([a-zA-Z][^\s>/]*)([^>]*)>([^<]*)").findall
_ATTRIBUTE = re.compile(r'([^\s="]+)(?:="([^"]*)")?')
_HIDDEN = re.compile(r'display\s*:\s*none|visibility\s*:\s*hidden|\shidden(?:=""|[\s>]|$)', re.I)
_CJK = "\u2e80-\u303f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef"
_CJK_GAP = re.compile(rf"(?<=[{_CJK}])[ \t]*[\r\n]\s*(?=[{_CJK}])")


@dataclass(frozen=True, slots=True)
class Anchor:
    """A link: its attributes as written, its words, the block its words begin in and the one after its last."""

    attrs: str
    element: int
    start: int
    stop: int
    text: str

    @property
    def href(self) -> str | None:
        """The link's target as written, None without one."""
        return attribute(self.attrs, "href")


@dataclass(frozen=True, slots=True)
class Image:
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


class Walk:
    """The arrays. Element 0 is the body; `parent[0]` is -1. `start[e]:stop[e]` are the blocks inside element e."""

    __slots__ = (
        "_anchors", "_lengths", "_links", "attrs", "hidden", "images", "linked", "marks", "owner", "parent", "start",
        "stop", "tag", "texts",
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
        self._lengths: tuple[list[int], list[int]] | None = None
        self._walk(html)

    @property
    def anchors(self) -> list[Anchor]:
        """The links, in document order."""
        if self._anchors is None:
            self._anchors = [
                Anchor(attrs, max(e, 0), start, stop, clean(raw)) for attrs, e, start, stop, raw in self._links
            ]
        return self._anchors

    @property
    def text_length(self) -> list[int]:
        """Characters inside each element."""
        return self._sums()[0]

    @property
    def link_length(self) -> list[int]:
        """Characters inside each element that are inside links."""
        return self._sums()[1]

    def _sums(self) -> tuple[list[int], list[int]]:
        if self._lengths is None:
            spans = list(zip(self.start, self.stop, strict=True))
            free = [0, *accumulate(map(len, self.texts))]
            linked = [0, *accumulate(map(min, self.linked, map(len, self.texts)))]
            self._lengths = [free[b] - free[a] for a, b in spans], [linked[b] - linked[a] for a, b in spans]
        return self._lengths

    def _walk(self, html: str) -> None:  # one loop on purpose: a call per token would double its cost
        tags, parents, attrs_of, hidden, starts, stops = (
            self.tag, self.parent, self.attrs, self.hidden, self.start, self.stop,
        )  # fmt: skip
        texts, owners, linked, marks, links = self.texts, self.owner, self.linked, self.marks, self._links
        kinds = _KINDS.get
        pieces: list[str] = []
        current, skip, link_chars, bold_chars, bold = -1, 0, 0, 0, 0
        anchor: str | None = None
        anchor_block = anchor_element = anchor_piece = bold_piece = 0
        fallbacks: list[int] = []
        for closing, tag, attrs, text in _TOKENS(html):
            kind = kinds(tag, _BLOCK)
            if skip:
                if closing:
                    skip -= 1
                elif tag not in VOID:
                    skip += 1
                if skip:
                    continue
            elif kind == _BLOCK:
                if pieces:
                    if anchor is not None:
                        link_chars += sum(map(len, pieces[anchor_piece:]))
                        anchor_piece = 0
                    if bold:
                        bold_chars += sum(map(len, pieces[bold_piece:]))
                        bold_piece = 0
                    block = clean(pieces[0] if len(pieces) == 1 else "".join(pieces))
                    if block:
                        texts.append(block)
                        owners.append(current)
                        linked.append(link_chars)
                        marks.append(bold_chars)
                    pieces.clear()
                    link_chars = bold_chars = 0
                if closing:
                    stops[current] = len(texts)
                    current = parents[current]
                elif tag not in VOID:
                    hide = hidden[current] if current >= 0 else False
                    if tag == "noscript":
                        hide = True
                        fallbacks.append(len(tags))
                    elif not hide and attrs and ("none" in attrs or "hidden" in attrs):
                        hide = _HIDDEN.search(attrs) is not None
                    hidden.append(hide)
                    parents.append(current)
                    current = len(tags)
                    tags.append(tag)
                    attrs_of.append(attrs)
                    starts.append(len(texts))
                    stops.append(0)
            elif kind == _PLAIN:
                if attrs and "none" in attrs and not closing and tag not in VOID and _HIDDEN.search(attrs):
                    skip = 1
                    continue
            elif kind == _LINK:
                if anchor is not None:
                    raw = "".join(pieces[anchor_piece:])
                    link_chars += len(raw)
                    links.append(
                        (
                            anchor,
                            anchor_element,
                            anchor_block,
                            len(texts) + 1,
                            raw if anchor_block == len(texts) else "",
                        )
                    )
                    anchor = None
                if not closing:
                    anchor, anchor_element, anchor_block, anchor_piece = attrs, current, len(texts), len(pieces)
            elif kind == _BOLD:
                if closing:
                    bold -= 1
                    if bold == 0:
                        bold_chars += sum(map(len, pieces[bold_piece:]))
                else:
                    if bold == 0:
                        bold_piece = len(pieces)
                    bold += 1
            elif kind == _IMAGE:
                self.images.append(Image(attrs, current, len(texts), anchor is not None))
            elif not closing:
                skip = 1
                continue
            if text and (pieces or not text.isspace()):
                pieces.append(text)
        if pieces and (block := clean("".join(pieces))):
            texts.append(block)
            owners.append(max(current, 0))
            linked.append(link_chars)
            marks.append(bold_chars)
        if anchor is not None:
            links.append((anchor, anchor_element, anchor_block, len(texts) + 1, ""))
        if not tags:  # a body that is not there
            tags.append("body")
            parents.append(-1)
            attrs_of.append("")
            hidden.append(False)
            starts.append(0)
            stops.append(len(texts))
        while current >= 0:
            stops[current] = len(texts)
            current = parents[current]

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
