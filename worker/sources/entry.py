"""A source as somebody writes it into sources.yaml: the lines of it, and an id for it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import urlsplit

import yaml

from worker.sources import values

LONGEST_ID = 60
_FLOW = {"headers", "cookies", "read", "follow", "tags"}
_APART = re.compile(r"[^\w.]+")
_UNITS = (("w", 604800), ("d", 86400), ("h", 3600), ("m", 60), ("s", 1))


@dataclass(frozen=True, slots=True)
class Entry:
    """A source to be written; what is None or empty stays out, so that `defaults` apply. `notes` become comments."""

    source_id: str
    url: str
    kind: str = "auto"
    every: timedelta | None = None
    text: str | None = None
    """selector of what is read, where the page needs one"""
    ignore: tuple[str, ...] = ()
    headers: Mapping[str, str] | None = None
    cookies: Mapping[str, str] | None = None
    proxy: str | None = None
    tls: str | None = None
    render: str | None = None
    deadline: timedelta | None = None
    tags: tuple[str, ...] = ()
    enabled: bool = True
    notes: tuple[str, ...] = ()


def lines_of(entry: Entry, indent: int = 2) -> str:
    """The entry as a block of YAML that ends with a line break, ready to stand under `sources:`."""
    keys = {
        "id": entry.source_id, "url": entry.url, "kind": None if entry.kind == "auto" else entry.kind,
        "every": spelled_duration(entry.every), "read": {"text": entry.text} if entry.text else None,
        "ignore": list(entry.ignore), "headers": dict(entry.headers or {}), "cookies": dict(entry.cookies or {}),
        "proxy": entry.proxy, "tls": entry.tls, "render": entry.render, "deadline": spelled_duration(entry.deadline),
        "tags": list(entry.tags), "enabled": None if entry.enabled else False,
    }  # fmt: skip
    said = {key: value for key, value in keys.items() if value not in (None, [], {})}
    margin = " " * indent
    rows = [f"# {_one_line(note)}" for note in entry.notes]
    for number, (key, value) in enumerate(said.items()):
        rows += [("- " if number == 0 else "  ") + row for row in _rows(key, value)]
    return "".join(f"{margin}{row}\n" for row in rows)


def id_for(name: str, url: str, taken: Collection[str]) -> str:
    """An id that `taken` does not hold: from the name, else from the host and the end of the path."""
    parts = urlsplit(url)
    host = (parts.hostname or "source").removeprefix("www.")
    tail = [word for word in parts.path.split("/") if word][-1:]
    start = _slug(name) or _slug("-".join([host, *(word.partition(".")[0] for word in tail)])) or "source"
    found, number = start, 2
    while found in taken:
        found, number = f"{start}-{number}", number + 1
    return found


def faultless(entry: Entry) -> Entry:
    """The same entry without the selectors and patterns that Muniment does not understand; each becomes a note."""
    notes = list(entry.notes)
    kept = []
    for item in entry.ignore:
        fault = _fault(values.ignored, item)
        notes += [f"not carried over: ignore {fault}"] if fault else []
        kept += [] if fault else [item]
    fault = _fault(values.selector, entry.text) if entry.text else None
    notes += [f"not carried over: read {fault}"] if fault else []
    return replace(entry, text=None if fault else entry.text, ignore=tuple(kept), notes=tuple(notes))


def spelled_duration(duration: timedelta | None) -> str | None:
    """`1h30m` for 5,400 seconds; None for None or for nothing at all."""
    rest = int(duration.total_seconds()) if duration else 0
    words = ""
    for unit, seconds in _UNITS:
        count, rest = divmod(rest, seconds)
        words += f"{count}{unit}" if count else ""
    return words or None


def _fault(check: Callable[[object], object], value: str) -> str | None:
    try:
        check(value)
    except ValueError as error:
        return str(error)
    return None


def _slug(text: str) -> str:
    return _APART.sub("-", text.lower()).strip("-._")[:LONGEST_ID].strip("-._")


def _rows(key: str, value: object) -> list[str]:
    flow = isinstance(value, dict | list) and (key in _FLOW or len(str(value)) < 80)
    text = yaml.safe_dump({key: value}, allow_unicode=True, sort_keys=False, width=10_000,
                          default_flow_style=None if flow else False)  # fmt: skip
    return text.rstrip("\n").splitlines()


def _one_line(text: str) -> str:
    return " ".join("".join(mark if mark.isprintable() else " " for mark in text).split())
