"""Watches of changedetection.io: url-watches.json of its data folder or its back-up (.zip); since 0.50 also one
watch.json per watch beside changedetection.json. Keys as its 0.4x and 0.5x releases write them.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator
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
    "conditions": "conditions",
}  # fmt: skip
_HTTP_PROCESSORS = (None, "", "text_json_diff")


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
    tags = _mapping(_mapping(settings.get("application")).get("tags"))
    titles = {key: str(tag["title"]) for key, tag in tags.items() if isinstance(tag, dict) and tag.get("title")}
    usual = _every(_mapping(settings.get("requests")).get("time_between_check"))
    return Found(tuple(_watch(watch, usual, titles) for watch in watching.values() if isinstance(watch, dict)))


def _watch(watch: dict[str, object], usual: timedelta | None, titles: dict[str, str]) -> Watch:
    notes = [f"not carried over: {what} ({key})" for key, what in _UNKNOWN.items() if watch.get(key)]
    if watch.get("processor") not in _HTTP_PROCESSORS:
        notes.append(f"not carried over: processor {watch.get('processor')}")
    if str(watch.get("method") or "GET").upper() != "GET":
        notes.append(f"not carried over: method {watch['method']}")
    if isinstance(watch.get("proxy"), str) and watch["proxy"]:
        notes.append(f"not carried over: proxy {watch['proxy']} (an address is written as proxy: http://host:port)")
    selectors, other = _selectors(words(watch.get("include_filters") or watch.get("css_filter")))
    removed, other_removed = _selectors(words(watch.get("subtractive_selectors")))
    notes += [f"not carried over: filter {item}" for item in other + other_removed]
    own = _every(watch.get("time_between_check")) if not watch.get("time_between_check_use_default") else None
    tags = [titles.get(tag, tag) for tag in words(watch.get("tags"))]
    return Watch(
        str(watch.get("url") or ""), str(watch.get("title") or ""), every=own or usual, text=selectors,
        ignore=(*removed, *map(_line_with, words(watch.get("ignore_text")))), headers=pairs(watch.get("headers")),
        browser=str(watch.get("fetch_backend") or "").endswith("webdriver"), enabled=not watch.get("paused"),
        tags=(*tags, *(word.strip() for word in str(watch.get("tag") or "").split(",") if word.strip())),
        notes=tuple(notes),
    )  # fmt: skip


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
