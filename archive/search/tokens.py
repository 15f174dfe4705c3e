"""What the index knows of a text: its tokens, made here and not in the database, so that both databases find the same.

    盐城市的3条规定 on GB18030      ->  盐城 城市 市的 的 · 的3 · 3 · 3条 · 条规 规定 定 · on · gb18030

Scripts without spaces give pairs of neighbouring characters, and the last character of a run by itself: a single
character is
found as the beginning of a token. Words and numbers are whole, in lower case; where they touch a character of the other
kind, the two together are a token too, so that `15号` does not mean every text with a 15. Widths and presentation
forms are taken away (NFKC). A term found by its tokens only *may* stand in the text: `archive.search.match` looks.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator
from operator import add
from typing import NamedTuple

WIDE = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3040-\u30ff\u3100-\u318f\u31a0-\u31bf\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\U00020000-\U000323af"
)
"""characters of scripts whose words are not set apart by spaces, for use inside a class"""
LONGEST_WORD = 40
"""characters of a word that count"""
LONGEST_EDGE = 12
"""a longer word gives no token together with its neighbour"""

_RUN = re.compile(rf"(?P<wide>[{WIDE}]+(?: {{1,2}}[{WIDE}]+)*)|(?P<word>[^\W_{WIDE}]+)")
_WIDE = re.compile(f"[{WIDE}]")
_LETTERS = re.compile(r"[^\W_]+").findall
"""the runs of a text whose words are all set apart by spaces"""
_WORDS = re.compile(r"[a-z0-9]+").findall
"""the runs of an ASCII text in lower case"""


class Run(NamedTuple):
    """A piece of a text: characters of a script without spaces, or a word or number."""

    text: str
    wide: bool
    joined: bool
    """it touches the run before it: at most two spaces between, as terms are looked for"""


def normal(text: str) -> str:
    """The text as it is indexed: NFKC, in lower case."""
    if text.isascii():
        return text.lower()
    if not unicodedata.is_normalized("NFKC", text):
        text = unicodedata.normalize("NFKC", text)
    return text.casefold()


def runs(normalised: str) -> Iterator[Run]:
    """The pieces of a normalised text that give tokens."""
    end = -9  # nothing touches the first piece
    for match in _RUN.finditer(normalised):
        start, stop = match.span()
        gap = start - end
        joined = gap == 0 or (0 < gap <= 2 and not normalised[end:start].strip(" "))
        if match.lastgroup == "wide":
            yield Run(match[0].replace(" ", ""), True, joined)
        else:
            yield Run(match[0], False, joined)
        end = stop


def tokens(text: str) -> set[str]:
    """Every token of a text that is to be found."""
    normalised = normal(text)
    if normalised.isascii():
        return {word[:LONGEST_WORD] for word in _WORDS(normalised)}
    if _WIDE.search(normalised) is None:
        return {word[:LONGEST_WORD] for word in _LETTERS(normalised)}
    found: set[str] = set()
    before: Run | None = None
    for run in runs(normalised):
        text, wide, joined = run
        if wide:
            found.update(map(add, text, text[1:]))
            found.add(text[-1])
        else:
            found.add(text[:LONGEST_WORD])
        if joined and before is not None and before.wide is not wide:
            found.update(edge(before, run))
        before = run
    return found


def wanted(term: str, beginning: bool = False) -> tuple[set[str], set[str]]:
    """(tokens, beginnings of tokens) that a text must have, all of them, if it contains this term (or a word that it is
    the `beginning` of)."""
    pieces = list(runs(normal(term)))
    whole: set[str] = set()
    begun: set[str] = set()
    for place, run in enumerate(pieces):
        if run.wide and len(run.text) > 1:
            whole.update(run.text[n : n + 2] for n in range(len(run.text) - 1))
        elif run.wide:
            begun.add(run.text)
        elif beginning and place == len(pieces) - 1:
            begun.add(run.text[:LONGEST_WORD])
            continue
        else:
            whole.add(run.text[:LONGEST_WORD])
        if place and run.joined:
            whole.update(edge(pieces[place - 1], run))
    # beginnings are many tokens each: where others are asked for too, looking at the text decides
    return whole, (set() if whole else begun)


def edge(before: Run, after: Run) -> Iterable[str]:
    """The token where a word and a character of another script touch."""
    if before.wide and not after.wide and len(after.text) <= LONGEST_EDGE:
        return (before.text[-1] + after.text,)
    if after.wide and not before.wide and len(before.text) <= LONGEST_EDGE:
        return (before.text + after.text[0],)
    return ()


def field_token(name: str, value: str) -> str:
    """The token that stands for a field with exactly this value."""
    said = f"{name}\0{' '.join(normal(value).split())}"
    return "f" + hashlib.blake2b(said.encode("utf-8", "replace"), digest_size=8).hexdigest()
