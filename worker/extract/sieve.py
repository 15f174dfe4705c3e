"""Which of many words a page may hold: one pass over its bytes answers for all of them.

A page of 100 KB searched for the 58 signs of the forum platforms, one after the other, costs 2.3 ms, and nearly every
page holds none of them. Here all its pieces of four bytes are hashed at once (0.2 ms), and a word is searched only
where all its own pieces are among them.
"""

from __future__ import annotations

PIECE = 4
"""bytes; shorter words are searched on every page"""
_BLOCK = 1 << 18
"""pieces that are hashed at once: all of a page of 32 MB took 380 MB, and a child that reads has 512"""
_MIX, _SHIFT = 2654435761, 16
"""multiplicative hashing of 32 bits to 16 (Knuth, The Art of Computer Programming, 6.4)"""


class Words:
    """Words of which a page may hold one (`Reading.holds`). In any case: words in lower case, found however their ASCII
    letters are written."""

    __slots__ = ("said",)

    def __init__(self, *words: str, any_case: bool = False) -> None:
        low = [word.encode().lower() for word in words]
        self.said = tuple(
            (None if any_case else word, plain, _pieces(plain)) for word, plain in zip(words, low, strict=True)
        )
        """each word as written (None in any case), in lower case, and the numbers of its pieces"""


class Sieve:
    """The pieces of one page, which is given in UTF-8 and in lower case."""

    __slots__ = ("_seen",)

    def __init__(self, page: bytes) -> None:
        import numpy as np  # not for the daemon, which only names words

        seen = np.zeros(1 << 32 - _SHIFT, np.bool_)
        for begin in range(0, len(page) - PIECE + 1, _BLOCK):
            places = min(len(page) - PIECE + 1 - begin, _BLOCK)
            numbers = np.ndarray((places,), "<u4", page, begin, strides=(1,)) * np.uint32(_MIX)
            numbers >>= np.uint32(_SHIFT)
            seen[numbers.astype(np.intp)] = True
        self._seen = seen.tobytes()

    def may_hold(self, pieces: tuple[int, ...]) -> bool:
        """Whether all pieces of a word stand somewhere on the page. False is sure."""
        return all(map(self._seen.__getitem__, pieces))


def _pieces(word: bytes) -> tuple[int, ...]:
    numbers = (int.from_bytes(word[at : at + PIECE], "little") for at in range(len(word) - PIECE + 1))
    return tuple(dict.fromkeys((number * _MIX & 0xFFFFFFFF) >> _SHIFT for number in numbers))
