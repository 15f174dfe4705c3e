"""Whether a text layer is text: garbage from private mappings, wrong ToUnicode tables and poor OCR is noticed here."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

from worker.extract.files.layout.han import COMMON

ENOUGH = 24
"""characters below which nothing can be said"""
MIN_HAN = 60

TRADITIONAL = frozenset(
    "國時來們會對發動產種麼過學經進電裡現實體機當點業應開還後長問關無與這為個說從資設題書報見總東議給將車權氣義區"
)
_SIGNS = "#%$*^"
_PART = f"[A-Za-z{_SIGNS}]{{0,30}}"
_BROKEN = re.compile(rf"(?<!\S)[(“\"]?({_PART}[a-z][{_SIGNS}][a-z]{_PART})[.,;:)”\"]{{0,3}}(?!\S)")
_LATIN = frozenset("etaoinsrhl")
_VOWELS = frozenset("aeiouyàáâãäåæèéêëìíîïòóôõöøùúûüœ")


def why_garbage(text: str, strict: bool = False) -> str | None:
    """Why this cannot be what the page says, or None. `strict` for layers under a picture, which OCR may do better."""
    said = Counter(text)
    for character in [character for character in said if character.isspace()]:
        del said[character]
    total = said.total()
    if total < ENOUGH:
        return None
    unknown = sum(
        count
        for character, count in said.items()
        if character == "\ufffd" or unicodedata.category(character) in ("Co", "Cn", "Cc", "Cs")
    )
    if unknown > 0.12 * total:
        return "characters of a private mapping"
    han = {character: count for character, count in said.items() if "\u3400" <= character <= "\u9fff"}
    of_han = sum(han.values())
    if of_han >= MIN_HAN and of_han > 0.3 * total:
        usual = sum(count for character, count in han.items() if character in COMMON or character in TRADITIONAL)
        if usual < (0.72 if strict else 0.45) * of_han:
            return "Han that no text is made of: a wrong mapping"
        return "single letters and signs between the Han" if strict and _sprinkled(said, of_han) else None
    return _why_latin_garbage(text, said)


def broken_words(text: str) -> tuple[str, ...]:
    """Words with a sign inside (`na%onal`), where there are three: a joined letter whose meaning the file does not say
    came out as one. Too few to doubt the text, and what is printed cannot be known."""
    if not any(sign in text for sign in _SIGNS):
        return ()
    found = tuple(dict.fromkeys(_BROKEN.findall(text)))
    return found if len(found) >= 3 else ()


def _sprinkled(said: Counter[str], of_han: int) -> bool:
    stray = sum(
        count
        for character, count in said.items()
        if character in "|\\/^~`_<>{}[]" or unicodedata.category(character)[0] in "SC"
    )
    return stray > 0.04 * said.total() or of_han < 0.6 * said.total()


def _why_latin_garbage(text: str, said: Counter[str]) -> str | None:
    total = said.total()
    signs = sum(count for character, count in said.items() if unicodedata.category(character)[0] in "SP")
    if total > 80 and signs > 0.55 * total:
        return "more signs than letters"
    letters = {c: count for c, count in said.items() if c.isascii() and c.isalpha()}
    of_letters = sum(letters.values())
    if of_letters < 150 or of_letters < 0.5 * total:
        return None
    words = [word for word in text.lower().split() if len(word) >= 4 and word.isalpha()]
    voiced = sum(not _VOWELS.isdisjoint(word) for word in words)
    if len(words) > 20 and voiced < 0.7 * len(words):
        return "words without vowels: a wrong mapping"
    if sum(count for character, count in letters.items() if character.lower() in _LATIN) < 0.45 * of_letters:
        return "letters in unusual proportions: a wrong mapping"
    return None
