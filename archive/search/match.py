"""Looking at a candidate's text: does it really say so, how much of it is about that, and where.

The score knows nothing but the text itself, so that both databases give the same order: for each term, twice if it
stands in
the title, and as often as it stands in the text, less for each further time and less in a long text (BM25's saturation,
Robertson and Zaragoza 2009, without the part that depends on the other texts).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from archive.search.query import Query, Term
from archive.search.tokens import normal
from archive.search.words import field_values, searched_text

K, B, USUAL = 1.2, 0.75, 1500
"""saturation; share of length; length of a usual text in characters"""
COUNTED = 20
"""occurrences of a term that are counted"""
SNIPPET = 120
"""characters of a snippet, about"""
LEAD = 30
"""of these before the first thing found"""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a snippet; `found`: it is what was searched for."""

    text: str
    found: bool


Snippet = tuple[Piece, ...]


def matches(query: Query, row: Mapping[Any, Any]) -> float | None:
    """How well a row of `contents` answers the query; None where it does not."""
    for name, value in query.fields:
        wanted = " ".join(normal(value).split())
        if all(" ".join(normal(said).split()) != wanted for said in field_values(row, name)):
            return None
    if not query.terms and not query.without:
        return 0.0
    score, shade = 0.0, K * (1 - B + B * len(row["text"]) / USUAL)
    beside: str | None = None
    for term in query.terms:
        titled, times = bool(_occurrences(term, row["title"])), _occurrences(term, row["text"])
        if not times and not titled:
            # only now: most texts say it themselves, and the rest has to be taken out of JSON
            beside = searched_text(row) if beside is None else beside
            times = _occurrences(term, beside) or _hidden(term, beside)
        if not times and not titled:
            return None
        score += 2.0 * titled + times * (K + 1) / (times + shade)
    if query.without and any(_occurrences(term, searched_text(row)) for term in query.without):
        return None
    return round(score, 6)


def _occurrences(term: Term, text: str) -> int:
    return sum(1 for _ in islice(term.pattern.finditer(text), COUNTED))


def _hidden(term: Term, text: str) -> int:
    """Rare forms, such as one character that stands for two, only meet the term once the text is normalised."""
    return 0 if text.isascii() else _occurrences(term, normal(text))


def snippet(terms: Sequence[Term], text: str, length: int = SNIPPET) -> Snippet:
    """The part of a text where most of the terms stand near each other, with what was found marked; its beginning,
    where nothing was."""
    spans = _spans(terms, text)
    start = _best_start(spans, length) if spans else 0
    start = max(0, start - LEAD) if start > LEAD else 0
    end = min(len(text), start + length)
    pieces = [] if start == 0 else [Piece("…", False)]
    at = start
    for first, last in spans:
        if first < at or last > end:
            continue
        pieces += [Piece(text[at:first], False), Piece(text[first:last], True)]
        at = last
    pieces += [Piece(text[at:end], False), Piece("…" if end < len(text) else "", False)]
    return tuple(Piece(re.sub(r"\s+", " ", piece.text), piece.found) for piece in pieces if piece.text)


def marked(terms: Sequence[Term], text: str) -> Snippet:
    """A whole short text, such as a title, with what was found marked."""
    return snippet(terms, text, max(1, len(text) + LEAD))


def _spans(terms: Iterable[Term], text: str) -> list[tuple[int, int]]:
    found = sorted(match.span() for term in terms for match in islice(term.pattern.finditer(text), COUNTED))
    apart: list[tuple[int, int]] = []
    for first, last in found:
        if apart and first < apart[-1][1]:
            apart[-1] = (apart[-1][0], max(last, apart[-1][1]))
        else:
            apart.append((first, last))
    return apart


def _best_start(spans: Sequence[tuple[int, int]], length: int) -> int:
    room, last = length - LEAD, 0
    best, most = spans[0][0], 0
    for place, (first, _) in enumerate(spans):
        while last < len(spans) and spans[last][1] <= first + room:
            last += 1
        if last - place > most:
            best, most = first, last - place
    return best
