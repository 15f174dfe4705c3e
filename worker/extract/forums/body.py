"""A post's own words out of its box: one walk that keeps text, links, images, quotes, code and hidden parts apart.

What an element means is told by marks, data of the platform: a tag name or `.class` -> `quote`, `code`, `hidden`,
`file`, `keep`, `line` (stands on lines of its own), `head` (a mention that may only head a reply), or `drop WHAT`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from selectolax.lexbor import LexborNode

from archive.records import JsonMap
from worker.extract.forums.markdown import RICH, Markdown
from worker.extract.model import Dropped
from worker.extract.tree import Tree

Marks = Mapping[str, str]
MAX_BODY_DEPTH = 150
"""elements nested deeper inside a post are read as plain text: the walk is recursive"""

_BLOCKS = frozenset(
    ["p", "div", "li", "ul", "ol", "dl", "dt", "dd", "table", "tbody", "thead", "tfoot", "caption", "h1", "h2", "h3",
    "h4", "h5", "h6", "blockquote", "pre", "section", "article", "hr", "center", "form", "fieldset", "figure",
    "figcaption", "header", "footer", "aside", "details", "summary", "address", "main", "nav"]
)
_SILENT = frozenset(
    ["script", "style", "noscript", "template", "button", "select", "option", "input", "textarea", "svg", "object",
    "param", "map", "area", "head", "title", "meta", "link", "canvas", "progress"]
)
_EMBEDS = frozenset(["iframe", "embed", "video", "audio", "source"])
_SPACE = re.compile(r"[ \t\r\n\f\v\xa0\u3000]+")
_INVISIBLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?:px|pt|em|%)?\s*(?:;|$)", re.I)
_ZERO_WIDTH = str.maketrans("", "", "\u200b\ufeff\u00ad\u2060")


def squeeze(text: str) -> str:
    """One line: runs of blanks become one space, invisible characters go."""
    return _SPACE.sub(" ", text.translate(_ZERO_WIDTH)).strip()


@dataclass(slots=True)
class Body:
    """What one post's box says. `text` is the author's own words, one paragraph a line."""

    lines: list[str] = field(default_factory=list)
    links: list[JsonMap] = field(default_factory=list)
    images: list[JsonMap] = field(default_factory=list)
    attachments: list[JsonMap] = field(default_factory=list)
    quotes: list[JsonMap] = field(default_factory=list)
    code: list[str] = field(default_factory=list)
    hidden: list[JsonMap] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)
    markdown: str | None = None
    """the body as Markdown where it holds more than lines of words"""

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


QuoteReader = Callable[[LexborNode, "Walk"], JsonMap]
FileReader = Callable[[LexborNode, "Walk"], JsonMap | None]
ImageReader = Callable[[dict[str, str | None]], tuple[str, str] | None]


class Walk:
    """Reads boxes by one platform's marks.

    `quote`, `image`, `file` and `address` say what the platform does differently; a link whose target matches
    `files` is an attachment.
    """

    def __init__(
        self,
        tree: Tree,
        marks: Marks,
        *,
        quote: QuoteReader | None = None,
        image: ImageReader | None = None,
        file: FileReader | None = None,
        address: Callable[[str], str] | None = None,
        files: re.Pattern[str] | None = None,
    ) -> None:
        self.tree = tree
        self.marks = marks
        self._quote = quote or plain_quote
        self._image = image or plain_image
        self._file = file or plain_file
        self._address = address
        self._files = files
        self._body = Body()
        self._pieces: list[str] = []

    def read(self, *boxes: LexborNode | None) -> Body:
        """The boxes' content, one after another, as one body."""
        kept_body, kept_pieces = self._body, self._pieces
        self._body, self._pieces = body, _ = Body(), []
        for box in boxes:
            if box is not None:
                self._children(box, 0)
                self._break()
        self._body, self._pieces = kept_body, kept_pieces
        return body

    def read_post(self, *boxes: LexborNode | None) -> Body:
        """The same for a whole post, as Markdown too."""
        body = self.read(*boxes)
        found = [box for box in boxes if box is not None]
        if body.quotes or body.code or any(box.css_first(RICH) is not None for box in found):
            writer = Markdown(self.marks, self.address, body.quotes, body.code, _INVISIBLE)
            written = writer.write(found)
            body.markdown = written if written != "\n\n".join(body.lines) else None
        return body

    def read_file(self, node: LexborNode) -> Body:
        """One attachment's box: its picture or its file."""
        kept, self._body = self._body, Body()
        self._attach(node)
        found, self._body = self._body, kept
        return found

    def address(self, href: str | None) -> str | None:
        """Absolute URL of a link without the platform's volatile parts."""
        url = self.tree.absolute(href)
        return self._address(url) if url and self._address else url

    def _break(self) -> None:
        if self._pieces:
            if line := squeeze("".join(self._pieces)):
                self._body.lines.append(line)
            self._pieces.clear()

    def _children(self, node: LexborNode, depth: int) -> None:
        child = node.first_child
        while child is not None:
            tag = child.tag
            if tag == "-text":
                self._pieces.append(child.text_content or "")
            elif tag and tag[0] not in "-_!":
                self._element(child, tag, depth)
            child = child.next

    def _element(self, node: LexborNode, tag: str, depth: int) -> None:
        if tag == "br":
            self._break()
            return
        if tag in _SILENT:
            return
        attributes = node.attributes
        mark = self._mark(tag, attributes)
        if mark == "head":
            if self._heads(node):
                return
            mark = None
        if mark is not None and mark not in ("keep", "line"):
            self._marked(node, mark)
            return
        style = attributes.get("style")
        if style and mark is None and _INVISIBLE.search(style):
            self._drop(node, "invisible text")
            return
        if tag == "img":
            self.picture(attributes)
        elif tag in _EMBEDS:
            self._link(attributes.get("src"), "")
        elif depth > MAX_BODY_DEPTH:
            self._pieces.append(node.text(deep=True, separator=" "))
        elif tag == "a":
            self._anchor(node, attributes, depth)
        elif tag == "tr":
            self._row(node, depth)
        elif tag in _BLOCKS or mark == "line":
            self._break()
            self._children(node, depth + 1)
            self._break()
        else:
            self._children(node, depth + 1)

    def _mark(self, tag: str, attributes: dict[str, str | None]) -> str | None:
        names = attributes.get("class")
        if names:
            for name in names.split():
                if mark := self.marks.get(f".{name}"):
                    return mark
        return self.marks.get(tag)

    def _marked(self, node: LexborNode, mark: str) -> None:
        if mark == "code":
            self._break()
            if code := code_text(node, self.marks):
                self._body.code.append(code)
        elif mark == "quote":
            self._break()
            place = len(self._body.quotes)
            self._body.quotes.insert(place, self._quote(node, self))
        elif mark == "hidden":
            self._break()
            self._body.hidden.append({"kind": "hidden", "text": self.read(node).text})
        elif mark == "file":
            self._attach(node)
        else:
            self._drop(node, mark.removeprefix("drop "))

    def _heads(self, node: LexborNode) -> bool:
        """A mention before any word of the author's is the header of a quote without words."""
        if self._body.lines or squeeze("".join(self._pieces)):
            return False
        who = squeeze(node.text(deep=True)).lstrip("@")
        self._body.quotes.append(quote_of(Body(), author=who, pid=node.attributes.get("data-id")))
        return True

    def _attach(self, node: LexborNode) -> None:
        if (found := self._file(node, self)) is not None and found not in self._body.attachments:
            self._body.attachments.append(found)

    def _drop(self, node: LexborNode, what: str) -> None:
        if text := squeeze(node.text(deep=True, separator=" ")):
            self._body.dropped.append(Dropped(what, text[:200]))

    def picture(self, attributes: dict[str, str | None]) -> None:
        found = self._image(attributes)
        if found is None:
            return
        source, alt = found
        if source.startswith("text:"):
            self._pieces.append(source[5:])
        elif url := self.address(source):
            self._body.images.append({"url": url, "alt": alt})

    def _anchor(self, node: LexborNode, attributes: dict[str, str | None], depth: int) -> None:
        if self._files is not None and self._files.search(attributes.get("href") or ""):
            if node.css_first("img") is not None and (url := self.address(attributes.get("href"))):
                self._body.images.append({"url": url, "alt": ""})
            else:
                self._attach(node)
            return
        before = len(self._body.images)
        self._children(node, depth + 1)
        if len(self._body.images) == before:
            self._link(attributes.get("href"), squeeze(node.text(deep=True)))

    def _link(self, href: str | None, text: str) -> None:
        if href and (url := self.address(href)):
            self._body.links.append({"url": url, "text": text})

    def _row(self, node: LexborNode, depth: int) -> None:
        self._break()
        cells: list[list[str]] = []
        child = node.first_child
        while child is not None:
            tag = child.tag
            if tag in ("td", "th"):
                kept, self._body.lines = self._body.lines, []
                self._children(child, depth + 1)
                self._break()
                cells.append(self._body.lines)
                self._body.lines = kept
            elif tag and tag[0] not in "-_!":
                self._element(child, tag, depth + 1)
            child = child.next
        self._break()
        if len(cells) == 1:
            self._body.lines.extend(cells[0])
        elif any(cells):
            self._body.lines.append(" | ".join(" ".join(cell) for cell in cells))


