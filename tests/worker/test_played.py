"""Little forums played against the walk by chance: what the archive says must be what was so."""

from __future__ import annotations

import random
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from tests.support.played import Game
from worker.settings import Confirm

DEEDS = {
    "opens": 3, "replies": 10, "edits": 6, "deletes": 6, "restores": 4, "removes": 2, "returns": 2, "moves": 2,
    "fails": 8, "rests": 2, "tick": 6, "passes": 10, "crashes": 2, "configures": 1, "overtaken": 3,
}  # fmt: skip
"""name -> how often, against the others; of these many games were played, these few are played again"""
ARGUMENTS = {"opens": 2, "replies": 2, "edits": 2, "fails": 2, "crashes": 0, "configures": 0, "overtaken": 0}
CONFIRM = (Confirm(2, timedelta(minutes=90)), Confirm(3, timedelta(hours=6)), Confirm(2, timedelta(0)))


def play(game: Game, seed: int, deeds: int = 30) -> None:
    """So many deeds, chosen by the seed."""
    dice = random.Random(seed)
    for _ in range(2):
        game.opens(dice.randrange(50), 0)
    for name in dice.choices(list(DEEDS), list(DEEDS.values()), k=deeds):
        given = [dice.randrange(50) for _ in range(ARGUMENTS.get(name, 1))]
        if name == "passes":
            given = [dice.choice([10, 45, 70, 130, 400, 1500])]
        getattr(game, name)(*given)


@pytest.mark.parametrize("seed", [21, 37, 101])
def test_what_the_archive_says_of_a_forum_was_so(seed: int, sqlite_template: Path, tmp_path: Path) -> None:
    shutil.copy(sqlite_template, tmp_path / "archive.db")
    game = Game(f"sqlite:///{tmp_path}/archive.db", confirm=CONFIRM[seed % 3])
    play(game, seed)
    assert list(game.disagreements(settled=False)) == []
    game.quiets()
    assert list(game.disagreements(settled=True)) == []
    game.close()
