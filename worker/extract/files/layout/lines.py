"""Glyphs into lines: runs on one baseline, pieces that touch joined, spaces where the distance says so."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Container, Iterable, Sequence
from operator import eq, itemgetter, sub
from statistics import median

from worker.extract.files.layout.model import Glyph, Line, Style

TOUCHING = 1.05
"""a distance below so many ems keeps two pieces in one line; wider ones may be the gap between columns"""
SPREAD = 0.3
"""ems between glyphs, in the median, from which a line is set with wide letter spacing (red headers, short titles)"""

CLOSING = frozenset("，。、；：？！）》】〕”’』」,.;:!?)]}%％")
"""marks that no line begins with: they are bound to the character before them"""
_START = itemgetter(1)
"""a glyph's left edge, as a key to sort by"""
_SPLIT_NUMBER = re.compile(r"[\d.,]\n[\d.,%]")
_COMPOUND = re.compile(r"\b[^\W\d_]+(?:-[^\W\d_]+)+\b")
_WORD = re.compile(r"[^\W\d_]+")
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
    ordered = _without_doubles(sorted(glyphs, key=_START))
    inked = [glyph for glyph in ordered if glyph.text != " "]
    if not inked:
        return Line("", 0, 0, 0, 0, 0, 1, page)
    _, x0s, y0s, x1s, y1s, bases, styles = zip(*inked, strict=True)
    base = median(bases) if min(bases) != max(bases) else bases[0]
    style = styles[0]
    if styles.count(style) == len(styles):
        size, red, bold = style.size, style.red, style.bold
    else:
        size = _common_size(styles)
        red = sum(style.red for style in styles) * 2 > len(styles)
        bold = sum(style.bold for style in styles) * 2 > len(styles)
    return Line(
        text=text_of(ordered, size, base), x0=x0s[0], y0=min(y0s), x1=max(x1s), y1=max(y1s), base=base, size=size,
        page=page, red=red, bold=bold, glyphs=ordered,
    )  # fmt: skip


def text_of(glyphs: Sequence[Glyph], size: float = 0.0, base: float = 0.0, blank: float = 0.7) -> str:
    """The line's text; white space is one space, and stands where a space was set or a gap seen, of `blank` ems beside
    a full-width character. Digits set smaller and higher than the line (`size`, `base`) come out as ¹²³: beside a
    figure they would change it."""
    texts, x0s, _, x1s, _, bases, styles = zip(*glyphs, strict=True)
    mixed = styles.count(styles[0]) < len(styles)
    if not mixed and " " not in texts and max(map(sub, x0s[1:], x1s), default=0.0) <= 0.08 * styles[0].size:
        return "".join(texts).strip()  # set solid: how most lines of Han are
    spread = _spread(glyphs)
    out: list[str] = []
    before, end, em, spaced = "", 0.0, 0.0, False
    for text, x0, x1, level, style in zip(texts, x0s, x1s, bases, styles, strict=True):
        if text == " ":
            spaced = bool(out)
            continue
        own = style.size
        if out and x0 - end > 0.08 * em and _is_space(before, text, (x0 - end) / min(em, own), spaced, spread, blank):
            out.append(" ")
        said = text
        if mixed and size and own < 0.8 * size and text.isdigit() and base - level > 0.15 * size:
            said = text.translate(_RAISED)
        out.append(said)
        before, end, em, spaced = text, x1, own, False
    return "".join(out).strip()


def _is_space(before: str, after: str, gap: float, spaced: bool, spread: float, blank: float) -> bool:
    """Whether a gap of so many ems between two characters is a space; `spaced` where one was set there."""
    one, other = is_wide(before[-1]), is_wide(after[0])
    if spread:
        return gap > spread * 2 + 0.4
    if spaced:
        return gap > (0.2 if one and other else 0.08)
    if one or other:
        return gap > (0.6 if one and other else blank)
    return gap > 0.18


def _spread(glyphs: Sequence[Glyph]) -> float:
    inked = [glyph for glyph in glyphs if glyph.text != " "]
    if len(inked) < 4:
        return _spread_of_few(inked)
    _, x0s, _, x1s, _, _, _ = zip(*inked, strict=True)
    if x1s[-1] - x0s[0] < (sum(x1s) - sum(x0s)) * 1.15:
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