def plain_quote(node: LexborNode, walk: Walk) -> JsonMap:
    """A quote whose author stands in a <cite> or not at all."""
    cite = node.css_first("cite")
    author = squeeze(cite.text(deep=True)) if cite is not None else ""
    if cite is not None:
        cite.decompose()
    return quote_of(walk.read(node), author=author.rstrip(":：") or None)


def quote_of(body: Body, **who: str | int | None) -> JsonMap:
    """A quote as a value: its text (code in it included, quotes in it apart) and what is known of whom it quotes."""
    said: dict[str, object] = {"text": "\n".join([*body.lines, *body.code])}
    said |= {key: value for key, value in who.items() if value is not None}
    if body.quotes:
        said["quotes"] = list(body.quotes)
    return said


_SOURCES = (
    "data-fullsize-url", "data-original", "data-src", "data-lazy-src", "data-url", "zoomfile", "file", "src",
)  # fmt: skip
"""attributes that hold a picture's real address: its full size first, what a script loads later, then the address"""
_SMILE = re.compile(r"smil|emoji|emotic|twemoji|bbc_emoticon", re.I)
_ICON = re.compile(r"/(?:attachtypes|attach|statusicon|filetype|icons?)/[^/]*\.(?:png|gif|svg|webp)$", re.I)


