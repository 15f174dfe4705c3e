"""One page's captures of the past, played through the rooms a live page goes through, with the archive's part in
memory.

body -> worker.reading.read -> worker.judgement.implausible -> worker.decide.decide -> what became of this capture
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime

from archive.records import Content, Head, Page
from worker.decide import Known, Seen, decide
from worker.judgement import implausible, sketch
from worker.reading import Payload, Read, is_content, read
from worker.settings import Source
from worker.skim import skim


class History:
    """What an archive would know of one page, as far as deciding asks for it."""

    def __init__(self, url: str) -> None:
        self.source = Source("history", url, kind="page")
        self.page = Page(1, "history", url, url, "history", "page", 0, True, False, datetime.now(UTC))
        self.heads: dict[str, Head] = {}
        self.contents: dict[str, Content] = {}
        self.earlier: dict[str, dict[str, int]] = {}
        self.suspect: str | None = None
        self.digest = b""
        self.skim = ""
        self.said = "outcome"

    def take(self, stamp: str, body: bytes) -> str:
        """What becomes of one more capture: `version same suspect return outcome`."""
        digest = hashlib.sha256(body).digest()
        if digest != self.digest:
            self.digest = digest
            seen_before, self.skim = self.skim, skim(body)
            if self.skim != seen_before or self.said == "suspect":
                self.said = self._decided(moment(stamp), body)
                return self.said
        elif self.said == "suspect":
            self.said = self._decided(moment(stamp), body)
            return self.said
        return "outcome" if self.said == "outcome" else "same"

    def _decided(self, at: datetime, body: bytes) -> str:
        url = self.source.url
        result = read(Payload(body, url, url, at), self.source, "page", f"page|{url}")
        if not is_content(result.outcome) or not result.seen:
            return "outcome"
        known = Known(self.heads, self.contents, self.earlier)
        if self._doubted(result, known):
            return "suspect"
        decision = decide(result.seen, known, at)
        versions = [revision for revision in decision.revisions if revision.writes_version]
        for revision in versions:
            self._record(next(seen for seen in result.seen if seen.key == revision.key), at, result)
        if not versions:
            return "same"
        return "return" if all(revision.returns_to for revision in versions) else "version"

    def _doubted(self, result: Read, known: Known) -> bool:
        for seen in result.seen:
            head, content = known.heads.get(seen.key), seen.content
            old = known.contents.get(head.content_hash) if head else None
            if old is None:
                continue
            if implausible(old, content, self.suspect):
                self.suspect = sketch(content)
                return True
        self.suspect = None
        return False

    def _record(self, seen: Seen, at: datetime, result: Read) -> None:
        known = self.earlier.setdefault(seen.key, {})
        number = sum(1 for _ in known) + 1
        known.setdefault(seen.content.content_hash, number)
        self.contents = {seen.content.content_hash: seen.content}
        self.heads[seen.key] = Head(
            seen.key, seen.key, seen.kind, number, seen.content.content_hash, seen.facts, "present", 1, at,
            result.extractor, result.revision, at,
        )  # fmt: skip


def moment(stamp: str) -> datetime:
    """The time in a capture's name, `20240131T080000Z`."""
    return datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def play(url: str, captures: list[tuple[str, bytes]]) -> Iterator[tuple[str, str]]:
    """(time, decision) of each capture, in order."""
    history = History(url)
    for stamp, body in captures:
        yield stamp, history.take(stamp, body)
