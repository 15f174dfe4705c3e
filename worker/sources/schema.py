"""The JSON Schema of sources.yaml, for editors, made from the model.

python -m worker.sources.schema          writes docs/sources.schema.json and docs/reference/sources.md
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from worker.sources.model import FileKeys
from worker.sources.reference import reference

SCHEMA_FILE = "docs/sources.schema.json"
REFERENCE_FILE = "docs/reference/sources.md"


def schema() -> dict[str, Any]:
    """The JSON Schema of the whole file (draft 2020-12)."""
    made = FileKeys.model_json_schema(by_alias=True)
    _tidied(made)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://muniment.invalid/sources.schema.json",
        **made,
        "title": "sources.yaml",
    }


def _tidied(node: Any) -> None:
    """Titles repeat the names, and defaults that are whole blocks say nothing."""
    if isinstance(node, dict):
        if isinstance(node.get("title"), str):
            del node["title"]
        if isinstance(node.get("default"), dict | list) or node.get("default") == "":
            del node["default"]
        for item in node.values():
            _tidied(item)
    elif isinstance(node, list):
        for item in node:
            _tidied(item)


def schema_text() -> str:
    """The schema as it stands in the repository."""
    return json.dumps(schema(), ensure_ascii=False, indent=2) + "\n"


def main(root: Path = Path()) -> None:
    """Writes both files under the repository's root."""
    for name, text in ((SCHEMA_FILE, schema_text()), (REFERENCE_FILE, reference())):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
