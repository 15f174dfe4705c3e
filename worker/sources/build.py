"""Checked keys into the settings the worker knows, the defaults worked in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from worker.fetch.model import Politeness
from worker.settings import Confirm, Every, Files, Follow, Settings, Source
from worker.sources.check import Checked
from worker.sources.document import Document
from worker.sources.model import CronKeys, FilesKeys, Keys
from worker.sources.notifiers import notifier_of

PRODUCT = "Muniment/0.1"

Given = dict[str, Any]
"""the keys that were written, each with its checked value; blocks as such mappings again"""

_AS_THEY_ARE = frozenset(
    ["url", "kind", "tls", "render", "enabled", "keep_list", "keep_cookies", "deadline", "max_size", "max_memory",
    "full_every", "date_only", "order_only", "read", "headers", "cookies", "proxy", "zone"]
)


def settings_of(keys: Checked, document: Document, file: str, database: str) -> Settings:
    """The whole configuration; what shows only once the defaults are worked in is noted in the document."""
    defaults = given(keys.defaults)
    sources = []
    for number, source in keys.sources:
        whole = merged(defaults, given(source))
        if whole.get("render") == "browser" and whole.get("proxy"):
            document.add(("sources", number, "render"), "a browser goes through no proxy here; keep one of the two")
        sources.append(source_of(whole))
    contact = f" ({keys.top.contact})" if keys.top.contact else ""
    return Settings(
        file=file,
        contact=keys.top.contact,
        database=database,
        sources=tuple(sources),
        allow_networks=tuple(keys.top.network.allow),
        hosts=keys.top.network.hosts,
        user_agent=keys.top.user_agent or f"{PRODUCT}{contact}",
        web=_tuples(given(keys.top.web)),
        notifiers=tuple(made for _, one in keys.notifiers if (made := notifier_of(one)) is not None),
        metrics_listen=keys.top.metrics.listen,
        metrics_hosts=tuple(keys.top.metrics.hosts),
        floor=keys.top.disk.floor,
        watchdog=keys.top.watchdog,
    )


def given(keys: Keys) -> Given:
    """Only what was written, so that silence never hides a default."""
    return {name: _plain(getattr(keys, name)) for name in keys.model_fields_set}


def merged(defaults: Given, own: Given) -> Given:
    """A source's keys over the defaults: blocks key by key, everything else as a whole."""
    result = dict(defaults)
    for one, other in (("every", "cron"), ("cron", "every")):
        if one in own:
            result.pop(other, None)
    for name, value in own.items():
        base = result.get(name)
        result[name] = merged(base, value) if isinstance(base, dict) and isinstance(value, dict) else value
    return result


def source_of(keys: Given) -> Source:
    """One source."""
    zone = keys.get("zone")
    follow = keys.get("follow", {})
    every = _every(keys, zone or "UTC")
    plain: Given = {name: value for name, value in keys.items() if name in _AS_THEY_ARE}
    if every is not None:
        plain["every"] = every
    return Source(
        source_id=keys["id"],
        follow=Follow(**_tuples({**follow, "files": _files(follow.get("files"))})),
        ignore=tuple(keys.get("ignore", ())),
        tags=tuple(keys.get("tags", ())),
        politeness=Politeness(**_tuples({"zone": zone or "UTC", **keys.get("politeness", {})})),
        confirm=Confirm(
            **{"over" if name == "for_" else name: value for name, value in keys.get("confirm", {}).items()}
        ),
        **plain,
    )


def _plain(value: Any) -> Any:
    return given(value) if isinstance(value, Keys) and not isinstance(value, CronKeys | FilesKeys) else value


def _every(keys: Given, zone: str) -> Every | None:
    every = keys.get("every")
    if "cron" in keys:
        return Every(cron=keys["cron"], zone=zone)
    if isinstance(every, CronKeys):
        return Every(cron=every.cron, zone=every.zone or zone)
    return None if every is None else Every(interval=every)


def _files(value: object) -> Files | None:
    if isinstance(value, FilesKeys):
        return Files(types=_endings(value.types), max_size=value.max_size)
    if isinstance(value, list):
        return Files(types=_endings(value))
    return Files() if value is True else None


def _endings(types: list[str]) -> tuple[str, ...]:
    return tuple(name.lower().lstrip(".") for name in types)


def _tuples(keys: Mapping[str, Any]) -> Given:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in keys.items()}
