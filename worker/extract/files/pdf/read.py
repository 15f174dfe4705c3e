"""A PDF file's text: opened by PDFium, page by page into sheets, and from there like every format of placed glyphs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from ctypes import create_string_buffer
from dataclasses import replace
from typing import Any

import pypdfium2
import pypdfium2.raw as raw

from worker.extract.files.layout.compose import sheets_text
from worker.extract.files.layout.model import Sheet
from worker.extract.files.model import Broken, Encrypted, FileText, Unsupported
from worker.extract.files.pdf import fallback
from worker.extract.files.pdf.shapes import without_shapes
from worker.extract.files.pdf.sheet import sheet_of

MAX_PAGES = 2_000
"""pages read; what lies behind them is named in `unread`"""
_INFO = ("Title", "Author", "Subject", "Keywords", "Creator", "Producer", "CreationDate", "ModDate")


MAX_OCR_PAGES = 60
"""scanned pages recognised in one file; the others are named in `unread`"""


def read(body: bytes, ocr: bool = False) -> FileText:
    """What the file says; with `ocr` scanned pages are recognised. Raises Encrypted, Broken or Unsupported."""
    document = opened(body if ocr else without_shapes(body))
    try:
        count = len(document)
        if count == 0:
            raise Broken("a PDF without pages")
        broken: list[str] = []
        sheets = _sheets(document, min(count, MAX_PAGES), broken)
        text = sheets_text("pdf", sheets, _info(document), _outline(document))
        if len(broken) == min(count, MAX_PAGES):
            raise Broken("no page of the PDF can be loaded")
        if count > MAX_PAGES:
            broken.append(f"pages {MAX_PAGES + 1} to {count}: only {MAX_PAGES} pages are read")
        if ocr and text.scans:
            return _recognised(document, text, broken)
        digest = _pictures_digest(document, text.scans) if text.scans else ""
        return replace(text, unread=text.unread + tuple(broken), scan_digest=digest)
    finally:
        document.close()


def _recognised(document: Any, text: FileText, broken: list[str]) -> FileText:
    """The file with its scanned pages read by OCR, the others as they are."""
    from worker.extract.files import ocr
    from worker.extract.files.engine import engine_name

    wanted = set(text.scans[:MAX_OCR_PAGES])
    confidence: list[float] = []

    def sheets() -> Iterator[Sheet]:
        for index in range(len(text.pages)):
            page = document[index]
            if index + 1 in wanted:
                dpi = ocr.dpi_of(*page.get_size())
                picture = page.render(scale=dpi / 72, rev_byteorder=True).to_numpy()[:, :, :3]
                page.close()
                sheet, sure = ocr.sheet_of(picture, index + 1, dpi)
                confidence.extend(sure)
                yield sheet
            else:
                textpage = page.get_textpage()
                yield sheet_of(page, textpage, index + 1)
                textpage.close()
                page.close()

    if len(text.scans) > MAX_OCR_PAGES:
        broken.append(f"only the first {MAX_OCR_PAGES} scanned pages are recognised")
    read_again = sheets_text("pdf", sheets(), {**text.info, "Ocr": engine_name()}, text.outline)
    return replace(read_again, unread=read_again.unread + tuple(broken), scans=(), confidence=tuple(confidence))


def opened(body: bytes) -> Any:
    """pypdfium2's document. Raises Encrypted, Broken or Unsupported."""
    fallback.install()
    try:
        return pypdfium2.PdfDocument(body)
    except pypdfium2.PdfiumError as error:
        code = getattr(error, "err_code", None)
        if code == raw.FPDF_ERR_PASSWORD:
            raise Encrypted("a PDF that opens with a password only") from error
        if code == raw.FPDF_ERR_SECURITY:
            raise Encrypted("a PDF under a protection PDFium does not know") from error
        if code == raw.FPDF_ERR_UNKNOWN:
            raise Unsupported("pdf: of a kind PDFium does not know") from error
        raise Broken(f"not a whole PDF: {error}") from error


def _sheets(document: Any, count: int, broken: list[str]) -> Iterator[Sheet]:
    for index in range(count):
        try:
            page = document[index]
            textpage = page.get_textpage()
        except pypdfium2.PdfiumError:
            broken.append(f"page {index + 1}: damaged")
            yield Sheet(index + 1, 595.0, 842.0)
            continue
        sheet = sheet_of(page, textpage, index + 1)
        textpage.close()
        page.close()
        yield sheet


def _info(document: Any) -> dict[str, str]:
    said = {name: document.get_metadata_value(name) for name in _INFO}
    return {name: value[:500].replace("\x00", "") for name, value in said.items() if value}


def _outline(document: Any) -> tuple[str, ...]:
    """Bookmarks; PDFium's walk is bounded in depth, a cyclic tree in number."""
    lines: list[str] = []
    try:
        for bookmark in document.get_toc(max_depth=8):
            title = bookmark.get_title().replace("\x00", "").strip()
            if title:
                lines.append("  " * bookmark.level + title[:200])
            if len(lines) >= 500:
                break
    except (pypdfium2.PdfiumError, RecursionError):
        return tuple(lines)
    return tuple(lines)


def _pictures_digest(document: Any, numbers: tuple[int, ...]) -> str:
    """SHA-256 of the pictures on these pages as the file holds them, and of their text layers."""
    digest = hashlib.sha256()
    for number in numbers:
        page = document[number - 1]
        for index in range(min(raw.FPDFPage_CountObjects(page), 500)):
            item = raw.FPDFPage_GetObject(page, index)
            if raw.FPDFPageObj_GetType(item) == raw.FPDF_PAGEOBJ_IMAGE:
                size = raw.FPDFImageObj_GetImageDataRaw(item, None, 0)
                buffer = create_string_buffer(size)
                raw.FPDFImageObj_GetImageDataRaw(item, buffer, size)
                digest.update(buffer.raw)
        textpage = page.get_textpage()
        digest.update(textpage.get_text_range().encode("utf-8", "surrogatepass"))
        textpage.close()
        page.close()
    return digest.hexdigest()
