"""What was made of a piece of text, remembered: pages come back mostly as they were, and pages of one site repeat each
other. The memory is bounded in bytes, not only in entries: a daemon runs for years, and lines of some pages are as long
as books.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sized
from functools import lru_cache, wraps
from itertools import islice
from typing import Concatenate, ParamSpec, TypeVar

SHORT, LONG = 256, 8192
"""characters or bytes of a piece: up to the one it is short; longer than the other it is not kept"""
ENTRIES, LONG_ENTRIES = 1 << 15, 1 << 9
"""last short and long pieces that one function keeps: more than the lines of all but a few pages, so that what
asks for each line of a page twice works it out once"""
SPARE = ENTRIES // 8
"""short pieces that may be kept beyond, so that the oldest are forgotten together"""

Piece = TypeVar("Piece", bound=Sized)
More = ParamSpec("More")
Made = TypeVar("Made")


def remembered(function: Callable[Concatenate[Piece, More], Made]) -> Callable[Concatenate[Piece, More], Made]:
    """A pure function of a piece of text (and of one thing more, hashable) that knows its last answers."""
    if function.__code__.co_argcount == 1:
        return _Answers(function).__getitem__  # type: ignore[return-value]
    known, known_long = lru_cache(maxsize=ENTRIES)(function), lru_cache(maxsize=LONG_ENTRIES)(function)

    @wraps(function)
    def answer(piece: Piece, more: Hashable, /) -> Made:
        size = len(piece)
        if size <= SHORT:
            return known(piece, more)  # type: ignore[arg-type]  # only the caller knows that it is hashable
        if size <= LONG:
            return known_long(piece, more)  # type: ignore[arg-type]
        return function(piece, more)  # type: ignore[call-arg, arg-type]

    return answer  # type: ignore[return-value]


class _Answers(dict[Piece, Made]):
    """The answers of a function of nothing but a piece. What is known is looked up without a line of Python: readers
    ask a thousand times a page. Of short pieces the last ENTRIES that were worked out are kept: one that is asked for
    all the time is worked out again once in so many others.
    """

    def __init__(self, function: Callable[[Piece], Made]) -> None:
        super().__init__()
        self._function = function
        self._long = lru_cache(maxsize=LONG_ENTRIES)(function)

    def __missing__(self, piece: Piece) -> Made:
        size = len(piece)
        if size > LONG:
            return self._function(piece)
        if size > SHORT:
            return self._long(piece)  # type: ignore[arg-type]  # only the caller knows that it is hashable
        made = self[piece] = self._function(piece)
        if len(self) > ENTRIES + SPARE:
            for oldest in list(islice(self, SPARE)):
                self.pop(oldest, None)  # another thread may forget as well
        return made
