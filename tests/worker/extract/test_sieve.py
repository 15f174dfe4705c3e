"""One pass over a page says which words it may hold: never that it cannot hold one that stands there."""

from __future__ import annotations

import random
import tracemalloc

import pytest

from worker.extract.model import Reading
from worker.extract.sieve import Sieve, Words


def page(text: str) -> Reading:
    return Reading("http://a.example/", "http://a.example/", text, "utf-8", "header")


def test_every_word_that_stands_on_a_page_passes() -> None:
    dice = random.Random(5)
    text = "".join(dice.choices('abc<>"= 论坛\n', k=3000)).encode()
    sieve = Sieve(text)
    for _ in range(500):
        start, length = dice.randrange(len(text) - 40), dice.randrange(1, 40)
        ((_, _, pieces),) = Words("x").said  # a word that is too short to have pieces
        assert sieve.may_hold(pieces)
        word = text[start : start + length].decode("utf-8", "ignore")
        ((_, low, pieces),) = Words(word).said
        assert low not in text or sieve.may_hold(pieces)


def test_a_large_page_takes_no_multiple_of_itself_and_is_searched_where_its_blocks_meet() -> None:
    """A page of 32 MB took 380 MB: a child that reads may take 512, and the page went unread."""
    ((_, low, pieces),) = Words("discuz").said
    for before in range((1 << 18) - 8, (1 << 18) + 2):
        assert Sieve(b"." * before + low).may_hold(pieces)
    large = b"no forum stands here\n" * 200_000
    tracemalloc.start()
    try:
        assert not Sieve(large).may_hold(pieces)
        assert tracemalloc.get_traced_memory()[1] < len(large)
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("text", ["", "x", "abc", "a page of forums", "论坛"])
def test_pages_of_any_length_are_asked(text: str) -> None:
    assert page(text).holds(Words("forum")) is ("forum" in text)
    assert page(text).holds(Words("bbs", "论坛")) is ("论坛" in text)


def test_a_word_is_found_as_it_is_written_or_in_any_case() -> None:
    said = page("<p>All Times Are GMT, by vBulletin</p>")
    assert said.holds(Words("phpBB", "vBulletin"))
    assert not said.holds(Words("vbulletin"))
    assert said.holds(Words("all times are", any_case=True))
    assert not said.holds(Words("time zone", any_case=True))


def test_most_words_that_do_not_stand_there_are_ruled_out_unsearched() -> None:
    sieve = Sieve(b"<p>Notice of the county office on school meals</p>" * 50)
    words = Words("XenForo", "vBulletin", "phpBB Limited", "Discuz!", "tieba.baidu", "crawler-post")
    assert not any(sieve.may_hold(pieces) for _, _, pieces in words.said)
