"""Two contents compared as a page shows it: rows for one column (inline) or two (side by side), with what is between
left out. Pure; `archive.diff` compares, this only arranges."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Literal

from archive.diff import ContentDiff, Line, Segment, diff_contents, diff_texts, hunks
from archive.diff.inline import inline
from archive.records import Content
from archive.web.fields import as_lines

LONGEST = 200_000
"""characters of each text that are compared on a page; the command compares whole texts"""
MOST_LINES = 6_000
"""lines of each text"""
MOST_ROWS = 2_000
"""rows that one page shows"""
CONTEXT = 2
"""unchanged paragraphs around a change"""
Segments = tuple[Segment, ...]
RowKind = Literal["same", "changed", "replaced", "removed", "added", "moved-away", "moved-here"]


@dataclass(frozen=True, slots=True)
class Row:
    """One paragraph. `old` is None on the side that lacks it, as is `new`; `whole` has both in one line."""

    kind: RowKind
    whole: Segments
    old: Segments | None
    new: Segments | None
    old_number: int | None
    new_number: int | None
    other: int | None = None
    """of a moved paragraph: its number on the other side"""


@dataclass(frozen=True, slots=True)
class Passage:
    """Changed paragraphs with their neighbours; `skipped` unchanged ones are left out before it."""

    rows: tuple[Row, ...]
    skipped: int


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field that differs; a side without it has no segments."""

    name: str
    old: Segments
    new: Segments


@dataclass(frozen=True, slots=True)
class ListChange:
    """Entries of one list (`attachment`, `image`, `link`, `margin`) that went and came."""

    name: str
    went: tuple[str, ...]
    came: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that differs between two versions; false where nothing does."""

    title: Segments | None
    fields: tuple[FieldChange, ...]
    passages: tuple[Passage, ...]
    lists: tuple[ListChange, ...]
    only_moved: bool
    changed: int
    """paragraphs that are not the same on both sides"""
    cut: bool
    """whether the texts were too long to be compared to their ends"""

    def __bool__(self) -> bool:
        return bool(self.title or self.fields or self.changed or self.lists)


def compared(old: Content, new: Content, *, whole: bool = False, side: bool = False) -> Comparison:
    """The two compared; with `whole` the unchanged paragraphs are shown, too; with `side` what went and what came
    stand in one row where they can."""
    before, after = _cut(old.text), _cut(new.text)
    said = diff_contents(replace(old, text=before), replace(new, text=after))
    passages = [Passage(tuple(_rows(hunk.lines, side)), hunk.skipped) for hunk in hunks(said.text, CONTEXT)]
    if whole:
        passages = [Passage(tuple(_rows(said.text.lines, side)), 0)]
    kept, left = [], MOST_ROWS
    for passage in passages:
        if left > 0:
            kept.append(Passage(passage.rows[:left], passage.skipped))
        left -= len(passage.rows)
    return Comparison(
        said.title, tuple(_fields(said)), tuple(kept),
        tuple(ListChange(name, went, came) for name, went, came in said.lists() if went or came),
        said.text.only_moved(), len(said.text.changes),
        left < 0 or len(before) < len(old.text) or len(after) < len(new.text),
    )  # fmt: skip


def edited(old: str, new: str) -> tuple[Row, ...]:
    """The paragraphs of a short text that differ: what an edit changed, in place."""
    return tuple(row for row in _rows(diff_texts(_cut(old), _cut(new)).lines, False) if row.kind != "same")


def _cut(text: str) -> str:
    short = text[:LONGEST]
    if short.count("\n") >= MOST_LINES:
        short = "\n".join(short.split("\n", MOST_LINES)[:MOST_LINES])
    return short


def _rows(lines: Iterable[Line], side: bool) -> Iterator[Row]:
    went: list[Line] = []
    came: list[Line] = []
    for line in lines:
        if line.kind == "removed" and side:
            went.append(line)
        elif line.kind == "added" and side:
            came.append(line)
        else:
            yield from _beside(went, came)
            went, came = [], []
            yield _row(line)
    yield from _beside(went, came)


def _beside(went: Sequence[Line], came: Sequence[Line]) -> Iterator[Row]:
    for old, new in zip_longest(went, came):
        if old is None or new is None:
            yield _row(new if old is None else old)
        else:
            yield Row(
                "replaced", old.segments + new.segments, old.segments, new.segments, old.old_number, new.new_number
            )  # fmt: skip


def _row(line: Line) -> Row:
    return Row(
        line.kind, line.segments, None if line.old_number is None else line.old_segments,
        None if line.new_number is None else line.new_segments, line.old_number, line.new_number, line.other,
    )  # fmt: skip


def _fields(said: ContentDiff) -> Iterator[FieldChange]:
    for name, (old, new) in said.fields.items():
        was, now = "\n".join(as_lines(old)), "\n".join(as_lines(new))
        pieces = inline(was, now) if was and now else (*_only("removed", was), *_only("added", now))
        yield FieldChange(
            name, tuple(piece for piece in pieces if piece.kind != "added"),
            tuple(piece for piece in pieces if piece.kind != "removed"),
        )  # fmt: skip


def _only(kind: Literal["removed", "added"], text: str) -> Segments:
    return (Segment(kind, text),) if text else ()
