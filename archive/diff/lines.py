"""Two texts compared line by line: which stayed, which changed into which, which moved, which went and came.

    lines -> difflib's blocks -> lines that only moved -> within a block, pairs that resemble each other -> inline
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from archive.diff.inline import inline, shared_ends
from archive.diff.model import Line, LineKind, Segment, SegmentKind, TextDiff

MOVED = 6
"""characters from which on a line that stands elsewhere is called moved; shorter ones repeat by chance"""
ALIKE = 0.4
"""share of character pairs that makes two lines one line that changed"""
PIECE = 60
"""lines of a replaced block that are compared with each other at once"""


@dataclass(frozen=True, slots=True)
class _Block:
    """Old lines `i1:i2` stand where new lines `j1:j2` stand."""

    same: bool
    i1: int
    i2: int
    j1: int
    j2: int


def diff_texts(old: str, new: str) -> TextDiff:
    """The difference of two texts of lines. Time grows with the text and the product of what was replaced."""
    before, after = old.split("\n"), new.split("\n")
    blocks = list(_blocks(before, after))
    away = _moves(before, after, blocks)
    here = {j: i for i, j in away.items()}
    lines: list[Line] = []
    for block in blocks:
        if block.same:
            places = zip(range(block.i1, block.i2), range(block.j1, block.j2), strict=True)
            lines += [_line("same", "same", before[i], i, j) for i, j in places]
        else:
            lines += _replaced(before, after, block, away, here)
    return TextDiff(tuple(lines))


def _blocks(before: Sequence[str], after: Sequence[str]) -> Iterator[_Block]:
    start, end = shared_ends(before, after)
    if start:
        yield _Block(True, 0, start, 0, start)
    middle_old, middle_new = before[start : len(before) - end], after[start : len(after) - end]
    # autojunk: lines that fill a long text (table rules, empty ones) are no anchors, or this becomes quadratic
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, middle_old, middle_new).get_opcodes():
        yield _Block(tag == "equal", start + i1, start + i2, start + j1, start + j2)
    if end:
        yield _Block(True, len(before) - end, len(before), len(after) - end, len(after))


def _moves(before: Sequence[str], after: Sequence[str], blocks: list[_Block]) -> dict[int, int]:
    """Old place to new place of every line that went from one block and came in another as it was."""
    came: dict[str, deque[int]] = defaultdict(deque)
    for block in blocks:
        if not block.same:
            for j in range(block.j1, block.j2):
                if len(after[j].strip()) >= MOVED:
                    came[after[j]].append(j)
    moves: dict[int, int] = {}
    for block in blocks:
        if not block.same:
            for i in range(block.i1, block.i2):
                if waiting := came.get(before[i]):
                    moves[i] = waiting.popleft()
    return moves


def _replaced(
    before: Sequence[str], after: Sequence[str], block: _Block, away: dict[int, int], here: dict[int, int]
) -> Iterator[Line]:
    went = [i for i in range(block.i1, block.i2) if i not in away]
    came = [j for j in range(block.j1, block.j2) if j not in here]
    became = {went[a]: came[b] for a, b in _pairs([before[i] for i in went], [after[j] for j in came])}
    i, j = block.i1, block.j1
    for old_place, new_place in [*became.items(), (block.i2, block.j2)]:
        yield from _gone(before, i, old_place, away)
        yield from _come(after, j, new_place, here)
        if old_place < block.i2:
            pieces = inline(before[old_place], after[new_place])
            yield Line("changed", pieces, old_place + 1, new_place + 1)
        i, j = old_place + 1, new_place + 1


def _gone(before: Sequence[str], start: int, end: int, away: dict[int, int]) -> Iterator[Line]:
    for i in range(start, end):
        if i in away:
            yield _line("moved-away", "removed", before[i], i, None, away[i])
        else:
            yield _line("removed", "removed", before[i], i, None)


def _come(after: Sequence[str], start: int, end: int, here: dict[int, int]) -> Iterator[Line]:
    for j in range(start, end):
        if j in here:
            yield _line("moved-here", "added", after[j], None, j, here[j])
        else:
            yield _line("added", "added", after[j], None, j)


def _line(
    kind: LineKind, segment: SegmentKind, text: str, i: int | None, j: int | None, other: int | None = None
) -> Line:
    pieces = (Segment(segment, text),) if text else ()
    return Line(kind, pieces, _counted(i), _counted(j), _counted(other))


def _counted(place: int | None) -> int | None:
    return None if place is None else place + 1


def _pairs(went: list[str], came: list[str]) -> list[tuple[int, int]]:
    """Lines that became lines, in order. A long block is cut into pieces, or this would be quadratic."""
    if not (went and came):
        return []
    pieces = -(-max(len(went), len(came)) // PIECE)
    cuts = [(len(went) * n // pieces, len(came) * n // pieces) for n in range(pieces + 1)]
    return [
        (i1 + a, j1 + b) for (i1, j1), (i2, j2) in pairwise(cuts) for a, b in _aligned(went[i1:i2], came[j1:j2])
    ]  # fmt: skip


def _aligned(went: list[str], came: list[str]) -> Iterator[tuple[int, int]]:
    """The alignment with the greatest resemblance."""
    bags_old, bags_new = [_bag(line) for line in went], [_bag(line) for line in came]
    best = [[0.0] * (len(came) + 1) for _ in range(len(went) + 1)]
    alike: dict[tuple[int, int], float] = {}
    for a in range(len(went) - 1, -1, -1):
        row, below = best[a], best[a + 1]
        for b in range(len(came) - 1, -1, -1):
            row[b] = max(below[b], row[b + 1])
            if (score := _resemblance(bags_old[a], bags_new[b])) >= ALIKE:
                alike[a, b] = score
                row[b] = max(row[b], score + below[b + 1])
    a = b = 0
    while a < len(went) and b < len(came):
        score = alike.get((a, b), 0.0)
        if score and best[a][b] == score + best[a + 1][b + 1]:
            yield a, b
            a, b = a + 1, b + 1
        elif best[a][b] == best[a + 1][b]:
            a += 1
        else:
            b += 1


def _bag(line: str) -> frozenset[str]:
    """The pairs of neighbouring characters of a line (short lines: the characters)."""
    plain = "".join(line.split())
    return frozenset(map("".join, pairwise(plain))) if len(plain) > 3 else frozenset(plain)


def _resemblance(old: frozenset[str], new: frozenset[str]) -> float:
    small, large = sorted((len(old), len(new)))
    if not small or 2 * small < ALIKE * (small + large):
        return 0.0
    return 2 * len(old & new) / (small + large)
