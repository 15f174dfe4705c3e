"""What is drawn on a PDF page beside text: thin rules (tables, red lines), pictures, round red drawings (seals)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from ctypes import byref, c_float, c_int, c_uint, c_void_p
from typing import Any

import pypdfium2.raw as raw

from worker.extract.files.layout.model import Box, Rule, Sheet
from worker.extract.files.pdf.pdfium import handle, object_at, type_of

MAX_OBJECTS = 20_000
"""drawn objects looked at on one page; a page with more is a map or a diagram, and its rules rule nothing"""
MAX_NESTING = 6
THIN = 3.0
"""points: a filled box thinner than this is a rule"""

_Place = Callable[[float, float], tuple[float, float]]
_MatrixValues = tuple[float, float, float, float, float, float]
_IDENTITY: _MatrixValues = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def add_drawings(sheet: Sheet, page: Any, place: _Place) -> None:
    """Puts the page's rules, pictures and rings on the sheet."""
    for seen, (kind, item, matrix) in enumerate(_objects(page.raw), 1):
        if seen > MAX_OBJECTS:
            sheet.rules.clear()
            return
        if kind == raw.FPDF_PAGEOBJ_IMAGE:
            sheet.pictures.append(_box(item, matrix, place))
        elif kind == raw.FPDF_PAGEOBJ_PATH:
            _add_path(sheet, item, matrix, place)


def _objects(page: Any) -> Iterator[tuple[int, Any, _MatrixValues]]:
    """(type, object, its form's matrix) of all that is drawn but text, which most objects of a page are."""
    address, text = handle(page), raw.FPDF_PAGEOBJ_TEXT
    for index in range(raw.FPDFPage_CountObjects(page)):
        kind = type_of(c_void_p(object_at(address, index)))
        if kind != text:
            yield from _unfolded(kind, raw.FPDFPage_GetObject(page, index), _IDENTITY, 0)


def _unfolded(kind: int, item: Any, matrix: _MatrixValues, depth: int) -> Iterator[tuple[int, Any, _MatrixValues]]:
    if kind != raw.FPDF_PAGEOBJ_FORM:
        yield kind, item, matrix
        return
    if depth >= MAX_NESTING:
        return
    inner = _times(_matrix(item), matrix)
    for index in range(raw.FPDFFormObj_CountObjects(item)):
        held = raw.FPDFFormObj_GetObject(item, index)
        if (of := type_of(handle(held))) != raw.FPDF_PAGEOBJ_TEXT:
            yield from _unfolded(of, held, inner, depth + 1)


def _matrix(item: Any) -> _MatrixValues:
    found = raw.FS_MATRIX()
    if not raw.FPDFPageObj_GetMatrix(item, byref(found)):
        return _IDENTITY
    return (found.a, found.b, found.c, found.d, found.e, found.f)


def _times(first: _MatrixValues, second: _MatrixValues) -> _MatrixValues:
    a, b, c, d, e, f = first
    p, q, r, s, t, u = second
    return (a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u)


def _apply(matrix: _MatrixValues, x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def _box(item: Any, matrix: _MatrixValues, place: _Place) -> Box:
    left, bottom, right, top = c_float(), c_float(), c_float(), c_float()
    raw.FPDFPageObj_GetBounds(item, byref(left), byref(bottom), byref(right), byref(top))
    corners = [
        place(*_apply(matrix, x, y)) for x in (left.value, right.value) for y in (bottom.value, top.value)
    ]  # fmt: skip
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    return min(xs), min(ys), max(xs), max(ys)


def _add_path(sheet: Sheet, item: Any, matrix: _MatrixValues, place: _Place) -> None:
    box = _box(item, matrix, place)
    width, height = box[2] - box[0], box[3] - box[1]
    if min(width, height) <= THIN:
        if max(width, height) > THIN:
            sheet.rules.append(Rule(*box, _is_red(item)))
        return
    fill, stroke = c_int(), c_int()
    raw.FPDFPath_GetDrawMode(item, byref(fill), byref(stroke))
    curved, sides = _sides(item)
    if curved:
        if 40 < width < 220 and 0.6 < width / height < 1.67 and _is_red(item):
            sheet.rings.append(box)
        return
    if stroke.value:
        own = _times(_matrix(item), matrix)
        for (ax, ay), (bx, by) in sides:
            x0, y0 = place(*_apply(own, ax, ay))
            x1, y1 = place(*_apply(own, bx, by))
            if abs(x0 - x1) <= 1 or abs(y0 - y1) <= 1:
                sheet.rules.append(Rule(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1), _is_red(item)))


_Point = tuple[float, float]


def _sides(item: Any) -> tuple[bool, list[tuple[_Point, _Point]]]:
    """Whether the path has curves, and its straight sides; a path of more than 400 segments has neither."""
    count = raw.FPDFPath_CountSegments(item)
    if count > 400:
        return False, []
    sides: list[tuple[_Point, _Point]] = []
    start = last = (0.0, 0.0)
    curved, x, y = False, c_float(), c_float()
    for index in range(count):
        segment = raw.FPDFPath_GetPathSegment(item, index)
        raw.FPDFPathSegment_GetPoint(segment, byref(x), byref(y))
        point, kind = (x.value, y.value), raw.FPDFPathSegment_GetType(segment)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            start = point
        elif kind == raw.FPDF_SEGMENT_LINETO:
            sides.append((last, point))
        else:
            curved = True
        last = point
        if raw.FPDFPathSegment_GetClose(segment) and point != start:
            sides.append((point, start))
            last = start
    return curved, sides


def _is_red(item: Any) -> bool:
    for ask in (raw.FPDFPageObj_GetStrokeColor, raw.FPDFPageObj_GetFillColor):
        r, g, b, a = c_uint(), c_uint(), c_uint(), c_uint()
        if ask(item, byref(r), byref(g), byref(b), byref(a)):
            red, green, blue = r.value, g.value, b.value
            if red > 140 and red - green > 70 and red - blue > 70:
                return True
    return False
