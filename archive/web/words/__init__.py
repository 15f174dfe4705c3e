"""Every string that people read on the pages, in English and Chinese.

In templates `t("Changes")`, in Python `word("Changes")` where the string is named and `t` where it is drawn. The
English text is the key; `{name}` is filled in; `one|many` chooses by `n`; what stands between backticks is drawn as
code. Each group of pages keeps its strings in a file of its own; a test fails where one lacks a translation, or is no
longer used.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Literal, get_args

from markupsafe import Markup, escape

from archive.records import OUTCOMES, ChangeKind, IncidentKind, Kind, PageKind, State
from archive.records.remedies import ADVICE, UNKNOWN
from archive.web.words import api, changes, common, fields, holdings, outcomes, reading, searching, sources, trying

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
NAMES: Mapping[Language, str] = {"en": "English", "zh": "中文"}
TAGS: Mapping[Language, str] = {"en": "en", "zh": "zh-Hans"}
"""languages as `<html lang>` names them"""

CHINESE: Mapping[str, str] = {
    **common.CHINESE, **fields.CHINESE, **changes.CHINESE, **searching.CHINESE, **reading.CHINESE,
    **api.CHINESE, **outcomes.CHINESE, **sources.CHINESE, **holdings.CHINESE, **trying.CHINESE,
}  # fmt: skip

VOCABULARY = frozenset(
    [*get_args(Kind), *get_args(ChangeKind), *get_args(State), *get_args(PageKind), *get_args(IncidentKind), *OUTCOMES,
     *ADVICE, *ADVICE.values(), UNKNOWN, *common.SAID_BY_NUMBER, *fields.CHINESE]
)
"""words of the archive itself, drawn from values: `t(change.kind)`"""


_CODE = re.compile(r"`([^`]{1,100})`")


def with_code(drawn: Markup) -> Markup:
    """Escaped text with what stands between backticks as code."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(drawn))) if "`" in drawn else drawn


def word(said: str) -> str:
    """The same string: marks it as one that `t` will be asked for, so that the test sees it."""
    return said


def translated(language: Language, said: str, **values: object) -> Markup:
    """The string in that language with the values filled in, escaped; unknown strings stay English."""
    if said not in CHINESE:
        return escape(said)  # never a format of ours: it may be a page's
    if not values:
        return _as_it_is(language, said)
    text = CHINESE[said] if language == "zh" else said
    one, bar, many = text.partition("|")
    if bar:
        text = one if values.get("n") == 1 else many
    return with_code(escape(text)).format(**values)


@cache
def _as_it_is(language: Language, said: str) -> Markup:
    return with_code(escape(CHINESE[said] if language == "zh" else said))


def chosen(accepted: str) -> Language:
    """The language that an Accept-Language header (RFC 9110 section 12.5.4) likes best of ours; English else."""
    best: tuple[float, Language] = (0.0, "en")
    for part in accepted.split(","):
        tag, _, rest = part.strip().partition(";")
        try:
            weight = float(rest.strip().removeprefix("q=")) if rest else 1.0
        except ValueError:
            continue
        for language in LANGUAGES:
            if tag.lower().partition("-")[0] == language and weight > best[0]:
                best = (weight, language)
    return best[1]
