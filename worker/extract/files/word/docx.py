"""DOCX: paragraphs, headings, numbers of lists and tables as a reader sees them.

Inserted text is there, deleted and hidden text is not; a field shows its result; a text box follows its paragraph; list
numbers are counted out, for a reader sees `（一）` though the file only says "level 2 of list 3".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from xml.etree.ElementTree import Element

from worker.extract.files.containers import Zip
from worker.extract.files.model import Block, Broken, FileText, Furniture, Role
from worker.extract.files.word.numbering import Numbering, numbering_of, place_of
from worker.extract.files.word.styles import NOTHING, Style, Styles, styles_of
from worker.extract.files.xmlguard import local, parse

MAX_NESTING = 30
"""tables in tables, boxes in boxes"""
_SKIPPED = frozenset(
    ["del", "moveFrom", "instrText", "delText", "delInstrText", "fldSimpleInstr", "rPr", "pPr", "tblPr", "Fallback",
    "rt", "proofErr"]
)
_SYMBOLS = {
    "F0FE": "☑",
    "F0A8": "□",
    "F06F": "□",
    "F0FC": "√",
    "F0A3": "□",
    "F052": "☑",
    "F0D8": "►",
    "F0B7": "•",
    "F06C": "●",
    "F06E": "■",
}


def read(body: bytes) -> FileText:
    """What the file says. Raises Broken, Encrypted or Bomb."""
    container = Zip(body)
    main = _main_part(container)
    root = parse(container.read(main), main)
    content = root.find(f"{{{root.tag.partition('}')[0][1:]}}}body")
    if content is None:
        raise Broken("a Word file without a body")
    folder = main.rpartition("/")[0]
    walk = _Walk(
        root.tag.removesuffix("document"), styles_of(container, folder), lambda: numbering_of(container, folder)
    )
    for child in content:
        walk.block(child, 0)
    notes = _notes(container, folder, walk)
    return FileText(
        "docx", tuple(walk.blocks) + notes, tuple(_furniture(container, folder)), info=_info(container),
        unread=tuple(walk.unread),
    )  # fmt: skip


def _main_part(container: Zip) -> str:
    if container.has("word/document.xml"):
        return "word/document.xml"
    found = [
        name for name in container.names() if name.lower().endswith("document.xml") and name.lower().startswith("word/")
    ]
    found += [name for name in container.names() if name.lower().startswith("word/document") and name.endswith(".xml")]
    if not found:
        raise Broken("a Word file without its document")
    return found[0]


class _Walk:
    """One pass over the body."""

    def __init__(self, namespace: str, styles: Styles, numbering: Callable[[], Numbering]) -> None:
        self.w = namespace
        self._p, self._pPr, self._r, self._rPr, self._t = (
            f"{namespace}{name}" for name in ("p", "pPr", "r", "rPr", "t")
        )
        self.styles, self._read_numbering = styles, numbering
        self._numbering: Numbering | None = None
        self.blocks: list[Block] = []
        self.unread: list[str] = []
        self.notes: list[str] = []
        self.boxes: list[Element] = []
        self.field: list[bool] = []
        """for each field begun: whether its result has begun"""

    def block(self, element: Element, depth: int) -> None:
        """A paragraph, a table, or what wraps them."""
        name = element.tag.removeprefix(self.w)
        if depth > MAX_NESTING or name in ("del", "moveFrom", "sectPr"):
            return
        if name == "p":
            self.paragraph(element, depth)
        elif name == "tbl":
            rows = tuple(self.rows(element, depth + 1))
            if any(cell for row in rows for cell in row):
                self.blocks.append(Block("table", "\n".join(" | ".join(row) for row in rows), rows=rows))
        elif name in ("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag", "body", "txbxContent"):
            for child in element:
                self.block(child, depth + 1)

    def paragraph(self, element: Element, depth: int) -> None:
        """One paragraph, its list number before it, its text boxes after it."""
        text, style, boxes = self.words(element)
        if text:
            self.blocks.append(_block(text, style, len(self.blocks)))
        for box in boxes:
            for child in box:
                self.block(child, depth + 2)

    def words(self, element: Element) -> tuple[str, Style, list[Element]]:
        """What a paragraph says, its list number before it, how it is set, and the text boxes that hang on it."""
        properties = element.find(self._pPr)
        style = self.styles.of_paragraph(properties, self.w)
        boxes, self.boxes = self.boxes, []
        text, look = self.text(element)
        if text:
            text = self._number(properties, style) + text
        boxes, self.boxes = self.boxes, boxes
        return text, style.merged(look), boxes

    def _number(self, properties: Element | None, style: Style) -> str:
        """The list number of the paragraph; the part with the lists is read when the first one counts."""
        place = place_of(properties, style.number, self.w)
        if place is None:
            return ""
        if self._numbering is None:
            self._numbering = self._read_numbering()
        return self._numbering.next(place)

    def text(self, element: Element) -> tuple[str, Style]:
        """The words of a paragraph, and the look of its first run."""
        out: list[str] = []
        look: Style | None = None
        for run in self._runs(element, 0):
            if (properties := run.find(self._rPr)) is not None:
                if self.styles.is_hidden(properties, self.w):
                    continue
                if look is None and run.find(self._t) is not None:
                    look = self.styles.of_run(properties, self.w)
            self._run(run, out)
        text = "".join(out)
        if "\n" in text:
            lines = [" ".join(line.split()) for line in text.split("\n")]
            text = "\n".join(line for line in lines if line)
        else:
            text = " ".join(text.split())
        return text, look or NOTHING

    def _runs(self, element: Element, depth: int) -> list[Element]:
        runs: list[Element] = []
        for child in element:
            tag = child.tag
            if tag == self._r:
                runs.append(child)
            elif tag != self._pPr:
                name = local(tag)
                if name in ("oMath", "oMathPara"):
                    runs.append(child)
                elif name not in _SKIPPED and depth < MAX_NESTING:
                    runs += self._runs(child, depth + 1)
        return runs

    def _run(self, run: Element, out: list[str]) -> None:
        """Adds what a run says to `out`."""
        w, t = self.w, self._t
        if not run.tag.startswith(w):
            out += [part.text or "" for part in run.iter() if local(part.tag) == "t"]
            return
        for part in run:
            tag = part.tag
            if tag == t:
                if not self.field or all(self.field):
                    out.append(part.text or "")
                continue
            if tag == self._rPr:
                continue
            name = tag.removeprefix(w)
            if name == "fldChar":
                self._field(part.get(f"{w}fldCharType"))
            elif self.field and not all(self.field):
                continue
            elif name == "tab":
                out.append(" ")
            elif name in ("br", "cr"):
                if part.get(f"{w}type") not in ("page", "column"):
                    out.append("\n")
            elif name == "noBreakHyphen":
                out.append("-")
            elif name == "sym":
                out.append(_SYMBOLS.get((part.get(f"{w}char") or "").upper(), ""))
            elif name in ("footnoteReference", "endnoteReference"):
                self.notes.append(f"{name[:-9]}s/{part.get(f'{w}id')}")
            elif name in ("drawing", "pict", "object") or local(tag) == "AlternateContent":
                self.boxes += _text_boxes(part, w)
            elif name == "ruby":
                base = part.find(f"{w}rubyBase")
                if base is not None:
                    out += [text.text or "" for text in base.iter(t)]

    def _field(self, kind: str | None) -> None:
        if kind == "begin":
            self.field.append(False)
        elif kind == "separate" and self.field:
            self.field[-1] = True
        elif kind == "end" and self.field:
            self.field.pop()

    def rows(self, table: Element, depth: int) -> Iterator[tuple[str, ...]]:
        """A table's rows; a cell that goes on from the row above is not said again."""
        if depth > MAX_NESTING:
            return
        w = self.w
        for row in _unwrapped(table, f"{w}tr", w):
            properties = row.find(f"{w}trPr")
            if properties is not None and properties.find(f"{w}del") is not None:
                continue
            cells = []
            for cell in _unwrapped(row, f"{w}tc", w):
                look = cell.find(f"{w}tcPr")
                merge = look.find(f"{w}vMerge") if look is not None else None
                if merge is not None and merge.get(f"{w}val", "continue") == "continue":
                    continue
                cells.append(self._cell(cell, depth))
            if any(cells):
                yield tuple(cells)

    def _cell(self, cell: Element, depth: int) -> str:
        """What a cell says; most hold one paragraph and nothing else."""
        said: list[str] = []
        before, self.blocks = self.blocks, []
        for child in cell:
            if child.tag == self._p and depth < MAX_NESTING:
                text, _, boxes = self.words(child)
                said.append(text)
                for box in boxes:
                    for inner in box:
                        self.block(inner, depth + 3)
            else:
                self.block(child, depth + 1)
            if self.blocks:
                said += [block.text for block in self.blocks]
                self.blocks = []
        self.blocks = before
        return " ".join(filter(None, said)).replace("\n", " ")


