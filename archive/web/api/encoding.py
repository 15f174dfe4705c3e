"""Shapes as JSON, and rows of the SQL views as shapes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from functools import cache
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from archive.export.rows import rfc3339

Shape = TypeVar("Shape")


def encoded(value: object) -> bytes:
    """JSON: UTF-8, no spaces, keys in the order of the shape."""
    said = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=plain, allow_nan=False)
    return said.encode("utf-8", "replace")


def plain(value: object) -> object:
    """What JSON has no word for, in its words."""
    if is_dataclass(value) and not isinstance(value, type):
        return {name: getattr(value, name) for name in _names(type(value))}
    if isinstance(value, datetime):
        return rfc3339(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    return str(value)


@cache
def _names(shape: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(shape))


def shaped(shape: type[Shape], row: Mapping[Any, Any]) -> Shape:
    """A row of the view of that name: times, lists and objects that a view keeps as text become what they are."""
    hashable: Any = shape
    return shape(**{name: row[name] if read is None else read(row[name]) for name, read in _readers(hashable).items()})


@cache
def _readers(shape: Any) -> dict[str, Any]:
    return {name: _reader(kind) for name, kind in get_type_hints(shape).items()}


def _reader(kind: Any) -> Any:
    kinds = get_args(kind) if type(None) in get_args(kind) else (kind,)
    if datetime in kinds:
        return _time
    if any(get_origin(each) is not None and issubclass(get_origin(each), Mapping | tuple) for each in kinds
           if isinstance(get_origin(each), type)):  # fmt: skip
        return _json
    if bool in kinds:
        return _flag
    if float in kinds:
        return float
    return None


def _time(said: object) -> datetime | None:
    return said if said is None or isinstance(said, datetime) else datetime.fromisoformat(str(said))


def _json(said: object) -> object:
    read = json.loads(said) if isinstance(said, str) else said
    return tuple(read) if isinstance(read, list) else read


def _flag(said: object) -> bool | None:
    return None if said is None else bool(said)
