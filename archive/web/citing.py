"""How one version of a document is cited, so that a reader years later finds the same words and can prove it. Pure.

    plain     author or issuer, title, number, date, address; archived when, as which version, under which digests
    BibTeX    `@misc` (`@online` in biblatex), values safe inside braces
    CSL JSON  one item as reference managers read it (citeproc-js, Zotero)
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC

from archive.records import Capture, Document, Version

_SPECIAL = re.compile(r"[\\{}%$&#_^~]")
_BIBTEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "%": r"\%", "$": r"\$", "&": r"\&", "#": r"\#", "_": r"\_",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}",
}  # fmt: skip
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
LONGEST = 300
"""characters of one part of a citation"""


@dataclass(frozen=True, slots=True)
class Citation:
    """One version, cited."""

    plain: str
    permalink: str
    content_hash: str
    """of what the version says"""
    payload: str | None
    """SHA-256 of the bytes it was read from"""
    bibtex: str
    csl: str


def cited(document: Document, version: Version, capture: Capture | None, permalink: str) -> Citation:
    """The citation of a version. `permalink` is the address of its page."""
    fields, day = version.content.fields, _day(version)
    who = _one_line(fields.get("issuer") or fields.get("author") or document.facts.author or "")
    title = _one_line(version.content.title) or _one_line(version.content.text)[:80] or version.url[:LONGEST]
    number = _one_line(fields.get("document_number") or "")
    archived = f"{version.captured_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    payload = capture.payload_digest if capture is not None else None
    parts = [who, title, number, day, _one_line(version.url)]
    kept = f"Archived {archived}, version {version.number}, {permalink}"
    proof = f"content {version.content.content_hash}" + (f", bytes sha256:{payload}" if payload else "")
    plain = ". ".join(part for part in [*parts, f"{kept} ({proof})"] if part) + "."
    return Citation(
        plain, permalink, version.content.content_hash, payload,
        _bibtex(document, version, who, title, number, day, permalink, f"Archived {archived}; {proof}"),
        _csl(document, version, who, title, number, day, permalink, proof),
    )  # fmt: skip


def _day(version: Version) -> str:
    said = version.content.fields.get("published_on") or version.content.fields.get("written_on")
    if isinstance(said, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", said):
        return said
    return f"{version.published_at.astimezone(UTC):%Y-%m-%d}" if version.published_at is not None else ""


def _one_line(value: object) -> str:
    return " ".join(_CONTROL.sub(" ", str(value)).split())[:LONGEST]


def _bibtex(
    document: Document, version: Version, who: str, title: str, number: str, day: str, permalink: str, note: str
) -> str:
    entry = {
        "author": f"{{{_safe(who)}}}" if who else "", "title": f"{{{_safe(title)}}}", "number": _safe(number),
        "year": day[:4], "date": day, "url": permalink, "urldate": f"{version.captured_at.astimezone(UTC):%Y-%m-%d}",
        "howpublished": _safe(_one_line(version.url)), "note": _safe(note),
    }  # fmt: skip
    lines = [f"  {name} = {{{value}}}," for name, value in entry.items() if value]
    key = f"muniment-{re.sub('[^A-Za-z0-9]', '', document.document_id)[:12]}-v{version.number}"
    return "\n".join([f"@misc{{{key},", *lines, "}"])


def _safe(text: str) -> str:
    return _SPECIAL.sub(lambda match: _BIBTEX[match[0]], text)


def _csl(
    document: Document, version: Version, who: str, title: str, number: str, day: str, permalink: str, proof: str
) -> str:
    accessed = version.captured_at.astimezone(UTC)
    item: dict[str, object] = {
        "id": f"{document.document_id}-v{version.number}",
        "type": "post" if document.kind in ("post", "topic") else "webpage",
        "title": title,
        "URL": permalink,
        "accessed": {"date-parts": [[accessed.year, accessed.month, accessed.day]]},
        "version": str(version.number),
        "archive_location": version.url[:2000],
        "note": proof,
    }
    if who:
        item["author"] = [{"literal": who}]
    if number:
        item["number"] = number
    if day:
        item["issued"] = {"date-parts": [[int(part) for part in day.split("-")]]}
    return json.dumps([item], ensure_ascii=False, indent=2)
