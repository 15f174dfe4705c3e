"""Where the column of each line begins and ends: what indents, centring and the room left at a line's end are measured
from."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from worker.extract.files.layout.lines import CLOSING, is_wide
from worker.extract.files.layout.model import Line

QUOTED = 15.0
"""ems that a quotation set in is wide at least"""


def set_margins(flows: list[list[Line]], size: float) -> None:
    """Left and right of each line's column, by flow and size of letters. A group of few lines, or one whose lines
    nowhere fill the width, takes those of the fuller group it stands in line with."""
    groups: dict[tuple[int, int], list[Line]] = {}
    for number, flow in enumerate(flows):
        for line in flow:
            line.flow = number
            if line.table is None:
                groups.setdefault((number, round(line.size / 1.5)), []).append(line)
    edges = {key: _edges(lines) for key, lines in groups.items()}
    models = [found for found in edges.values() if found.trusted]
    for key, lines in groups.items():
        own = edges[key]
        left, right = own.left, own.right
        alike = [model for model in models if model is not own and _in_line(own, model, size)]
        if not own.trusted and alike:
            model = max(alike, key=lambda found: (found.size == own.size, found.lines, found.right))
            left, right = min(model.left, left), max(model.right, right)
        for line in lines:
            line.left, line.right = left, right
    for flow in flows:
        _set_in(flow)


def _set_in(flow: list[Line]) -> None:
    """Gives a quotation in words that is set in as a whole margins of its own: three lines or more that begin at one
    place, and all but the last end near one. Lines of Han are not set so, and lists of names look alike."""
    start = 0
    for end in range(1, len(flow) + 1):
        if end < len(flow) and _same_block(flow[end - 1], flow[end]):
            continue
        block, start = flow[start:end], end
        right = max(line.x1 for line in block)
        first = block[0]
        if (
            len(block) >= 3
            and first.x0 - first.left > 0.9 * first.size
            and right - first.x0 > QUOTED * first.size
            and all(right - line.x1 < 6 * line.size for line in block[:-1])
        ):
            for line in block:
                line.left, line.right = first.x0, right


def _same_block(before: Line, line: Line) -> bool:
    return (
        before.table is None
        and line.table is None
        and abs(before.x0 - line.x0) < 0.3 * line.size
        and before.size == line.size
        and 0 < line.base - before.base < 1.8 * line.size
        and not any(is_wide(character) for character in line.text if character not in "“”‘’—…")
    )


@dataclass(frozen=True, slots=True)
class _Edges:
    left: float
    right: float
    lines: int
    size: float
    trusted: bool
    """enough lines, and several that fill the width"""


def _edges(lines: list[Line]) -> _Edges:
    """The leftmost place where several lines start, and where the longest end."""
    size = lines[0].size
    starts = Counter(round(line.x0 / 3) for line in lines)
    enough = max(2, 0.06 * len(lines)) if len(lines) > 4 else 1
    places = [place for place in sorted(starts) if starts[place] + starts[place + 1] >= enough]
    place = places[0] if places else min(starts)
    most = max(starts, key=lambda at: starts[at] + starts[at + 1])
    outside = sum(count for at, count in starts.items() if at < most - 0.3 * size)
    if most > place and starts[most] + starts[most + 1] >= 0.6 * len(lines) and outside <= max(1, 0.12 * len(lines)):
        place = most  # a few headings stand further out than the text they head
    left = min(line.x0 for line in lines if round(line.x0 / 3) in (place, place + 1))
    # a mark may hang over the edge that all other lines keep to
    ends = sorted(line.x1 for line in lines if line.text[-1:] not in CLOSING) or sorted(line.x1 for line in lines)
    right = ends[-1]
    if len(ends) > 10 and ends[-1] - ends[-3] > 2 * size:
        right = ends[-3]
    full = sum(right - end < 1.2 * size for end in ends)
    wide = right - left > 8 * size
    return _Edges(left, right, len(lines), size, len(lines) >= 5 and wide and full >= max(3, 0.2 * len(lines)))


def _in_line(own: _Edges, model: _Edges, size: float) -> bool:
    """Whether the group may stand in the model's column: nothing of it beyond the column's edges."""
    return own.left > model.left - 2 * size and own.right < model.right + 2 * size
