"""A golden page played: what people and the forum's chrome do to it afterwards (`*.play.json`), and what must follow.

    box      CSS of a post's box, `%s` stands for its number (what follows the last slash of it)
    chrome   [old, new]: what moves without anybody saying anything; each old must be on the page
    added    number of the post that is not there yet at first
    edited   [number, old words, new words, ...]: pairs of words, a notice of the edit among them
    deleted  number of the post that is taken down
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from archive.records import Content, Head
from tests.worker.forums.golden import PAGES, SERVED_AT, URLS
from worker.decide import Known, decide
from worker.reading import Payload, read
from worker.settings import Source
from worker.topics import misanswered

PLAYED = sorted(str(path.relative_to(PAGES)).removesuffix(".play.json") for path in PAGES.glob("*/*.play.json"))
SERVED = "Sat, 21 Nov 2026 02:00:00 GMT"


@dataclass(frozen=True, slots=True)
class Play:
    """One golden page with its deeds."""

    name: str
    page: str
    deeds: dict[str, Any]

    def start(self) -> str:
        """The page before the last post was written."""
        return self._without(self.deeds["added"])

    def chrome(self, page: str) -> str:
        for old, new in self.deeds["chrome"]:
            assert old in page, f"{self.name}: {old!r} is not on the page"
            page = page.replace(old, new)
        return page

    def edited(self) -> str:
        words, page = self.deeds["edited"][1:], self.page
        for old, new in zip(words[::2], words[1::2], strict=True):
            assert old in page, f"{self.name}: {old!r} is not on the page"
            page = page.replace(old, new, 1)
        return page

    def deleted(self) -> str:
        return self._without(self.deeds["deleted"])

    def _without(self, number: str) -> str:
        parser = LexborHTMLParser(self.page)
        boxes = parser.css(self.deeds["box"].replace("%s", number.rpartition("/")[2]))
        assert boxes, f"{self.name}: no box of post {number}"
        for box in boxes:
            box.decompose()
        return parser.html or ""


def play(name: str) -> Play:
    """The golden page of this name and its deeds."""
    deeds = json.loads((PAGES / f"{name}.play.json").read_text(encoding="utf-8"))
    parser = LexborHTMLParser((PAGES / f"{name}.html").read_text(encoding="utf-8"))
    return Play(name, parser.html or "", deeds)


class Memory:
    """What an archive keeps of one page of a topic, and what each capture changes of it."""

    def __init__(self, name: str, media_type: str = "text/html") -> None:
        self.url, self.media_type = URLS[name], media_type
        self.heads: dict[str, Head] = {}
        self.contents: dict[str, Content] = {}
        self.at = SERVED_AT

    def take(self, page: str) -> list[tuple[str, str | None]]:
        """(change, post or topic number) that one more capture makes, those gone last."""
        self.at += timedelta(minutes=10)
        headers = (("date", SERVED), ("content-type", f"{self.media_type}; charset=utf-8"))
        payload = Payload(page.encode(), self.url, self.url, self.at, headers)
        result = read(payload, Source("played", self.url, kind="topic"), "topic")
        assert result.outcome == "ok", result.why
        assert result.extraction is not None and result.extraction.part is not None
        assert not misanswered(result.extraction.part)
        said = []
        for revision in decide(result.seen, Known(self.heads, self.contents, {}), self.at).revisions:
            head = self.heads.get(revision.key)
            self.contents[revision.content.content_hash] = revision.content
            self.heads[revision.key] = Head(
                revision.key, revision.key, revision.kind, head.number + 1 if head else 1,
                revision.content.content_hash, revision.facts, "present", 1, self.at, result.extractor,
                result.revision, self.at,
            )  # fmt: skip
            said.append((revision.change, revision.facts.platform_id))
        for key in set(self.heads) - {seen.key for seen in result.seen}:
            said.append(("gone", self.heads.pop(key).facts.platform_id))
        return said

