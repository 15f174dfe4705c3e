"""What pydantic found, in the words of this house: where, what is wrong, what to write instead."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from worker.sources.document import Document, KeyPath
from worker.sources.secrets import PLACES
from worker.sources.values import near, shown

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError

_TAGS = frozenset({"mapping", "word", "list", "[key]"})
"""parts pydantic puts into a location for itself"""

_WORDS: dict[str, Callable[[Any, dict[str, Any]], str]] = {
    "missing": lambda value, more: "is missing",
    "string_type": lambda value, more: f"{shown(value)} is not text; put it in quotes",
    "bool_type": lambda value, more: f"{shown(value)} is not true or false",
    "bool_parsing": lambda value, more: f"{shown(value)} is not true or false",
    "int_type": lambda value, more: f"{shown(value)} is not a whole number",
    "int_parsing": lambda value, more: f"{shown(value)} is not a whole number",
    "int_from_float": lambda value, more: f"{shown(value)} is not a whole number",
    "list_type": lambda value, more: f"{shown(value)} is not a list; put each item on a line after a dash",
    "dict_type": lambda value, more: f"{shown(value)} is not a block of keys",
    "model_type": lambda value, more: f"{shown(value)} is not a block of keys",
    "greater_than_equal": lambda value, more: f"{shown(value)} is too small; at least {more['ge']}",
    "less_than_equal": lambda value, more: f"{shown(value)} is too large; at most {more['le']}",
    "value_error": lambda value, more: str(more["error"]),
}


def found_mistakes(error: ValidationError, base: KeyPath, document: Document, model: type[BaseModel]) -> None:
    """Notes every error of one validation at its key. `base` is the path of the value that was validated."""
    for item in error.errors(include_url=False):
        path = (*base, *(part for part in item["loc"] if part not in _TAGS or (*base, part) in document.lines))
        document.add(path, _message(item, model, _as_written(item["input"], path, document)))


def _as_written(value: object, path: KeyPath, document: Document) -> object:
    """What a message may quote: where secrets may stand, the file's own words for the value, never what the environment
    put in their place."""
    if not PLACES.intersection(path):
        return value
    written = document.value
    for part in path:
        try:
            written = written[part]  # type: ignore[index]
        except (LookupError, TypeError):
            return "..."
    return written


def _message(item: Any, model: type[BaseModel], value: Any) -> str:
    kind, more = item["type"], item.get("ctx", {})
    if kind == "extra_forbidden":
        name = str(item["loc"][-1])
        return "unknown key;" + (near(name, known_keys(model, item["loc"][:-1])) or f" {_elsewhere(name)}")
    if kind == "literal_error":
        choices = re.findall(r"'([^']*)'", more["expected"])
        return f"{shown(value)} is not one of {', '.join(choices)};{near(str(value), choices)}".rstrip(";")
    words = _WORDS.get(kind)
    return words(value, more) if words else f"{shown(value)}: {item['msg']}"


def _elsewhere(name: str) -> str:
    return "see docs/reference/sources.md for the keys there are"


def known_keys(model: type[BaseModel], path: tuple[str | int, ...]) -> Iterator[str]:
    """The keys the model knows at that path inside it."""
    here: type[BaseModel] | None = model
    for part in path:
        if isinstance(part, str) and part not in _TAGS and here is not None:
            here = next((_block(name, here) for name in here.model_fields if part == _alias(name, here)), None)
    if here is not None:
        yield from (_alias(name, here) for name in here.model_fields)


def _alias(name: str, model: type[BaseModel]) -> str:
    return model.model_fields[name].alias or name


def _block(name: str, model: type[BaseModel]) -> type[BaseModel] | None:
    from pydantic import BaseModel

    todo = [model.model_fields[name].annotation]
    while todo:
        kind: Any = todo.pop()
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            return kind
        todo.extend(getattr(kind, "__args__", ()))
    return None
