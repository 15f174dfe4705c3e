"""A message as JSON: the body of a webhook, and what templates see. Version 1; keys are added, never renamed.

    {"type": "muniment.changes", "version": 1, "notifier": "ops", "test": false, "digest": false, "more": false,
     "changes": [{"seq": 7, "at": "2026-03-01T08:00:00Z", "kind": "changed", ...}]}

Each change has the columns of the view `change_log`, its `nature` in plain words, and its source's tags.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime

from archive.diff.wording import in_words
from archive.records import Change
from worker.notify.model import Message, Told

VERSION = 1


def key_of(message: Message) -> str:
    """Names a message: the same whenever it is sent again, another for every other message, notifier and archive."""
    first, last = message.first, message.last
    said = f"{message.notifier}\n{first.seq}\n{first.document_id}\n{first.at.isoformat()}\n{last.seq}\n{message.test}"
    return f"msg_{hashlib.sha256(said.encode()).hexdigest()[:32]}"


def body_of(message: Message) -> dict[str, object]:
    """The whole body."""
    return {
        "type": "muniment.changes",
        "version": VERSION,
        "notifier": message.notifier,
        "test": message.test,
        "digest": message.digest,
        "more": message.more,
        "changes": [change_of(told) for told in message.told],
    }


def change_of(told: Told) -> dict[str, object]:
    """One change."""
    change = told.change
    return {
        "seq": change.seq,
        "at": rfc3339(change.at),
        "kind": change.kind,
        "source_id": change.source_id,
        "tags": list(told.tags),
        "document_id": change.document_id,
        "document_kind": change.document_kind,
        "title": change.title,
        "url": change.url,
        "version": change.version,
        "previous_version": change.previous_version,
        "cause": change.cause,
        "capture_id": None if change.capture_id is None else str(change.capture_id),
        "fields": _plain(change.fields),
        "nature": None if change.nature is None else asdict(change.nature),
        "summary": summary(change),
    }


def summary(change: Change) -> str:
    """One line in plain words: `silent edit: body; 3 % of the text; its own date stayed`, `new`, `gone` ..."""
    words = in_words(change.nature)
    if words and change.kind in ("changed", "back"):
        silent = change.kind == "changed" and change.nature is not None and change.nature.silent
        return words if silent else f"{change.kind}: {words}"
    if change.kind == "moved":
        pairs = [pair for pair in change.fields.values() if isinstance(pair, list | tuple) and len(pair) == 2]
        return f"moved from {pairs[0][0]} to {pairs[0][1]}" if pairs else "moved"
    return change.kind


def encoded(body: Mapping[str, object]) -> bytes:
    """The body as it is signed and sent."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def rfc3339(when: datetime) -> str:
    """UTC, ending in Z."""
    return when.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
