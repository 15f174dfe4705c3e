"""PPTX (ISO/IEC 29500-1, part 19): slide after slide, the title as heading, tables as tables, lines of a box as
paragraphs.

Hidden slides are named and not read; numbers, dates and footers of slides are furniture; speaker's notes are not shown
to an audience and are not read.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from worker.extract.files.containers import Zip
from worker.extract.files.model import Block, Broken, FileText, Furniture
from worker.extract.files.xmlguard import local, parse

MAX_SLIDES = 2_000
MAX_NESTING = 30
"""groups in groups"""
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_STRICT_A = "{http://purl.oclc.org/ooxml/drawingml/main}"
_FURNITURE = {"dt": "date", "ftr": "footer", "hdr": "header", "sldNum": "page number"}
_TITLES = frozenset({"title", "ctrTitle"})


def read(body: bytes) -> FileText:
    """What the slides say. Raises Broken, Encrypted or Bomb."""
    container = Zip(body)
    blocks: list[Block] = []
    furniture: list[Furniture] = []
    unread: list[str] = []
    names = _slides(container)
    for number, name in enumerate(names[:MAX_SLIDES], 1):
        try:
            root = parse(container.read(name), name)
        except Broken as why:
            unread.append(f"slide {number}: {why}")
            continue
        if root.get("show") in ("0", "false"):
            unread.append(f"slide {number}: hidden")
            continue
        for kind, block in _shapes(root, number, 0):
            if kind in _FURNITURE:
                furniture.append(Furniture(_FURNITURE[kind], number, block.text))
            else:
                blocks.append(block)
    if len(names) > MAX_SLIDES:
        unread.append(f"only the first {MAX_SLIDES} slides are read")
    if not blocks and len(unread) == len(names):
        raise Broken("; ".join(unread[:3]) or "slides without a slide")
    return FileText("pptx", tuple(blocks), tuple(furniture), unread=tuple(unread))


def _slides(container: Zip) -> list[str]:
    """Names of the slides' parts in the order in which they are shown."""
    main = "ppt/presentation.xml"
    root = parse(container.read(main), main)
    related = _related(container, main)
    shown = [
        related.get(value, "")
        for element in root.iter() if local(element.tag) == "sldId"
        for name, value in element.attrib.items() if name.endswith("}id")
    ]  # fmt: skip
    return [name for name in shown if container.has(name)]


def _related(container: Zip, part: str) -> dict[str, str]:
    """Id of each relationship of a part -> name of the part it leads to."""
    folder, name = posixpath.split(part)
    relations = f"{folder}/_rels/{name}.rels"
    if not container.has(relations):
        return {}
    return {
        element.get("Id", ""): posixpath.normpath(posixpath.join(folder, element.get("Target", ""))).lstrip("/")
        for element in parse(container.read(relations), relations)
        if element.get("TargetMode") != "External"
    }


def _shapes(parent: Element, number: int, depth: int) -> Iterator[tuple[str, Block]]:
    """(kind of placeholder, '' for none; block) of every shape, in the order in which they were put on the slide."""
    for element in parent:
        name = local(element.tag)
        if name == "sp":
            kind = _placeholder(element)
            text = [line for line in map(_line, _all(element, "p")) if line]
            if kind in _TITLES and text:
                yield kind, Block("heading", " ".join(text), number, level=1)
            elif kind not in _TITLES:
                for line in text:
                    yield kind, Block("paragraph", line, number)
        elif name == "tbl":
            rows = tuple(row for row in map(_row, _all(element, "tr")) if any(row))
            if rows:
                yield "", Block("table", "\n".join(" | ".join(row) for row in rows), number, rows=rows)
        elif name == "AlternateContent":
            choice = next((child for child in element if local(child.tag) == "Choice"), None)
            if choice is not None and depth < MAX_NESTING:
                yield from _shapes(choice, number, depth + 1)
        elif depth < MAX_NESTING:
            yield from _shapes(element, number, depth + 1)


def _placeholder(shape: Element) -> str:
    found = next((element for element in shape.iter() if local(element.tag) == "ph"), None)
    return "" if found is None else found.get("type") or ""


def _all(element: Element, name: str) -> list[Element]:
    """Elements of DrawingML of that name, in both spellings of its namespace."""
    return [*element.iter(f"{_A}{name}"), *element.iter(f"{_STRICT_A}{name}")]


def _row(row: Element) -> tuple[str, ...]:
    """A row's cells; one that goes on from the left or from above is not said again."""
    return tuple(
        " ".join(line for line in map(_line, _all(cell, "p")) if line)
        for cell in _all(row, "tc")
        if cell.get("hMerge") not in ("1", "true") and cell.get("vMerge") not in ("1", "true")
    )


def _line(paragraph: Element) -> str:
    """The words of one paragraph; line breaks and tabs are spaces."""
    said = (
        " " if (name := local(element.tag)) in ("br", "tab") else element.text or "" if name == "t" else ""
        for element in paragraph.iter()
    )
    return " ".join("".join(said).split())
