"""The content hash: what a document says, as a digest that names its recipe.

Recipe `c1`: SHA-256 over canonical JSON of title, text, fields that are not empty, targets of content links, targets
and names of
attachments, targets of content images, and margin lines. Left out: key, kind and URL (two documents that say the same
have the
same hash), floor, author, times, evidence and Markdown (derived).

Canonical means: NFC; white space of any kind, line breaks included, is one space, and none beside Han, kana or
full-width
punctuation; invisible and direction marks do not count. Width does count (`１` is not `1`, `²` is not `2`): NFKC would
make different
figures equal. A target counts without scheme, without `www.` `m.` `mobile.` and without its volatile parts.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import replace

from archive.records import Content, JsonMap
from worker.extract.model import Extracted
from worker.normalise import clean_url
from worker.remembered import remembered

RECIPE = "c1"
JUDGEMENT = 3
"""raised, in the same commit as its golden page, with every change of what counts: `normalise`, `volatile`,
`fingerprint`,
`beside`, `forumpage` and this recipe"""

_MARKS = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff]")
_SPACES = re.compile(r"\s+")
_WIDE = "\u2e80-\u303f\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef"
_BESIDE_WIDE = re.compile(rf" (?=[{_WIDE}])|(?<=[{_WIDE}]) ")
_WIDE_CHARACTER = re.compile(rf"[{_WIDE}]")
_SITE = re.compile(r"^(?:https?:)?//(?:(?:www|m|mobile|wap)\.)?", re.IGNORECASE)


def canonical(text: str) -> str:
    """The text as it counts (see the module's docstring)."""
    if text.isascii():
        # most lines hold nothing but single spaces
        return text.strip() if text.isprintable() and "  " not in text else " ".join(text.split())
    if "\n" not in text:
        return _canonical_line(text)
    said: list[str] = []
    wide = True
    for line in map(canonical, text.split("\n")):
        if line:
            if not wide and not _is_wide(line[0]):
                said.append(" ")
            said.append(line)
            wide = not line.isascii() and _is_wide(line[-1])
    return "".join(said)


@remembered
def _canonical_line(text: str) -> str:
    text = _MARKS.sub("", text)
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    text = _SPACES.sub(" ", text).strip()
    return _BESIDE_WIDE.sub("", text) if " " in text else text


def _is_wide(char: str) -> bool:
    return char >= "\u2e80" and _WIDE_CHARACTER.match(char) is not None


@remembered
def target(url: str) -> str:
    """A link's target as it counts: clean, without scheme and the usual prefixes of one site's hosts."""
    return _SITE.sub("", clean_url(url)).rstrip("/")


def targets(entries: Iterable[JsonMap]) -> list[str]:
    """Targets in the order of their first appearance, each once."""
    return list(dict.fromkeys(target(url) for entry in entries if isinstance(url := entry.get("url"), str)))


def content_hash(content: Content) -> str:
    """`c1:` and 64 hexadecimal digits."""
    files = dict.fromkeys(
        (target(str(entry.get("url", ""))), canonical(str(entry.get("name") or ""))) for entry in content.attachments
    )
    said: dict[str, object] = {
        "title": canonical(content.title),
        "text": canonical(content.text),
        "fields": {
            name: value for name, raw in content.fields.items() if (value := field_value(raw)) not in ("", [], {}, None)
        },
        "links": targets(content.links),
        "images": targets(content.images),
        "attachments": [list(pair) for pair in files],
        "margin": [canonical(line) for line in content.margin],
    }
    said = {name: value for name, value in said.items() if value}
    plain = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return f"{RECIPE}:{hashlib.sha256(plain.encode('utf-8', 'surrogatepass')).hexdigest()}"


def field_value(value: object) -> object:
    """A field's value as it counts: text canonical, empty parts of lists and objects left out."""
    if isinstance(value, str):
        return canonical(value)
    if isinstance(value, Mapping):
        return {
            str(name): kept for name, inner in value.items() if (kept := field_value(inner)) not in ("", [], {}, None)
        }
    if isinstance(value, (list, tuple)):
        return [kept for inner in value if (kept := field_value(inner)) not in ("", [], {}, None)]
    if value is None or isinstance(value, (bool, int, float)):
        return value
    return canonical(str(value))


def judged_revision(extractor_revision: int) -> int:
    """An extractor's revision together with the judgement's: what a version was read with. Where it differs, an old
    capture
    is read again before anything is called a change of the page."""
    return extractor_revision + 1000 * (JUDGEMENT - 1)


def content_of(extracted: Extracted) -> Content:
    """What a document says, with its hash; call it on normalised documents."""
    content = Content(
        content_hash="",
        title=extracted.title,
        text=extracted.text,
        fields=extracted.fields,
        links=extracted.links,
        images=extracted.images,
        attachments=extracted.attachments,
        margin=extracted.margin,
        markdown=extracted.markdown,
        evidence=extracted.evidence,
    )
    return with_hash(content)


def with_hash(content: Content) -> Content:
    """The content with the hash of what it says."""
    return replace(content, content_hash=content_hash(content))
