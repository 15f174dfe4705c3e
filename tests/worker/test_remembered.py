"""Memory of pieces of text: bounded whatever pages say."""

from __future__ import annotations

import gc

from worker.remembered import ENTRIES, LONG, LONG_ENTRIES, SHORT, SPARE, remembered


def counted():
    asked: list[tuple[str, int]] = []

    @remembered
    def shout(piece: str, times: int) -> str:
        asked.append((piece, times))
        return piece.upper() * times

    return shout, asked


def test_a_short_piece_is_worked_out_once_for_each_way_of_asking():
    shout, asked = counted()
    assert [shout("a", 1), shout("a", 1), shout("a", 2)] == ["A", "A", "AA"]
    assert asked == [("a", 1), ("a", 2)]


def test_a_piece_as_long_as_a_book_is_never_kept():
    shout, asked = counted()
    book = "x" * (LONG + 1)
    assert shout(book, 1) == shout(book, 1) == book.upper()
    assert len(asked) == 2
    del asked[:]
    assert not any(isinstance(found, tuple) for found in gc.get_referrers(book))


def test_pieces_that_no_page_says_any_more_are_forgotten():
    shout, asked = counted()
    shout("first", 1)
    for number in range(ENTRIES):
        shout(str(number), 1)
    shout("first", 1)
    assert asked[-1] == ("first", 1)
    assert len(asked) == ENTRIES + 2


def test_of_long_pieces_fewer_are_kept():
    shout, asked = counted()
    long = ["y" * (SHORT + 1 + number) for number in range(LONG_ENTRIES + 1)]
    for piece in [*long, long[-1], long[0]]:
        shout(piece, 1)
    assert [len(piece) for piece, _ in asked[-2:]] == [len(long[-1]), len(long[0])]
    assert len(asked) == len(long) + 1


def counted_alone():
    asked: list[str] = []

    @remembered
    def shout(piece: str) -> str:
        asked.append(piece)
        return piece.upper()

    return shout, asked


def test_of_nothing_but_a_piece_the_last_are_kept_and_those_before_forgotten():
    shout, asked = counted_alone()
    assert shout("first") == shout("first") == "FIRST"
    assert asked == ["first"]
    for number in range(ENTRIES - 1):
        shout(str(number))
    assert shout("first") == "FIRST" and len(asked) == ENTRIES, "a page of so many lines is worked out once"
    for number in range(SPARE + 1):
        shout(f"other {number}")
    shout("first")
    assert asked.count("first") == 2


def test_of_nothing_but_a_piece_a_book_is_never_kept_and_few_long_ones_are():
    shout, asked = counted_alone()
    book = "x" * (LONG + 1)
    assert shout(book) == shout(book) == book.upper()
    assert len(asked) == 2
    del asked[:]
    assert not any(isinstance(found, dict) and book in found for found in gc.get_referrers(book))
    long = ["y" * (SHORT + 1 + number) for number in range(LONG_ENTRIES + 1)]
    for piece in [*long, long[-1], long[0]]:
        shout(piece)
    assert len(asked) == len(long) + 1
