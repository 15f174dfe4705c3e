"""The shape of a difference: lines in reading order, each with the pieces that stayed, went and came."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

LineKind = Literal["same", "changed", "removed", "added", "moved-away", "moved-here"]
SegmentKind = Literal["same", "removed", "added"]


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a line."""

    kind: SegmentKind
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the old text, of the new one, or of both. Numbers count from 1 and are None on the side without it.

    A moved line stands twice: `moved-away` where it was, `moved-here` where it is now; `other` is its number there.
    """

    kind: LineKind
    segments: tuple[Segment, ...]
    old_number: int | None = None
    new_number: int | None = None
    other: int | None = None

    @property
    def old_segments(self) -> tuple[Segment, ...]:
        """The line as it was, for the left column."""
        return tuple(segment for segment in self.segments if segment.kind != "added")

    @property
    def new_segments(self) -> tuple[Segment, ...]:
        """The line as it is, for the right column."""
        return tuple(segment for segment in self.segments if segment.kind != "removed")

    @property
    def old(self) -> str | None:
        """The line as it was; None where the old text has none."""
        return None if self.old_number is None else _joined(self.segments, "added")

    @property
    def new(self) -> str | None:
        """The line as it is; None where the new text has none."""
        return None if self.new_number is None else _joined(self.segments, "removed")


def _joined(segments: Iterable[Segment], without: SegmentKind) -> str:
    return "".join(segment.text for segment in segments if segment.kind != without)


@dataclass(frozen=True)
class TextDiff:
    """Every line of both texts in reading order: the old text is its `old` lines, the new text its `new` lines."""

    lines: tuple[Line, ...]

    @cached_property
    def changes(self) -> tuple[Line, ...]:
        """The lines that are not the same on both sides."""
        return tuple(line for line in self.lines if line.kind != "same")

    def __bool__(self) -> bool:
        return bool(self.changes)

    def old_text(self) -> str:
        """The old text, put together from the lines."""
        return "\n".join(line for line in (line.old for line in self.lines) if line is not None)

    def new_text(self) -> str:
        """The new text, put together from the lines."""
        return "\n".join(line for line in (line.new for line in self.lines) if line is not None)

    def only_moved(self) -> bool:
        """Whether paragraphs changed their places and nothing else."""
        return bool(self.changes) and all(line.kind in ("moved-away", "moved-here") for line in self.changes)


@dataclass(frozen=True, slots=True)
class Hunk:
    """Changed lines with their neighbours. `skipped` counts the same lines left out before it."""

    lines: tuple[Line, ...]
    skipped: int


def hunks(diff: TextDiff, context: int = 2) -> list[Hunk]:
    """The changes, each with up to `context` same lines around it; what touches is one hunk. Empty: no change."""
    lines = diff.lines
    wanted: list[tuple[int, int]] = []
    for place, line in enumerate(lines):
        if line.kind == "same":
            continue
        start, end = max(0, place - context), min(len(lines), place + context + 1)
        if wanted and start <= wanted[-1][1]:
            wanted[-1] = (wanted[-1][0], end)
        else:
            wanted.append((start, end))
    found, before = [], 0
    for start, end in wanted:
        found.append(Hunk(lines[start:end], start - before))
        before = end
    return found
