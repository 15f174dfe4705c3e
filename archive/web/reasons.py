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
from archive.web.words import Language, with_code, word

Draw = Callable[[Translate, re.Match[str]], Any]
_NAME = r"(?:error:)?[a-z0-9-]+"
_SIZE = r"\d+ (?:bytes|[KMG]B)"


def _entry(t: Translate, found: re.Match[str]) -> Any:
    why = t(found["outcome"])
    if found["error"]:
        why = Markup("{}: {}").format(why, _told(t, found["error"]))
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


def _away(t: Translate, found: re.Match[str]) -> Any:
    return t(word("; see to the database; polling goes on by itself when it answers again"))


def _answer(t: Translate, found: re.Match[str]) -> Any:
    """What made the outcome of an exchange (worker/fetch/outcome.py)."""
    if found["form"]:
        return t(word("HTTP {status} with a login form"), status=found["status"])
    if found["maintenance"]:
        return t(word("HTTP {status}, and the page says maintenance"), status=found["status"])
    if found["location"]:
        return t(word("HTTP {status} without a usable Location"), status=found["status"])
    return Markup("HTTP {}").format(found["status"])


def _titled(t: Translate, found: re.Match[str]) -> Any:
    text = word("titled {title} with HTTP {status}")
    return t(text, title=said(found["title"]), status=found["status"])


def _led(t: Translate, found: re.Match[str]) -> Any:
    text = word("permanent redirect to {url}") if found["permanent"] else word("redirected to {url}")
    return t(text, url=said(found["url"]))


def _missing(t: Translate, found: re.Match[str]) -> Any:
    texts = {
        "document": word("no document {name}"), "source": word("no source {name}"), "page": word("no page {name}"),
        "capture": word("no capture {name}"),
    }  # fmt: skip
    return t(texts[found["what"]], name=said(found["name"]))


def _no_version(t: Translate, found: re.Match[str]) -> Any:
    return t(word("document {name} has no version {number}"), name=found["name"], number=found["number"])


def _no_body(t: Translate, found: re.Match[str]) -> Any:
    return t(word("capture {name} kept no body"), name=found["name"])


def _no_archive(t: Translate, found: re.Match[str]) -> Any:
    text = word("no archive at {path}; `muniment run` or `muniment poll --all` makes one")
    return t(text, path=said(found["path"]))


def _schema(t: Translate, found: re.Match[str]) -> Any:
    older = word("the archive's schema {found} is older than this Muniment ({known}); run `muniment migrate`")
    newer = word("the archive's schema {found} is newer than this Muniment ({known}); install the newer one")
    return t(older if found["age"] == "older" else newer, found=found["found"], known=found["known"])


def _nothing_sought(t: Translate, found: re.Match[str]) -> Any:
    text = word('nothing to search for in {query}: write a word, a "phrase" or a filter such as kind:notice')
    return t(text, query=said(found["query"]))


def _too_many_words(t: Translate, found: re.Match[str]) -> Any:
    return t(word("more than {most} words; quote what belongs together"), most=found["most"])


def _no_day(t: Translate, found: re.Match[str]) -> Any:
    return t(word("{value} is no day, month or year; write 2024-03-01, 2024-03 or 2024"), value=said(found["value"]))


def _forbidden(t: Translate, found: re.Match[str]) -> Any:
    text = word("{what}; if it is meant, write {line} into the configuration")
    return t(text, what=said(found["what"]), line=said(found["line"]))


def _no_cursor(t: Translate, found: re.Match[str]) -> Any:
    return t(word("{value} is no cursor that a search gave"), value=said(found["value"]))


def _plain(t: Translate, found: re.Match[str]) -> Any:
    return t(found[0])


_SENTENCES = (
    word(". Over: "), word("the entry page answers again"), word("there is room again"),
    word("no notifier is stopped"), word("the source is no longer watched"), word("Not Found"), *ADVICE.values(),
    UNKNOWN,
)  # fmt: skip
_WHOLE = (
    word("the answer has no body"), word("a login form and nothing else"),
    word("challenge, by the response's own header"), word("a script sets a cookie and loads the page again"),
    word("a script in disguise loads another page"), word("a script shell; `render: browser` may read it"),
    word("this try is over; try the page again"), word("these bytes are no page; take them away as a file"),
    word("Method Not Allowed"), word("the database holds no archive yet; `muniment migrate` makes one"),
)  # fmt: skip
"""said alone or not at all: in a longer sentence they may be a page's words"""
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
        (r"; see to the database; polling goes on by itself when it answers again", _away),
        (r"^no (?P<what>document|source|page|capture) (?P<name>.+)$", _missing),
        (r"^document (?P<name>\S+) has no version (?P<number>\d+)$", _no_version),
        (r"^capture (?P<name>\d+) kept no body$", _no_body),
        (r"^no archive at (?P<path>.+); `muniment run` or `muniment poll --all` makes one$", _no_archive),
        (
            r"^the archive's schema (?P<found>\w+) is (?P<age>older|newer) than this Muniment \((?P<known>\w+)\); "
            r"(?:run `muniment migrate`|install the newer one)$",
            _schema,
        ),
        (
            r"^nothing to search for in (?P<query>.+): write a word, a \"phrase\" or a filter such as kind:notice$",
            _nothing_sought,
        ),
        (r"^more than (?P<most>\d+) words; quote what belongs together$", _too_many_words),
        (r"^(?P<value>.+) is no day, month or year; write 2024-03-01, 2024-03 or 2024$", _no_day),
        (
            r"^(?P<what>\S+(?: is \S+)?: .+); if it is meant, write (?P<line>network: \{.+\}) into the configuration$",
            _forbidden,
        ),
        (r"^(?P<value>.*) is no cursor that a search gave$", _no_cursor),
        (
            r"^status (?P<status>\d{3})(?:(?P<form> with a login form)|(?P<maintenance>, and the page says maintenance)"
            r"|(?P<location> without a usable Location))?$",
            _answer,
        ),
        (r"^titled (?P<title>.+) with status (?P<status>\d{3})$", _titled),
        (r"^(?:(?P<permanent>permanent redirect)|redirected) to (?P<url>\S+)$", _led),
        (f"^(?:{'|'.join(map(re.escape, _WHOLE))})$", _plain),
        ("|".join(map(re.escape, _SENTENCES)), _plain),
    )
)  # fmt: skip


def reason(t: Translate, language: Language, text: str | None) -> Markup:
    """The reason of an incident, of a pause, of a refusal or of an outcome for this reader, escaped; commands in it as
    code."""
    return with_code(said(text)) if text and language == "en" else _told(t, text or "")


def beyond(error: str | None, status: int | None) -> str:
    """What an exchange's error says beside its status, which stands before it; empty where it says no more."""
    return "" if error is None or error == f"status {status}" else error


def _told(t: Translate, rest: str) -> Markup:
    pieces: list[Markup] = []
    while rest:
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
