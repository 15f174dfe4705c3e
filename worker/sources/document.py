"""A YAML (or JSON) file as plain values, with the line of every key, and what is wrong with it as text.

Plain words mean what JSON and YAML 1.2 say: true, false, null, numbers. `no`, `on`, `22:00` and dates stay text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from worker.errors import ConfigError, Mistake

KeyPath = tuple[str | int, ...]

_INTEGER = re.compile(r"[-+]?\d+")
_FLOAT = re.compile(r"[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?")
_WORDS: dict[str, object] = {"true": True, "false": False, "null": None, "~": None, "": None}
_PAIR = re.compile(r"(?<!\\)((?:\\\\)*)\\u([dD][89abAB]\w\w)\\u([dD][c-fC-F]\w\w)")
_TABS = re.compile(r"^\t+", re.MULTILINE)
_TEXT = "tag:yaml.org,2002:str"

Loader: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(slots=True)
class Document:
    """The file's values; `lines` holds the line of each key or item by its path, `mistakes` what YAML itself shows."""

    file: str
    value: object = None
    lines: dict[KeyPath, int] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)

    def line(self, path: KeyPath) -> int | None:
        """The line of that key, or of the nearest thing around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path)

    def add(self, path: KeyPath, message: str) -> None:
        """Notes a mistake at that key."""
        self.mistakes.append(Mistake(self.file, self.line(path), spelled(path), message))


def spelled(path: KeyPath) -> str:
    """`("sources", 2, "every")` as `sources[2].every`."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")


def read_document(path: Path) -> Document:
    """The file as values. Raises ConfigError where it cannot be read at all."""
    document = Document(path.name)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise _hopeless(
            path, None, "there is no such file; write one (see docs/reference/sources.md) or name it with --config"
        ) from None
    except OSError as error:
        raise _hopeless(path, None, f"cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise _hopeless(path, line, "is not UTF-8 text; save the file as UTF-8") from None
    try:
        node = yaml.compose(_yaml(text), Loader=Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise _hopeless(path, mark.line + 1 if mark else None, f"is not YAML: {error.problem or error}") from None
    except yaml.YAMLError as error:
        raise _hopeless(path, None, f"is not YAML: {str(error).splitlines()[0]}") from None
    if node is not None:
        document.lines[()] = node.start_mark.line + 1
        document.value = _value(node, (), document, ())
    return document


def _yaml(text: str) -> str:
    """JSON as YAML takes it: characters beyond the first plane in one escape, no tabs for indentation."""
    if not text.lstrip().startswith("{"):
        return text

    def joined(match: re.Match[str]) -> str:
        high, low = int(match[2], 16), int(match[3], 16)
        return f"{match[1]}\\U{0x10000 + ((high & 0x3FF) << 10) + (low & 0x3FF):08X}"

    return _PAIR.sub(joined, _TABS.sub(lambda tabs: " " * len(tabs[0]), text))


def _hopeless(path: Path, line: int | None, message: str) -> ConfigError:
    return ConfigError((Mistake(path.name, line, "", message),))


def _value(node: yaml.Node, path: KeyPath, document: Document, around: tuple[int, ...]) -> object:
    if id(node) in around:
        document.add(path, "contains itself through an alias")
        return None
    around = (*around, id(node))
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, document, around)
    if isinstance(node, yaml.SequenceNode):
        items = []
        for number, item in enumerate(node.value):
            document.lines[(*path, number)] = item.start_mark.line + 1
            items.append(_value(item, (*path, number), document, around))
        return items
    return _scalar(node)


def _mapping(node: yaml.MappingNode, path: KeyPath, document: Document, around: tuple[int, ...]) -> dict[str, object]:
    found: dict[str, object] = {}
    own: dict[str, int] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            document.mistakes.append(Mistake(document.file, line, spelled(path), "a key must be a word"))
            continue
        key = str(key_node.value)
        if key == "<<" and isinstance(value_node, yaml.MappingNode):
            for name, value in _mapping(value_node, path, document, (*around, id(value_node))).items():
                found.setdefault(name, value)
            continue
        here = (*path, key)
        if key in own:
            document.mistakes.append(
                Mistake(document.file, line, spelled(here), f"is already given on line {own[key]}; keep one of the two")
            )
            continue
        own[key] = line
        document.lines[here] = line
        found[key] = _value(value_node, here, document, around)
    return found


def _scalar(node: yaml.Node) -> object:
    text = str(node.value)
    if node.tag == _TEXT:  # quoted, or a word that is nothing else
        return text
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    if _INTEGER.fullmatch(text) and len(text) < 20:
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text