def _unwrapped(parent: Element, tag: str, w: str, depth: int = 0) -> Iterator[Element]:
    """Children of that tag, content controls and insertions around them opened."""
    for child in parent:
        if child.tag == tag:
            yield child
        elif child.tag in (f"{w}sdt", f"{w}sdtContent", f"{w}ins", f"{w}customXml") and depth < MAX_NESTING:
            yield from _unwrapped(child, tag, w, depth + 1)


def _text_boxes(part: Element, w: str) -> list[Element]:
    """Contents of text boxes, each once: a drawing and its fallback for older readers say the same."""
    found: list[Element] = []
    waiting = [part]
    while waiting:
        element = waiting.pop()
        if element.tag == f"{w}txbxContent":
            found.append(element)
            continue
        if local(element.tag) == "AlternateContent":
            choice = next((child for child in element if local(child.tag) == "Choice"), None)
            waiting += [choice] if choice is not None else list(element)
        else:
            waiting += [child for child in reversed(element) if local(child.tag) != "Fallback"]
    return found


def _block(text: str, style: Style, number: int) -> Block:
    role: Role = ""
    if style.red and number < 6:
        role = "red-header"
    elif style.align in ("center", "right", "end"):
        role = "centre" if style.align == "center" else "right"
    level = style.outline
    if not level and style.align == "center" and (style.size or 0) >= 18 and len(text) < 160 and role != "red-header":
        level = 1
    if level and len(text) < 300:
        return Block("heading", text, role=role, level=level)
    return Block("paragraph", text, role=role)


