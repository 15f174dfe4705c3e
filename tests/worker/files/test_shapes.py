"""Type 3 fonts without the shapes of their glyphs: the same text, the same places."""

from __future__ import annotations

import re
import zlib

import pytest

from tests.support.hostile import raw_pdf
from worker.extract.files.pdf.read import opened
from worker.extract.files.pdf.shapes import without_shapes
from worker.extract.files.pdf.sheet import sheet_of

_BOX = b"1000 0 100 -200 900 800 d1"
_DRAWN = _BOX + b" 100 100 m 800 100 l 800 700 l 300 420 l h f" * 4


def typed(program: bytes, head: str = "/Length {size}") -> bytes:
    """A page that says 甲甲 in a font whose one glyph is drawn by this program."""
    unicodes = b"1 beginbfchar <41> <7532> endbfchar"
    content = b"BT /F1 20 Tf 1 0 0 1 50 700 Tm <4141> Tj ET"
    font = (
        "<</Type /Font /Subtype /Type3 /FontMatrix [.001 0 0 .001 0 0] /FontBBox [0 -200 1000 800] /FirstChar 65 "
        "/LastChar 65 /Widths [1000] /Encoding <</Type /Encoding /Differences [65 /g1]>> /CharProcs <</g1 5 0 R>> "
        "/ToUnicode 7 0 R>>"
    )
    said = program.decode("latin-1")
    return raw_pdf(
        "<</Type /Catalog /Pages 2 0 R>>",
        "<</Type /Pages /Kids [3 0 R] /Count 1>>",
        "<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 6 0 R /Resources <</Font <</F1 4 0 R>>>>>>",
        font,
        f"<<{head.format(size=len(program))}>> stream\n{said}\nendstream",
        ("<< >>", content),
        ("<< >>", unicodes),
    )


def placed(body: bytes) -> list[tuple[object, ...]]:
    """The glyphs of the first page with their places."""
    document = opened(body)
    page = document[0]
    sheet = sheet_of(page, page.get_textpage(), 1)
    return [tuple(glyph) for glyph in sheet.glyphs]


@pytest.mark.parametrize(
    "body",
    [typed(_DRAWN), typed(zlib.compress(_DRAWN), "/Filter /FlateDecode /Length {size}")],
    ids=["plain", "packed"],
)
def test_shapes_are_gone_and_every_glyph_stands_where_it_stood(body: bytes) -> None:
    slim = without_shapes(body)
    assert len(slim) == len(body)
    assert re.search(re.escape(_BOX) + rb"\s+endstream", slim)
    assert [glyph[0] for glyph in placed(body)] == ["甲", "甲"]
    assert placed(slim) == placed(body)


@pytest.mark.parametrize(
    "body",
    [
        typed(b"100 100 m 800 700 l f"),
        typed(b"\x00\x01 no stream of any kind", "/Filter /FlateDecode /Length {size}"),
        typed(_DRAWN, "/Length 99999999"),
        typed(_DRAWN, "/Length 8 0 R"),
        typed(b""),
    ],
    ids=["no box", "damaged", "longer than the file", "length elsewhere", "empty"],
)
def test_what_is_not_written_the_plain_way_is_left_alone(body: bytes) -> None:
    assert without_shapes(body) == body


def test_codes_that_the_text_has_none_of_are_named_no_more() -> None:
    body = typed(_DRAWN).replace(b"/Differences [65 /g1]", b"/Differences [0" + b" /g0" * 65 + b" /g1]")
    slim = without_shapes(body)
    assert len(slim) == len(body)
    assert b"/Differences [65 " in slim
    assert b"/g0" not in slim
    assert placed(slim) == placed(body) == placed(typed(_DRAWN))
