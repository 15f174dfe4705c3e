"""Whether a change is told. Pure."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from archive.records import Change, Content
from worker.judgement import lines_between
from worker.notify.model import Notifier, Rules


class Contents(Protocol):
    """Where the contents of a change's versions can be had, for rules that look at words."""

    def of(self, change: Change) -> tuple[Content | None, Content | None]:
        """(what it said before, what it says now); None where there was no such version."""


def wanted(notifier: Notifier, change: Change, tags: Collection[str], contents: Contents) -> bool:
    """Whether the notifier tells of this change."""
    if change.cause != "source" and not notifier.rederived:
        return False
    rules = notifier.rules
    return _admits(rules, change, tags) and (not rules.words or _speaks(rules, change, contents))


def _admits(rules: Rules, change: Change, tags: Collection[str]) -> bool:
    if rules.silent_only and not (change.nature is not None and change.nature.silent):
        return False
    pairs = (
        (rules.sources, (change.source_id,)), (rules.tags, tags), (rules.kinds, (change.kind,)),
        (rules.documents, (change.document_kind,)), (rules.fields, change.fields),
    )  # fmt: skip
    return all(not asked or any(one in said for one in asked) for asked, said in pairs)


def _speaks(rules: Rules, change: Change, contents: Contents) -> bool:
    """Whether one of the words stands in the title, or in what came or went; case does not count."""
    said = "\n".join(_words_of(change, *contents.of(change))).casefold()
    return any(word.casefold() in said for word in rules.words)


def _words_of(change: Change, old: Content | None, new: Content | None) -> list[str]:
    said = [change.title]
    if change.kind != "changed" or old is None or new is None:
        whole = new or old
        return said + ([whole.text, *_values(whole.fields)] if whole is not None else []) + _values(change.fields)
    removed, added = lines_between(old.text, new.text)
    return said + removed + added + _values({k: v for k, v in change.fields.items() if k != "text"})


def _values(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for item in value.values() for text in _values(item)]
    if isinstance(value, list | tuple):
        return [text for item in value for text in _values(item)]
    return [] if value is None else [str(value)]