def _notes(container: Zip, folder: str, walk: _Walk) -> tuple[Block, ...]:
    """Footnotes and endnotes in the order of their references."""
    said: dict[str, Element] = {}
    for part in ("footnotes", "endnotes"):
        name = f"{folder}/{part}.xml"
        if walk.notes and container.has(name):
            for note in parse(container.read(name), name):
                said[f"{part}/{note.get(f'{walk.w}id')}"] = note
    blocks: list[Block] = []
    for reference in dict.fromkeys(walk.notes):
        if (held := said.get(reference)) is not None:
            before, walk.blocks = walk.blocks, []
            for child in held:
                walk.block(child, 0)
            inner, walk.blocks = walk.blocks, before
            if inner:
                blocks.append(Block("note", " ".join(block.text for block in inner)))
    return tuple(blocks)


def _furniture(container: Zip, folder: str) -> Iterator[Furniture]:
    for name in container.names():
        for what in ("header", "footer"):
            if name.startswith(f"{folder}/{what}") and name.endswith(".xml"):
                text = " ".join(
                    (element.text or "").strip()
                    for element in parse(container.read(name), name).iter()
                    if local(element.tag) == "t"
                )  # fmt: skip
                if text.strip():
                    yield Furniture(what, 0, " ".join(text.split()))


def _info(container: Zip) -> dict[str, str]:
    """The document's properties (docProps/core.xml)."""
    if not container.has("docProps/core.xml"):
        return {}
    names = {
        "title": "Title",
        "creator": "Author",
        "created": "CreationDate",
        "modified": "ModDate",
        "subject": "Subject",
    }
    try:
        root = parse(container.read("docProps/core.xml"), "docProps/core.xml")
    except Broken:
        return {}
    return {names[key]: child.text.strip() for child in root if (key := local(child.tag)) in names and child.text}
