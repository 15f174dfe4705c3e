"""Why something is wrong, as the daemon wrote it down or the archive answers, in the reader's language.

Reasons are English sentences, for logs and the command. What we wrote ourselves is known by its shape and said
in the reader's words; what a server or a library said stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from markupsafe import Markup

from archive.records.remedies import ADVICE, UNKNOWN
from archive.web.shown import Translate, said
from archive.web.words import Language, word

Draw = Callable[[Translate, re.Match[str]], Any]
_NAME = r"(?:error:)?[a-z0-9-]+"
_SIZE = r"\d+ (?:bytes|[KMG]B)"


def _entry(t: Translate, found: re.Match[str]) -> Any:
    why = t(found["outcome"])
    if found["error"]:
        why = Markup("{}: {}").format(why, said(found["error"]))
    if found["times"] is None:
        return t(word("the entry page is gone ({why}); "), why=why)
    number = {"once": "1", "twice": "2"}.get(found["times"]) or found["times"].split()[0]
    return t(word("the entry page failed {n} times in a row ({why}); "), n=number, why=why)


def _pages(t: Translate, found: re.Match[str]) -> Any:
    text = word("{failing} of {pages} pages fail, most with {outcome}; ")
    return t(text, failing=found["failing"], pages=found["pages"], outcome=t(found["outcome"]))


def _fewer(t: Translate, found: re.Match[str]) -> Any:
    return t(word("{count} of its pages fail"), count=found["count"].replace("none", "0"))


def _notifier(t: Translate, found: re.Match[str]) -> Any:
    command = Markup("<code>{}</code>").format(found["command"])
    text = word("notifier {name} stopped ({why}): {command}")
    return t(text, name=said(found["name"]), why=said(found["why"]), command=command)


def _nearly_full(t: Translate, found: re.Match[str]) -> Any:
    text = word(
        "the disk is nearly full: {free} free at {where}, the floor is {least}; make room (`muniment compact`, "
        "`retention`) or lower disk.floor; polling goes on by itself"
    )
    return t(text, free=found["free"], where=said(found["where"]), least=found["least"])


def _full(t: Translate, found: re.Match[str]) -> Any:
    text = word("the disk is full: {free} free at {where}; make room; it goes on by itself")
    return t(text, free=found["free"], where=said(found["where"]))


def _no_room(t: Translate, found: re.Match[str]) -> Any:
    if found["where"] is None:
        return t(word("; make room on the disk of the database server; polling goes on by itself"))
    return t(word("; make room on the disk at {where}; polling goes on by itself"), where=said(found["where"]))


def _missing(t: Translate, found: re.Match[str]) -> Any:
    texts = {
        "document": word("no document {name}"), "source": word("no source {name}"), "page": word("no page {name}"),
        "capture": word("no capture {name}"),
    }  # fmt: skip
    return t(texts[found["what"]], name=said(found["name"]))


def _no_version(t: Translate, found: re.Match[str]) -> Any:
    if found["number"] is None:
        return t(word("document {name} has no version as early as {when}"), name=found["name"], when=found["when"])
    return t(word("document {name} has no version {number}"), name=found["name"], number=found["number"])


def _plain(t: Translate, found: re.Match[str]) -> Any:
    return t(found[0])


_SENTENCES = (
    word(". Over: "), word("the entry page answers again"), word("there is room again"),
    word("no notifier is stopped"), word("the source is no longer watched"), word("Not Found"), *ADVICE.values(),
    UNKNOWN,
)  # fmt: skip
_SHAPES: tuple[tuple[re.Pattern[str], Draw], ...] = tuple(
    (re.compile(shape, re.DOTALL), draw)
    for shape, draw in (
        (
            r"the entry page (?:is gone|failed (?P<times>once|twice|\d+ times) in a row) "
            rf"\((?P<outcome>{_NAME})(?:: (?P<error>.*?))?\); ",
            _entry,
        ),
        (rf"(?P<failing>\d+) of (?P<pages>\d+) pages fail, most with (?P<outcome>{_NAME}); ", _pages),
        (r"(?P<count>\d+|none) of its pages fail", _fewer),
        (r"notifier (?P<name>\S+) stopped \((?P<why>.*?)\): `(?P<command>muniment notify --resume \S+)`", _notifier),
        (
            rf"the disk is nearly full: (?P<free>{_SIZE}) free at (?P<where>.+?), the floor is (?P<least>{_SIZE}); "
            r"make room \(muniment compact, retention\) or lower disk\.floor; polling goes on by itself",
            _nearly_full,
        ),
        (rf"the disk is full: (?P<free>{_SIZE}) free at (?P<where>.+?); make room; it goes on by itself", _full),
        (
            r"; make room on the disk (?:at (?P<where>.+?)|of the database server); polling goes on by itself",
            _no_room,
        ),
        (r"^no (?P<what>document|source|page|capture) (?P<name>.+)$", _missing),
        (
            r"^document (?P<name>\S+) has no version (?:as early as (?P<when>\S+)|(?P<number>\d+))$",
            _no_version,
        ),
        ("|".join(map(re.escape, _SENTENCES)), _plain),
    )
)  # fmt: skip


def reason(t: Translate, language: Language, text: str | None) -> Markup:
    """The reason of an incident, of a pause or of a refusal for this reader, escaped."""
    rest = text or ""
    pieces: list[Markup] = []
    while rest and language != "en":
        found = [(match, draw) for shape, draw in _SHAPES if (match := shape.search(rest))]
        if not found:
            break
        match, draw = min(found, key=lambda each: each[0].start())
        if match.start():
            pieces.append(said(rest[: match.start()]))
        pieces.append(draw(t, match))
        rest = rest[match.end() :]
    if rest:
        pieces.append(said(rest))
    return Markup("").join(pieces)
