"""Inside one changed line: sentences are compared first, characters only where a sentence was replaced."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from archive.diff.model import Segment, SegmentKind

LONGEST = 3000
"""tokens of both sides together that are compared one by one; longer passages are replaced whole"""

_SENTENCE_END = re.compile(
    "[。！？；…]+[”’」』）)】》〉]*"  # Chinese and Japanese: no space follows
    "|[.!?;]+[\"'”’)\\]]*\\s+"  # languages with spaces: 3.5 and example.org end nothing
)
_WIDE = "\u2e80-\u9fff\uac00-\ud7ff\uf900-\ufaff\uff00-\uffef"
_TOKEN = re.compile(rf"\d+(?:[.,]\d+)*|(?:(?![{_WIDE}])[^\W\d_])+|\s+|.", re.DOTALL)


def sentences(line: str) -> list[str]:
    """The sentences of a line, their ends included; joined they are the line again."""
    found, start = [], 0
    for match in _SENTENCE_END.finditer(line):
        found.append(line[start : match.end()])
        start = match.end()
    if start < len(line):
        found.append(line[start:])
    return found


def tokens(text: str) -> list[str]:
    """Words, numbers, white space, and every other character by itself; joined they are the text again."""
    return _TOKEN.findall(text)


def inline(old: str, new: str) -> tuple[Segment, ...]:
    """The pieces of one line that became another one."""
    pieces: list[Segment] = []
    before, after = sentences(old), sentences(new)
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, before, after).get_opcodes():
        was, now = "".join(before[i1:i2]), "".join(after[j1:j2])
        if tag == "equal":
            pieces.append(Segment("same", was))
        elif tag == "replace":
            pieces += _characters(was, now)
        else:
            pieces += _replaced(was, now)
    return _merged(pieces)


def _characters(old: str, new: str) -> list[Segment]:
    before, after = tokens(old), tokens(new)
    start, end = shared_ends(before, after)
    middle_old, middle_new = before[start : len(before) - end], after[start : len(after) - end]
    pieces = [Segment("same", "".join(before[:start]))]
    if not (middle_old and middle_new) or len(middle_old) + len(middle_new) > LONGEST:
        pieces += _replaced("".join(middle_old), "".join(middle_new))
    else:
        pieces += _tokenwise(middle_old, middle_new)
    pieces.append(Segment("same", "".join(before[len(before) - end :])))
    return pieces


def _tokenwise(before: Sequence[str], after: Sequence[str]) -> list[Segment]:
    matcher = SequenceMatcher(str.isspace, before, after, autojunk=False)
    codes = matcher.get_opcodes()
    said: list[tuple[bool, str, str]] = [
        (tag == "equal", "".join(before[i1:i2]), "".join(after[j1:j2])) for tag, i1, i2, j1, j2 in codes
    ]
    pieces: list[Segment] = []
    for place, (same, was, now) in enumerate(said):
        inner = 0 < place < len(said) - 1
        if same and not (inner and _by_chance(was, said[place - 1], said[place + 1])):
            pieces.append(Segment("same", was))
        else:
            pieces += _replaced(was, now)
    return pieces


def _by_chance(kept: str, before: tuple[bool, str, str], after: tuple[bool, str, str]) -> bool:
    """A character or two that two different passages happen to share: shown as kept, it only makes reading harder."""
    around = min(max(len(before[1]), len(before[2])), max(len(after[1]), len(after[2])))
    return len(kept.strip()) <= 2 and around > 2 * len(kept)


def shared_ends(before: Sequence[object], after: Sequence[object]) -> tuple[int, int]:
    """How many items the two have in common at the start, and how many of the rest at the end."""
    limit = min(len(before), len(after))
    start = 0
    while start < limit and before[start] == after[start]:
        start += 1
    end = 0
    while end < limit - start and before[-1 - end] == after[-1 - end]:
        end += 1
    return start, end


def _replaced(old: str, new: str) -> list[Segment]:
    return [Segment("removed", old), Segment("added", new)]


def _merged(pieces: list[Segment]) -> tuple[Segment, ...]:
    """Between two kept passages, what went stands before what came, each in one piece."""
    merged: list[Segment] = []
    waiting: dict[SegmentKind, list[str]] = {"removed": [], "added": []}

    def flush() -> None:
        for kind in ("removed", "added"):
            if waiting[kind]:
                merged.append(Segment(kind, "".join(waiting[kind])))
                waiting[kind] = []

    for piece in pieces:
        if not piece.text:
            continue
        if piece.kind != "same":
            waiting[piece.kind].append(piece.text)
            continue
        flush()
        if merged and merged[-1].kind == "same":
            merged[-1] = Segment("same", merged[-1].text + piece.text)
        else:
            merged.append(piece)
    flush()
    return tuple(merged)
