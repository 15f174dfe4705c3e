"""An archive filled in the words of a test: `shelf.say("a", "what it says", at=3)` is a page that said so at minute
3."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from archive import Transaction, Writer
from archive.digest import document_id_of
from archive.records import (
    ChangeKind,
    Content,
    Facts,
    FoundPage,
    JsonMap,
    Kind,
    Nature,
    NewCapture,
    Removal,
    Revision,
    SourceRow,
)
from tests.archive.house import SITE, START, decided, later, revision
from worker.judgement import describe, nature_of


class Shelf:
    """Documents of some sources, each on a page of its own. Saying something again with other words is a new
    version."""

    def __init__(self, writer: Writer, *sources: str) -> None:
        self.writer = writer
        self._pages: dict[str, int] = {}
        self._sources: dict[str, str] = {}
        self._says: dict[str, Content] = {}
        self._minute = 0.0
        self.judges = False
        """whether changes say what changed as the worker does, instead of a and b"""
        with writer.begin() as tx:
            tx.sync_sources(
                [SourceRow(name, f"{SITE}{name}/", "listing", True) for name in sources or ("county",)], START
            )
        self._first = (sources or ("county",))[0]

    def say(
        self, key: str, text: str, title: str = "A notice", *, at: float | None = None, kind: Kind = "notice",
        source: str | None = None, fields: Mapping[str, object] | None = None, facts: Facts | None = None,
        attachments: tuple[JsonMap, ...] = (), payload: bytes | None = None, parent: str | None = None,
        nature: Nature | None = None,
    ) -> str:  # fmt: skip
        """The document's id. The document says this from minute `at` on (by default a minute later than all before)."""
        content = contains(text, title, fields, attachments)
        return self.keep(
            key, content, at=at, kind=kind, source=source, facts=facts, payload=payload, parent=parent, nature=nature
        )  # fmt: skip

    def keep(
        self, key: str, content: Content, *, at: float | None = None, kind: Kind = "notice", source: str | None = None,
        facts: Facts | None = None, payload: bytes | None = None, parent: str | None = None,
        nature: Nature | None = None,
    ) -> str:  # fmt: skip
        """The same for a content made elsewhere."""
        self._minute = self._minute + 1 if at is None else at
        known = key in self._says
        with self.writer.begin() as tx:
            page = self._page(tx, key, source)
            new = NewCapture(
                page, self._sources[key], SITE + key, SITE + key, later(self._minute), "ok", 200,
                media_type="text/html",
                duration=timedelta(milliseconds=80), headers=(("Content-Type", "text/html; charset=utf-8"),),
            )  # fmt: skip
            body = payload if payload is not None else f"<h1>{content.title}</h1><p>{content.text}</p>".encode()
            capture = tx.record_capture(new, body)
            change: ChangeKind = "changed" if known else "new"
            said = revision(key, content, change, kind=kind, facts=facts, parent=parent, nature=nature)
            decided(tx, capture, self._judged(said, self._says.get(key)))
        self._says[key] = content
        return document_id_of(key)

    def _judged(self, said: Revision, before: Content | None) -> Revision:
        """With what the worker would say of the change, where this shelf judges."""
        if not self.judges:
            return said
        if before is None:
            return replace(said, changed_fields={}, nature=None)
        fields = describe(before, said.content)
        pairs = {name: value for name, value in fields.items() if isinstance(value, list)}
        return replace(said, changed_fields=pairs, nature=nature_of(fields))

    def remove(self, key: str, at: float | None = None) -> None:
        """The page is gone from minute `at` on."""
        self._minute = self._minute + 1 if at is None else at
        with self.writer.begin() as tx:
            new = NewCapture(
                self._page(tx, key, None), self._sources[key], SITE + key, SITE + key, later(self._minute), "gone", 404,
                error="status 404",
            )  # fmt: skip
            decided(tx, tx.record_capture(new, None), gone=(Removal(key),))

    def _page(self, tx: Transaction, key: str, source: str | None) -> int:
        if key not in self._pages:
            self._sources[key] = source or self._first
            tx.add_pages([FoundPage(self._sources[key], SITE + key, "page", depth=1)], START)
            page = tx.page_by_url(SITE + key)
            assert page is not None
            self._pages[key] = page.page_id
        return self._pages[key]


def contains(
    text: str,
    title: str = "A notice",
    fields: Mapping[str, object] | None = None,
    attachments: tuple[JsonMap, ...] = (),
) -> Content:
    """A content whose hash follows from what it says."""
    said = repr((title, text, sorted((fields or {}).items()), attachments))
    content = Content("", title, text, fields or {}, attachments=attachments)
    return replace(content, content_hash="c1:" + hashlib.sha256(said.encode()).hexdigest())
