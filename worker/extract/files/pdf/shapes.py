"""Takes the shapes out of Type 3 fonts before PDFium opens a file whose text alone is wanted.

PDFium draws every glyph of such a font to learn its box, though the glyph says its box first (`d1`, ISO 32000-1,
9.6.5): half of the time a page takes that Chromium printed in a font it could not embed. Every byte keeps its place, so
that the cross-reference table stays true; what is not written the plain way is left alone.
"""

from __future__ import annotations

import re
import zlib

_PROCEDURES = re.compile(rb"/CharProcs\s*<<([^<>]*)>>")
_REFERENCE = re.compile(rb"(\d+) 0 R")
_STREAM = re.compile(rb" 0 obj\s*<<([^<>]{0,80})>>\s*stream\r?\n")
_LENGTH = re.compile(rb"/Length (\d+)(?!\s+\d+\s+R)")
_BOX = re.compile(rb"\s*(?:-?[\d.]+\s+){6}d1\b")
_SAME = re.compile(rb"/Differences \[0( /[\w.]+)\1+(?= /)")
"""the first codes of a font all mean one glyph: Skia's way of saying that the text has none of them"""
_HEAD = 96
"""bytes of a glyph's program in which its box stands"""
_DIGITS = 10
"""of an object's number"""


def without_shapes(body: bytes) -> bytes:
    """The file with only the boxes left of its Type 3 glyphs; the same bytes where there are none."""
    glyphs = {number for match in _PROCEDURES.finditer(body) for number in _REFERENCE.findall(match[1])}
    if not glyphs:
        return body
    out = bytearray(body)
    for match in _STREAM.finditer(body):
        end = match.start()
        number = body[max(end - _DIGITS, 0) : end].split()[-1:]
        length = _LENGTH.search(match[1])
        if not number or number[0] not in glyphs or length is None:
            continue
        start, size = match.end(), int(length[1])
        box = _box_of(body[start : start + size], b"Filter" in match[1])
        if box and len(box) <= size and start + size <= len(body):
            out[match.start(1) : match.end(1)] = length[0].ljust(len(match[1]))
            out[start : start + size] = box.ljust(size)
    for match in _SAME.finditer(body):
        names = (match.end() - match.start(1)) // len(match[1])
        out[match.start() : match.end()] = (b"/Differences [%d" % names).ljust(match.end() - match.start())
    return bytes(out)


def _box_of(stream: bytes, packed: bool) -> bytes:
    """The glyph's width and box with their operator; nothing where they do not come first."""
    try:
        program = zlib.decompressobj().decompress(stream, _HEAD) if packed else stream[:_HEAD]
    except zlib.error:
        return b""
    box = _BOX.match(program)
    return box[0] if box else b""
