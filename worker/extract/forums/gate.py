"""Whether a page can be a forum's at all: one cheap look before twenty readers look closer."""

from __future__ import annotations

from worker.extract.model import Reading
from worker.extract.sieve import Words

WORDS = Words("forum", "thread", "topic", "discu", "bbs", "tieba", "hnmain", "reddit", "论坛")
"""every forum page of 162 of the wild holds one of these; four of five government pages none"""
SMALL = 12_000
"""shorter pages are let through: error pages and refusals say little"""


def may_be_forum(reading: Reading) -> bool:
    """False only where no reader of forums can know the page."""
    return len(reading.text) < SMALL or reading.holds(WORDS)