def joined(before: str, after: str, compounds: Container[str] = ()) -> str:
    """Two lines of one paragraph as one text: no space beside full-width characters, a hyphen at the break taken back
    where it does not belong to the word: `compounds` are the words with hyphens inside that stand within lines."""
    if not before or not after:
        return before or after
    if _is_wide_end(before[-2:][::-1]) or _is_wide_end(after[:2]):
        return before + after
    if _SPLIT_NUMBER.search(f"{before[-2:]}\n{after[:2]}") and any(is_wide(character) for character in before[-40:]):
        return before + after  # between Han a figure may be broken at any digit
    if before.endswith("-") and before[-2:-1].isalnum() and after[0].isalnum():
        halves = before[-2].isalpha() and after[0].islower()
        kept = not halves or _is_compound(before.rpartition(" ")[2], after, compounds)
        return before + after if kept else before[:-1] + after
    return f"{before} {after}"


def compounds_of(text: str) -> list[str]:
    """The words of a line that have a hyphen inside."""
    return [word.lower() for word in _COMPOUND.findall(text)] if "-" in text else []


def _is_compound(before: str, after: str, compounds: Container[str]) -> bool:
    """Whether the hyphen between two parts of a word is its own."""
    if "-" in before[:-1]:
        return True  # `out-of-` is followed by `state`, not by half a word
    rest = _WORD.match(after)
    start = _WORD.search(before[-2::-1])
    return bool(rest and start and f"{start[0][::-1]}-{rest[0]}".lower() in compounds)


def _is_wide_end(outermost: str) -> bool:
    """Whether text that ends (or begins) with this character, the one inside of it second, takes no space there.
    Quotes and dashes are as wide as what they stand beside."""
    if outermost[0] in "“”‘’" and len(outermost) > 1:
        return is_wide(outermost[1])
    return is_wide(outermost[0])


def _runs(glyphs: Iterable[Glyph]) -> list[list[Glyph]]:
    """Glyphs that follow each other in the file and on the paper."""
    runs: list[list[Glyph]] = []
    run: list[Glyph] = []
    end = level = em = 0.0
    for glyph in glyphs:
        _, x0, _, x1, _, base, style = glyph
        if run and -0.6 * em < x0 - end < TOUCHING * em and -0.2 * em < base - level < 0.2 * em:
            run.append(glyph)
        else:
            run = [glyph]
            runs.append(run)
        end, level, em = x1, base, style.size
    return runs


class _Run:
    __slots__ = ("base", "glyphs", "size", "x0", "x1", "y0", "y1")

    def __init__(self, glyphs: list[Glyph]) -> None:
        self.glyphs = glyphs
        _, x0s, _, x1s, _, bases, styles = zip(*glyphs, strict=True)
        self.x0, self.x1 = min(x0s), max(x1s)
        self.base, self.size = bases[0], max(style.size for style in set(styles))
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
    pieces = _cut(row, TOUCHING)
    if len(pieces) == 1:
        return pieces
    inked = sorted((g for run in row for g in run.glyphs if g.text != " "), key=_START)
    if len(inked) >= 4:
        gaps = sorted((b.x0 - a.x1) / a.style.size for a, b in itertools.pairwise(inked))
        middle = median(gaps)
        if middle > SPREAD and gaps[-1] < middle * 1.8 + 0.3:
            return _cut(row, gaps[-1] + 0.01)
    return pieces


def _cut(row: list[_Run], limit: float) -> list[list[Glyph]]:
    """Runs from left to right, parted where more than `limit` ems lie between them."""
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
    texts = [glyph.text for glyph in glyphs]
    if not any(map(eq, texts, texts[1:])):
        return glyphs
    kept: list[Glyph] = []
    for glyph in glyphs:
        if kept and kept[-1].text == glyph.text and glyph.x0 - kept[-1].x0 < 0.3 * (glyph.x1 - glyph.x0):
            continue
        kept.append(glyph)
    return kept


def _common_size(styles: Iterable[Style]) -> float:
    sizes: Counter[float] = Counter(style.size for style in styles)
    return max(sizes, key=lambda size: (sizes[size], size))
