"""The change log as one notifier reads it: a page at a time, through the archive's reading door."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from archive import Archive
from archive.errors import NotFound
from archive.records import Change, Content
from worker.notify.letter import LISTED
from worker.notify.model import Notifier, Told
from worker.notify.rules import wanted

PAGE = 200
"""changes read at a time"""


@dataclass(frozen=True, slots=True)
class Page:
    """What of a stretch of the log is to be told."""

    told: tuple[Told, ...]
    end: int
    """number of the last change looked at"""
    more: bool
    """there may be further ones"""


class Contents:
    """What the versions of a change say."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    def of(self, change: Change) -> tuple[Content | None, Content | None]:
        """(before, now); None where there was no such version."""
        before = change.previous_version if change.previous_version != change.version else None
        return self._one(change, before), self._one(change, change.version)

    def _one(self, change: Change, number: int | None) -> Content | None:
        if number is None:
            return None
        try:
            return self._archive.version(change.document_id, number).content
        except NotFound:
            return None


class LogReader:
    """Reads for one notifier; nothing is kept between two pages."""

    def __init__(self, notifier: Notifier, archive: Archive, tags: Callable[[str], tuple[str, ...]]) -> None:
        self._notifier, self._archive, self._tags = notifier, archive, tags
        self._contents = Contents(archive)

    def last_seq(self) -> int:
        """The end of the log."""
        return self._archive.last_seq()

    def page(self, after: int, until: int | None = None, enough: int | None = None) -> Page:
        """What is to be told of the next changes after that one, up to `until`; ends early with `enough` of them."""
        told: list[Told] = []
        end, looked = after, 0
        for change in self._archive.changes_after(after, PAGE):
            if until is not None and change.seq > until:
                return Page(tuple(told), end, False)
            looked, end = looked + 1, change.seq
            tags = self._tags(change.source_id)
            if wanted(self._notifier, change, tags, self._contents):
                told.append(Told(change, tags))
                if len(told) == enough:
                    return Page(tuple(told), end, True)
        return Page(tuple(told), end, looked == PAGE)

    def collected(self, after: int, until: int) -> tuple[tuple[Told, ...], int, bool]:
        """(what one digest tells of the changes up to `until`, the last one looked at, whether another follows)."""
        told: tuple[Told, ...] = ()
        while True:
            page = self.page(after, until, LISTED - len(told))
            told, after = told + page.told, page.end
            if len(told) == LISTED:
                return told, after, after < until
            if not page.more:
                return told, after, False

    def filled(self, told: Told) -> Told:
        """The same with the contents of its versions."""
        old, new = self._contents.of(told.change)
        return replace(told, old=old, new=new)
