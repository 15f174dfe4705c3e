"""Watches of changedetection.io: url-watches.json of its data folder or its back-up (.zip); since 0.50 also one
watch.json per watch beside changedetection.json. Keys as its 0.4x and 0.5x releases write them.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from worker.sources.taken.model import Found, Watch, pairs, words

LONGEST = 50_000_000
"""bytes of one file that are read"""
_PARTS = ("weeks", "days", "hours", "minutes", "seconds")
_UNKNOWN = {
    "trigger_text": "wait for a text", "text_should_not_be_present": "wait until a text is gone",
    "extract_text": "extract by pattern", "browser_steps": "steps in the browser", "body": "a request body",
    "webdriver_js_execute_code": "a script in the browser", "notification_urls": "who is told (see notifiers:)",
    "conditions": "conditions", "time_schedule_limit": "hours of the week", "sort_text_alphabetically": "sorted lines",
    "check_unique_lines": "only lines never seen before", "remove_duplicate_lines": "lines said once",
}  # fmt: skip
_AS_USUAL = (None, "", "system")
_HTTP_PROCESSORS = (None, "", "text_json_diff")


@dataclass(frozen=True, slots=True)
class _Usual:
    """What its settings say for every watch, and its tags by their id."""

    every: timedelta | None
    browser: bool
    ignore: tuple[str, ...]
    notes: tuple[str, ...]
    tags: Mapping[str, Mapping[str, object]]


def taken(path: Path) -> Found | None:
    """The watches of a data folder, a back-up or one of its files; None where it is none of these."""
    files = dict(_files(path))
    everything = next((value for value in files.values() if isinstance(value.get("watching"), dict)), None)
    watching = dict(_mapping(everything["watching"])) if everything else {}
    for name, value in files.items():
        if name.endswith("watch.json") and "url" in value:
            watching.setdefault(str(value.get("uuid") or name), value)
    if not watching and everything is None:
        return None
    settings = next((_mapping(value["settings"]) for value in files.values() if value.get("settings")), {})
    usual, left = _usual(settings)
    return Found(tuple(_watch(watch, usual) for watch in watching.values() if isinstance(watch, dict)), left)


def _usual(settings: dict[str, object]) -> tuple[_Usual, tuple[str, ...]]:
    """(what holds for every watch, what of the settings has no counterpart)."""
    application, requests = _mapping(settings.get("application")), _mapping(settings.get("requests"))
    removed, other = _selectors(words(application.get("global_subtractive_selectors")))
    ignored = map(_line_with, words(application.get("global_ignore_text")))
    told = ("its notification_urls: who is told stands under notifiers:",)
    return _Usual(
        _every(requests.get("time_between_check")), _in_browser(application.get("fetch_backend")), (*removed, *ignored),
        tuple(f"not carried over: filter {item}" for item in other),
        {key: tag for key, tag in _mapping(application.get("tags")).items() if isinstance(tag, dict)},
    ), told if application.get("notification_urls") else ()  # fmt: skip


def _watch(watch: dict[str, object], usual: _Usual) -> Watch:
    notes = [f"not carried over: {what} ({key})" for key, what in _UNKNOWN.items() if _says(watch.get(key))]
    if watch.get("processor") not in _HTTP_PROCESSORS:
        notes.append(f"not carried over: processor {watch.get('processor')}")
    if str(watch.get("method") or "GET").upper() != "GET":
        notes.append(f"not carried over: method {watch['method']}")
    if isinstance(watch.get("proxy"), str) and watch["proxy"]:
        notes.append(f"not carried over: proxy {watch['proxy']} (an address is written as proxy: http://host:port)")
    ruling = [watch, *(usual.tags[tag] for tag in words(watch.get("tags")) if tag in usual.tags)]
    selectors, other = _selectors(_all(ruling, "include_filters") or words(watch.get("css_filter")))
    removed, other_removed = _selectors(_all(ruling, "subtractive_selectors"))
    notes += [f"not carried over: filter {item}" for item in other + other_removed]
    own = _every(watch.get("time_between_check")) if not watch.get("time_between_check_use_default") else None
    tags = [str(_mapping(usual.tags.get(tag)).get("title") or tag) for tag in words(watch.get("tags"))]
    fetched = watch.get("fetch_backend")
    return Watch(
        str(watch.get("url") or ""), str(watch.get("title") or ""), every=own or usual.every, text=selectors,
        ignore=(*removed, *map(_line_with, _all(ruling, "ignore_text")), *usual.ignore),
        headers=pairs(watch.get("headers")), enabled=not watch.get("paused"),
        browser=usual.browser if fetched in _AS_USUAL else _in_browser(fetched),
        tags=(*tags, *(word.strip() for word in str(watch.get("tag") or "").split(",") if word.strip())),
        notes=(*notes, *usual.notes),
    )  # fmt: skip


def _all(ruling: list[Mapping[str, object]], key: str) -> tuple[str, ...]:
    """What the watch and its tags say together, as it joins them itself."""
    return tuple(dict.fromkeys(item for told in ruling for item in words(told.get(key))))


def _says(value: object) -> bool:
    """Whether an option is in use; a schedule is an object that is there in every watch and says so itself."""
    return bool(value.get("enabled") if isinstance(value, dict) and "enabled" in value else value)


def _in_browser(fetched: object) -> bool:
    return str(fetched or "").endswith("webdriver")


def _selectors(filters: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(CSS selectors, everything else: XPath, JSONPath, jq)."""
    css = tuple(item for item in filters if not re.match(r"(xpath1?|json|jqraw|jq):|/", item))
    return css, tuple(item for item in filters if item not in css)


def _line_with(text: str) -> str:
    """Its `ignore_text` leaves out every line in which the text, or the /pattern/, is found."""
    pattern = re.fullmatch(r"/(.*)/[a-z]*", text)
    return f"/.*(?:{pattern[1]}).*/" if pattern else f"/.*{re.escape(text)}.*/"


def _every(value: object) -> timedelta | None:
    parts = _mapping(value)
    numbers = {part: parts.get(part) for part in _PARTS}
    seconds = timedelta(**{part: number for part, number in numbers.items() if isinstance(number, int | float)})
    return seconds or None


def _mapping(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _files(path: Path) -> Iterator[tuple[str, dict[str, object]]]:
    for name, text in _texts(path):
        try:
            value = json.loads(text)
        except ValueError:
            continue
        if isinstance(value, dict):
            yield name, value


def _texts(path: Path) -> Iterator[tuple[str, bytes]]:
    if path.is_dir():
        for file in sorted([*path.glob("*.json"), *path.glob("*/watch.json")]):
            yield str(file.relative_to(path)), file.read_bytes()
    elif zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as packed:
            for member in packed.infolist():
                if member.filename.endswith(".json") and member.file_size < LONGEST:
                    yield member.filename, packed.read(member)
    elif path.suffix == ".json":
        yield path.name, path.read_bytes()
