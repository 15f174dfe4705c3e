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
    known, known_long = lru_cache(maxsize=ENTRIES)(function), lru_cache(maxsize=LONG_ENTRIES)(function)
    if function.__code__.co_argcount == 1:
        return _of_one(function, known, known_long)  # type: ignore[arg-type, return-value]

    @wraps(function)
    def answer(piece: Piece, /, *more: More.args, **named: More.kwargs) -> Made:
        size = len(piece)
        if size <= SHORT:
            return known(piece, *more, **named)  # type: ignore[arg-type]  # only the caller knows that it is hashable
        if size <= LONG:
            return known_long(piece, *more, **named)  # type: ignore[arg-type]
        return function(piece, *more, **named)

    return answer


def _of_one(
    function: Callable[[Piece], Made], known: Callable[[Piece], Made], known_long: Callable[[Piece], Made]
) -> Callable[[Piece], Made]:
    """The same for a function of nothing but a piece: handing further arguments on takes as long as looking it up."""

    @wraps(function)
    def answer(piece: Piece, /) -> Made:
        size = len(piece)
        return known(piece) if size <= SHORT else known_long(piece) if size <= LONG else function(piece)

    return answer
