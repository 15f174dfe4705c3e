"""A term as a pattern for texts as they are stored: either case, either width, any bracket, spaces that do not count.

Looking for variants in the text is ten times cheaper than bringing every candidate's text to one form.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from archive.search.tokens import WIDE

_OPEN, _CLOSE = "〔［[【(（〈<﹝", "〕］]】)）〉>﹞"
_SINGLE, _DOUBLE = "'‘’＇", '"“”＂「」'
_WORD = rf"(?:(?![{WIDE}])[^\W_])"
_SPACES = r"[^\S\n]"  # nothing goes on across paragraphs
_IS_WIDE = re.compile(f"[{WIDE}]")


def pattern(term: str, beginning: bool = False) -> re.Pattern[str]:
    """The pattern of a normalised term; words and numbers at its ends must be whole, unless it is only a
    `beginning`."""
    pieces: list[str] = []
    before = ""
    for character in term:
        if character == " ":
            pieces.append(_SPACES + "*" if is_wide(before) else _SPACES + "+")
        else:
            # a space in the term before a character of a script without spaces counts as little as one in the text
            if before == " " and is_wide(character):
                pieces[-1] = _SPACES + "*"
            elif before and before != " " and (is_wide(before) or is_wide(character)):
                pieces.append(r"[ \u3000]{0,2}")
            pieces.append(_variants(character))
        before = character
    start = rf"(?<!{_WORD})" if term and _word(term[0]) else ""
    end = rf"(?!{_WORD})" if term and _word(term[-1]) and not beginning else ""
    return re.compile(start + "".join(pieces) + end)


def _variants(character: str) -> str:
    for family in (_OPEN, _CLOSE, _SINGLE, _DOUBLE):
        if character in family:
            return _class(family)
    forms = {character, character.upper(), character.title()}
    forms |= {chr(ord(form) + 0xFEE0) for form in forms if len(form) == 1 and "!" <= form <= "~"}
    singles = [form for form in forms if len(form) == 1]
    return _class(singles) if len(singles) > 1 else re.escape(character)


def _class(characters: Iterable[str]) -> str:
    return "[" + "".join(map(re.escape, sorted(characters))) + "]"


def is_wide(character: str) -> bool:
    """Whether the character is of a script without spaces between words."""
    return bool(_IS_WIDE.match(character))


def _word(character: str) -> bool:
    return character.isalnum() and not is_wide(character)
