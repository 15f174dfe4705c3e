"""The nature of a change in plain words, for a terminal, a mail or a log."""

from __future__ import annotations

from archive.records import Nature


def in_words(nature: Nature | None) -> str:
    """`silent edit: body, attachment; 3 % of the text; its own date stayed`. The empty text where nothing is known."""
    if nature is None or not (nature.parts or nature.only):
        return ""
    said = [_what(nature)]
    if nature.share is not None and nature.only is None:
        said.append(f"{percent(nature.share)} of the text")
    if nature.silent is True:
        said.append("its own date stayed")
    elif nature.silent is False:
        said.append("its own date changed with it")
    return "; ".join(said)


def percent(share: float) -> str:
    """A share as people say it: `3 %`, `less than 1 %`, never 0 or 100 where it is not."""
    if share < 0.01:
        return "less than 1 %"
    return f"{99 if 0.99 < share < 1 else round(share * 100)} %"


def _what(nature: Nature) -> str:
    if nature.only is not None:
        return "nothing but dates" if nature.only == "date" else "nothing but the order"
    parts = ", ".join(nature.parts)
    return f"silent edit: {parts}" if nature.silent else parts
