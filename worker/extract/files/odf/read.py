"""ODT and ODP: paragraphs, headings, numbers of lists and tables as a reader sees them.

What tracked changes deleted stands apart in the file and is not read; hidden text, comments and speaker's notes are
not read either; a text box follows its paragraph; notes stand at the end.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from worker.extract.files.containers import Zip
from worker.extract.files.model import Block, Broken, Encrypted, FileText, Furniture, Role
from worker.extract.files.odf.lists import Lists
from worker.extract.files.odf.looks import Look, Looks
from worker.extract.files.odf.names import DRAW, OFFICE, PRESENTATION, STYLE, TABLE, TEXT
from worker.extract.files.xmlguard import local, parse

MAX_NESTING = 30
"""tables in tables, boxes in boxes"""
MAX_REPEATED = 100
"""times a row or cell said to be repeated is said"""
_UNSEEN = frozenset(
    [f"{TEXT}{name}" for name in ("tracked-changes", "hidden-text", "hidden-paragraph", "note-citation", "ruby-text",
    "sequence-decls", "variable-decls", "user-field-decls", "change", "change-start", "change-end", "bookmark")]
    + [f"{OFFICE}annotation", f"{OFFICE}annotation-end", f"{OFFICE}forms", f"{PRESENTATION}notes"]
)  # fmt: skip
_FURNITURE = frozenset({"date-time", "footer", "header", "page-number"})
_INFO = {
    "title": "Title",
    "creator": "Author",
    "creation-date": "CreationDate",
    "date": "ModDate",
    "subject": "Subject",
}


def read(body: bytes) -> FileText:
    """What the file says. Raises Broken, Encrypted or Bomb."""
    container = Zip(body)
    if container.has("META-INF/manifest.xml") and b"encryption-data" in container.read("META-INF/manifest.xml"):
        raise Encrypted("an OpenDocument file that opens with a password only")
    root = parse(container.read("content.xml"), "content.xml")
    styles = parse(container.read("styles.xml"), "styles.xml") if container.has("styles.xml") else None
    looks, lists = Looks(), Lists()
    parents = [part for part in (styles, root) if part is not None]
    looks.add(parents)
    lists.add(parents)
    content = root.find(f"{OFFICE}body")
    if content is None or not len(content):
        raise Broken("an OpenDocument file without a body")
    walk = _Walk(looks, lists)
    for child in content[0]:
        walk.block(child, 0)
    kind = "odp" if local(content[0].tag) == "presentation" else "odt"
    furniture = walk.furniture + (list(_edges(styles)) if styles is not None and kind == "odt" else [])
    return FileText(
        kind, tuple(walk.blocks + walk.notes), tuple(furniture), info=_info(container), unread=tuple(walk.unread)
    )


class _Walk:
    """One pass over the body."""

    def __init__(self, looks: Looks, lists: Lists) -> None:
        self.looks, self.lists = looks, lists
        self.blocks: list[Block] = []
        self.notes: list[Block] = []
        self.furniture: list[Furniture] = []
        self.unread: list[str] = []
        self.boxes: list[Element] = []
        self.page, self.slides = 1, 0

    def block(self, element: Element, depth: int) -> None:
        """A paragraph, a list, a table, a slide, or what wraps them."""
        tag = element.tag
        if depth > MAX_NESTING or tag in _UNSEEN:
            return
        if tag in (f"{TEXT}p", f"{TEXT}h"):
            self.paragraph(element, "", depth)
        elif tag == f"{TEXT}list":
            self.list(element, "", 1, depth)
        elif tag == f"{TABLE}table":
            rows = tuple(self.rows(element, depth + 1))
            if any(cell for row in rows for cell in row):
                self.blocks.append(Block("table", "\n".join(" | ".join(row) for row in rows), self.page, rows=rows))
        elif tag == f"{DRAW}page":
            self.slide(element, depth)
        elif tag == f"{TEXT}section" and element.get(f"{TEXT}display") == "none":
            self.unread.append(f"hidden section: {element.get(f'{TEXT}name', '')}")
        elif local(tag) not in ("image", "plugin", "object", "forms"):
            for child in element:
                self.block(child, depth + 1)

    def slide(self, element: Element, depth: int) -> None:
        """One slide; boxes that hold its number, date or footer are furniture."""
        self.slides += 1
        self.page = self.slides
        before, self.blocks = self.blocks, []
        for child in element:
            kind = child.get(f"{PRESENTATION}class", "")
            begin = len(self.blocks)
            self.block(child, depth + 1)
            if kind in _FURNITURE:
                for block in self.blocks[begin:]:
                    self.furniture.append(Furniture(kind.replace("-", " "), self.page, block.text))
                del self.blocks[begin:]
            elif kind == "title":
                self.blocks[begin:] = [
                    Block("heading", block.text, self.page, level=1) for block in self.blocks[begin:]
                ]
        self.blocks = before + self.blocks

    def list(self, element: Element, style: str, level: int, depth: int) -> None:
        """A list with its numbers; lists inside it are its next level."""
        if depth > MAX_NESTING:
            return
        style = element.get(f"{TEXT}style-name") or style
        if (
            level == 1
            and element.get(f"{TEXT}continue-numbering") != "true"
            and not element.get(f"{TEXT}continue-list")
        ):
            self.lists.begin(style)
        for item in element:
            begun = item.get(f"{TEXT}start-value") or ""
            number = None
            for child in item:
                if child.tag == f"{TEXT}list":
                    self.list(child, style, level + 1, depth + 1)
                elif child.tag in (f"{TEXT}p", f"{TEXT}h"):
                    if number is None and local(item.tag) == "list-item":
                        number = self.lists.next(style, level, int(begun) if begun.isdigit() else None)
                        self.paragraph(child, number, depth)
                    else:
                        self.paragraph(child, "", depth)
                else:
                    self.block(child, depth + 1)

    def paragraph(self, element: Element, number: str, depth: int) -> None:
        """One paragraph behind its list number, its text boxes after it."""
        look = self.looks.of("paragraph", element.get(f"{TEXT}style-name", ""))
        boxes, self.boxes = self.boxes, []
        text = "" if look.hidden else "".join(self.words(element, 0))
        lines = [" ".join(line.split()) for line in text.split("\n")]
        text = "\n".join(line for line in lines if line)
        level = element.get(f"{TEXT}outline-level") or ""
        outline = int(level) if element.tag == f"{TEXT}h" and level.isdigit() else look.outline
        if text:
            if element.tag == f"{TEXT}h" and not number and outline:
                number = self.lists.next("", outline)
            self.blocks.append(self._block(number + text, self._set(element, look), outline))
        found, self.boxes = self.boxes, boxes
        for box in found:
            for child in box:
                self.block(child, depth + 2)

    def _set(self, element: Element, look: Look) -> Look:
        """The paragraph's look with the size and ink of its first run, where all its words stand in runs."""
        runs = [child for child in element if child.tag == f"{TEXT}span"]
        if not runs or (element.text or "").strip():
            return look
        run = self.looks.of("text", runs[0].get(f"{TEXT}style-name", ""))
        return Look(look.align, run.size or look.size, run.red if run.red is not None else look.red)

    def _block(self, text: str, look: Look, outline: int) -> Block:
        role: Role = ""
        if look.red and len(self.blocks) < 6:
            role = "red-header"
        elif look.align in ("center", "right", "end"):
            role = "centre" if look.align == "center" else "right"
        if not outline and role == "centre" and (look.size or 0) >= 18 and len(text) < 160:
            outline = 1
        kind = outline and len(text) < 300
        return Block("heading" if kind else "paragraph", text, self.page, role, outline if kind else 0)

    def words(self, element: Element, depth: int) -> Iterator[str]:
        """The words of a paragraph or run as a reader sees them."""
        yield element.text or ""
        for child in element:
            tag = child.tag
            if tag in (f"{TEXT}s", f"{TEXT}tab"):
                yield " "
            elif tag == f"{TEXT}line-break":
                yield "\n"
            elif tag == f"{TEXT}note":
                self.note(child, depth)
            elif tag.startswith(DRAW):
                self.boxes += [box for box in child.iter() if local(box.tag) == "text-box"][:MAX_REPEATED]
            elif tag not in _UNSEEN and depth < MAX_NESTING and not self._hidden(child):
                yield from self.words(child, depth + 1)
            yield child.tail or ""

    def _hidden(self, element: Element) -> bool:
        return element.tag == f"{TEXT}span" and bool(self.looks.of("text", element.get(f"{TEXT}style-name", "")).hidden)

    def note(self, element: Element, depth: int) -> None:
        """A footnote or endnote: behind the text."""
        before, self.blocks = self.blocks, []
        for child in element:
            if child.tag == f"{TEXT}note-body" and depth < MAX_NESTING:
                self.block(child, depth + 1)
        inner, self.blocks = self.blocks, before
        if inner:
            self.notes.append(Block("note", " ".join(block.text for block in inner), self.page))

    def rows(self, table: Element, depth: int) -> Iterator[tuple[str, ...]]:
        """A table's rows; a cell over several rows or columns stands once, where it begins."""
        if depth > MAX_NESTING:
            return
        for child in table:
            if child.tag == f"{TABLE}table-row":
                cells = [
                    text for cell in child if cell.tag == f"{TABLE}table-cell"
                    for text in [self._cell(cell, depth)] * _times(cell, "number-columns-repeated")
                ]  # fmt: skip
                if any(cells):
                    yield from [tuple(cells)] * _times(child, "number-rows-repeated")
            elif local(child.tag) in ("table-header-rows", "table-rows", "table-row-group"):
                yield from self.rows(child, depth + 1)

    def _cell(self, cell: Element, depth: int) -> str:
        before, self.blocks = self.blocks, []
        for child in cell:
            self.block(child, depth + 1)
        blocks, self.blocks = self.blocks, before
        return " ".join(block.text.replace("\n", " ") for block in blocks)


def _times(element: Element, name: str) -> int:
    said = element.get(f"{TABLE}{name}") or "1"
    return min(int(said), MAX_REPEATED) if said.isdigit() else 1


def _edges(styles: Element) -> Iterator[Furniture]:
    """Headers and footers of the file's pages."""
    for page in styles.iter(f"{STYLE}master-page"):
        for edge in page:
            what = local(edge.tag).partition("-")[0]
            text = " ".join("".join(edge.itertext()).split())
            if what in ("header", "footer") and text:
                yield Furniture(what, 0, text)


def _info(container: Zip) -> dict[str, str]:
    """What the file says of itself (meta.xml)."""
    try:
        root = parse(container.read("meta.xml"), "meta.xml")
    except Broken:
        return {}
    return {
        _INFO[name]: child.text.strip() for child in root.iter() if (name := local(child.tag)) in _INFO and child.text
    }
