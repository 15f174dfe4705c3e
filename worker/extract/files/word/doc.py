"""Binary Word files (Word 97 and later, and WPS): text from the piece table, looks from the formatted disk pages.

Source: [MS-DOC] 2.4.1 (retrieving text), 2.5 (FIB), 2.9.38 (Clx), 2.9.174 (PapxFkp), 2.9.33 (ChpxFkp).
"""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass

import olefile

from worker.extract.files.model import Block, Broken, Encrypted, FileText, Role, Unsupported
from worker.extract.files.word.doclists import numbering_of
from worker.extract.files.word.looks import Look, Looks, looks_of
from worker.extract.files.word.numbering import Numbering

MAX_STREAM = 64 * 1024 * 1024
_FIB_TEXT, _FIB_TABLE, _FIB_CLX = 0x4C, 0x0A, 0x01A2
_CELL, _FIELD, _RESULT, _FIELD_END = "\x07", "\x13", "\x14", "\x15"
_GONE = {ord(character): None for character in "\x01\x02\x03\x04\x05\x06\x08\x1f\xad"}
_LOOKS_LIKE = str.maketrans({"\x0b": "\n", "\x1e": "-", "\xa0": " ", "\t": " ", "\x0e": "\r"})


@dataclass(frozen=True, slots=True)
class _Piece:
    start: int
    end: int
    place: int
    """byte in the main stream"""
    width: int
    """bytes of a character: 1 (Windows-1252) or 2 (UTF-16)"""


def read(body: bytes) -> FileText:
    """What the file says. Raises Broken, Encrypted or Unsupported."""
    try:
        with olefile.OleFileIO(io.BytesIO(body)) as container:
            main = _stream(container, "WordDocument")
            if len(main) < 0x200 or struct.unpack_from("<H", main)[0] not in (0xA5EC, 0xA5DC):
                raise Broken("no Word file inside")
            flags, version = struct.unpack_from("<H", main, _FIB_TABLE)[0], struct.unpack_from("<H", main, 2)[0]
            if flags & 0x0100:
                raise Encrypted("a Word file that opens with a password only")
            if version < 0x65 + 0x5C:  # Word 6 and 95 have another FIB
                raise Unsupported("doc of Word 95 or older")
            table = _stream(container, "1Table" if flags & 0x0200 else "0Table")
            info = _info(container)
        pieces = _pieces(main, table)
        lengths = struct.unpack_from("<3i", main, _FIB_TEXT)
        looks, lists = looks_of(main, table), numbering_of(main, table)
    except (struct.error, IndexError, OSError, ValueError) as error:
        raise Broken(f"a damaged Word file: {error}") from error
    blocks = list(_blocks(_marked(main, pieces, 0, max(lengths[0], 0)), looks, lists))
    notes = _marked(main, pieces, lengths[0], max(lengths[1], 0)) if lengths[1] > 0 else []
    blocks += [Block("note", block.text) for block in _blocks(notes, looks, lists) if block.text]
    return FileText("doc", tuple(blocks), info=info)


def _stream(container: olefile.OleFileIO, name: str) -> bytes:
    if not container.exists(name):
        raise Broken(f"a Word file without its stream {name}")
    data: bytes = container.openstream(name).read(MAX_STREAM)
    return data


