"""Two texts that share most of their wording: the same one printed again, or another one of the same kind.

Two yearly notices may differ in one number, two decisions of one office only in the name they concern. So what differs
decides, not how much: where a passage stands in place of another one, both must tell the same numbers and dates; titles
and document numbers must not disagree; and no name may have been exchanged for another throughout. Passages that only
one side has (a source line, an editor's note, a paragraph left out) are what reprints look like.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from archive.diff.inline import inline, sentences
from archive.near.shingles import Hashes, containment, resemblance
from archive.records import JsonMap
from archive.search.tokens import normal

ALIKE = 0.7
"""resemblance of reprints, at least"""
CONTAINED, SHARE = 0.9, 0.5
"""or: so much of the smaller text stands in the larger one, and it is at least so large a share of it"""
EXCHANGED = 3
"""times that the same words stand for the same others: the notice is about something else"""
NUMBERS_OF_DOCUMENTS = ("document_number", "index_number")

_NUMERALS = {c: str(n) for n, c in enumerate("〇一二三四五六七八九")} | {"零": "0", "○": "0", "两": "2"}
_NUMBER = re.compile(
    r"\d+(?:[.,:]\d+)*|第[〇○零一二三四五六七八九十百千万两]+"
    r"|[〇○零一二三四五六七八九十百千万亿两]+(?=[年月日号届期次批元名个人万亿倍成%])"
)
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_NAME = re.compile(r"[^\W\d_]{2,}")
_SIGNS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Text:
    """What is compared of a content."""

    title: str
    text: str
    fields: JsonMap
    pieces: Hashes


def reprint(old: Text, new: Text) -> float | None:
    """How much of their wording the two share (0 to 1), or None where they are not the same text."""
    score = resemblance(old.pieces, new.pieces)
    if score < ALIKE and not _contained(old, new):
        return None
    if _numbers(old.title) != _numbers(new.title) or _other_document(old.fields, new.fields):
        return None
    if _differs_in_facts(old, new):
        return None
    return round(score, 4)


def _contained(old: Text, new: Text) -> bool:
    small, large = sorted((len(old.pieces), len(new.pieces)))
    return small >= SHARE * large and containment(old.pieces, new.pieces) >= CONTAINED


def _other_document(old: JsonMap, new: JsonMap) -> bool:
    said = [(str(old.get(name) or ""), str(new.get(name) or "")) for name in NUMBERS_OF_DOCUMENTS]
    return any(a and b and _plain(a) != _plain(b) for a, b in said)


def _plain(number: str) -> str:
    return _SIGNS.sub("", normal(number))


def _differs_in_facts(old: Text, new: Text) -> bool:
    exchanged: Counter[tuple[str, str]] = Counter()
    for was, now in _replaced(old.text, new.text):
        if _numbers(was) != _numbers(now):
            return True
        exchanged.update(_exchanged(was, now))
    return any(
        times >= EXCHANGED or (was in normal(old.title) and now in normal(new.title) and was not in normal(new.title))
        for (was, now), times in exchanged.items()
    )


def _replaced(old: str, new: str) -> Iterator[tuple[str, str]]:
    """Passages that stand where another one stood."""
    (before, bare_before), (after, bare_after) = _sentences(old), _sentences(new)
    matcher = SequenceMatcher(None, bare_before, bare_after, autojunk=len(after) > 2000)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "replace":
            yield "".join(before[i1:i2]), "".join(after[j1:j2])


def _sentences(text: str) -> tuple[list[str], list[str]]:
    """The sentences that say something, and each by its letters and digits alone."""
    said, bare = [], []
    for line in normal(text).split("\n"):
        for sentence in sentences(line):
            if letters := _SIGNS.sub("", sentence):
                said.append(sentence)
                bare.append(letters)
    return said, bare


def _exchanged(was: str, now: str) -> Iterator[tuple[str, str]]:
    pieces = inline(was, now)
    for place, piece in enumerate(pieces[:-1]):
        after = pieces[place + 1]
        if piece.kind == "removed" and after.kind == "added" and _NAME.search(piece.text) and _NAME.search(after.text):
            yield piece.text, after.text


def _numbers(text: str) -> Counter[str]:
    """Every number in a text; 2024年3月1日, 2024-03-01 and 二〇二四年三月一日 tell the same ones."""
    plain = _THOUSANDS.sub("", normal(text))
    found: Counter[str] = Counter()
    for match in _NUMBER.finditer(plain):
        said = match[0].removeprefix("第")
        found[_value(said)] += 1
    return found


def _value(said: str) -> str:
    if said[0].isdigit():
        return said.lstrip("0") or "0"
    if "十" in said and not set(said) & set("百千万亿"):
        tens, _, ones = said.partition("十")
        return _NUMERALS.get(tens, tens or "1") + (_NUMERALS.get(ones, ones) if ones else "0")
    return "".join(_NUMERALS.get(character, character) for character in said).lstrip("0") or "0"
