"""A document's life in order: its versions and what the change log says between them, newest first. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from archive.records import Change, Nature, Timeline, VersionLine

Word = Literal["new", "changed", "back", "gone", "moved", "reread"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened. `version` is None for what made no version (gone, back as it was, moved)."""

    word: Word
    """`reread`: only our own reading changed, the page did not"""
    at: datetime
    version: VersionLine | None
    change: Change | None
    """the line of the change log; None for a version that has none"""
    silent: bool
    """the text changed and the page's own dates did not"""
    nature: Nature | None
    renamed: str | None
    """the title before, where it changed"""


def entries(timeline: Timeline) -> tuple[Entry, ...]:
    """The versions and changes of one page of a timeline."""
    made: dict[int, Change] = {}
    between: list[Change] = []
    for change in timeline.changes:
        if _wrote(change) and change.version not in made:
            made[change.version] = change
        else:
            between.append(change)
    before = {line.number: line for line in timeline.versions}
    found = [_of_version(line, made.get(line.number), before.get(line.number - 1)) for line in timeline.versions]
    found += [Entry(change.kind, change.at, None, change, False, None, None) for change in between]
    return tuple(sorted(found, key=_place, reverse=True))


def _wrote(change: Change) -> bool:
    """Whether this line of the log came with a version of its own."""
    return change.previous_version is None or change.previous_version < change.version


def _of_version(line: VersionLine, change: Change | None, before: VersionLine | None) -> Entry:
    nature = change.nature if change is not None else None
    word: Word = "reread" if line.cause == "rederived" else change.kind if change is not None else "changed"
    renamed = before.title if before is not None and before.title != line.title else None
    silent = nature is not None and nature.silent is True and line.cause == "source"
    return Entry(word, line.captured_at, line, change, silent, nature, renamed)


def _place(entry: Entry) -> tuple[int, datetime, int]:
    """Versions in their order, what happened without one after the version it happened to."""
    number = entry.version.number if entry.version else entry.change.version if entry.change else 0
    return number, entry.at, entry.change.seq if entry.change else 0
