"""PDFium's functions with plain integers for handles: a third of the time of the generated bindings, called per
character."""

from __future__ import annotations

from ctypes import CFUNCTYPE, c_double, c_float, c_int, c_uint, c_ulong, c_void_p, cast
from struct import Struct
from typing import Any

import pypdfium2.raw as raw


def _bound(function: Any, result: Any, *arguments: Any) -> Any:
    return CFUNCTYPE(result, *arguments)(cast(function, c_void_p).value or 0)


object_at = _bound(raw.FPDFPage_GetObject, c_void_p, c_void_p, c_int)
type_of = _bound(raw.FPDFPageObj_GetType, c_int, c_void_p)
unicode_of = _bound(raw.FPDFText_GetUnicode, c_uint, c_void_p, c_int)
object_of = _bound(raw.FPDFText_GetTextObject, c_void_p, c_void_p, c_int)
loose_box = _bound(raw.FPDFText_GetLooseCharBox, c_int, c_void_p, c_int, c_void_p)
origin = _bound(raw.FPDFText_GetCharOrigin, c_int, c_void_p, c_int, c_void_p, c_void_p)
is_generated = _bound(raw.FPDFText_IsGenerated, c_int, c_void_p, c_int)
fill_colour = _bound(raw.FPDFText_GetFillColor, c_int, c_void_p, c_int, c_void_p, c_void_p, c_void_p, c_void_p)
font_size = _bound(raw.FPDFText_GetFontSize, c_double, c_void_p, c_int)
font_weight = _bound(raw.FPDFText_GetFontWeight, c_int, c_void_p, c_int)
matrix_of = _bound(raw.FPDFText_GetMatrix, c_int, c_void_p, c_int, c_void_p)
render_mode = _bound(raw.FPDFTextObj_GetTextRenderMode, c_int, c_void_p)
count_marks = _bound(raw.FPDFPageObj_CountMarks, c_int, c_void_p)
mark_of = _bound(raw.FPDFPageObj_GetMark, c_void_p, c_void_p, c_ulong)
mark_name = _bound(raw.FPDFPageObjMark_GetName, c_int, c_void_p, c_void_p, c_ulong, c_void_p)

Floats = c_float * 4
BOX = Struct("4f")
"""of `Floats`: unpacked at once, a third of the time of asking for each"""
Matrix = c_float * 6


def handle(thing: Any) -> int:
    """The address behind one of the bindings' pointers."""
    value = cast(thing, c_void_p).value
    return 0 if value is None else value
