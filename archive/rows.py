"""From rows to records and back: JSON kept as text, text that a database can keep, and the columns of each record."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast

from archive.records import Content, Facts, JsonMap, Nature, Page

Row = Mapping[Any, Any]

FACT_COLUMNS = (
    "url", "author", "author_id", "floor", "published_at", "edited_at", "platform", "platform_id", "board", "board_key",
    "closed", "part",
)  # fmt: skip
"""facts kept as they are; `quotes`, `code`, `hidden` and `extra` are JSON"""


def storable(text: str) -> str:
    """The text as both databases can keep it: no NUL (Postgres), no half surrogate pairs (UTF-8)."""
    if "\x00" in text:
        text = text.replace("\x00", "\ufffd")
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def blob(value: object) -> bytes:
    """The bytes of a column that keeps bytes. Raises TypeError for anything else: `bytes(5)` would be five of them."""
    if not isinstance(value, bytes | memoryview):
        raise TypeError(f"no bytes where bytes were stored, but {type(value).__name__}")
    return bytes(value)


def maybe(text: str | None) -> str | None:
    """`storable`, or None."""
    return None if text is None else storable(text)


def to_json(value: object) -> str:
    """JSON as it is stored: text as itself, no spaces, order kept."""
    said = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_plain)
    if "\\u0000" in said:
        said = json.dumps(_without_nul(json.loads(said)), ensure_ascii=False, separators=(",", ":"))
    return storable(said)


def json_or_none(value: object) -> str | None:
    """None for what is empty, so that it costs nothing."""
    return to_json(value) if value else None


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, tuple | set | frozenset):
        return list(value)
    return str(value)


def _without_nul(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\x00", "\ufffd")
    if isinstance(value, list):
        return [_without_nul(item) for item in value]
    if isinstance(value, dict):
        return {_without_nul(key): _without_nul(item) for key, item in value.items()}
    return value


def _map(text: str | None) -> JsonMap:
    return cast(JsonMap, json.loads(text)) if text else {}


def _list(text: str | None) -> tuple[Any, ...]:
    return tuple(json.loads(text)) if text else ()


def facts_columns(facts: Facts) -> dict[str, Any]:
    """The columns of `documents` that hold the facts."""
    columns: dict[str, Any] = {}
    for name in FACT_COLUMNS:
        value = getattr(facts, name)
        columns[name] = storable(value) if isinstance(value, str) else value
    columns["quotes"], columns["code"] = json_or_none(facts.quotes), json_or_none(facts.code)
    columns["hidden"], columns["extra"] = json_or_none(facts.hidden), json_or_none(facts.extra)
    return columns


def facts_of(row: Row) -> Facts:
    """The facts of a row of `documents`."""
    return Facts(
        **{name: row[name] for name in FACT_COLUMNS},
        quotes=_list(row["quotes"]), code=_list(row["code"]), hidden=_list(row["hidden"]), extra=_map(row["extra"]),
    )  # fmt: skip


CONTENT_COLUMNS = (
    "content_hash", "title", "text", "fields", "links", "images", "attachments", "margin", "markdown", "evidence",
)  # fmt: skip
"""columns of `contents`, in the order in which the chain takes them"""


def content_columns(content: Content) -> dict[str, Any]:
    """The columns of `contents`."""
    return {
        "content_hash": content.content_hash,
        "title": storable(content.title),
        "text": storable(content.text),
        "fields": json_or_none(content.fields),
        "links": json_or_none(content.links),
        "images": json_or_none(content.images),
        "attachments": json_or_none(content.attachments),
        "margin": json_or_none(content.margin),
        "markdown": maybe(content.markdown),
        "evidence": json_or_none(content.evidence),
    }


def content_of(row: Row) -> Content:
    """The content of a row of `contents`."""
    return Content(
        row["content_hash"], row["title"], row["text"], _map(row["fields"]), _list(row["links"]), _list(row["images"]),
        _list(row["attachments"]), _list(row["margin"]), row["markdown"], _map(row["evidence"]),
    )  # fmt: skip


def changed_fields(text: str | None) -> JsonMap:
    """The `fields` of a change."""
    return _map(text)


def nature_text(nature: Nature | None) -> str | None:
    """The column `nature` of a change: always all four keys, or None."""
    if nature is None:
        return None
    said = {"silent": nature.silent, "share": nature.share, "only": nature.only, "parts": nature.parts}
    return to_json(said)


def nature_of(text: str | None) -> Nature | None:
    """The nature of a change from its column."""
    if text is None:
        return None
    said = json.loads(text)
    return Nature(said.get("silent"), said.get("share"), said.get("only"), tuple(said.get("parts") or ()))


def page_of(row: Row) -> Page:
    """A page of the frontier, from a row of `pages` joined with its source and its last payload."""
    digest = row["digest"]
    return Page(
        page_id=row["page_no"], source_id=row["source_id"], url=row["url"], urlkey=row["urlkey"], host=row["host"],
        kind=row["kind"], depth=row["depth"], entry=row["entry"], list_page=row["list_page"],
        next_poll_at=row["next_poll_at"], last_poll_at=row["last_poll_at"], last_outcome=row["last_outcome"],
        last_changed_at=row["last_changed_at"], found_at=row["found_at"], failures=row["failures"],
        polls_since_full=row["polls_since_full"], etag=row["etag"], last_modified=row["last_modified"],
        payload_digest=None if digest is None else bytes(digest).hex(), payload_capture_id=row["payload_capture_no"],
        missing_since=row["missing_since"], missing_polls=row["missing_polls"], state=row["state"],
        topic_key=row["topic_key"], part=row["part"], derived_with=row["derived_with"],
        suspect_hash=row["suspect_hash"], suspect_since=row["suspect_since"], found_on=row["found_on"],
    )  # fmt: skip
