"""One page's captures of the past, played through the rooms a live page goes through, the archive's part in memory.

    body -> the bytes of last time? -> worker.skim: said that last time? -> worker.reading.read
         -> worker.judgement.implausible -> worker.decide.decide -> what became of this capture
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

from archive.records import Head
from worker.decide import Known, decide, returns_before
from worker.judgement import flapping, held, implausible
from worker.reading import Payload, Read, is_content, read
from worker.settings import Source
from worker.skim import skim


class History:
    """What an archive would know of one page, as far as deciding asks for it."""

    def __init__(self, url: str) -> None:
        self.source = Source("history", url, kind="page")
        self.known = Known({}, {}, {})
        self.held: tuple[str, Read] | None = None
        self.suspect: str | None = None
        self.digest = b""
        self.skim = ""
        self.said: dict[str, str] = {}

    def take(self, stamp: str, body: bytes) -> None:
        """What becomes of one more capture, into `said`: `version same suspect return outcome`."""
        before = next(reversed(self.said.values()), "outcome")
        digest = hashlib.sha256(body).digest()
        fidgets = digest == self.digest
        if not fidgets:
            skimmed = skim(body)
            fidgets = skimmed == self.skim
            self.digest, self.skim = digest, skimmed
        if fidgets and before != "suspect":
            self.said[stamp] = "outcome" if before == "outcome" else "same"
        else:
            self.said[stamp] = self._decided(stamp, body)

    def _decided(self, stamp: str, body: bytes) -> str:
        url = self.source.url
        result = read(Payload(body, url, url, moment(stamp)), self.source, "page", f"page|{url}", self.skim)
        if not is_content(result.outcome) or not result.seen:
            return "outcome"
        if self._doubted(result, self.suspect):
            self.suspect = held(result.seen[0].content, self.suspect)
            self.held = stamp, result
            return "suspect"
        if self.held and self._doubted(result, None):  # confirmed: the capture held back was the first to say so
            self.said[self.held[0]] = self._record(*self.held)
        self.held = self.suspect = None
        return self._record(stamp, result)

    def _doubted(self, result: Read, suspect: str | None) -> bool:
        for seen in result.seen:
            head = self.known.heads.get(seen.key)
            if head is None or head.content_hash == seen.content.content_hash:
                continue
            if implausible(self.known.contents[head.content_hash], seen.content, suspect):
                return True
            if flapping(returns_before(seen, self.known), seen.content, suspect):
                return True
        return False

    def _record(self, stamp: str, result: Read) -> str:
        at = moment(stamp)
        revisions = [one for one in decide(result.seen, self.known, at).revisions if one.writes_version]
        for revision in revisions:
            key, said = revision.key, revision.content
            head, earlier = self.known.heads.get(key), dict(self.known.earlier.get(key, {}))
            number = head.number + 1 if head else 1
            earlier.setdefault(said.content_hash, number)
            now = Head(
                key, key, revision.kind, number, said.content_hash, revision.facts, "present", 1, at, result.extractor,
                result.revision, at,
            )  # fmt: skip
            self.known = Known({key: now}, {said.content_hash: said}, {key: earlier})
        if not revisions:
            return "same"
        return "return" if all(revision.returns_to for revision in revisions) else "version"


def moment(stamp: str) -> datetime:
    """The time in a capture's name, `20240131T080000Z`."""
    return datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def play(url: str, captures: list[tuple[str, bytes]]) -> dict[str, str]:
    """The decision on each capture, by its time."""
    history = History(url)
    for stamp, body in captures:
        history.take(stamp, body)
    return history.said
