"""Noise away: what an extractor said, in the form two readings of an unchanged page agree in.

Text stays as the page says it, but for NFC, white space, invisible characters and, on whole pages, the volatile parts
listed in
`worker.volatile`. Posts and topics keep every word: there the words are an author's. URLs lose what names a visit.
"""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from urllib.parse import unquote

from archive.records import JsonMap
from worker import volatile
from worker.extract.model import Extracted, Extraction, Reading
from worker.remembered import remembered

WHOLE_PAGES = frozenset({"notice", "article", "page", "list"})
"""kinds of documents that speak for a whole page; posts, topics and files do not"""

_INVISIBLE = re.compile("[\u200b\u2060\ufeff\u00ad\u180e\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SPACES = re.compile(r"[^\S\n]+")
_LINES = re.compile(r" ?\n[ \n]*")
_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_PARAMETER = re.compile(r"&(?:amp;)?")


def fold(text: str) -> str:
    """The text in NFC, without invisible characters, each run of white space one space, lines kept, empty lines
    gone."""
    if "  " not in text and text.isprintable():  # most lines: no white space but single spaces, nothing invisible
        return (text if text.isascii() else unicodedata.normalize("NFC", text)).strip()
    if not text.isascii():
        text = _INVISIBLE.sub("", text)
        if not unicodedata.is_normalized("NFC", text):
            text = unicodedata.normalize("NFC", text)
    return _LINES.sub("\n", _SPACES.sub(" ", text.replace("\r", "\n"))).strip()


@remembered
def fold_line(line: str) -> str:
    """`fold` for one line, remembered: pages come back mostly as they were."""
    return fold(line)


@remembered
def quiet_line(line: str) -> str:
    """One line as a page has it, folded and without its volatile parts."""
    return quiet(fold(line))


def quiet(line: str) -> str:
    """One folded line without its volatile parts; empty where nothing else was in it."""
    low = line.lower()
    if _is_noise(line, low):
        return ""
    rest = line
    for noise in volatile.PART_NOISE:
        if len(line) <= noise.longest:
            for hint in noise.hints:
                if hint in low:
                    if noise.beside is None or noise.beside.search(line) is not None:
                        rest = noise.pattern.sub("", rest)
                    break
    if rest == line:
        return line
    rest = _SPACES.sub(" ", rest).strip(" |·•–—,，;；")
    # a clock and the weather in one line: without the clock, the weather is all there is
    return "" if _is_noise(rest, low) else rest


def _is_noise(line: str, low: str) -> bool:
    """Whether nothing but noise stands in the line; `low` holds the hints: the line in lower case, or what it came
    from."""
    if len(line) >= 240:
        return False
    for hints, patterns in volatile.WHOLE_BY_HINTS:
        for hint in hints:  # any() takes twice the time, on every line of every page
            if hint in low:
                if any(pattern.match(line) for pattern in patterns):
                    return True
                break
    return False


@remembered
def clean_url(url: str) -> str:
    """The URL without session, tracking and cache-busting parts and without fragment (but for `#/` and `#!` routes)."""
    url = url.strip().replace("&amp;", "&")
    head, _mark, fragment = url.partition("#")
    head = head.strip()
    fragment = fragment if fragment[:1] in {"/", "!"} else ""
    path, _, query = head.partition("?")
    for noise in volatile.URL_NOISE:
        path = noise.pattern.sub("", path)
    if query:
        asset = volatile.ASSET_PATH.search(path) is not None
        query = "&".join(kept for part in _PARAMETER.split(query) if (kept := _parameter(part, asset)))
    return path + (f"?{query}" if query else "") + (f"#{fragment}" if fragment else "")


def _parameter(part: str, asset: bool) -> str:
    """One query parameter as it counts; empty where it is volatile."""
    name, equals, value = part.partition("=")
    low = name.lower()
    if volatile.CLOCK_VALUE.match(low or "-"):
        return ""
    if low in volatile.SESSION_PARAMETERS:
        return part if low in volatile.NUMBERED and value.isdigit() and len(value) < 9 else ""
    if not equals:
        return part
    if low in volatile.CLOCK_PARAMETERS and (asset or volatile.CLOCK_VALUE.match(value)):
        return ""
    if low == "aid":
        return f"{name}={stable_aid(value)}"
    if asset and low in volatile.SIZE_PARAMETERS:
        return ""
    if low in {"itok", "key", "k"} and (asset or re.fullmatch(r"[0-9a-f]{16,}", value, re.IGNORECASE)):
        return ""
    return part


def stable_aid(value: str) -> str:
    """Discuz signs attachment ids per request (base64 of `id|hash|time|uid|tid`): only the first field stays."""
    try:
        plain = base64.b64decode(unquote(value).replace(" ", "+"), validate=True).decode("ascii")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return value
    first, bar, _ = plain.partition("|")
    return first if bar and first.isdigit() else value


def normalise(extraction: Extraction, ignore: Sequence[str] = ()) -> Extraction:
    """The same extraction with noise taken out of its documents; `ignore` as in sources.yaml (only `/patterns/` act
    here)."""
    patterns = ignored_patterns(ignore)
    documents = tuple(_document(document, patterns) for document in extraction.documents)
    return replace(extraction, documents=documents)


def ignored_patterns(ignore: Iterable[str]) -> tuple[re.Pattern[str], ...]:
    """The `/patterns/` among a source's `ignore` entries, compiled; the others are selectors (`prune`)."""
    return tuple(re.compile(entry[1:-1]) for entry in ignore if len(entry) > 2 and entry[0] == entry[-1] == "/")


def prune(reading: Reading) -> None:
    """Takes what the source's `ignore` selectors name out of the reading's tree, before it is read."""
    for entry in reading.ignore:
        if len(entry) > 2 and entry[0] == entry[-1] == "/":
            continue
        for node in reading.tree.css(entry):
            node.decompose()


def _document(document: Extracted, patterns: tuple[re.Pattern[str], ...]) -> Extracted:
    if document.kind in WHOLE_PAGES:
        text = "\n".join(kept for line in document.text.split("\n") if (kept := _line(line, patterns)))
    else:
        text = fold(document.text)
        if patterns:
            text = "\n".join(kept for line in text.split("\n") if (kept := _without(line, patterns)))
    return replace(
        document,
        title=fold(document.title).replace("\n", " "),
        text=text,
        fields={name: _value(value) for name, value in document.fields.items()},
        links=_targets(document.links),
        images=_targets(document.images),
        attachments=_targets(document.attachments),
    )


def _line(line: str, patterns: tuple[re.Pattern[str], ...]) -> str:
    return quiet(_without(fold_line(line), patterns)) if patterns else quiet_line(line)


def _without(line: str, patterns: tuple[re.Pattern[str], ...]) -> str:
    for pattern in patterns:
        line = pattern.sub("", line).strip()
    return line


def _value(value: object) -> object:
    if isinstance(value, str):
        return fold(value)
    if isinstance(value, Mapping):
        return {key: _value(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_value(inner) for inner in value]
    return value


def _targets(entries: tuple[JsonMap, ...]) -> tuple[JsonMap, ...]:
    """Entries with clean URLs and folded words, each pair of URL and words once."""
    seen: dict[tuple[object, object], JsonMap] = {}
    for entry in entries:
        clean = {name: _value(value) for name, value in entry.items()}
        url = entry.get("url")
        if isinstance(url, str):
            clean["url"] = clean_url(url)
        seen.setdefault((clean.get("url"), clean.get("text") or clean.get("name") or clean.get("alt")), clean)
    return tuple(seen.values())
