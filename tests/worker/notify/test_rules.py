"""Which changes are told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from archive.records import Change, Content, Nature
from tests.archive.house import START
from worker.notify.model import Notifier, Rules, Webhook
from worker.notify.rules import wanted

EDIT = Change(
    7, START, "changed", "county", "d1", "notice", "Water works", "http://county.example/1", 2, 1, "source", 3,
    {"text": ["The pipe is new.", "The pipe is old."], "issuer": ["Water Board", "City"]},
    Nature(True, 0.1, None, ("body", "field")),
)  # fmt: skip


class Said:
    """Old and new content."""

    def __init__(self, old: str | None = "The pipe is new.\nBoil it.", new: str = "The pipe is old.\nBoil it.") -> None:
        self.old, self.new = old, new

    def of(self, change: Change) -> tuple[Content | None, Content | None]:
        old = Content("c1:o", "Water works", self.old) if self.old is not None else None
        return old, Content("c1:n", "Water works", self.new)


def told(rules: Rules, change: Change = EDIT, said: Said | None = None, **more: object) -> bool:
    notifier = Notifier("n", Webhook("http://h.example/"), rules, **more)  # type: ignore[arg-type]
    return wanted(notifier, change, ("water", "daily"), said or Said())


@pytest.mark.parametrize(
    ("rules", "admitted"),
    [
        (Rules(), True),
        (Rules(sources=("county", "city")), True),
        (Rules(sources=("city",)), False),
        (Rules(tags=("water",)), True),
        (Rules(tags=("fire",)), False),
        (Rules(kinds=("changed",)), True),
        (Rules(kinds=("gone", "back")), False),
        (Rules(documents=("notice",)), True),
        (Rules(documents=("post",)), False),
        (Rules(fields=("issuer",)), True),
        (Rules(fields=("title",)), False),
        (Rules(silent_only=True), True),
        (Rules(tags=("water",), kinds=("gone",)), False),
        (Rules(words=("OLD",)), True),
        (Rules(words=("water board",)), True),
        (Rules(words=("works",)), True),
        (Rules(words=("boil",)), False),
    ],
)
def test_what_is_given_must_all_hold_and_of_a_list_one_is_enough(rules: Rules, admitted: bool) -> None:
    assert told(rules) is admitted


def test_words_of_what_is_new_or_gone_are_looked_for_in_all_it_says() -> None:
    for kind in ("new", "gone"):
        change = replace(EDIT, kind=kind, fields={}, nature=None)  # type: ignore[arg-type]
        assert told(Rules(words=("boil",)), change, Said(old=None))


def test_silent_only_leaves_out_what_is_not_known_to_be_silent() -> None:
    assert not told(Rules(silent_only=True), replace(EDIT, nature=None))
    assert not told(Rules(silent_only=True), replace(EDIT, nature=Nature(False, 0.1, None, ("body",))))


def test_changes_of_our_own_reading_are_told_only_where_they_are_asked_for() -> None:
    reread = replace(EDIT, cause="rederived")  # type: ignore[arg-type]
    assert not told(Rules(), reread) and told(Rules(), reread, rederived=True)
