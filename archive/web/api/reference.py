"""The reference of the API: a page for people beside it, and docs/reference/api.md. Both are made from what OpenAPI
says.

    python -m archive.web.api.reference         writes docs/reference/api.md
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.web.api.openapi import INTRODUCTION, description
from archive.web.api.schemas import REFERENCE, Schema

REFERENCE_FILE = "docs/reference/api.md"


@dataclass(frozen=True, slots=True)
class Row:
    """A parameter, or a field of an answer."""

    name: str
    kind: str
    says: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One address."""

    path: str
    says: str
    parameters: tuple[Row, ...]
    answer: str
    """name of the shape; empty for bytes"""
    media: tuple[str, ...]
    method: str = "GET"


@dataclass(frozen=True, slots=True)
class Shape:
    """One shape."""

    name: str
    says: str
    fields: tuple[Row, ...]


def entries() -> Iterator[Entry]:
    """Every address."""
    for path, item in description()["paths"].items():
        operation = item["get"]
        content = operation["responses"]["200"]["content"]
        schema = content.get("application/json", {}).get("schema", {})
        yield Entry(
            path, operation["summary"],
            tuple(Row(each["name"], kind_of(each["schema"]), each["description"] + _default(each["schema"]))
                  for each in operation.get("parameters", ())),
            schema.get("$ref", "").removeprefix(REFERENCE), tuple(content),
        )  # fmt: skip


def shapes() -> Iterator[Shape]:
    """Every shape, by name."""
    for name, schema in description()["components"]["schemas"].items():
        rows = (Row(each, kind_of(said), said.get("description", "")) for each, said in schema["properties"].items())
        yield Shape(name, schema["description"], tuple(rows))


def _default(schema: Schema) -> str:
    if "default" not in schema or schema["default"] == "":
        return ""
    said = schema["default"]
    return f" (default {int(said) if isinstance(said, bool) else said})"


def kind_of(schema: Mapping[str, Any]) -> str:
    """The kind of a value in a few words."""
    if "$ref" in schema:
        return str(schema["$ref"]).removeprefix(REFERENCE)
    if "anyOf" in schema:
        return " or ".join(kind_of(each) for each in schema["anyOf"])
    if "enum" in schema:
        return " ".join(map(str, schema["enum"]))
    kind = schema.get("type", "any")
    if kind == "array":
        inner = schema["prefixItems"][0] if "prefixItems" in schema else schema["items"]
        return f"list of {kind_of(inner)}"
    if schema.get("format") == "date-time":
        return "time"
    if "examples" in schema:
        return "time or day"
    names: list[str] = kind if isinstance(kind, list) else [kind]
    return " or ".join({"string": "text", "boolean": "flag"}.get(name, name) for name in names)


def markdown() -> str:
    """docs/reference/api.md."""
    said = [
        "# The JSON API", "", "Made from the code: `python -m archive.web.api.reference` writes this page.", "",
        f"{INTRODUCTION}", "",
        "`muniment serve` answers at `http://127.0.0.1:8020`. OpenAPI 3.1: `/api/v1/openapi.json`; this page for "
        "browsers: `/api/v1/reference`. Where `web.token` is set, send `Authorization: Bearer TOKEN`. How to follow "
        "the changes: [follow the changes over HTTP](../how-to/follow-the-changes-over-http.md). Beside the API stand "
        "[Memento and feeds](../memento-and-feeds.md).", "", "## Addresses",
    ]  # fmt: skip
    for entry in entries():
        said += ["", f"### {entry.method} {entry.path}", "", entry.says, ""]
        answer = f"Answers [{entry.answer}](#{entry.answer.lower()})." if entry.answer else "Answers bytes."
        said.append(answer if len(entry.media) == 1 else f"{answer[:-1]}, or `{entry.media[1]}`.")
        if entry.parameters:
            said += ["", *_table(("parameter", "kind", "meaning"), entry.parameters)]
    said += ["", "## Shapes"]
    for shape in shapes():
        said += ["", f"### {shape.name}", "", shape.says, "", *_table(("field", "kind", "meaning"), shape.fields)]
    return "\n".join(said) + "\n"


def _table(heads: tuple[str, str, str], rows: tuple[Row, ...]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield "|---|---|---|"
    for row in rows:
        yield f"| `{row.name}` | {row.kind} | {row.says.replace('|', chr(92) + '|')} |"


def main(root: Path = Path()) -> None:
    """Writes the page under the repository's root."""
    (root / REFERENCE_FILE).write_text(markdown(), encoding="utf-8")


if __name__ == "__main__":
    main()
