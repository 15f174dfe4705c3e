"""Discuz! X2 to X3.5: threads, boards, front page, walls; the default template and what is built on it, and those for
telephones."""

from __future__ import annotations

from worker.extract.forums.discuz.reader import Discuz

EXTRACTOR = Discuz()
