"""Each block of the file against its model. A block with a mistake is left out; the others are still looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from pydantic import ValidationError

from worker.sources.document import Document, KeyPath
from worker.sources.mistakes import found_mistakes
from worker.sources.model import CronKeys, FileKeys, Keys, OneNotifier, OneSource, SourceKeys, WebKeys
from worker.sources.notifiers import look_at_cron, look_at_notifier
from worker.sources.values import shown

Block = TypeVar("Block", bound=Keys)


@dataclass(frozen=True, slots=True)
class Checked:
    """What holds of a file: the top, the defaults and every source that is right by itself, with its place."""

    top: FileKeys
    defaults: SourceKeys
    sources: tuple[tuple[int, OneSource], ...]
    notifiers: tuple[tuple[int, OneNotifier], ...] = ()


def checked(value: object, document: Document) -> Checked:
    """The blocks of a file; all that is wrong with them is noted in the document."""
    if not isinstance(value, dict):
        document.add((), "holds no sources; begin with a block sources: and one - id: and url: under it")
        value = {"sources": []}
    raw: object = value.get("sources")
    listed = raw if isinstance(raw, list) else []
    if raw is not None and not isinstance(raw, list):
        document.add(("sources",), f"{shown(raw)} is not a list; begin each source with - id:")
    told: object = value.get("notifiers")
    apart: dict[str, object] = {"defaults": {}, **({"sources": []} if "sources" in value else {})}
    rest = {**value, **apart, **({"notifiers": []} if isinstance(told, list) else {})}
    top = _block(FileKeys, rest, (), document) or FileKeys(sources=[])
    defaults = _block(SourceKeys, value.get("defaults") or {}, ("defaults",), document) or SourceKeys()
    _look_at_times(defaults, ("defaults",), document)
    _look_at_ids(listed, document)
    _look_at_ids(told if isinstance(told, list) else [], document, "notifiers")
    sources = []
    for number, item in enumerate(listed):
        source = _block(OneSource, item, ("sources", number), document)
        if source is not None:
            _look_at_times(source, ("sources", number), document)
            sources.append((number, source))
    known = [str(item["id"]) for item in listed if isinstance(item, dict) and "id" in item]
    notifiers = []
    for number, item in enumerate(told if isinstance(told, list) else []):
        notifier = _block(OneNotifier, item, ("notifiers", number), document)
        if notifier is not None:
            look_at_notifier(notifier, ("notifiers", number), known, document)
            notifiers.append((number, notifier))
    return Checked(top, defaults, tuple(sources), tuple(notifiers))


def checked_web(value: object, document: Document) -> Mapping[str, object]:
    """What was written of the block `web`; all that is wrong with it is noted in the document."""
    keys = _block(WebKeys, value, ("web",), document) or WebKeys()
    written = {name: getattr(keys, name) for name in keys.model_fields_set}
    return {name: tuple(said) if isinstance(said, list) else said for name, said in written.items()}


def _block(model: type[Block], value: object, path: KeyPath, document: Document) -> Block | None:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        found_mistakes(error, path, document, model)
        return None


def _look_at_ids(listed: list[object], document: Document, block: str = "sources") -> None:
    first: dict[str, int] = {}
    for number, item in enumerate(listed):
        source_id = str(item.get("id")) if isinstance(item, dict) and "id" in item else None
        if source_id is None:
            continue
        if source_id in first:
            line = document.line((block, first[source_id], "id"))
            document.add((block, number, "id"), f"{shown(source_id)} is already used on line {line}")
        first.setdefault(source_id, number)


def _look_at_times(keys: SourceKeys, path: KeyPath, document: Document) -> None:
    if {"every", "cron"} <= keys.model_fields_set:
        document.add((*path, "cron"), "says how often, and so does every; keep one of the two")
    if "cron" in keys.model_fields_set:
        look_at_cron(keys.cron, (*path, "cron"), document)
    if isinstance(keys.every, CronKeys):
        look_at_cron(keys.every.cron, (*path, "every", "cron"), document)
    elif keys.every.total_seconds() < 1:
        document.add((*path, "every"), "is shorter than a second; use for example 30m, 2h, 1d")
