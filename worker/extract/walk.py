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

INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr o:p q ruby s samp small span"
    " strike strong sub sup time tt u var wbr img input source track area col embed link meta param base".split()
)
"""elements that do not end a block"""
VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
SKIPPED = frozenset(
    "script style noscript template svg math head iframe object canvas select datalist textarea audio video rp rt map".split()
)
"""elements whose insides are never text of the page"""

_TOKENS = re.compile(r"<(/?)([a-zA-Z][^\s>/]*)([^>]*)>([^<]*)").findall
_ATTRIBUTE = re.compile(r'([^\s="]+)(?:="([^"]*)")?')
_HIDDEN = re.compile(r'display\s*:\s*none|visibility\s*:\s*hidden|\shidden(?:=""|[\s>]|$)', re.I)
_CJK = "\u2e80-\u303f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef"
_CJK_GAP = re.compile(rf"(?<=[{_CJK}])[ \t]*[\r\n]\s*(?=[{_CJK}])")


@dataclass(slots=True)
class Anchor:
    """A link: its attributes as written, its words, the block its words begin in and the one after its last."""

    attrs: str
    element: int
    start: int
    stop: int = 0
    text: str = ""

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
        "anchors",
        "attrs",
        "hidden",
        "images",
        "link_length",
        "linked",
        "marks",
        "owner",
        "parent",
        "start",
        "stop",
        "tag",
        "text_length",
        "texts",
    )

    def __init__(self, html: str) -> None:
        self.tag: list[str] = []
        self.parent: list[int] = []
        self.attrs: list[str] = []
        self.hidden: list[bool] = []
        self.start: list[int] = []
        self.stop: list[int] = []
        self.text_length: list[int] = []
        self.link_length: list[int] = []
        self.texts: list[str] = []
        self.owner: list[int] = []
        """element a block stands in directly"""
        self.linked: list[int] = []
        """characters of a block that are inside links"""
        self.marks: list[int] = []
        """characters of a block that are inside <b>, <strong> (what may be a heading in disguise)"""
        self.anchors: list[Anchor] = []
        self.images: list[Image] = []
        self._walk(html)

    def _walk(self, html: str) -> None:  # one loop on purpose: a call per token would double its cost
        tags, parents, attrs_of, hidden, starts, stops = (
            self.tag, self.parent, self.attrs, self.hidden, self.start, self.stop,
        )  # fmt: skip
        texts, owners, linked, marks = self.texts, self.owner, self.linked, self.marks
        lengths, link_lengths = self.text_length, self.link_length
        pieces: list[str] = []
        current, skip, link_chars, bold_chars, bold = -1, 0, 0, 0, 0
        anchor: Anchor | None = None
        anchor_piece = 0
        for closing, tag, attrs, text in _TOKENS(html):
            if skip:
                if closing:
                    skip -= 1
                elif tag not in VOID:
                    skip += 1
                if skip:
                    continue
            elif tag in INLINE:
                if tag == "a":
                    if anchor is not None:
                        anchor.stop = len(texts) + 1
                        anchor.text = clean("".join(pieces[anchor_piece:])) if anchor.start == len(texts) else ""
                        anchor = None
                    if not closing:
                        anchor = Anchor(attrs, current, len(texts))
                        anchor_piece = len(pieces)
                        self.anchors.append(anchor)
                elif tag == "img":
                    self.images.append(Image(attrs, current, len(texts), anchor is not None))
                elif tag == "b" or tag == "strong":
                    bold += -1 if closing else 1
                elif not closing and "none" in attrs and tag not in VOID and _HIDDEN.search(attrs):
                    skip = 1
                    continue
            elif tag in SKIPPED and not closing:
                skip = 1
                continue
            else:
                if pieces:
                    block = clean("".join(pieces))
                    if block:
                        texts.append(block)
                        owners.append(current)
                        linked.append(link_chars)
                        marks.append(bold_chars)
                    pieces.clear()
                    link_chars = bold_chars = 0
                    if anchor is not None:
                        anchor_piece = 0
                if closing:
                    stops[current] = len(texts)
                    current = parents[current]
                elif tag not in VOID:
                    parents.append(current)
                    inherited = hidden[current] if current >= 0 else False
                    hidden.append(inherited or (("none" in attrs or "hidden" in attrs) and bool(_HIDDEN.search(attrs))))
                    current = len(tags)
                    tags.append(tag)
                    attrs_of.append(attrs)
                    starts.append(len(texts))
                    stops.append(0)
            if text:
                pieces.append(text)
                if anchor is not None:
                    link_chars += len(text.strip())
                if bold > 0:
                    bold_chars += len(text.strip())
        if pieces and (block := clean("".join(pieces))):
            texts.append(block)
            owners.append(max(current, 0))
            linked.append(link_chars)
            marks.append(bold_chars)
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
        text_sums, link_sums = [0], [0]
        for block, chars in zip(texts, linked, strict=True):
            text_sums.append(text_sums[-1] + len(block))
            link_sums.append(link_sums[-1] + min(chars, len(block)))
        lengths.extend(text_sums[stop] - text_sums[start] for start, stop in zip(starts, stops, strict=True))
        link_lengths.extend(link_sums[stop] - link_sums[start] for start, stop in zip(starts, stops, strict=True))

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
