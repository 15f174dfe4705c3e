"""A document's fields as a page shows them: the value in lines, where it was read, what was read elsewhere. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from archive.records import Content

MOST = 40
"""lines of one value that are shown"""
LONGEST = 1_000
"""characters of a line of a value that are shown"""


@dataclass(frozen=True, slots=True)
class Field:
    """One field, under the name that the archive keeps."""

    name: str
    values: tuple[str, ...]
    read_from: str
    """`label 发文字号`, `paragraph 1`; empty where nothing is known"""
    others: tuple[tuple[str, str], ...]
    """(where, value) of readings that disagree"""


def fields_of(content: Content) -> tuple[Field, ...]:
    """The content's fields in the order in which they were read."""
    return tuple(
        Field(name, tuple(map(_short, as_lines(value))), *evidence_of(content.evidence.get(name)))
        for name, value in content.fields.items()
    )


def evidence_of(said: object) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Where a value was read, and what was read elsewhere."""
    if isinstance(said, str):
        return _short(said), ()
    if not isinstance(said, Mapping):
        return "", ()
    others = said.get("others")
    pairs = others if isinstance(others, list | tuple) else ()
    return _short(str(said.get("from") or "")), tuple(
        (_short(str(pair[0])), _short("; ".join(as_lines(pair[1]))))
        for pair in pairs
        if isinstance(pair, list | tuple) and len(pair) == 2
    )


def as_lines(value: object) -> Iterator[str]:
    """A value as lines of text: an object is `name: value` a line, a list an entry a line."""
    yield from _lines(value, 0)


def _lines(value: object, depth: int) -> Iterator[str]:
    if value is None or value == "":
        return
    if isinstance(value, Mapping) and depth < 3:
        for name, inner in list(value.items())[:MOST]:
            said = "; ".join(_lines(inner, depth + 1))
            if said:
                yield f"{name}: {said}"
    elif isinstance(value, list | tuple) and depth < 3:
        for inner in value[:MOST]:
            yield from _lines(inner, depth + 1)
    elif isinstance(value, bool):
        yield "yes" if value else "no"
    else:
        yield str(value)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
