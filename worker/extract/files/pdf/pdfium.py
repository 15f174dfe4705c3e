"""PDFium's functions as they are asked for every character: a fifth of the time of the generated bindings.

Nothing says here what a function takes, which is what saves the time, so the callers keep to this: integers go over as
C `int`, addresses as `c_void_p` (a bare integer would be cut to 32 bits), places to write to as ctypes values or
`byref`. None of these functions waits for anything, so the interpreter is not let go meanwhile.
"""

from __future__ import annotations

from array import array
from ctypes import PYFUNCTYPE, c_double, c_float, c_int, c_uint, c_ushort, c_void_p, cast
from struct import Struct
from typing import Any

import pypdfium2.raw as raw


def _bound(function: Any, result: Any) -> Any:
    return PYFUNCTYPE(result)(cast(function, c_void_p).value or 0)


object_at = _bound(raw.FPDFPage_GetObject, c_void_p)
type_of = _bound(raw.FPDFPageObj_GetType, c_int)
unicode_of = _bound(raw.FPDFText_GetUnicode, c_uint)
text_in = _bound(raw.FPDFText_GetText, c_int)
object_of = _bound(raw.FPDFText_GetTextObject, c_void_p)
loose_box = _bound(raw.FPDFText_GetLooseCharBox, c_int)
origin = _bound(raw.FPDFText_GetCharOrigin, c_int)
is_generated = _bound(raw.FPDFText_IsGenerated, c_int)
fill_colour = _bound(raw.FPDFText_GetFillColor, c_int)
font_size = _bound(raw.FPDFText_GetFontSize, c_double)
font_weight = _bound(raw.FPDFText_GetFontWeight, c_int)
matrix_of = _bound(raw.FPDFText_GetMatrix, c_int)
render_mode = _bound(raw.FPDFTextObj_GetTextRenderMode, c_int)
content_id = _bound(raw.FPDFPageObj_GetMarkedContentID, c_int)
count_marks = _bound(raw.FPDFPageObj_CountMarks, c_int)
mark_of = _bound(raw.FPDFPageObj_GetMark, c_void_p)
mark_name = _bound(raw.FPDFPageObjMark_GetName, c_int)

Floats = c_float * 4
BOX = Struct("4f")
"""of `Floats`: unpacked at once, a third of the time of asking for each"""
Inks = c_uint * 4
INK = Struct("4I")
Matrix = c_float * 6
MATRIX = Struct("4f8x")
"""of `Matrix`: turn and stretch, without the shift"""


def handle(thing: Any) -> Any:
    """The address behind one of the bindings' pointers, as these functions take it."""
    return cast(thing, c_void_p)


def codes_of(text: Any, count: int) -> list[int]:
    """The code units of the first `count` characters of the text page at address `text`."""
    buffer = (c_ushort * (count + 1))()
    if text_in(text, 0, count, buffer) == count + 1:
        return array("H", bytes(buffer)).tolist()[:count]
    return [unicode_of(text, index) for index in range(count)]  # a character of no unit, or of two
