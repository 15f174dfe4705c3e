"""The page of docs/ that says what each key of sources.yaml is called, takes and means, made from the model."""

from __future__ import annotations

import types
from datetime import timedelta
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from worker.sources import values
from worker.sources.model import CronKeys, Every, FileKeys, Keys, OneNotifier, OneSource, SourceKeys

_INTRODUCTION = """# Every key of sources.yaml

Made from the code by `python -m worker.sources.schema`; a test keeps it current. The file may be YAML or JSON. An
editor that knows JSON Schema checks it as you write, with this first line:

```yaml
# yaml-language-server: $schema=docs/sources.schema.json
```

`muniment check` names every mistake at once, each with its line. A running daemon takes over a changed file within a
few seconds, and keeps the last one that was right when the new one has mistakes.

Durations are written `500ms`, `90s`, `30m`, `2h`, `1h30m`, `1d`, `1w`; sizes `500KB`, `32MiB`, or a number of bytes.
Where a list is wanted, a single value will do. Secrets come from the environment: `${NAME}` in `headers`, `cookies`,
`proxy`, `database`, `web` and `notifiers` is replaced by that variable, which must be set; `$${` stands for a plain
`${`.
"""


def reference() -> str:
    """The reference page of all keys, as Markdown."""
    blocks: list[tuple[str, str, type[Keys]]] = [
        ("The file", "", FileKeys),
        ("A source", "Every key but `id` and `url` may also stand in `defaults`.", OneSource),
    ]
    for name in ("every", "follow", "politeness", "confirm"):
        inner = CronKeys if name == "every" else _block(SourceKeys, name)
        blocks.append((f"`{name}`", (inner.__doc__ or "").strip(), inner))
    blocks.append(("`follow.files`", "", _block(_block(SourceKeys, "follow"), "files")))
    blocks.append(("`network`", "", _block(FileKeys, "network")))
    blocks.append(("A notifier", (OneNotifier.__doc__ or "").strip(), OneNotifier))
    for name in ("webhook", "email", "apprise", "rules"):
        inner = _block(OneNotifier, name)
        blocks.append((f"`{name}`", (inner.__doc__ or "").strip(), inner))
    return _INTRODUCTION + "".join(_section(title, note, model) for title, note, model in blocks)


def _section(title: str, note: str, model: type[Keys]) -> str:
    lines = [
        "",
        f"## {title}",
        "",
        *([note, ""] if note else []),
        "| key | takes | without it | meaning |",
        "|---|---|---|---|",
    ]
    fields = sorted(model.model_fields.items(), key=lambda item: item[0] not in ("id", "url"))
    for name, field in fields:
        meaning = (field.description or "").replace("|", "\\|")
        default = "required" if field.is_required() else _default(field.default)
        lines.append(f"| `{field.alias or name}` | {_takes(field)} | {default} | {meaning} |")
    return "\n".join(lines) + "\n"


def _block(model: type[Keys], name: str) -> type[Keys]:
    todo: list[Any] = [model.model_fields[name].annotation]
    while todo:
        kind = todo.pop()
        if isinstance(kind, type) and issubclass(kind, Keys):
            return kind
        todo.extend(get_args(kind))
    raise LookupError(f"{name} holds no block")


def _takes(field: Any) -> str:
    words = _words(Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation)
    return " or ".join(dict.fromkeys(words))


def _words(kind: Any) -> list[str]:
    if kind == Every:  # an equal union is not always the same object
        return ["a duration", "a block"]
    origin = get_origin(kind)
    if origin is Literal:
        return [", ".join(f"`{choice}`" for choice in get_args(kind))]
    if origin in (Union, types.UnionType):
        return [word for part in get_args(kind) if part is not type(None) for word in _words(part)]
    if origin is list:
        return ["a list"]
    if origin is dict or (isinstance(kind, type) and issubclass(kind, BaseModel)):
        return ["a block"]
    if hasattr(kind, "__metadata__"):
        checks = [getattr(part, "func", None) for part in kind.__metadata__]
        if values.duration in checks:
            return ["a duration"]
        return ["a size"] if values.size in checks else _words(kind.__origin__)
    return {str: ["text"], int: ["a number"], bool: ["true, false"]}.get(kind, ["text"])


def _default(value: Any) -> str:
    if value is None or value in ([], {}, "") or isinstance(value, Keys):
        return "-"
    if isinstance(value, timedelta):
        seconds = int(value.total_seconds())
        return f"`{seconds // 3600}h`" if seconds and seconds % 3600 == 0 else f"`{seconds}s`"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, int) and value >= 2**20 and value % 2**20 == 0:
        return f"`{value // 2**20}MiB`"
    return f"`{value}`"
