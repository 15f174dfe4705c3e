"""Every engine's topic, played: chrome that moves makes no version, each deed exactly its own change."""

from __future__ import annotations

import pytest

from tests.worker.forums.playing import PLAYED, Memory, play


@pytest.mark.parametrize("name", PLAYED)
def test_chrome_that_moves_is_no_version(name: str) -> None:
    game, memory = play(name), Memory(name)
    assert memory.take(game.page)
    assert memory.take(game.page) == []
    assert memory.take(game.chrome(game.page)) == []


@pytest.mark.parametrize("name", PLAYED)
def test_each_deed_is_found_in_the_right_post_and_nowhere_else(name: str) -> None:
    game, memory = play(name), Memory(name)
    assert memory.take(game.start())
    assert memory.take(game.page) == [("new", game.deeds["added"])]
    assert memory.take(game.chrome(game.edited())) == [("changed", game.deeds["edited"][0])]
    assert memory.take(game.edited()) == []
    assert memory.take(game.page) == [("changed", game.deeds["edited"][0])]
    assert memory.take(game.deleted()) == [("gone", game.deeds["deleted"])]
