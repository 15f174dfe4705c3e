"""JSON Schema 2020-12 of the shapes, read from their types; descriptions from the words that stand beside them in the
source."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

Schema = dict[str, Any]
REFERENCE = "#/components/schemas/"
_PLAIN: Mapping[Any, Schema] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    NoneType: {"type": "null"},
    datetime: {"type": "string", "format": "date-time"},
    Any: {},
}


def schema_of(kind: Any, shapes: dict[str, Schema]) -> Schema:
    """The schema of a type. The shapes that it names are put into `shapes`. Raises TypeError for what JSON cannot
    say."""
    if is_dataclass(kind) and isinstance(kind, type):
        if kind.__name__ not in shapes:
            shapes[kind.__name__] = {}  # it may name itself
            shapes[kind.__name__] = _shape(kind, shapes)
        return {"$ref": REFERENCE + kind.__name__}
    if kind in _PLAIN:
        return dict(_PLAIN[kind])
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Literal:
        return {"type": "string", "enum": list(inner)}
    if origin in (Union, UnionType):
        return _either([schema_of(each, shapes) for each in inner])
    if origin is tuple:
        if len(inner) == 2 and inner[1] is Ellipsis:
            return {"type": "array", "items": schema_of(inner[0], shapes)}
        said = [schema_of(each, shapes) for each in inner]
        return {"type": "array", "prefixItems": said, "items": False, "minItems": len(said)}
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {"type": "object", "additionalProperties": schema_of(inner[1], shapes) or True}
    if kind is object:
        return {}
    raise TypeError(f"JSON has no word for {kind!r}")


def _either(said: list[Schema]) -> Schema:
    """One of these: short where all are plain types."""
    if all(set(each) == {"type"} for each in said):
        return {"type": [each["type"] for each in said]}
    return {"anyOf": said}


def _shape(kind: Any, shapes: dict[str, Schema]) -> Schema:
    hints, words = get_type_hints(kind), field_words(kind)
    said: dict[str, Schema] = {}
    for field in fields(kind):
        said[field.name] = schema_of(hints[field.name], shapes)
        if field.name in words:
            said[field.name]["description"] = words[field.name]
    needed = [field.name for field in fields(kind) if field.default is MISSING and field.default_factory is MISSING]
    whole = {"type": "object", "description": inspect.cleandoc(kind.__doc__ or ""), "properties": said}
    return {**whole, "required": needed, "additionalProperties": kind.__name__ == "Problem"}


@cache
def field_words(kind: type) -> Mapping[str, str]:
    """What stands under each field of a dataclass, in its source."""
    try:
        source = textwrap.dedent(inspect.getsource(kind))
    except (OSError, TypeError):
        return {}
    found: dict[str, str] = {}
    last = ""
    (definition,) = ast.parse(source).body
    for node in definition.body if isinstance(definition, ast.ClassDef) else ():
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            last = node.target.id
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and last:
            found[last], last = " ".join(str(node.value.value).split()), ""
        else:
            last = ""
    return found
