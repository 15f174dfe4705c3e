"""Glyphs into lines: runs on one baseline, pieces that touch joined, spaces where the distance says so."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from statistics import median

from worker.extract.files.layout.model import Glyph, Line

TOUCHING = 1.05
"""a distance below so many ems keeps two pieces in one line; wider ones may be the gap between columns"""
SPREAD = 0.3
"""ems between glyphs, in the median, from which a line is set with wide letter spacing (red headers, short titles)"""

_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def is_wide(character: str) -> bool:
    """Whether a character is set full width and takes no spaces around it: Han, kana, full-width punctuation."""
    if character < "\u2010":
        return character == "·"
    if character < "\u2e80":
        return character in "“”‘’—…"
    return (
        character <= "\ua4cf" or "\uac00" <= character <= "\ud7a3" or "\uf900" <= character <= "\ufaff"
        or "\ufe30" <= character <= "\ufe4f" or "\uff00" <= character <= "\uffef" or character >= "\U00020000"
    )  # fmt: skip


def lines_of(glyphs: Iterable[Glyph], page: int) -> list[Line]:
    """The glyphs' lines, from top to bottom, each a run without a gap as wide as one between columns."""
    runs = _runs(glyphs)
    lines = []
    for row in _rows(runs):
        for piece in _pieces(row):
            line = line_of(piece, page)
            if line.text:
                lines.append(line)
    return sorted(lines, key=lambda line: (round(line.base), line.x0))


def line_of(glyphs: Sequence[Glyph], page: int) -> Line:
    """One line of these glyphs, whatever stands between them."""
    ordered = _without_doubles(sorted(glyphs, key=lambda glyph: glyph.x0))
    inked = [glyph for glyph in ordered if glyph.text != " "]
    if not inked:
        return Line("", 0, 0, 0, 0, 0, 1, page)
    size = _common_size(inked)
    base = median(glyph.base for glyph in inked)
    return Line(
        text=text_of(ordered, size, base), x0=inked[0].x0, y0=min(g.y0 for g in inked), x1=max(g.x1 for g in inked),
        y1=max(g.y1 for g in inked), base=base, size=size, page=page,
        red=sum(g.style.red for g in inked) * 2 > len(inked), bold=sum(g.style.bold for g in inked) * 2 > len(inked),
        glyphs=ordered,
    )  # fmt: skip


def text_of(glyphs: Sequence[Glyph], size: float = 0.0, base: float = 0.0) -> str:
    """The line's text; white space is one space, and stands where a space was set or a gap seen. Digits set smaller and
    higher than the line (`size`, `base`) come out as ¹²³: beside a figure they would change it."""
    spread = _spread(glyphs)
    out: list[str] = []
    before: Glyph | None = None
    spaced = False
    for glyph in glyphs:
        text = glyph.text
        if text == " ":
            spaced = before is not None
            continue
        if before is not None:
            gap = glyph.x0 - before.x1
            if gap > 0.08 * before.style.size and _is_space(before, glyph, spaced, spread):
                out.append(" ")
        if size and glyph.style.size < 0.8 * size and text.isdigit() and base - glyph.base > 0.15 * size:
            text = text.translate(_RAISED)
        out.append(text)
        before, spaced = glyph, False
    return "".join(out).strip()


def _is_space(before: Glyph, glyph: Glyph, spaced: bool, spread: float) -> bool:
    em = min(before.style.size, glyph.style.size)
    gap = (glyph.x0 - before.x1) / em
    one, other = is_wide(before.text[-1]), is_wide(glyph.text[0])
    if spread:
        return gap > spread * 2 + 0.4
    if spaced:
        return gap > (0.2 if one and other else 0.08)
    if one or other:
        return gap > (0.6 if one and other else 0.7)
    return gap > 0.18


def _spread(glyphs: Sequence[Glyph]) -> float:
    inked = [glyph for glyph in glyphs if glyph.text != " "]
    if len(inked) < 4:
        return _spread_of_few(inked)
    if inked[-1].x1 - inked[0].x0 < sum(glyph.x1 - glyph.x0 for glyph in inked) * 1.15:
        return 0.0
    gaps = [(b.x0 - a.x1) / a.style.size for a, b in itertools.pairwise(inked) if is_wide(a.text[-1])]
    middle = median(gaps) if len(gaps) >= 3 else 0.0
    return middle if middle > SPREAD else 0.0


