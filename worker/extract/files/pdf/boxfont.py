"""A TrueType font of three glyphs: nothing, a full-width box, a half-width box. Enough for boxes and places.

PDFium drops text whose glyphs have no outline. A PDF that names a Chinese font and does not embed it has none on a
machine
without such fonts; with this one in its place every character is where the file puts it. Tests set their pages in it.
"""

from __future__ import annotations

import struct


def _table(tag: str, data: bytes) -> tuple[str, bytes]:
    return tag, data


def _box(width: int) -> bytes:
    """A rectangle as a glyph outline."""
    left, bottom, right, top = 60, -80, width - 60, 820
    head = struct.pack(">hhhhh", 1, left, bottom, right, top)
    flags = b"\x01" * 4
    xs = struct.pack(">hhhh", left, right - left, 0, left - right)
    ys = struct.pack(">hhhh", bottom, 0, top - bottom, 0)
    return head + struct.pack(">HH", 3, 0) + flags + xs + ys


def _checksum(data: bytes) -> int:
    data += b"\x00" * (-len(data) % 4)
    return int(sum(struct.unpack(f">{len(data) // 4}I", data))) & 0xFFFFFFFF


def box_font() -> bytes:
    """The font file."""
    glyphs = [b"", _box(1000), _box(500)]
    loca, glyf = [0], b""
    for glyph in glyphs:
        glyf += glyph + b"\x00" * (-len(glyph) % 4)
        loca.append(len(glyf))
    # format 13: all characters of a range are one glyph
    groups = ((0x20, 0x1FFF, 2), (0x2000, 0xFFFD, 1), (0x10000, 0x3FFFF, 1))
    cmap = struct.pack(">HHHHI", 0, 1, 3, 10, 12)
    cmap += struct.pack(">HHIII", 13, 0, 16 + 12 * len(groups), 0, len(groups))
    cmap += b"".join(struct.pack(">III", *group) for group in groups)
    tables = [
        _table("cmap", cmap),
        _table("glyf", glyf),
        _table(
            "head",
            struct.pack(
                ">IIIIHHQQhhhhHHhhh", 0x10000, 0x10000, 0, 0x5F0F3CF5, 3, 1000, 0, 0, 0, -120, 1000, 880, 0, 8, 2, 1, 0
            ),
        ),
        _table(
            "hhea",
            struct.pack(">IhhhHhhhhhhhhhhhH", 0x10000, 880, -120, 0, 1000, 0, 0, 1000, 1, 0, 0, 0, 0, 0, 0, 0, 3),
        ),
        _table("hmtx", struct.pack(">HhHhHh", 1000, 0, 1000, 60, 500, 60)),
        _table("loca", struct.pack(f">{len(loca)}I", *loca)),
        _table("maxp", struct.pack(">IHHHHHHHHHHHHHH", 0x10000, 3, 4, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0)),
        _table("name", struct.pack(">HHH", 0, 0, 6)),
        _table("post", struct.pack(">IIhhIIIII", 0x30000, 0, -100, 50, 0, 0, 0, 0, 0)),
    ]
    out = struct.pack(">IHHHH", 0x10000, len(tables), 128, 3, len(tables) * 16 - 128)
    at, body = 12 + 16 * len(tables), b""
    for tag, data in tables:
        out += struct.pack(">4sIII", tag.encode(), _checksum(data), at + len(body), len(data))
        body += data + b"\x00" * (-len(data) % 4)
    return out + body
