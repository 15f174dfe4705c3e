"""What people write to find something, taken apart.

盐业 许可                      both, anywhere in the text
"停止供应"                     exactly this
运盐工科发〔2023〕15号          a document number, with whatever brackets
permit*                        words that begin so
-招聘                          without
kind:notice source:county      kind, source, state, author, board
since:2023-01 until:2023-06    published (else first seen) in these days, months or years, both included
issuer=工业和信息化局           a field with this value; quote what has spaces: issuer="County Office"
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from archive.errors import ArchiveError
from archive.rows import storable
from archive.search.pattern import pattern
from archive.search.tokens import normal, wanted

FILTERS = ("source", "kind", "state", "author", "board", "since", "until")
"""names that may stand before a colon; any other text with a colon is text"""
MOST_TERMS = 32

_PIECE = re.compile(
    r'(?P<minus>-)?(?:(?P<name>[A-Za-z_]\w*)(?P<sign>[:=]))?(?:"(?P<quoted>[^"]*)"?|“(?P<curly>[^”]*)”?|(?P<plain>\S+))'
)
_DAY = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")


class QueryError(ArchiveError):
    """A query that means nothing; the message says why."""


@dataclass(frozen=True, slots=True)
class Term:
    """Something the text must contain: all these tokens, or beginnings of tokens, and then the pattern itself."""

    text: str
    tokens: frozenset[str]
    beginnings: frozenset[str]
    pattern: re.Pattern[str]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Term) and (self.text, self.tokens) == (other.text, other.tokens)

    def __hash__(self) -> int:
        return hash((self.text, self.tokens))


@dataclass(frozen=True, slots=True)
class Query:
    """A query taken apart; every part must hold."""

    terms: tuple[Term, ...] = ()
    without: tuple[Term, ...] = ()
    filters: tuple[tuple[str, str], ...] = ()
    """source, kind, state, author, board"""
    fields: tuple[tuple[str, str], ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    """exclusive"""


@dataclass(slots=True)
class _Parts:
    terms: list[Term] = field(default_factory=list)
    without: list[Term] = field(default_factory=list)
    filters: list[tuple[str, str]] = field(default_factory=list)
    fields: list[tuple[str, str]] = field(default_factory=list)
    since: datetime | None = None
    until: datetime | None = None


def parse(text: str) -> Query:
    """The query that a text means. Raises QueryError."""
    parts, text = _Parts(), storable(text)
    for match in _PIECE.finditer(text):
        name, sign = match["name"], match["sign"]
        value = next(said for said in (match["quoted"], match["curly"], match["plain"]) if said is not None)
        quoted = match["plain"] is None
        if name is not None and not match["minus"] and _filter(parts, name, sign, value):
            continue
        said = value if name is None else f"{name}{sign}{value}"
        if term := _term(said, quoted):
            (parts.without if match["minus"] else parts.terms).append(term)
    if not (parts.terms or parts.filters or parts.fields or parts.since or parts.until):
        raise QueryError(f'nothing to search for in {text!r}: write a word, a "phrase" or a filter such as kind:notice')
    if len(parts.terms) > MOST_TERMS:
        raise QueryError(f"more than {MOST_TERMS} words; quote what belongs together")
    return Query(
        tuple(dict.fromkeys(parts.terms)), tuple(parts.without), tuple(parts.filters), tuple(parts.fields), parts.since,
        parts.until,
    )  # fmt: skip


def _filter(parts: _Parts, name: str, sign: str, value: str) -> bool:
    """Whether this was a filter, then noted in `parts`."""
    if name in ("since", "until"):
        first, end = _days(value)
        if name == "since":
            parts.since = first
        else:
            parts.until = end
    elif name in FILTERS:
        parts.filters.append((name, value))
    elif sign == "=" and value:
        parts.fields.append((name, value))
    else:
        return False
    return True


def _term(text: str, quoted: bool) -> Term | None:
    """The term, or None for one without anything to find (punctuation)."""
    beginning = not quoted and text.endswith("*")
    said = " ".join(normal(text.rstrip("*") if beginning else text).split())
    whole, begun = wanted(said, beginning)
    if not whole and not begun:
        return None
    return Term(said, frozenset(whole), frozenset(begun), pattern(said, beginning))


def _days(value: str) -> tuple[datetime, datetime]:
    """First moment, and first moment after, of a year, month or day (UTC)."""
    match = _DAY.fullmatch(value)
    try:
        if match is None:
            raise ValueError(value)
        year, month, day = int(match[1]), int(match[2] or 0), int(match[3] or 0)
        first = datetime(year, month or 1, day or 1, tzinfo=UTC)
        days = 1 if day else monthrange(year, month)[1] if month else 366 if monthrange(year, 2)[1] == 29 else 365
        return first, first + timedelta(days=days)
    except (ValueError, OverflowError) as error:
        raise QueryError(f"{value!r} is no day, month or year; write 2024-03-01, 2024-03 or 2024") from error