def plain_image(attributes: dict[str, str | None]) -> tuple[str, str] | None:
    """(source, alt) of a picture; a character drawn as a picture is `text:` and the character; None for smilies."""
    alt = attributes.get("alt") or ""
    if _SMILE.search(f"{attributes.get('class') or ''} {attributes.get('src') or ''}") or "smilieid" in attributes:
        return (f"text:{alt}", "") if alt and not alt.isascii() and len(alt) <= 12 and not alt.isalpha() else None
    for name in _SOURCES:
        source = attributes.get(name)
        if source and not source.startswith("data:"):
            return (source, alt) if _ICON.search(source) is None else None
    return None


def plain_file(node: LexborNode, walk: Walk) -> JsonMap | None:
    """An attachment whose first link names it."""
    link = node if node.tag == "a" else node.css_first("a[href]")
    if link is None or not (url := walk.address(link.attributes.get("href"))):
        return None
    return {"url": url, "name": squeeze(link.text(deep=True))}


def code_text(node: LexborNode, marks: Marks) -> str:
    """A code block line by line, its own blanks kept; of a box with a heading only the <pre> or <code> inside."""
    inner = node.css("pre") or node.css("code")
    if len(inner) == 1 and node.tag not in ("pre", "code"):
        node = inner[0]
    pieces: list[str] = []
    _code(node, marks, pieces, 0)
    lines = "".join(pieces).replace("\r\n", "\n").replace("\xa0", " ").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip("\n")


def _code(node: LexborNode, marks: Marks, pieces: list[str], depth: int) -> None:
    child = node.first_child
    while child is not None:
        tag = child.tag or ""
        if tag == "-text":
            text = child.text_content or ""
            pieces.append(text.removeprefix("\n") if pieces and pieces[-1] == "\n" else text)
        elif tag == "br":
            pieces.append("\n")
        elif tag[:1] not in ("-", "_", "!") and tag not in _SILENT and depth < MAX_BODY_DEPTH:
            names = (child.attributes.get("class") or "").split()
            said = tag in ("em", "dt", "button") or any(marks.get(f".{name}", "").startswith("drop") for name in names)
            if not said:
                if tag in ("li", "p", "div", "tr") and pieces and not pieces[-1].endswith("\n"):
                    pieces.append("\n")
                _code(child, marks, pieces, depth + 1)
        child = child.next
