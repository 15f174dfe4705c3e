"""What a change of the log changed, ready to draw: made from the old and new values that the log itself keeps, so that
no text has to be read for it.

Lines of text are compared sentence by sentence as `archive.diff` does; long kept passages are cut to what stands beside
a difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from archive.diff import Line, Segment, diff_texts
from archive.diff.inline import inline
from archive.records import Change

LINES = 8
"""lines of a text's difference that are shown"""
BESIDE = 40
"""characters of a kept passage that are shown next to a difference"""
LONG = 600
"""characters of a passage that went or came that are shown"""
ENTRIES = 6
WORTH = 6_000
"""characters of all texts on a page that are compared within a line; what is beyond is shown whole, old and new"""

Mark = Literal["same", "removed", "added"]


@dataclass(frozen=True, slots=True)
class Piece:
    """A passage that stayed, went or came."""

    mark: Mark
    text: str


@dataclass(frozen=True, slots=True)
class Part:
    """What changed in one part of a document: one line of pieces for each of its lines."""

    name: str
    lines: tuple[tuple[Piece, ...], ...]
    hidden: int = 0
    """further lines that are not shown"""


def parts_of(change: Change, worth: int = WORTH) -> tuple[tuple[Part, ...], int]:
    """The parts of a change in the order title, fields, text, lists; and what is left of `worth`."""
    said, text = dict(change.fields), None
    if (pair := _pair(said.pop("text", None))) is not None:
        text, worth = _text(str(pair[0] or ""), str(pair[1] or ""), worth)
    said.pop("cells", None)  # rows of a table, which the text has too
    parts = [part for name, value in said.items() if (part := _part(name, value)) is not None]
    parts.sort(key=lambda part: (part.name != "title", part.name in ("attachments", "links", "images", "margin")))
    place = next((n for n, part in enumerate(parts) if part.name in ("attachments", "links", "images", "margin")), None)
    if text is not None and text.lines:
        parts.insert(len(parts) if place is None else place, text)
    return tuple(parts), worth


def _pair(value: object) -> tuple[Any, Any] | None:
    return (value[0], value[1]) if isinstance(value, list | tuple) and len(value) == 2 else None


def _text(old: str, new: str, worth: int) -> tuple[Part, int]:
    cost = len(old) + len(new)
    if cost > worth:
        lines = [Line("removed", (Segment("removed", line),)) for line in old.split("\n") if line]
        lines += [Line("added", (Segment("added", line),)) for line in new.split("\n") if line]
    else:
        worth -= cost
        lines = [line for line in diff_texts(old, new).changes if line.segments]
    return Part("text", tuple(_shown(line.segments) for line in lines[:LINES]), max(0, len(lines) - LINES)), worth


def _part(name: str, value: object) -> Part | None:
    pair = _pair(value)
    if pair is None:
        return None
    old, new = pair
    if isinstance(old, list) or isinstance(new, list):
        entries = [Piece("removed", entry) for entry in _entries(old)]
        entries += [Piece("added", entry) for entry in _entries(new)]
        return Part(name, tuple((_cut(entry),) for entry in entries[:ENTRIES]), max(0, len(entries) - ENTRIES))
    was, now = _plain(old), _plain(new)
    if len(was) + len(now) > LONG:
        return Part(name, (_shown((Segment("removed", was), Segment("added", now))),))
    return Part(name, (_shown(inline(was, now)),))


def _entries(value: object) -> Iterator[str]:
    for entry in value if isinstance(value, list) else []:
        yield _plain(entry)


def _plain(value: object) -> str:
    if value is None or value == "" or value == []:
        return ""
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_plain(item)}" for name, item in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(_plain, value))
    return str(value)


def _shown(segments: Iterable[Segment]) -> tuple[Piece, ...]:
    given = [segment for segment in segments if segment.text]
    pieces = []
    for place, segment in enumerate(given):
        text = segment.text
        if segment.kind == "same" and len(text) > 2 * BESIDE + 3:
            head = "" if place == 0 else text[:BESIDE]
            tail = "" if place == len(given) - 1 else text[-BESIDE:]
            text = f"{head}…{tail}"
        pieces.append(_cut(Piece(segment.kind, text)))
    return tuple(pieces)


def _cut(piece: Piece) -> Piece:
    return piece if len(piece.text) <= LONG else Piece(piece.mark, piece.text[: LONG - 1] + "…")
