"""The text of a page as Markdown (CommonMark with GFM tables): headings, lists, tables, quotes, links, emphasised
lines."""

from __future__ import annotations

import re
from collections.abc import Sequence

from worker.extract.paragraphs import Paragraph, cells, joined
from worker.extract.tree import Tree
from worker.extract.walk import Walk
from worker.remembered import remembered

_ESCAPED = re.compile(r"([\\`*_\[\]<>])")
_LIST_LIKE = re.compile(r"^(\s*)([-+#>]|\d+[.)])(?=\s)")


def written(tree: Tree, walk: Walk, paragraphs: Sequence[Paragraph]) -> str | None:
    """The paragraphs as Markdown, None where it would say no more than plain lines do."""
    links = _links(tree, walk, paragraphs)
    out: list[str] = []
    plain = not links
    place = 0
    while place < len(paragraphs):
        paragraph = paragraphs[place]
        if paragraph.kind == "row":
            table, place = _table(walk, paragraphs, place)
            out.append(table)
            plain = False
            continue
        text = _linked(escaped(paragraph.text), links.get(paragraph.start, []))
        block, said = _block(walk, paragraph, text)
        plain = plain and not said
        joint = "\n" if out and paragraph.kind == "li" and paragraphs[place - 1].kind == "li" else "\n\n"
        out.append(joint + block if out else block)
        place += 1
    text = "".join(part if number == 0 or part.startswith("\n") else "\n\n" + part for number, part in enumerate(out))
    return None if plain or not text else text


@remembered
def escaped(text: str) -> str:
    """Text that Markdown leaves as it is."""
    if text.isalnum():  # most cells of tables
        return text
    return _LIST_LIKE.sub(r"\1\\\2", _ESCAPED.sub(r"\\\1", text))


def _block(walk: Walk, paragraph: Paragraph, text: str) -> tuple[str, bool]:
    """A paragraph in its form, and whether the form says anything."""
    kind = paragraph.kind
    if kind[0] == "h" and kind[1:].isdigit():
        return f"{'#' * int(kind[1:])} {text}", True
    if kind == "li":
        depth, ordered = _list_place(walk, paragraph.element)
        return f"{'  ' * (depth - 1)}{'1.' if ordered else '-'} {text}", True
    if kind == "blockquote":
        return f"> {text}", True
    if kind == "pre":
        return f"```\n{paragraph.text}\n```", True
    bold = walk.marks[paragraph.start] >= 0.9 * len(paragraph.text) and len(paragraph.text) < 120
    return (f"**{text}**", True) if bold else (text, False)


def _list_place(walk: Walk, element: int) -> tuple[int, bool]:
    depth, ordered = 0, None
    while element >= 0:
        if walk.tag[element] in ("ul", "ol"):
            depth += 1
            if ordered is None:
                ordered = walk.tag[element] == "ol"
        element = walk.parent[element]
    return max(depth, 1), bool(ordered)


def _table(walk: Walk, paragraphs: Sequence[Paragraph], place: int) -> tuple[str, int]:
    """The rows of one table from `place` on, as a GFM table, and the place after them."""
    rows: list[list[str]] = []
    around = walk.parent[paragraphs[place].element]
    while (
        place < len(paragraphs) and paragraphs[place].kind == "row" and walk.parent[paragraphs[place].element] == around
    ):
        row = paragraphs[place].element
        rows.append(
            [
                escaped(joined(walk.texts[walk.start[cell] : walk.stop[cell]])).replace("|", "\\|")
                for cell in cells(walk, row)
            ]
        )
        place += 1
    width = max(map(len, rows))
    lines = ["| " + " | ".join(row + [""] * (width - len(row))) + " |" for row in rows]
    lines.insert(1, "|" + " --- |" * width)
    return "\n".join(lines), place


def _links(tree: Tree, walk: Walk, paragraphs: Sequence[Paragraph]) -> dict[int, list[tuple[str, str]]]:
    blocks = {paragraph.start for paragraph in paragraphs if paragraph.kind != "row"}
    found: dict[int, list[tuple[str, str]]] = {}
    for anchor in walk.anchors:
        if anchor.start in blocks and anchor.text and (url := tree.absolute(anchor.href)):
            found.setdefault(anchor.start, []).append((anchor.text, url))
    return found


def _linked(text: str, links: list[tuple[str, str]]) -> str:
    at = 0
    for words, url in links:
        place = text.find(escaped(words), at)
        if place >= 0:
            link = f"[{escaped(words)}]({url.replace(' ', '%20').replace('(', '%28').replace(')', '%29')})"
            text = text[:place] + link + text[place + len(escaped(words)) :]
            at = place + len(link)
    return text