def _pieces(main: bytes, table: bytes) -> list[_Piece]:
    at, size = struct.unpack_from("<II", main, _FIB_CLX)
    clx = table[at : at + size]
    place = 0
    while place < len(clx) and clx[place] == 1:
        place += 3 + struct.unpack_from("<H", clx, place + 1)[0]
    if place >= len(clx) or clx[place] != 2:
        raise ValueError("no piece table")
    plc = clx[place + 5 : place + 5 + struct.unpack_from("<I", clx, place + 1)[0]]
    count = (len(plc) - 4) // 12
    ends = struct.unpack_from(f"<{count + 1}i", plc)
    pieces = []
    for index in range(count):
        where = struct.unpack_from("<I", plc, 4 * (count + 1) + 8 * index + 2)[0]
        narrow = bool(where & 0x40000000)
        where &= 0x3FFFFFFF
        if ends[index + 1] > ends[index] >= 0:
            pieces.append(_Piece(ends[index], ends[index + 1], where // 2 if narrow else where, 1 if narrow else 2))
    return pieces


def _marked(main: bytes, pieces: list[_Piece], start: int, length: int) -> list[tuple[str, int, int]]:
    """Stretches of text with the byte they start at and the bytes a character takes."""
    found = []
    for piece in pieces:
        first, last = max(piece.start, start), min(piece.end, start + length)
        if first >= last:
            continue
        at = piece.place + (first - piece.start) * piece.width
        data = main[at : at + (last - first) * piece.width]
        text = data.decode("cp1252" if piece.width == 1 else "utf-16-le", "replace")
        if piece.width == 2 and len(text) * 2 != len(data):  # a character outside the plane is two places
            text = "".join(map(chr, struct.unpack(f"<{len(data) // 2}H", data[: len(data) // 2 * 2])))
        found.append((text, at, piece.width))
    return found


def _paragraphs(stretches: list[tuple[str, int, int]], looks: Looks) -> Iterator[tuple[str, str, Look, Look]]:
    """Paragraphs with the look found at the byte of the mark that ends each."""
    words: list[str] = []
    field: list[bool] = []
    first: Look | None = None
    for text, at, width in stretches:
        plain = text.translate(_LOOKS_LIKE)
        for begin, end, run in looks.runs(at, at + len(text) * width):
            place, stop = (begin - at + width - 1) // width, (end - at + width - 1) // width
            for match in re.finditer("[\r\x07\x0c\x13-\x15]|[^\r\x07\x0c\x13-\x15]+", plain[place:stop]):
                piece = match.group()
                if piece in ("\r", _CELL, "\x0c"):
                    mark_at = at + (place + match.start()) * width
                    yield "".join(words).translate(_GONE), piece, looks.paragraph(mark_at), first or Look()
                    words, first = [], None
                elif piece == _FIELD:
                    field.append(False)
                elif piece == _RESULT:
                    field[-1:] = [True] if field else []
                elif piece == _FIELD_END:
                    field[-1:] = []
                elif not run.hidden and all(field):
                    first = first or run
                    words.append(piece)
    if words:
        yield "".join(words).translate(_GONE), "\r", Look(), first or Look()


def _blocks(stretches: list[tuple[str, int, int]], looks: Looks, lists: Numbering) -> Iterator[Block]:
    rows: list[tuple[str, ...]] = []
    cells: list[str] = []
    cell: list[str] = []
    number = 0
    for text, mark, look, run in _paragraphs(stretches, looks):
        words = "\n".join(line for line in (" ".join(part.split()) for part in _whole(text).split("\n")) if line)
        if look.list and words:
            words = lists.next((str(look.list), look.level)) + words
        if look.in_table:
            if mark != _CELL:
                cell.append(words)
            elif look.row_end:
                if any(cells):
                    rows.append(tuple(cells))
                cells, cell = [], []
            else:
                cells.append(" ".join(part.replace("\n", " ") for part in [*cell, words] if part))
                cell = []
            continue
        if rows or cells:
            yield from _table(rows, cells)
            rows, cells, cell = [], [], []
        if words:
            yield _block(words, look, run, number)
            number += 1
    if rows or cells:
        yield from _table(rows, cells)


def _table(rows: list[tuple[str, ...]], cells: list[str]) -> Iterator[Block]:
    if any(cells):
        rows.append(tuple(cells))
    if rows:
        yield Block("table", "\n".join(" | ".join(row) for row in rows), rows=tuple(rows))


def _block(words: str, look: Look, run: Look, number: int) -> Block:
    role: Role = (
        "red-header" if run.red and number < 6 else "centre" if look.align == 1 else "right" if look.align == 2 else ""
    )
    level = look.outline or (
        1 if look.align == 1 and run.size >= 18 and len(words) < 160 and role != "red-header" else 0
    )
    if level and len(words) < 300:
        return Block("heading", words, role=role, level=level)
    return Block("paragraph", words, role=role)


def _whole(text: str) -> str:
    """Surrogate pairs joined again."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _info(container: olefile.OleFileIO) -> dict[str, str]:
    try:
        meta = container.get_metadata()
    except Exception:  # olefile raises what it meets; the properties are evidence only
        return {}
    codec = "gb18030" if meta.codepage in (936, 54936) else "utf-8" if meta.codepage == 65001 else "cp1252"

    def said(value: object) -> str:
        text = value.decode(codec, "replace") if isinstance(value, bytes) else str(value or "")
        return text.partition("\x00")[0].strip()

    found = {
        "Title": said(meta.title), "Author": said(meta.author), "CreationDate": said(meta.create_time),
        "ModDate": said(meta.last_saved_time), "Creator": said(meta.creating_application),
    }  # fmt: skip
    return {name: value for name, value in found.items() if value}
