"""What the readers of other programs' files return."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from worker.sources.entry import Entry


@dataclass(frozen=True, slots=True)
class Watch:
    """One thing another program watches, in our words; `notes` say what of it has no counterpart here."""

    url: str
    name: str = ""
    kind: str = "page"
    every: timedelta | None = None
    text: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    headers: Mapping[str, str] | None = None
    cookies: Mapping[str, str] | None = None
    proxy: str | None = None
    accept_broken: bool = False
    browser: bool = False
    deadline: timedelta | None = None
    tags: tuple[str, ...] = ()
    enabled: bool = True
    notes: tuple[str, ...] = ()

    def entry(self, source_id: str) -> Entry:
        """The same as a source of that id."""
        return Entry(
            source_id, self.url, self.kind, self.every, ", ".join(self.text) or None, self.ignore, self.headers,
            self.cookies, self.proxy, "accept-broken" if self.accept_broken else None,
            "browser" if self.browser else None, self.deadline, self.tags, self.enabled, self.notes,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """What one file holds: its watches, and in words what of it is no watch."""

    watches: tuple[Watch, ...]
    left: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of it: the form it was in, the entries to write, and what was left out, in words."""

    form: str
    entries: tuple[Entry, ...]
    left: tuple[str, ...]


def words(value: object) -> tuple[str, ...]:
    """A text or a list of texts, without what is empty."""
    listed = value if isinstance(value, list | tuple) else [value]
    return tuple(str(item).strip() for item in listed if isinstance(item, str | int) and str(item).strip())


def pairs(value: object) -> dict[str, str]:
    """A mapping of names to texts, each meant as it stands; everything else is empty."""
    found = value if isinstance(value, dict) else {}
    return {str(name): str(text).replace("${", "$${") for name, text in found.items()}
