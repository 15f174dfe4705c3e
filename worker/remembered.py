"""What was made of a piece of text, remembered: pages come back mostly as they were, and pages of one site repeat each
other. The memory is bounded in bytes, not only in entries: a daemon runs for years, and lines of some pages are as long
as books.
"""

from __future__ import annotations

from collections.abc import Callable, Sized
from functools import lru_cache, wraps
from typing import Concatenate, ParamSpec, TypeVar

SHORT, LONG = 256, 8192
"""characters or bytes of a piece: up to the one it is short; longer than the other it is not kept"""
ENTRIES, LONG_ENTRIES = 1 << 15, 1 << 9
"""last used short and long pieces that one function keeps: more than the lines of all but a few pages, so that what
asks for each line of a page twice works it out once"""

Piece = TypeVar("Piece", bound=Sized)
More = ParamSpec("More")
Made = TypeVar("Made")


def remembered(function: Callable[Concatenate[Piece, More], Made]) -> Callable[Concatenate[Piece, More], Made]:
    """A pure function of a piece of text (and whatever follows it, all hashable) that knows its last answers."""
    if function.__code__.co_argcount == 1:
        return _Answers(function).__getitem__  # type: ignore[return-value]
    known, known_long = lru_cache(maxsize=ENTRIES)(function), lru_cache(maxsize=LONG_ENTRIES)(function)

    @wraps(function)
    def answer(piece: Piece, /, *more: More.args, **named: More.kwargs) -> Made:
        size = len(piece)
        if size <= SHORT:
            return known(piece, *more, **named)  # type: ignore[arg-type]  # only the caller knows that it is hashable
        if size <= LONG:
            return known_long(piece, *more, **named)  # type: ignore[arg-type]
        return function(piece, *more, **named)

    return answer


class _Answers(dict[Piece, Made]):
    """The answers of a function of nothing but a piece. What is known is looked up without a line of Python: readers
    ask a thousand times a page.

    Short pieces are kept in two halves: where the newer one is full it becomes the older, so that what was not asked
    for since the last such turn is forgotten.
    """

    def __init__(self, function: Callable[[Piece], Made]) -> None:
        super().__init__()
        self._function = function
        self._older: dict[Piece, Made] = {}
        self._long = lru_cache(maxsize=LONG_ENTRIES)(function)

    def __missing__(self, piece: Piece) -> Made:
        size = len(piece)
        if size > LONG:
            return self._function(piece)
        if size > SHORT:
            return self._long(piece)  # type: ignore[arg-type]  # only the caller knows that it is hashable
        if len(self) >= ENTRIES // 2:
            self._older = dict(self)
            self.clear()
        older = self._older  # another thread may turn them
        made = older[piece] if piece in older else self._function(piece)
        self[piece] = made
        return made
