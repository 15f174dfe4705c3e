"""Captures that are held back until a second one says about the same: one rule for polls and for imports. Pure.

far shorter than the document was      an error text or a shell in its place: it usually heals by itself
broken off where the document went on  a page that its server had half written
returned often to what it said before  a page that serves two variants in turn
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from archive.records import Content, Page
from worker.decide import Known, Seen, returns_before
from worker.judgement import flapping, held, implausible


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a capture is held back, and what of it."""

    reason: str
    content: Content

    def sketch(self, page: Page) -> str:
        """What the page remembers of it (`suspect_hash`)."""
        return held(self.content, page.suspect_hash)


def doubt(page: Page, seen: Sequence[Seen], known: Known) -> Doubt | None:
    """Why this capture is held back; None where it says what the page may well say, or what the one held back just
    before it (`page.suspect_hash`) said too."""
    for document in seen:
        head = known.heads.get(document.key)
        old = known.contents.get(head.content_hash) if head else None
        if old is None or document.kind in ("post", "topic"):
            continue
        if reason := implausible(old, document.content, page.suspect_hash):
            return Doubt(reason, document.content)
        if reason := flapping(returns_before(document, known), document.content, page.suspect_hash):
            return Doubt(reason, document.content)
    return None


def confirms(page: Page, seen: Sequence[Seen], known: Known) -> bool:
    """Whether a capture that is not doubted says what would be, had it not been held back before."""
    return page.suspect_hash is not None and doubt(replace(page, suspect_hash=None), seen, known) is not None
