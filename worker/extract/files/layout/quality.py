"""Whether a text layer is text: garbage from private mappings, wrong ToUnicode tables and poor OCR is noticed here."""

from __future__ import annotations

import unicodedata

from worker.extract.files.layout.han import COMMON

ENOUGH = 24
"""characters below which nothing can be said"""
MIN_HAN = 60

TRADITIONAL = frozenset(
    "國時來們會對發動產種麼過學經進電裡現實體機當點業應開還後長問關無與這為個說從資設題書報見總東議給將車權氣義區"
)
_LATIN = frozenset("etaoinsrhl")
_VOWELS = frozenset("aeiouyàáâãäåæèéêëìíîïòóôõöøùúûüœ")


def why_garbage(text: str, strict: bool = False) -> str | None:
    """Why this cannot be what the page says, or None. `strict` for layers under a picture, which OCR may do better."""
    said = [character for character in text if not character.isspace()]
    if len(said) < ENOUGH:
        return None
    unknown = sum(
        unicodedata.category(character) in ("Co", "Cn", "Cc", "Cs") or character == "\ufffd" for character in said
    )
    if unknown > 0.12 * len(said):
        return "characters of a private mapping"
    han = [character for character in said if "\u3400" <= character <= "\u9fff"]
    if len(han) >= MIN_HAN and len(han) > 0.3 * len(said):
        usual = sum(character in COMMON or character in TRADITIONAL for character in han) / len(han)
        if usual < (0.72 if strict else 0.45):
            return "Han that no text is made of: a wrong mapping"
        return "single letters and signs between the Han" if strict and _sprinkled(said, han) else None
    return _why_latin_garbage(text, said)


def _sprinkled(said: list[str], han: list[str]) -> bool:
    stray = sum(unicodedata.category(character)[0] in "SC" or character in "|\\/^~`_<>{}[]" for character in said)
    return stray > 0.04 * len(said) or len(han) < 0.6 * len(said)


def _why_latin_garbage(text: str, said: list[str]) -> str | None:
    signs = sum(unicodedata.category(character)[0] in "SP" for character in said)
    if len(said) > 80 and signs > 0.55 * len(said):
        return "more signs than letters"
    letters = [character for character in text.lower() if character.isascii() and character.isalpha()]
    if len(letters) < 150 or len(letters) < 0.5 * len(said):
        return None
    words = [word for word in text.lower().split() if len(word) >= 4 and word.isalpha()]
    voiced = sum(any(character in _VOWELS for character in word) for word in words)
    if len(words) > 20 and voiced < 0.7 * len(words):
        return "words without vowels: a wrong mapping"
    if sum(character in _LATIN for character in letters) < 0.45 * len(letters):
        return "letters in unusual proportions: a wrong mapping"
    return None
