"""Lists and styles of a binary Word file: which numbers its paragraphs count, and what a style says of them.

Source: [MS-DOC] 2.9.192 (PlfLst), 2.9.147 (LSTF), 2.9.150 (LVL), 2.9.191 (PlfLfo), 2.9.131 (LFO), 2.9.271 (STSH),
2.9.258 (STD); [MS-OSHARED] 2.2.1.3 (MSONFC). Tables that are not whole say nothing.
"""

from __future__ import annotations

import struct
from contextlib import suppress
from dataclasses import dataclass

from worker.extract.files.counting import Level
from worker.extract.files.word.numbering import Numbering

_STYLES, _LISTS, _OVERRIDES = 0x00A2, 0x02E2, 0x02EA
"""places in the FIB of (offset, length) of STSH, PlfLst and PlfLfo"""
_SHAPES = {
    0: "decimal", 1: "upperRoman", 2: "lowerRoman", 3: "upperLetter", 4: "lowerLetter", 10: "ideographDigital",
    11: "japaneseCounting", 14: "decimalFullWidth", 16: "japaneseLegal", 18: "decimalEnclosedCircle",
    19: "decimalFullWidth", 22: "decimalZero", 23: "bullet", 28: "decimalEnclosedCircleChinese",
    30: "ideographTraditional", 31: "ideographZodiac", 33: "taiwaneseCounting", 34: "ideographLegalTraditional",
    35: "taiwaneseCountingThousand", 37: "chineseCounting", 38: "chineseLegalSimplified",
    39: "chineseCountingThousand", 0xFF: "none",
}  # fmt: skip
MAX_LISTS = 4_000
MAX_STYLES = 4_096
MAX_BASES = 12
"""styles on which a style may stand, one upon the other"""


@dataclass(slots=True)
class _Reader:
    data: bytes
    at: int

    def take(self, shape: str) -> tuple[int, ...]:
        """The next values; raises struct.error behind the end."""
        found = struct.unpack_from("<" + shape, self.data, self.at)
        self.at += struct.calcsize("<" + shape)
        return found


def numbering_of(main: bytes, table: bytes) -> Numbering:
    """The file's lists, keyed by the number paragraphs call them by (from "1")."""
    numbering = Numbering()
    with suppress(struct.error):
        _read_lists(main, table, numbering)
    with suppress(struct.error):
        _read_overrides(main, table, numbering)
    return numbering


def _read_lists(main: bytes, table: bytes, numbering: Numbering) -> None:
    at, size = struct.unpack_from("<II", main, _LISTS)
    if not size:
        return
    heads, levels = _Reader(table, at), _Reader(table, at + size)
    (count,) = heads.take("h")
    for _ in range(min(count, MAX_LISTS)):
        named, _, *_, flags, _ = heads.take("iI9HBB")
        numbering.levels[str(named)] = {level: _level(levels) for level in range(1 if flags & 1 else 9)}


def _level(reader: _Reader) -> Level:
    start, shape, _, *places = reader.take("iBB9B")
    _, _, _, of_runs, of_paragraph, _, _ = reader.take("BiIBBBB")
    reader.at += of_runs + of_paragraph
    (length,) = reader.take("H")
    units = reader.take(f"{length}H")
    text = "".join(
        f"%{unit + 1}" if unit < 9 and at in places else chr(unit) for at, unit in enumerate(units, 1)
    )  # fmt: skip
    return Level(_SHAPES.get(shape, "decimal"), text, start)


def _read_overrides(main: bytes, table: bytes, numbering: Numbering) -> None:
    at, size = struct.unpack_from("<II", main, _OVERRIDES)
    if not size:
        return
    heads = _Reader(table, at)
    (count,) = heads.take("I")
    data = _Reader(table, at + 4 + 16 * count)
    for number in range(1, min(count, MAX_LISTS) + 1):
        named, _, _, levels, _, _, _ = heads.take("iIIBBBB")
        numbering.abstract[str(number)] = str(named)
        data.at += 4
        for _ in range(levels):
            start, flags = data.take("iI")
            level = flags & 0xF
            if flags & 0x20:  # a level of its own: the list counts apart from the one it was made of
                key = f"{named} as {number}"
                numbering.levels.setdefault(key, dict(numbering.levels.get(str(named), {})))[level] = _level(data)
                numbering.abstract[str(number)] = key
            elif flags & 0x10:
                numbering.starts[str(number), level] = start


def styles_of(main: bytes, table: bytes) -> list[bytes]:
    """What each style says of its paragraphs (a run of sprms), the style it stands on first; b'' of other kinds."""
    own: list[tuple[int, bytes]] = []
    with suppress(struct.error):
        at, size = struct.unpack_from("<II", main, _STYLES)
        sheet = _Reader(table[at : at + size], 0)
        (header,) = sheet.take("H")
        count, base = sheet.take("HH")
        sheet.at = 2 + header
        for _ in range(min(count, MAX_STYLES)):
            (length,) = sheet.take("H")
            own.append(_style(sheet.data[sheet.at : sheet.at + length], base))
            sheet.at += length
    return [_with_bases(own, number) for number in range(len(own))]


def _style(data: bytes, base: int) -> tuple[int, bytes]:
    """(number of the style it stands on, its sprms)."""
    nothing = (0xFFF, b"")
    try:
        _, kind = struct.unpack_from("<HH", data)
        if kind & 0xF != 1:
            return nothing
        (length,) = struct.unpack_from("<H", data, base)
        at = base + 2 + 2 * length + 2
        (size,) = struct.unpack_from("<H", data, at)
        return kind >> 4, data[at + 4 : at + 2 + size]
    except struct.error:
        return nothing


def _with_bases(own: list[tuple[int, bytes]], number: int) -> bytes:
    chain: list[bytes] = []
    while number < len(own) and len(chain) < MAX_BASES:
        number, sprms = own[number]
        chain.append(sprms)
    return b"".join(reversed(chain))
