"""Why a page was read as it was, for who tries a page. Readers give their reasons in English, for the command; those of
our own shapes are said in the person's language, and what a page says stays as it is.
"""

from __future__ import annotations

import re
from typing import Any

from markupsafe import Markup

from archive.web.shown import Translate, said
from archive.web.words import word

_SHAPES = tuple(
    (re.compile(shape), text)
    for shape, text in (
        (r"(?P<n>\d+) posts", word("{n} post|{n} posts")),
        (r"(?P<n>\d+) entries", word("{n} entry|{n} entries")),
        (r"(?P<n>\d+) addresses", word("{n} address|{n} addresses")),
        (r"posts of a (?P<forum>Discuz!) thread", word("posts of a thread of {forum}")),
        (r"posts of a (?P<forum>Discuz! archiver) thread", word("posts of a thread of {forum}")),
        (r"posts of a (?P<forum>Discuz!) thread for phones", word("posts of a thread of {forum} for telephones")),
        (r"a (?P<forum>Discuz!) board's list", word("a board of {forum}")),
        (r"a list of the (?P<forum>Discuz! archiver)", word("a board of {forum}")),
        (r"a (?P<forum>Discuz!) front page", word("the front page of {forum}")),
        (r"a board's list", word("the list of a board")),
        (r"title from (?P<place>.+)", word("title from {place}")),
        (r"(?P<n>\d+) dated items and little text of its own", word("{n} dated items and little text of its own")),
        (r"configured as a listing", word("configured as a list")),
        (r"a frame around a file", word("a frame around a file")),
        (r"a (?P<type>\w+) file, read in (?P<ms>\d+) ms", word("a file of type {type}, read in {ms} ms")),
        (r"no text of its own", word("no text of its own")),
    )
)


def readby(t: Translate, text: str | None) -> Any:
    """The reason in that language, escaped; words that are not of a known shape as they are."""
    for shape, known in _SHAPES:
        if found := shape.fullmatch(text or ""):
            values = {name: int(value) if name == "n" else said(value) for name, value in found.groupdict().items()}
            return t(known, **values)
    return said(text) if text else Markup()
