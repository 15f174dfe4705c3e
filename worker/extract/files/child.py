"""The isolated process's side: bytes in, plain values out. Everything that touches a file's inside runs here."""

from __future__ import annotations

from dataclasses import asdict
from importlib import import_module

from worker.extract.files.containers import type_of
from worker.extract.files.model import FileText, Unsupported
from worker.extract.files.said import said

READERS: dict[str, str] = {
    "pdf": "worker.extract.files.pdf.read",
    "docx": "worker.extract.files.word.docx",
    "doc": "worker.extract.files.word.doc",
    "xlsx": "worker.extract.files.sheets",
    "xls": "worker.extract.files.sheets",
    "ods": "worker.extract.files.sheets",
    "odt": "worker.extract.files.odf.read",
    "odp": "worker.extract.files.odf.read",
    "pptx": "worker.extract.files.slides.pptx",
    "ppt": "worker.extract.files.slides.ppt",
    "ofd": "worker.extract.files.ofd.read",
    "rtf": "worker.extract.files.rtf",
    "text": "worker.extract.files.text",
    "csv": "worker.extract.files.csv",
    "zip": "worker.extract.files.zip",
}
"""type by content -> module with `read(body) -> FileText`"""
SCANNED = frozenset({"pdf", "ofd"})
"""types whose pages may be pictures, and whose readers take `ocr`"""
PRELOAD = ("worker.extract.files.child", "worker.extract.files.pdf.read")
MAX_FURNITURE = 400


def read(body: bytes, options: dict[str, object]) -> dict[str, object]:
    """What a file says as plain values (`worker.extract.files.extractor` puts them together). Raises Unreadable."""
    kind = str(options.get("type") or "") or type_of(body)
    file = file_text(body, kind, ocr=bool(options.get("ocr")))
    words = said(file, str(options.get("name") or ""))
    return {
        "type": file.type, "title": words.title, "text": words.text, "fields": words.fields, "places": words.places,
        "markdown": words.markdown, "pages": len(file.pages), "info": file.info, "unread": list(file.unread),
        "scans": list(file.scans), "scan_why": file.scan_why, "scan_digest": file.scan_digest,
        "attachments": [list(pair) for pair in file.attachments],
        "furniture": [[item.what, item.page, item.text[:200]] for item in file.furniture[:MAX_FURNITURE]],
        "confidence": list(file.confidence),
    }  # fmt: skip


def shown(body: bytes, options: dict[str, object]) -> dict[str, object]:
    """The blocks and furniture with their places, and pictures of the first pages, for `explain`. Raises Unreadable."""
    kind = str(options.get("type") or "") or type_of(body)
    file = file_text(body, kind, ocr=bool(options.get("ocr")))
    pictures = _pictures(body, int(str(options.get("pictures") or 0))) if kind == "pdf" else {}
    return {**asdict(file), "said": asdict(said(file, str(options.get("name") or ""))), "pictures": pictures}


def _pictures(body: bytes, count: int) -> dict[str, str]:
    """Number of the page -> its picture as PNG in base 64."""
    from worker.extract.files.pdf.picture import png_of_pages

    return png_of_pages(body, count) if count else {}


def file_text(body: bytes, kind: str, ocr: bool = False) -> FileText:
    """The file read by the reader of its type; with `ocr` scanned pages too. Raises Unreadable."""
    if kind not in READERS:
        raise Unsupported(kind)
    reader = import_module(READERS[kind])
    found: FileText = reader.read(body, ocr=True) if ocr and kind in SCANNED else reader.read(body)
    return found
