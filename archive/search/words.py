"""What of a content is searched: its words, and the tokens of all of it. Pure: a process that reads pages works them
out without a database."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from archive.search.tokens import field_token, tokens

LONGEST_FIELD = 200
"""characters of a value that can be asked for with `name=value`"""


def tokens_of(row: Mapping[Any, Any]) -> set[str]:
    """All tokens of a content: of its words, and of its fields' values."""
    found = tokens(searched_text(row))
    for name, value in _json(row["fields"], {}).items():
        for said in _plain(value):
            if len(said) <= LONGEST_FIELD:
                found.add(field_token(name, said))
    return found


def searched_text(row: Mapping[Any, Any]) -> str:
    """Everything of a content that is searched, a line each: title, text, values of fields, names of attachments and
    images, margin."""
    lines = [row["title"], row["text"]]
    for value in _json(row["fields"], {}).values():
        lines += _plain(value)
    lines += [str(entry.get("name") or "") for entry in _json(row["attachments"], [])]
    lines += [str(entry.get("alt") or "") for entry in _json(row["images"], [])]
    lines += map(str, _json(row["margin"], []))
    return "\n".join(line for line in lines if line)


def field_values(row: Mapping[Any, Any], name: str) -> list[str]:
    """The values of one field, as text."""
    return _plain(_json(row["fields"], {}).get(name))


def _json(said: str | None, empty: Any) -> Any:
    return json.loads(said) if said else empty


def _plain(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return [text for inner in value.values() for text in _plain(inner)]
    if isinstance(value, Iterable):
        return [text for inner in value for text in _plain(inner)]
    return [] if value is None or isinstance(value, bool) else [str(value)]
