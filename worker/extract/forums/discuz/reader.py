"""Which kind of Discuz! page this is, and who reads it."""

from __future__ import annotations

import re
from dataclasses import replace

from worker.extract.forums.discuz import archiver, board, thread, touch, walls
from worker.extract.forums.discuz.addresses import asked
from worker.extract.model import Extraction, Reading
from worker.extract.sieve import Words

SIGNS = Words("discuz_uid", "Discuz!", "VERHASH = '", "Comsenz Inc")
"""words of every page of Discuz!'s own templates"""
_SPACE = Words("space-uid-")
_BOARDS = re.compile(r'forum-\w+-1\.html|mod=forumdisplay|href="(?:[^"]*/)?f-?\d+-1(?:\.html)?"')
_LOGIN_PAGE = re.compile(r"mod=logging&action=login|logging\.php\?action=login")


class Discuz:
    """Reads Discuz! pages; leaves its portal articles, spaces and tools to others."""

    name = "discuz"
    revision = 3

    def recognise(self, reading: Reading) -> str | None:
        """By its scripts' variables or its footer, and by what the page holds."""
        kind = self._kind(reading)
        return f"Discuz!: {kind}" if kind is not None else None

    def _kind(self, reading: Reading) -> str | None:
        text = reading.text
        wanted = asked(reading.url)
        if len(text) < 12_000 and (wanted is not None or "Discuz!" in text) and walls.bare(reading) is not None:
            return "wall"
        if not reading.holds(SIGNS) and not (
            reading.holds(_SPACE) and ('id="postmessage_' in text or "-1-1.html" in text)
        ):
            return None
        if 'id="messagetext"' in text or 'class="jump_c"' in text:
            return "message"
        if archiver.SIGN in text and '<div id="end">' in text:
            return "archiver"
        if 'class="message"' in text and touch.SIGN.search(text) is not None:
            return "touch"
        if 'id="postmessage_' in text or ('id="postlist"' in text and 'class="locked"' in text):
            return "thread"
        if walls.password(text):
            return "password"
        if _LOGIN_PAGE.search(reading.url):
            return "login"
        if wanted is not None and wanted.what == "board":
            return "board"
        if wanted is not None and wanted.what == "front" and _BOARDS.search(text):
            return "front"
        return None

    def __call__(self, reading: Reading) -> Extraction:
        """What the page says; a wall says why it holds nothing. Raises NothingFound."""
        kind = self._kind(reading)
        wanted = asked(reading.url) or asked(reading.requested_url)
        if kind == "thread":
            return replace(thread.read(reading, wanted), extractor=self.name, revision=self.revision)
        if kind == "touch":
            return replace(touch.read(reading, wanted), extractor=self.name, revision=self.revision)
        if kind == "archiver":
            plain = archiver.read if wanted is not None and wanted.what == "topic" else archiver.lists
            return replace(plain(reading, wanted), extractor=self.name, revision=self.revision)
        if kind in ("board", "front"):
            return replace(board.read(reading, wanted), extractor=self.name, revision=self.revision)
        if kind == "password":
            return self._wall("blocked", "the board asks for a password")
        if kind == "login":
            return self._wall("login-required", "the forum's sign-in page")
        wall = walls.message(reading.text) if kind == "message" else walls.bare(reading)
        return self._wall(wall.outcome, wall.words) if wall is not None else self._wall("soft-404", "a message page")

    def _wall(self, outcome: str, words: str) -> Extraction:
        return Extraction(self.name, self.revision, "not-content", outcome, why=words, platform=self.name)
