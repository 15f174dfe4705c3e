"""How text of a binary Word file is set, as far as reading needs it: formatted disk pages ([MS-DOC] 2.9.174,
2.9.33)."""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from worker.extract.files.word.doclists import styles_of

_PAPX, _CHPX = 0x0102, 0x00FA
"""places in the FIB of (offset, length) of PlcBtePapx and PlcBteChpx"""
_PAGE = 512
MAX_PAGES = 40_000
_SIZES = {0: 1, 1: 1, 2: 2, 3: 4, 4: 2, 5: 2, 7: 3}
"""spra (top three bits of a sprm) -> bytes of its operand; 6 says its own length"""
_NO_LIST = 0xF801
"""numbers of lists from which on they say that a paragraph left one"""
_RED_BY_NUMBER = frozenset({6, 13})


@dataclass(frozen=True, slots=True)
class Look:
    """What is known of a paragraph or a run."""

    align: int = 0
    """0 left, 1 centre, 2 right, 3 justified"""
    outline: int = 0
    list: int = 0
    """number of the list it counts in, 0 in none"""
    level: int = 0
    """its level in that list, from 0"""
    in_table: bool = False
    row_end: bool = False
    size: float = 0.0
    red: bool = False
    hidden: bool = False
    """hidden, or deleted while changes were tracked"""


@dataclass(slots=True)
class Looks:
    """Looks by bytes of the main stream."""

    paragraph_at: list[int] = field(default_factory=list)
    paragraphs: list[tuple[int, Look]] = field(default_factory=list)
    run_at: list[int] = field(default_factory=list)
    run_looks: list[tuple[int, Look]] = field(default_factory=list)

    def paragraph(self, place: int) -> Look:
        """Look of the paragraph whose text holds this byte."""
        index = bisect_right(self.paragraph_at, place) - 1
        if index < 0 or place >= self.paragraphs[index][0]:
            return Look()
        return self.paragraphs[index][1]

    def runs(self, start: int, end: int) -> Iterator[tuple[int, int, Look]]:
        """The stretch of bytes cut into runs of one look."""
        index, at = max(bisect_right(self.run_at, start) - 1, 0), start
        while at < end:
            while index < len(self.run_at) and self.run_looks[index][0] <= at:
                index += 1
            if index >= len(self.run_at) or self.run_at[index] >= end:
                yield at, end, Look()
                return
            if self.run_at[index] > at:
                yield at, self.run_at[index], Look()
                at = self.run_at[index]
            stop = min(self.run_looks[index][0], end)
            yield at, stop, self.run_looks[index][1]
            at = stop


def looks_of(main: bytes, table: bytes) -> Looks:
    """All looks of a file; pages that are not there say nothing."""
    looks = Looks()
    styles = [_read(sprms, Look()) for sprms in styles_of(main, table)]
    paragraphs = sorted(_entries(main, table, _PAPX, styles), key=lambda entry: entry[0])
    looks.paragraph_at = [start for start, _, _ in paragraphs]
    looks.paragraphs = [(end, look) for _, end, look in paragraphs]
    runs = sorted(_entries(main, table, _CHPX, None), key=lambda entry: entry[0])
    looks.run_at = [start for start, _, _ in runs]
    looks.run_looks = [(end, look) for _, end, look in runs]
    return looks


def _entries(main: bytes, table: bytes, fib: int, styles: list[Look] | None) -> Iterator[tuple[int, int, Look]]:
    """(first byte, byte behind the last, look); of paragraphs where their styles are given, else of runs."""
    at, size = struct.unpack_from("<II", main, fib)
    plc = table[at : at + size]
    count = (len(plc) - 4) // 8
    for index in range(min(max(count, 0), MAX_PAGES)):
        number = struct.unpack_from("<I", plc, 4 * (count + 1) + 4 * index)[0] & 0x3FFFFF
        page = main[number * _PAGE : (number + 1) * _PAGE]
        if len(page) == _PAGE:
            yield from _page(page, styles)


def _page(page: bytes, styles: list[Look] | None) -> Iterator[tuple[int, int, Look]]:
    count = page[511]
    step = 1 if styles is None else 13
    if 4 * (count + 1) + step * count > 511:
        return
    places = struct.unpack_from(f"<{count + 1}I", page)
    for index in range(count):
        offset = page[4 * (count + 1) + step * index] * 2
        look = Look()
        if offset:
            if styles is None:
                look = _read(page[offset + 1 : offset + 1 + page[offset]], look)
            else:
                look = _papx(page, offset, styles)
        yield places[index], places[index + 1], look


def _papx(page: bytes, offset: int, styles: list[Look]) -> Look:
    length = page[offset]
    begin, size = (offset + 1, 2 * length - 1) if length else (offset + 2, 2 * page[min(offset + 1, 511)])
    data = page[begin : begin + size]
    if len(data) < 2:
        return Look()
    style = struct.unpack_from("<H", data)[0]
    look = styles[style] if style < len(styles) else Look()
    if 1 <= style <= 9 and not look.outline:
        look = replace(look, outline=style)
    return _read(data[2:], look)


def _read(data: bytes, look: Look) -> Look:
    """The look after the properties (sprms) in `data`."""
    at = 0
    while at + 2 <= len(data):
        code = struct.unpack_from("<H", data, at)[0]
        kind = code >> 13
        at += 2
        if kind == 6:
            if code in (0xD608, 0xD606) and at + 2 <= len(data):
                size = struct.unpack_from("<H", data, at)[0] + 1
            elif at < len(data):
                size = data[at] + 1
            else:
                return look
        else:
            size = _SIZES[kind]
        operand = data[at : at + size]
        at += size
        if len(operand) == size:
            look = _applied(code, operand, look)
    return look


def _applied(code: int, operand: bytes, look: Look) -> Look:
    value = operand[0]
    match code:
        case 0x2403 | 0x2461:
            return replace(look, align=value)
        case 0x2640:
            return replace(look, outline=value + 1 if value < 9 else 0)
        case 0x460B:
            named = struct.unpack("<H", operand)[0]
            return replace(look, list=named if named < _NO_LIST else 0)
        case 0x260A:
            return replace(look, level=min(value, 8))
        case 0x2416:
            return replace(look, in_table=bool(value))
        case 0x2417:
            return replace(look, row_end=bool(value))
        case 0x4A43:
            return replace(look, size=struct.unpack("<H", operand)[0] / 2)
        case 0x2A42:
            return replace(look, red=value in _RED_BY_NUMBER)
        case 0x6870:
            red, green, blue = operand[:3]
            return replace(look, red=red > 140 and red - green > 70 and red - blue > 70)
        case 0x083C | 0x0800:
            return replace(look, hidden=look.hidden or value == 1)
    return look
