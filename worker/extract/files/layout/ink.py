"""Which glyphs of a sheet are its text, and which are watermarks, seals, tagged furniture, sideways or hidden print."""

from __future__ import annotations

from worker.extract.files.layout.lines import line_of, lines_of
from worker.extract.files.layout.model import Box, Glyph, Line, Sheet, Style, styles_of, union
from worker.extract.files.layout.pagenumber import EDGE, is_page_number
from worker.extract.files.model import Furniture

PICTURED = 0.1
"""share of a sheet without text that pictures cover when the text is in them"""


def sorted_ink(sheet: Sheet) -> tuple[list[Glyph], list[Glyph], list[Furniture]]:
    """Text, the layer hidden under a picture, and what was taken for furniture."""
    styles = styles_of(sheet.glyphs)
    common = max((style for style in styles if not style.angle), key=lambda style: styles[style], default=Style()).size
    tagged = sum(count for style, count in styles.items() if style.artifact)
    trust_tags = 0 < tagged < 0.5 * len(sheet.glyphs)
    plain = {style for style in styles if _is_plain(style, common, bool(sheet.rings), trust_tags)}
    if len(plain) == len(styles):
        return list(sheet.glyphs), [], []
    text: list[Glyph] = []
    hidden: list[Glyph] = []
    apart: dict[str, list[Glyph]] = {}
    for glyph in sheet.glyphs:
        style = glyph.style
        if style in plain:
            text.append(glyph)
        elif style.hidden:
            hidden.append(glyph)
        elif style.red and any(_inside(glyph, ring) for ring in sheet.rings):
            apart.setdefault("seal", []).append(glyph)
        elif style.angle:
            what = "seal" if style.red else "sideways" if style.angle % 90 == 0 else "watermark"
            apart.setdefault(what, []).append(glyph)
        elif style.pale and style.size > 1.6 * common:
            apart.setdefault("watermark", []).append(glyph)
        elif trust_tags and style.artifact and _at_edge(glyph, sheet):
            apart.setdefault("header" if glyph.y0 < sheet.height / 2 else "footer", []).append(glyph)
        else:
            text.append(glyph)
    furniture = [_furniture(what, glyphs, sheet.number) for what, glyphs in apart.items()]
    return text, hidden, [item for item in furniture if item.text]


def _is_plain(style: Style, common: float, rings: bool, trust_tags: bool) -> bool:
    """Whether glyphs of this style are text wherever they stand."""
    apart = style.hidden or style.angle or (style.red and rings) or (style.pale and style.size > 1.6 * common)
    return not (apart or (trust_tags and style.artifact))


def is_picture(sheet: Sheet) -> bool:
    """Whether pictures cover so much of a sheet without text that its words are in them."""
    area = sum((box[2] - box[0]) * (box[3] - box[1]) for box in sheet.pictures)
    return area > PICTURED * sheet.width * sheet.height


def upright_lines(glyphs: list[Glyph], page: int) -> tuple[list[Line], list[Glyph]]:
    """Text written from top to bottom (four characters or more under each other), and all other glyphs."""
    columns: list[list[Glyph]] = []
    loose: list[Glyph] = []
    for glyph in glyphs:
        last = columns[-1][-1] if columns else None
        if last is not None and glyph.text != " " and _below(last, glyph):
            columns[-1].append(glyph)
        elif glyph.text == " ":
            loose.append(glyph)
        else:
            columns.append([glyph])
    lines = []
    for column in columns:
        if len(column) >= 4 and all("\u2e80" <= glyph.text <= "\uffef" for glyph in column):
            line = line_of(column[:1], page)
            line.text = "".join(glyph.text for glyph in column)
            line.x0, line.y0, line.x1, line.y1 = union([(g.x0, g.y0, g.x1, g.y1) for g in column])
            lines.append(line)
        else:
            loose.extend(column)
    return (lines, loose) if lines else ([], glyphs)


def _below(last: Glyph, glyph: Glyph) -> bool:
    em = last.style.size
    apart = glyph.base - last.base
    return 0.8 * em < apart < 2 * em and abs(glyph.x0 + glyph.x1 - last.x0 - last.x1) < 0.4 * em


def _inside(glyph: Glyph, box: Box) -> bool:
    x, y = (glyph.x0 + glyph.x1) / 2, (glyph.y0 + glyph.y1) / 2
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def _at_edge(glyph: Glyph, sheet: Sheet) -> bool:
    return glyph.y1 < EDGE * sheet.height or glyph.y0 > (1 - EDGE) * sheet.height


def _furniture(what: str, glyphs: list[Glyph], page: int) -> Furniture:
    box = union([(glyph.x0, glyph.y0, glyph.x1, glyph.y1) for glyph in glyphs])
    if what in ("header", "footer"):
        text = " ".join(line.text for line in lines_of(glyphs, page))
        what = "page number" if is_page_number(text) else what
    else:
        text = "".join(glyph.text for glyph in glyphs).strip()
    return Furniture(what, page, text, box)
