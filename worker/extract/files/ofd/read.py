"""OFD: pages of placed text in XML inside a ZIP; glyphs and rules onto sheets, then like every format of placed glyphs.

Source: GB/T 33190-2016, 7 (structure), 8.5 (coordinates, millimetres), 11.3 (TextCode, DeltaX with `g` repeats).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from xml.etree.ElementTree import Element

from worker.extract.files.containers import Zip
from worker.extract.files.layout.compose import sheets_text
from worker.extract.files.layout.model import Sheet
from worker.extract.files.model import Broken, FileText
from worker.extract.files.ofd.page import Layer, numbers, put
from worker.extract.files.ofd.picture import media_of, picture_of
from worker.extract.files.xmlguard import local, parse

POINTS = 72 / 25.4
"""points of a millimetre"""
MAX_PAGES = 2_000
MAX_OCR_PAGES = 60
"""scanned pages recognised in one file"""
_A4 = (0.0, 0.0, 210.0, 297.0)


def read(body: bytes, ocr: bool = False) -> FileText:
    """What the file says; with `ocr` pages that are pictures are recognised. Raises Broken, Encrypted or Bomb."""
    container = Zip(body)
    root = parse(container.read("OFD.xml"), "OFD.xml")
    bodies = [element for element in root.iter() if local(element.tag) == "DocBody"]
    info = _info(bodies[0]) if bodies else {}
    roots = [_text(child) for element in bodies for child in element if local(child.tag) == "DocRoot"]
    if not roots:
        raise Broken("an OFD file without a document")
    unread: list[str] = []
    text = sheets_text("ofd", _sheets(container, roots, unread), info, ())
    if not text.pages:
        raise Broken("an OFD file without pages")
    if ocr and text.scans:
        return _recognised(container, roots, text)
    return replace(text, unread=text.unread + tuple(unread))


def _recognised(container: Zip, roots: list[str], text: FileText) -> FileText:
    """The file with those of its scanned pages read by OCR whose images can be read."""
    from worker.extract.files.engine import engine_name

    unread: list[str] = []
    scans = _Scans(frozenset(text.scans[:MAX_OCR_PAGES]))
    if len(text.scans) > MAX_OCR_PAGES:
        unread.append(f"only the first {MAX_OCR_PAGES} scanned pages are recognised")
    again = sheets_text("ofd", _sheets(container, roots, unread, scans), {**text.info, "Ocr": engine_name()}, ())
    return replace(again, unread=again.unread + tuple(unread), confidence=tuple(scans.confidence))


@dataclass(slots=True)
class _Scans:
    """Which pages are to be recognised, and how sure the engine was of each line so far."""

    wanted: frozenset[int]
    confidence: list[float] = field(default_factory=list)

    def recognised(self, container: Zip, media: dict[str, str], sheet: Sheet) -> Sheet:
        """The sheet as the engine reads its images; the sheet itself where it is not wanted or has none."""
        from worker.extract.files import ocr

        if sheet.number not in self.wanted:
            return sheet
        images = [(media[name], box) for name, box in zip(sheet.media, sheet.pictures, strict=True) if name in media]
        dpi = ocr.dpi_of(sheet.width, sheet.height)
        picture = picture_of(container, images, (sheet.width, sheet.height), dpi)
        if picture is None:
            return sheet
        found, sure = ocr.sheet_of(picture, sheet.number, dpi)
        self.confidence += sure
        return found


def _sheets(container: Zip, roots: list[str], unread: list[str], scans: _Scans | None = None) -> Iterator[Sheet]:
    number = 0
    for name in roots:
        name = name.lstrip("/")
        folder = posixpath.dirname(name)
        document = parse(container.read(name), name)
        area = _area(document, _A4)
        media = media_of(container, folder, document) if scans is not None else {}
        templates = {
            element.get("ID", ""): element.get("BaseLoc", "")
            for element in document.iter()
            if local(element.tag) == "TemplatePage"
        }  # fmt: skip
        for page in (element for element in document.iter() if local(element.tag) == "Page" and element.get("BaseLoc")):
            number += 1
            if number > MAX_PAGES:
                unread.append(f"more than {MAX_PAGES} pages: the rest is not read")
                return
            try:
                sheet = _sheet(container, folder, page.get("BaseLoc", ""), templates, area, number)
                yield sheet if scans is None else scans.recognised(container, media, sheet)
            except Broken as why:
                unread.append(f"page {number}: {why}")
                yield Sheet(number, area[2] * POINTS, area[3] * POINTS)


def _sheet(
    container: Zip, folder: str, place: str, templates: dict[str, str], area: tuple[float, ...], number: int
) -> Sheet:  # fmt: skip
    content = parse(container.read(_path(container, folder, place)), place)
    x, y, width, height = _area(content, area)
    sheet = Sheet(number, width * POINTS, height * POINTS)
    for template in (element for element in content if local(element.tag) == "Template"):
        if location := templates.get(template.get("TemplateID", "")):
            try:
                put(sheet, parse(container.read(_path(container, folder, location)), location), Layer(x, y))
            except Broken:
                continue
    put(sheet, content, Layer(x, y))
    return sheet


def _path(container: Zip, folder: str, place: str) -> str:
    """A location (ST_Loc) as a member's name: absolute from the container's root, else relative to its file's
    folder."""
    if place.startswith("/"):
        return place.lstrip("/")
    joined = posixpath.normpath(posixpath.join(folder, place))
    return joined if container.has(joined) else place


def _area(element: Element, otherwise: tuple[float, ...]) -> tuple[float, float, float, float]:
    for child in element.iter():
        if local(child.tag) == "PhysicalBox":
            found = numbers(_text(child))
            if len(found) == 4 and 0 < found[2] < 5000 and 0 < found[3] < 5000:
                return (found[0], found[1], found[2], found[3])
    x, y, width, height = otherwise
    return (x, y, width, height)


def _text(element: Element) -> str:
    return (element.text or "").strip()


def _info(body: Element) -> dict[str, str]:
    names = {
        "Title": "Title",
        "Author": "Author",
        "Creator": "Creator",
        "CreationDate": "CreationDate",
        "ModDate": "ModDate",
    }
    return {
        names[local(element.tag)]: _text(element)
        for element in body.iter()
        if local(element.tag) in names and re.search(r"\S", element.text or "")
    }
