"""What differs between two versions of a document, beyond the text: title, fields, attachments, images, links."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from archive.diff.inline import inline
from archive.diff.lines import diff_texts
from archive.diff.model import Segment, TextDiff
from archive.records import Content, JsonMap

Entries = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ContentDiff:
    """All that differs; false where nothing does. `title` is None where it stayed."""

    text: TextDiff
    title: tuple[Segment, ...] | None = None
    fields: Mapping[str, tuple[object, object]] = field(default_factory=dict)
    """name to (old, new); None on the side without it"""
    attachments: tuple[Entries, Entries] = ((), ())
    """(went, came), each as `name <url>`"""
    images: tuple[Entries, Entries] = ((), ())
    links: tuple[Entries, Entries] = ((), ())
    margin: tuple[Entries, Entries] = ((), ())

    def __bool__(self) -> bool:
        return bool(self.text or self.title or self.fields or any(went or came for _, went, came in self.lists()))

    def lists(self) -> Iterator[tuple[str, Entries, Entries]]:
        """Name, what went and what came of each list."""
        for name in ("attachment", "image", "link"):
            yield name, *getattr(self, name + "s")
        yield "margin", *self.margin


def diff_contents(old: Content, new: Content) -> ContentDiff:
    """The difference of two contents, as people would name it."""
    names = dict.fromkeys((*old.fields, *new.fields))
    fields = {name: (old.fields.get(name), new.fields.get(name)) for name in names}
    return ContentDiff(
        diff_texts(old.text, new.text),
        None if old.title == new.title else inline(old.title, new.title),
        {name: pair for name, pair in fields.items() if pair[0] != pair[1]},
        _entries(old.attachments, new.attachments, "name"),
        _entries(old.images, new.images, "alt"),
        _entries(old.links, new.links, "text"),
        _apart(old.margin, new.margin),
    )


def text_of_old_and_new(old: Content, new: Content) -> tuple[str, str]:
    """Title and text of both as one text each, for a reader who wants one difference."""
    return f"{old.title}\n{old.text}", f"{new.title}\n{new.text}"


def _entries(old: Iterable[JsonMap], new: Iterable[JsonMap], label: str) -> tuple[Entries, Entries]:
    return _apart([_entry(entry, label) for entry in old], [_entry(entry, label) for entry in new])


def _entry(entry: JsonMap, label: str) -> str:
    name, url = str(entry.get(label) or "").strip(), str(entry.get("url") or "")
    return f"{name} <{url}>" if name else url


def _apart(old: Iterable[str], new: Iterable[str]) -> tuple[Entries, Entries]:
    before, after = dict.fromkeys(old), dict.fromkeys(new)
    return tuple(e for e in before if e not in after), tuple(e for e in after if e not in before)
