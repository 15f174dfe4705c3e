"""Declarations of Open Terms Archive: one JSON file per service, `terms` (older: `documents`) by type, each with
`fetch`, `select`, `remove`, or several of these under `combine`. A folder of declarations is taken as a whole.
Source: the terms reference of its documentation.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from worker.sources.taken.model import Found, Watch


def taken(path: Path) -> Found | None:
    """The documents of a declaration or of a folder of them; None where there is none."""
    files = sorted(path.glob("*.json")) if path.is_dir() else [path] if path.suffix == ".json" else []
    past = [file for file in files if file.name.endswith(".history.json")]
    left: list[str] = []
    watches = [watch for file in files if file not in past for watch in _declared(file, left)]
    if past:
        left.append(f"{past[0].name} and all *.history.json: what was declared in the past is not watched")
    return Found(tuple(watches), tuple(left)) if watches else None


def _declared(file: Path, left: list[str]) -> Iterator[Watch]:
    try:
        declaration = json.loads(file.read_bytes())
    except ValueError as error:
        left.append(f"{file.name}: is no JSON: {error}")
        return
    if not isinstance(declaration, dict):
        left.append(f"{file.name}: is no declaration")
        return
    terms = declaration.get("terms") or declaration.get("documents")
    for kind, told in terms.items() if isinstance(terms, dict) else ():
        parts = told.get("combine") if isinstance(told, dict) else None
        for part in parts if isinstance(parts, list) else [told]:
            if isinstance(part, dict) and (part.get("fetch") or told.get("fetch")):
                yield _watch(str(declaration.get("name") or file.stem), str(kind), {**told, **part})
            else:
                left.append(f"{file.name}: {kind} names no page to fetch")


def _watch(service: str, kind: str, told: dict[str, object]) -> Watch:
    text, ranges = _selectors(told.get("select"))
    ignore, more = _selectors(told.get("remove"))
    notes = [f"not carried over: a range of the page, {json.dumps(item, ensure_ascii=False)}" for item in ranges + more]
    if told.get("filter"):
        notes.append(f"not carried over: filter {told['filter']}")
    return Watch(
        str(told["fetch"]), f"{service} {kind}", text=text, ignore=ignore,
        browser=bool(told.get("executeClientScripts")), tags=(service, kind), notes=tuple(notes),
    )  # fmt: skip


def _selectors(value: object) -> tuple[tuple[str, ...], list[object]]:
    """(CSS selectors, ranges between two of them)."""
    listed = value if isinstance(value, list) else [value] if value else []
    return tuple(item for item in listed if isinstance(item, str)), [item for item in listed if isinstance(item, dict)]
