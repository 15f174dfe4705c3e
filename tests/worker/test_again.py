"""A head that another revision read: its capture is read again before the change is judged, and nobody waits for it."""

from __future__ import annotations

import sqlite3
from datetime import timedelta

import pytest
from sqlalchemy import text

import worker.again
from archive.database import sqlite_path
from tests.support.played import Game
from worker.reading import Payload, Read, read
from worker.settings import Confirm, Source


def test_stored_captures_are_read_again_while_others_may_write(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    game = Game(database_url, confirm=Confirm(1, timedelta(0)))
    game.opens(0, 0)
    game.replies(0, 3)
    game.passes(10)
    with game.writer.engine.begin() as connection:
        connection.execute(text("UPDATE documents SET extractor_revision = extractor_revision - 1"))
    game.edits(1, 5)
    asked: list[str] = []

    async def reads(payload: Payload, source: Source, kind: str, page_key: str | None) -> Read:
        if (path := sqlite_path(database_url)) is not None:
            other = sqlite3.connect(path, timeout=0)
            other.execute("BEGIN IMMEDIATE")  # "database is locked" while a transaction waits for this reading
            other.close()
        asked.append(payload.url)
        return read(payload, source, kind, page_key)

    monkeypatch.setattr(worker.again, "read_apart", reads)
    game.passes(120)
    assert asked == ["http://town.example.org/thread-11-1-1.html"]
    assert list(game.disagreements(settled=True)) == []
    game.close()
