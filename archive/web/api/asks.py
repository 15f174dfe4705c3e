"""What an address asks, read by a description of it: the same description that the reference and OpenAPI print.

    asked(PARAMETERS, request.query_params, request.path_params, zone) -> Asked, or BadParameters naming every bad one
"""

from __future__ import annotations

import base64
import difflib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any, Literal, cast
from zoneinfo import ZoneInfo

from starlette.datastructures import QueryParams

from archive.rows import storable

LONGEST = 300
"""characters of a value, where a parameter does not say otherwise"""
MOST_VALUES = 50
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_YES, _NO = ("1", "true", "yes"), ("0", "false", "no", "")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of an address. Times are RFC 3339; a day alone means its beginning, or with `ends` its end."""

    name: str
    says: str
    kind: Literal["text", "integer", "time", "flag", "cursor"] = "text"
    words: tuple[str, ...] = ()
    """the values there are, where not any is one"""
    many: bool = False
    least: int = 0
    most: int = 2**53
    default: object = None
    needed: bool = False
    ends: bool = False
    longest: int = LONGEST


@dataclass(frozen=True, slots=True)
class Wrong:
    """A parameter that cannot be understood, and what to write instead."""

    parameter: str
    detail: str


class BadParameters(Exception):
    """An address with parameters that mean nothing."""

    def __init__(self, *wrong: Wrong) -> None:
        super().__init__("; ".join(f"{each.parameter}: {each.detail}" for each in wrong))
        self.wrong = wrong


@dataclass(frozen=True, slots=True)
class Asked:
    """The values of an address: those of its path as they are, the others as their parameter reads them."""

    values: Mapping[str, Any]
    address: str
    """path and parameters as they were asked, to make the next page's address from"""
    parameters: tuple[tuple[str, str], ...]

    def text(self, name: str) -> str | None:
        """A text, or None."""
        return cast("str | None", self.values[name])

    def number(self, name: str) -> int | None:
        """A number, or None."""
        return cast("int | None", self.values[name])

    def limit(self) -> int:
        """How many rows are wanted."""
        return cast(int, self.values["limit"])

    def time(self, name: str) -> datetime | None:
        """A time, or None."""
        return cast("datetime | None", self.values[name])

    def flag(self, name: str) -> bool:
        """Whether it is set."""
        return bool(self.values[name])

    def several(self, name: str) -> tuple[str, ...]:
        """All values of a parameter that may be repeated."""
        return cast("tuple[str, ...]", self.values[name] or ())

    def place(self) -> Any:
        """What the cursor holds, or None on the first page."""
        return self.values.get("cursor")

    def next(self, place: object) -> str | None:
        """The address of the next page, which begins at this place; None where there is none."""
        if place is None:
            return None
        from urllib.parse import urlencode

        kept = [(name, value) for name, value in self.parameters if name != "cursor"]
        return f"{self.address}?{urlencode([*kept, ('cursor', sealed(place))])}"


def sealed(place: object) -> str:
    """A place in a list as an opaque word."""
    return base64.urlsafe_b64encode(json.dumps(place, separators=(",", ":")).encode()).rstrip(b"=").decode()


def unsealed(cursor: str) -> object:
    """The place that a cursor means. Raises ValueError."""
    try:
        said: object = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except RecursionError as error:
        raise ValueError(cursor) from error
    return said


def asked(
    known: Sequence[Parameter], said: QueryParams, path: Mapping[str, Any], address: str, zone: ZoneInfo
) -> Asked:  # fmt: skip
    """What is asked. Days are those of `zone`. Raises BadParameters, naming every parameter that is unknown or bad."""
    names = {parameter.name for parameter in known}
    wrong = [Wrong(name, _unknown(name, names)) for name in dict.fromkeys(said) if name not in names]
    values: dict[str, Any] = {
        name: storable(value) if isinstance(value, str) else value for name, value in path.items()
    }
    for parameter in known:
        try:
            values[parameter.name] = _value(parameter, said.getlist(parameter.name), zone)
        except ValueError as error:
            wrong.append(Wrong(parameter.name, str(error)))
    if wrong:
        raise BadParameters(*wrong)
    return Asked(values, address, tuple(said.multi_items()))


def _unknown(name: str, names: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(names), 1)
    there = ", ".join(sorted(names)) or "none"
    return f"there is no such parameter; {f'did you mean {near[0]}?' if near else f'there are: {there}'}"


def _value(parameter: Parameter, said: Sequence[str], zone: ZoneInfo) -> Any:
    if not said or said == [""]:
        if parameter.needed:
            raise ValueError(f"is needed: {parameter.says}")
        return parameter.default
    if len(said) > 1 and not parameter.many:
        raise ValueError("is given twice; write it once")
    if len(said) > MOST_VALUES:
        raise ValueError(f"is given {len(said)} times; {MOST_VALUES} are allowed")
    if any(len(value) > parameter.longest for value in said):
        raise ValueError(f"is longer than {parameter.longest} characters")
    read = [_read(parameter, value, zone) for value in said]
    return tuple(dict.fromkeys(read)) if parameter.many else read[0]


def _read(parameter: Parameter, value: str, zone: ZoneInfo) -> Any:
    shown = value[:60]
    if parameter.words and value not in parameter.words:
        raise ValueError(f"{shown!r} is none of {', '.join(parameter.words)}")
    if parameter.kind == "integer":
        if not (value.isascii() and value.removeprefix("-").isdigit() and len(value) < 20):
            raise ValueError(f"{shown!r} is no whole number")
        if not parameter.least <= (number := int(value)) <= parameter.most:
            raise ValueError(f"{number} is not between {parameter.least} and {parameter.most}")
        return number
    if parameter.kind == "flag":
        if value.lower() not in _YES + _NO:
            raise ValueError(f"{shown!r} is neither 1 nor 0")
        return value.lower() in _YES
    if parameter.kind == "time":
        return moment(value, zone, parameter.ends)
    if parameter.kind == "cursor":
        try:
            return unsealed(value)
        except ValueError:
            raise ValueError("is none that an answer gave; take the address under `next` as it is") from None
    return storable(value.strip())


def moment(value: str, zone: ZoneInfo, ends: bool = False) -> datetime:
    """A time as RFC 3339 writes it, or a day of that zone. Raises ValueError, saying what to write."""
    try:
        when = datetime.fromisoformat(value)
        if _DAY.fullmatch(value):
            return datetime.combine(when.date() + timedelta(days=ends), time(), zone).astimezone(UTC)
        return (when if when.tzinfo else when.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(
            f"{value[:60]!r} is no time; write 2026-03-01T08:00:00Z or 2026-03-01 (a plus sign is %2B in an address)"
        ) from None


LIMIT = Parameter("limit", "rows of one page, at most", "integer", least=1, most=200, default=50)
CURSOR = Parameter("cursor", "where the page begins: as the address under `next` has it", "cursor", longest=500)
PAGED = (LIMIT, CURSOR)
