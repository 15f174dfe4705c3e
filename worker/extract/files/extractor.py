"""The reader of files: recognises them by their bytes, reads them in the isolated process, says what they say.

A file is one document of kind `file`. What cannot be read is an outcome with a name; the bytes are kept all the same.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from archive.records import Facts
from worker.extract.files import sniff
from worker.extract.files.names import offered_name
from worker.extract.keys import page_key
from worker.extract.model import Dropped, Extracted, Extraction, Reading
from worker.isolate import Answer, Limits, pool

LIMITS = Limits(memory=300 * 1024 * 1024, seconds=60, output=24 * 1024 * 1024)
"""of one file; its text is at most a few megabytes, its furniture is cut"""
OCR_LIMITS = Limits(memory=360 * 1024 * 1024, seconds=900, output=24 * 1024 * 1024)
"""of one scanned file, over the engine with its models: a page of A4 takes 285 MB and some seconds"""
OCR_PRELOAD = ("worker.extract.files.child", "worker.extract.files.pdf.read", "worker.extract.files.engine:warm")
_OUTCOMES = {
    "Encrypted": "error:encrypted",
    "Broken": "error:damaged",
    "Unsupported": "error:unsupported",
    "Bomb": "error:bomb",
}
_LIMIT = {
    "memory": "more memory than a file may take",
    "time": "more time than a file may take",
    "output": "more text than a file may hold",
}


class Files:
    """Reads PDF, OFD, Word, spreadsheets, OpenDocument, slides, RTF, text, CSV and ZIP files."""

    name = "file"
    revision = 6

    def recognise(self, reading: Reading) -> str | None:
        """The type its bytes show; text only where it is offered as a file."""
        if kind := sniff.family(reading.body):
            return f"the bytes of a {kind} file"
        plain = sniff.is_plain(reading.body, reading.media_type, reading.url, reading.kind == "file")
        return f"{plain} offered as a file" if plain else None

    def __call__(self, reading: Reading) -> Extraction:
        """One document, or an outcome that names why there is none."""
        name = offered_name(reading.headers.get("content-disposition", "")) or _name_in(reading.url)
        plain = (
            None if sniff.family(reading.body) else sniff.is_plain(reading.body, reading.media_type, reading.url, True)
        )
        options = {"name": name, "type": plain or ""}
        answer = isolated("worker.extract.files.child:read", reading.body, options)
        if reading.read.get("ocr") == "now" and _waits_for_ocr(answer):
            answer = recognised(reading.body, options) or answer
        if answer.failure is not None:
            outcome, why = outcome_of(answer)
            return Extraction(self.name, self.revision, "file", outcome, why)
        assert isinstance(answer.value, dict)
        said = answer.value
        return Extraction(
            self.name, self.revision, "file", why=f"a {said['type']} file, read in {answer.seconds * 1000:.0f} ms",
            documents=(_document(reading, said, name),),
            dropped=tuple(Dropped(f"{what}, page {page}" if page else what, text) for what, page,
            text in said["furniture"]),
        )  # fmt: skip


def isolated(target: str, body: bytes, options: Mapping[str, object]) -> Answer:
    """A task in the pool of processes that read files."""
    from worker.extract.files.child import PRELOAD

    return pool("files", min(2, os.cpu_count() or 1), PRELOAD).run(target, body, options, LIMITS)


def recognised(
    body: bytes, options: Mapping[str, object], target: str = "worker.extract.files.child:read"
) -> Answer | None:
    """The file with its scanned pages read by OCR, in a pool of its own; None where the extra is not installed or the
    engine gave up (the file then stays marked)."""
    from worker.extract.files.engine import engine_name

    if not engine_name():
        return None
    answer = pool("ocr", 1, OCR_PRELOAD).run(target, body, {**options, "ocr": True}, OCR_LIMITS)
    return answer if answer.failure is None else None


def _waits_for_ocr(answer: Answer) -> bool:
    return isinstance(answer.value, dict) and bool(answer.value["scans"]) and answer.value["type"] in ("pdf", "ofd")


def outcome_of(answer: Answer) -> tuple[str, str]:
    """(outcome, why) of a file that could not be read."""
    if answer.failure in _LIMIT:
        return "error:bomb", _LIMIT[answer.failure]
    if answer.failure == "crash":
        return "error:damaged", f"the file broke its reader: {answer.error}"
    if answer.kind == "ModuleNotFoundError":
        return "error:unsupported", f"the reader is not installed ({answer.error}): install muniment[files]"
    if answer.kind in _OUTCOMES:
        return _OUTCOMES[answer.kind], answer.error
    return "error:parse", f"{answer.kind}: {answer.error}"


def _document(reading: Reading, said: dict[str, Any], name: str) -> Extracted:
    fields: dict[str, object] = dict(said["fields"])
    evidence: dict[str, object] = {field: {"from": place} for field, place in said["places"].items()}
    file = {key: said[key] for key in ("type", "pages", "info", "unread", "furniture") if said[key]}
    extra: dict[str, object] = {
        "file": {"type": said["type"], "pages": said["pages"], "name": name, "bytes": len(reading.body)}
    }
    if said["scans"]:
        extra["needs_ocr"] = said["scans"]
        file["needs_ocr"] = said["scan_why"]
        fields["unread_sha256"] = said["scan_digest"] or hashlib.sha256(reading.body).hexdigest()
    if said["confidence"]:
        file["confidence"] = said["confidence"]
    return Extracted(
        key=page_key(reading.url),
        kind="file",
        facts=Facts(url=reading.url, extra=extra),
        title=said["title"] or name,
        text=said["text"],
        fields=fields,
        attachments=tuple({"url": reading.url, "name": inner, "type": kind} for inner, kind in said["attachments"]),
        markdown=said["markdown"],
        evidence={**evidence, "file": file},
    )


def _name_in(url: str) -> str:
    """The file's name as the address has it."""
    last = unquote(urlsplit(url).path.rstrip("/").rpartition("/")[2])
    return "" if re.search(r"\.(?:jsp|do|php|aspx?|action|html?)$", last, re.IGNORECASE) else last[:200]
