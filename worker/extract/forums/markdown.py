"""A post's body as Markdown: headings, lists, tables, links, pictures, code and quotes where they stand.

A second walk over a box that the first one has read, only where it holds more than words: quotes and code come from
what the first walk found, in their order, since reading a quote takes its heading out of the tree.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from selectolax.lexbor import LexborNode

from archive.records import JsonMap

RICH = "strong, b, em, i, li, tr, h1, h2, h3, h4, h5, h6, a[href], img, hr, code"
"""elements that say more than their words"""

_BLOCKS = frozenset(["p", "div", "ul", "ol", "dl", "dt", "dd", "table", "tbody", "thead", "section", "article",
"center", "blockquote", "details", "summary"])
_SILENT = frozenset(["script", "style", "noscript", "template", "button", "select", "option", "input", "textarea",
"svg", "object", "form"])
_AROUND = {"strong": "**", "b": "**", "em": "*", "i": "*", "code": "`"}
_SPACE = re.compile(r"\s+")
MAX_DEPTH = 100


class Markdown:
    """Writes one body; `skip` says which elements are no part of it."""

    def __init__(
        self,
        marks: Mapping[str, str],
        address: Callable[[str | None], str | None],
        quotes: Sequence[JsonMap],
        code: Sequence[str],
        invisible: re.Pattern[str],
    ) -> None:
        self._marks = marks
        self._address = address
        self._quotes: Iterator[JsonMap] = iter(quotes)
        self._code = iter(code)
        self._invisible = invisible
        self._blocks: list[str] = []
        self._pieces: list[str] = []
        self._prefix = ""
        self._header = False

    def write(self, boxes: Sequence[LexborNode]) -> str:
        """The boxes as Markdown."""
        for box in boxes:
            self._children(box, 0)
            self._break()
        out = ""
        for block in self._blocks:
            together = out and block[:2] in ("- ", "| ") and out.rpartition("\n")[2][:2] == block[:2]
            out += ("\n" if together else "\n\n" if out else "") + block
        return out

    def _break(self) -> None:
        line = _SPACE.sub(" ", "".join(self._pieces)).strip()
        self._pieces.clear()
        if line:
            self._blocks.append(self._prefix + line)
            self._prefix = ""

    def _children(self, node: LexborNode, depth: int) -> None:
        child = node.first_child
        while child is not None:
            tag = child.tag or ""
            if tag == "-text":
                self._pieces.append(child.text_content or "")
            elif tag[:1] not in ("-", "_", "!") and tag not in _SILENT:
                self._element(child, tag, depth + 1)
            child = child.next

    def _element(self, node: LexborNode, tag: str, depth: int) -> None:
        attributes = node.attributes
        mark = self._mark(tag, attributes)
        if mark in ("quote", "code") or (mark == "head" and not self._blocks and not "".join(self._pieces).strip()):
            self._break()
            code = [f"```\n{next(self._code, '')}\n```"] if mark == "code" else []
            self._blocks.extend(code or _quoted(next(self._quotes, {})))
        elif mark == "file":
            found = {one.mem_id: one for one in node.css("img[file], img[zoomfile], img.postimage")}
            for picture in found.values():
                self._picture(picture.attributes)
        elif (mark is not None and mark not in ("keep", "line", "head")) or (
            mark is None and self._invisible.search(attributes.get("style") or "") is not None
        ):
            return
        elif depth > MAX_DEPTH:
            self._pieces.append(node.text(deep=True))
        elif tag == "br":
            self._break()
        elif tag == "img":
            self._picture(attributes)
        elif tag == "a":
            self._around(node, depth, "[", f"]({self._address(attributes.get('href')) or ''})")
        elif tag in _AROUND:
            self._around(node, depth, _AROUND[tag], _AROUND[tag])
        elif tag == "tr":
            self._row(node, depth)
        elif tag == "li" or (tag[0] == "h" and tag[1:].isdigit()) or tag in _BLOCKS:
            self._break()
            self._prefix = (
                "- "
                if tag == "li"
                else "#" * int(tag[1:]) + " "
                if tag[0] == "h" and tag[1:].isdigit()
                else self._prefix
            )
            self._header = self._header or tag == "table"
            self._children(node, depth)
            self._break()
            self._prefix = ""
        else:
            self._children(node, depth)

    def _mark(self, tag: str, attributes: Mapping[str, str | None]) -> str | None:
        for name in (attributes.get("class") or "").split():
            if mark := self._marks.get(f".{name}"):
                return mark
        return self._marks.get(tag)

    def _around(self, node: LexborNode, depth: int, before: str, after: str) -> None:
        start = len(self._pieces)
        blocks = len(self._blocks)
        self._children(node, depth)
        if len(self._blocks) != blocks or start > len(self._pieces):
            return
        words = _SPACE.sub(" ", "".join(self._pieces[start:])).strip()
        if words:
            self._pieces[start:] = [f"{before}{words}{after}"]

    def _picture(self, attributes: Mapping[str, str | None]) -> None:
        names = ("file", "zoomfile", "data-original", "data-src", "src")
        source = next((attributes[name] for name in names if attributes.get(name)), None)
        alt = attributes.get("alt") or ""
        if source is None or "smilieid" in attributes or source.startswith("data:"):
            return
        if re.search(r"smil|emoji|emotic", f"{source} {attributes.get('class')}", re.I):
            self._pieces.append("" if alt.isascii() else alt)
        elif re.search(r"none\.gif|/filetype/|/attachtypes/", source) is None:
            self._pieces.append(f"![{alt}]({self._address(source) or ''})")

    def _row(self, node: LexborNode, depth: int) -> None:
        self._break()
        cells = []
        child = node.first_child
        while child is not None:
            if child.tag in ("td", "th"):
                kept, self._blocks = self._blocks, []
                self._children(child, depth)
                self._break()
                cells.append(self._blocks)
                self._blocks = kept
            child = child.next
        if len(cells) == 1:
            self._blocks.extend(cells[0])
        elif any(cells):
            self._blocks.append("| " + " | ".join(" ".join(cell).replace("|", "\\|") for cell in cells) + " |")
            if self._header:
                self._blocks.append("| " + " | ".join("---" for _ in cells) + " |")
        self._header = False


def _quoted(quote: JsonMap) -> list[str]:
    author = quote.get("author")
    lines = [f"**{author}**"] if author else []
    lines += str(quote.get("text") or "").split("\n")
    return ["\n".join(f"> {line}" for line in lines if line)] if any(lines) else []
