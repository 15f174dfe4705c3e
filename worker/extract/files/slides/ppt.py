"""Slides of PowerPoint 97 to 2003: slide after slide in the order shown, titles as headings.

Source: [MS-PPT] 2.3.1 (records), 2.1.2 (part 1 of reading: the edits and their persist directories), 2.4.14.3
(SlideListWithTextContainer), 2.5.1 (SlideContainer), 2.9.76 (OutlineTextRefAtom); text boxes stand in [MS-ODRAW]
containers. Hidden slides are named and not read; numbers, dates and footers are furniture; notes are not read.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

import olefile

from worker.extract.files.model import Block, Broken, Encrypted, FileText, Furniture

MAX_STREAM = 64 * 1024 * 1024
MAX_SLIDES = 2_000
MAX_NESTING = 24
MAX_EDITS = 1_000
_ENCRYPTED = 0xF3D1C4DF
_EDIT, _DIRECTORY, _DOCUMENT, _SLIDE, _LIST = 0x0FF5, 0x1772, 0x03E8, 0x03EE, 0x0FF0
_PERSIST, _SHOW, _HEADER, _WIDE, _NARROW, _REFERENCE = 0x03F3, 0x03F9, 0x0F9F, 0x0FA0, 0x0FA8, 0x0F9E
_SHAPE, _BOX, _PLACEHOLDER = 0xF004, 0xF00D, 0x0BC3
_TITLES = frozenset({0, 6})
_FURNITURE = {7: "date", 8: "page number", 9: "footer", 10: "header"}
_HIDDEN = 0x0004


@dataclass(frozen=True, slots=True)
class _Record:
    kind: int
    instance: int
    start: int
    end: int
    holds: bool
    """whether it holds records"""


@dataclass(slots=True)
class _Text:
    kind: int
    words: str = ""


@dataclass(slots=True)
class _Slide:
    persist: int
    texts: list[_Text] = field(default_factory=list)
    """what the outline says of it"""


def read(body: bytes) -> FileText:
    """What the slides say. Raises Broken or Encrypted."""
    try:
        with olefile.OleFileIO(io.BytesIO(body)) as container:
            user, data = _stream(container, "Current User"), _stream(container, "PowerPoint Document")
        token, at = struct.unpack_from("<II", user, 12)
        if token == _ENCRYPTED:
            raise Encrypted("slides that open with a password only")
        places, document = _places(data, at)
        slides = list(_slides(data, places[document]))
    except (struct.error, KeyError, OSError, ValueError, IndexError) as error:
        raise Broken(f"damaged slides: {error}") from error
    blocks: list[Block] = []
    furniture: list[Furniture] = []
    unread: list[str] = []
    for number, slide in enumerate(slides[:MAX_SLIDES], 1):
        record = _record(data, places.get(slide.persist, len(data)))
        if record is None or record.kind != _SLIDE:
            unread.append(f"slide {number}: damaged")
            continue
        if any(_is_hidden(data, inner) for inner in _inside(data, record)):
            unread.append(f"slide {number}: hidden")
            continue
        for what, text in _said(data, record, slide):
            if what:
                furniture.append(Furniture(what, number, text.words))
            else:
                blocks += _blocks(text, number)
    if len(slides) > MAX_SLIDES:
        unread.append(f"only the first {MAX_SLIDES} slides are read")
    if not blocks and len(unread) == len(slides):
        raise Broken("; ".join(unread[:3]) or "slides without a slide")
    return FileText("ppt", tuple(blocks), tuple(furniture), unread=tuple(unread))


def _stream(container: olefile.OleFileIO, name: str) -> bytes:
    if not container.exists(name):
        raise Broken(f"slides without their stream {name}")
    data: bytes = container.openstream(name).read(MAX_STREAM)
    return data


def _record(data: bytes, at: int, end: int | None = None) -> _Record | None:
    end = len(data) if end is None else end
    if at < 0 or at + 8 > end:
        return None
    head, kind, size = struct.unpack_from("<HHI", data, at)
    return _Record(kind, head >> 4, at + 8, min(at + 8 + size, end), head & 0xF == 0xF)


def _children(data: bytes, record: _Record) -> Iterator[_Record]:
    at = record.start
    while (inner := _record(data, at, record.end)) is not None:
        yield inner
        at = inner.end


def _inside(data: bytes, record: _Record, depth: int = 0) -> Iterator[_Record]:
    """All records inside, each container before what it holds."""
    for inner in _children(data, record):
        yield inner
        if inner.holds and depth < MAX_NESTING:
            yield from _inside(data, inner, depth + 1)


def _places(data: bytes, at: int) -> tuple[dict[int, int], int]:
    """Where the newest form of each object stands, and the number of the document."""
    places: dict[int, int] = {}
    document, seen = -1, set[int]()
    while at not in seen and len(seen) < MAX_EDITS:
        seen.add(at)
        edit = _record(data, at)
        if edit is None or edit.kind != _EDIT:
            break
        before, directory, main = struct.unpack_from("<III", data, edit.start + 8)
        document = main if document < 0 else document
        held = _record(data, directory)
        if held is not None and held.kind == _DIRECTORY:
            values = struct.unpack_from(f"<{(held.end - held.start) // 4}I", data, held.start)
            place = 0
            while place < len(values):
                first, count = values[place] & 0xFFFFF, values[place] >> 20
                for step, offset in enumerate(values[place + 1 : place + 1 + count]):
                    places.setdefault(first + step, offset)
                place += 1 + count
        at = before
        if not at:
            break
    return places, document


def _slides(data: bytes, at: int) -> Iterator[_Slide]:
    document = _record(data, at)
    if document is None or document.kind != _DOCUMENT:
        raise ValueError("no document")
    for listed in _children(data, document):
        if listed.kind != _LIST or listed.instance != 0:
            continue
        slide: _Slide | None = None
        for record in _children(data, listed):
            if record.kind == _PERSIST:
                if slide is not None:
                    yield slide
                slide = _Slide(struct.unpack_from("<I", data, record.start)[0])
            elif slide is not None:
                _take(data, record, slide.texts)
        if slide is not None:
            yield slide


def _take(data: bytes, record: _Record, texts: list[_Text]) -> None:
    if record.kind == _HEADER:
        texts.append(_Text(struct.unpack_from("<I", data, record.start)[0]))
    elif record.kind in (_WIDE, _NARROW) and texts:
        codec = "utf-16-le" if record.kind == _WIDE else "latin-1"
        texts[-1].words += data[record.start : record.end].decode(codec, "replace")


def _is_hidden(data: bytes, record: _Record) -> bool:
    if record.kind != _SHOW or record.end - record.start < 12:
        return False
    return bool(struct.unpack_from("<H", data, record.start + 10)[0] & _HIDDEN)


def _said(data: bytes, record: _Record, slide: _Slide) -> Iterator[tuple[str, _Text]]:
    """(kind of furniture or '', text) of the slide's boxes, then what only the outline has."""
    shown: set[int] = set()
    for shape in _inside(data, record):
        if shape.kind != _SHAPE:
            continue
        what, texts = "", list[_Text]()
        for inner in _inside(data, shape):
            if inner.kind == _PLACEHOLDER and inner.end - inner.start >= 5:
                what = _FURNITURE.get(data[inner.start + 4], "")
            elif inner.kind == _REFERENCE:
                number = struct.unpack_from("<I", data, inner.start)[0]
                if number < len(slide.texts) and number not in shown:
                    shown.add(number)
                    texts.append(slide.texts[number])
            else:
                _take(data, inner, texts)
        for text in texts:
            yield what, text
    for number, text in enumerate(slide.texts):
        if number not in shown:
            yield "", text


def _blocks(text: _Text, number: int) -> Iterator[Block]:
    for line in text.words.split("\r"):
        words = " ".join(line.replace("\x0b", " ").replace("\x00", "").split())
        if words and words != "*":  # a field's place
            title = text.kind in _TITLES
            yield Block("heading" if title else "paragraph", words, number, level=1 if title else 0)
