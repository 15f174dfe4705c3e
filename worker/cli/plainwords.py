"""Plain words of the command line without pydantic.

typer 0.29 sends even plain text through pydantic, which takes half as long to load as SQLAlchemy, at each command. What
our commands take (text, numbers, switches, paths, choices, lists of text) is read here; the rest is left to typer.
Where typer has no such inner door (older releases), nothing is changed.
"""

from __future__ import annotations

import types
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

import typer
import typer.core

_PLAIN: tuple[Any, ...] = (str, int, bool, Path)


class PlainWord:
    """Stands in for typer's own reader of one parameter."""

    def __init__(self, annotation: Any, least: float | None) -> None:
        self._annotation = annotation
        self._least = least

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        """The value in the parameter's type. Raises BadParameter."""
        several = param.multiple or param.nargs == -1
        if value is None:
            return () if several else None
        if several:
            return [self._one(item, param, ctx) for item in value]
        return self._one(value, param, ctx)

    def _one(self, value: Any, param: Any, ctx: Any) -> Any:
        kind = self._annotation
        if get_origin(kind) is Literal:
            choices = get_args(kind)
            if value not in choices:
                raise typer.BadParameter(f"{value!r} is not one of {', '.join(choices)}.", ctx=ctx, param=param)
            return value
        if kind is int:
            return self._number(value, param, ctx)
        return value if isinstance(value, kind) else kind(value)

    def _number(self, value: Any, param: Any, ctx: Any) -> int:
        try:
            number = int(value)
        except ValueError:
            raise typer.BadParameter(f"{value!r} is not a whole number.", ctx=ctx, param=param) from None
        if self._least is not None and number < self._least:
            raise typer.BadParameter(f"{number} is less than {self._least}.", ctx=ctx, param=param)
        return number


def use_plain_words() -> None:
    """From here on, plain parameters are read without pydantic."""
    inner: Callable[[Any], Any] | None = getattr(typer.core, "build_runtime_param", None)
    if inner is None or getattr(inner, "plain", False):
        return

    def build(descriptor: Any) -> Any:
        plain = _plain(descriptor.annotation)
        if plain is None:
            return inner(descriptor)
        return PlainWord(plain, getattr(descriptor.parameter_info, "min", None))

    build.plain = True  # type: ignore[attr-defined]
    setattr(typer.core, "build_runtime_param", build)  # noqa: B010 - typer does not export it


def _plain(annotation: Any) -> Any:
    """The plain type behind an annotation, or None: `str | None`, `list[str]` and choices of text are plain, too."""
    if get_origin(annotation) in (Union, types.UnionType):
        parts = [part for part in get_args(annotation) if part is not types.NoneType]
        return _plain(parts[0]) if len(parts) == 1 else None
    if get_origin(annotation) is list:
        return _plain(get_args(annotation)[0])
    if get_origin(annotation) is Literal:
        return annotation if all(isinstance(choice, str) for choice in get_args(annotation)) else None
    return annotation if annotation in _PLAIN else None