def _spread_of_few(inked: Sequence[Glyph]) -> float:
    """Two or three Han set apart evenly (`通 知`) are one word."""
    if len(inked) < 2 or not all("一" <= glyph.text <= "鿿" for glyph in inked):
        return 0.0
    gaps = [(b.x0 - a.x1) / a.style.size for a, b in itertools.pairwise(inked)]
    return max(gaps) if max(gaps) < min(gaps) * 1.3 + 0.1 and max(gaps) > SPREAD else 0.0


def _runs(glyphs: Iterable[Glyph]) -> list[list[Glyph]]:
    """Glyphs that follow each other in the file and on the paper."""
    runs: list[list[Glyph]] = []
    last: Glyph | None = None
    for glyph in glyphs:
        if last is not None:
            em = last.style.size
            gap = glyph.x0 - last.x1
            if abs(glyph.base - last.base) < 0.2 * em and -0.6 * em < gap < TOUCHING * em:
                runs[-1].append(glyph)
                last = glyph
                continue
        runs.append([glyph])
        last = glyph
    return runs


class _Run:
    __slots__ = ("base", "glyphs", "size", "x0", "x1", "y0", "y1")

    def __init__(self, glyphs: list[Glyph]) -> None:
        self.glyphs = glyphs
        self.x0, self.x1 = min(g.x0 for g in glyphs), max(g.x1 for g in glyphs)
        self.base, self.size = glyphs[0].base, max(g.style.size for g in glyphs)
        self.y0, self.y1 = self.base - 0.8 * self.size, self.base + 0.1 * self.size


def _rows(runs: list[list[Glyph]]) -> list[list[_Run]]:
    """Runs at one height: each row is led by its largest run, smaller ones (superscripts) belong to the row they
    overlap."""
    rows: list[tuple[_Run, list[_Run]]] = []
    for run in sorted((_Run(run) for run in runs), key=lambda run: (run.base, run.x0)):
        for place in range(len(rows) - 1, max(len(rows) - 6, -1), -1):
            lead, members = rows[place]
            overlap = min(lead.y1, run.y1) - max(lead.y0, run.y0)
            if abs(lead.base - run.base) < 0.25 * max(lead.size, run.size) or (
                overlap > 0.6 * min(lead.y1 - lead.y0, run.y1 - run.y0) and abs(lead.size - run.size) > 0.2 * lead.size
            ):
                members.append(run)
                if run.size > lead.size * 1.05:
                    rows[place] = (run, members)
                break
        else:
            rows.append((run, [run]))
    return [members for _, members in rows]


def _pieces(row: list[_Run]) -> list[list[Glyph]]:
    """A row cut at its wide gaps; a row set with wide letter spacing throughout is one piece."""
    row = sorted(row, key=lambda run: run.x0)
    inked = sorted((g for run in row for g in run.glyphs if g.text != " "), key=lambda glyph: glyph.x0)
    limit = TOUCHING
    if len(inked) >= 4:
        gaps = sorted((b.x0 - a.x1) / a.style.size for a, b in itertools.pairwise(inked))
        middle = median(gaps)
        if middle > SPREAD and gaps[-1] < middle * 1.8 + 0.3:
            limit = gaps[-1] + 0.01
    pieces = [list(row[0].glyphs)]
    end = row[0].x1
    for run in row[1:]:
        if run.x0 - end > limit * max(min(run.size, pieces[-1][-1].style.size), 1.0):
            pieces.append([])
        pieces[-1].extend(run.glyphs)
        end = max(end, run.x1)
    return pieces


def _without_doubles(glyphs: list[Glyph]) -> list[Glyph]:
    """Bold made by printing twice is printed once."""
    kept: list[Glyph] = []
    for glyph in glyphs:
        if kept and kept[-1].text == glyph.text and glyph.x0 - kept[-1].x0 < 0.3 * (glyph.x1 - glyph.x0):
            continue
        kept.append(glyph)
    return kept


def _common_size(glyphs: Sequence[Glyph]) -> float:
    sizes: dict[float, int] = {}
    for glyph in glyphs:
        sizes[glyph.style.size] = sizes.get(glyph.style.size, 0) + 1
    return max(sizes, key=lambda size: (sizes[size], size))
