"""Page numbers in their usual forms, and where on a sheet they stand."""

from __future__ import annotations

import re

EDGE = 0.13
"""share of the height at the top and at the bottom in which running headers and page numbers stand"""
_DASH = r"[—–\-－―‐‑─·•~～|\s]*"
_PAGE_NUMBER = re.compile(
    rf"{_DASH}(?:\d{{1,4}}|[ivxlc]{{1,6}}){_DASH}"
    r"|[—–\-－―_一]\s*\d{1,4}\s*[—–\-－―_一]"  # as OCR says dashes
    r"|第?\s*\d{1,4}\s*页?\s*[,，/／\-—|（(共of\s]+(?:共\s*)?\d{1,4}\s*页?\s*[)）]?"
    r"|第\s*[\d一二三四五六七八九十百]{1,5}\s*页(?:\s*[,，/／\s（(]*共\s*[\d一二三四五六七八九十百]{1,5}\s*页[)）]?)?"
    r"|(?:page|p\.?|seite)\s*\d{1,4}(?:\s*(?:of|/|von)\s*\d{1,4})?",
    re.IGNORECASE,
)


def is_page_number(text: str) -> bool:
    """Whether a text is a page number in one of the usual forms."""
    return _PAGE_NUMBER.fullmatch(text.strip()) is not None
