"""Pages that are a frame around a file: <iframe>, <embed> and <object>, and viewers that are handed the file's
address."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

from worker.extract.model import Extraction, FoundLink, Reading
from worker.extract.sieve import Words

READABLE = frozenset(["pdf", "doc", "docx", "wps", "xls", "xlsx", "et", "csv", "rtf", "txt", "zip", "ofd", "odt", "ods",
                      "odp", "pptx", "ppt", "dps"])  # fmt: skip
"""endings of files that are read"""
_HOLDERS = (("iframe", "src"), ("frame", "src"), ("embed", "src"), ("object", "data"))
_MARKS = Words("<iframe", "<frame", "<embed", "<object", any_case=True)
_HANDED = frozenset({"file", "url", "src", "path", "pdf", "fileurl", "pdfurl"})
"""parameters in which viewers (pdf.js and its kin) take the file's address"""


def framed_files(reading: Reading) -> tuple[FoundLink, ...]:
    """Files that the page shows in a frame, each once, in order."""
    if not reading.text or not reading.holds(_MARKS):
        return ()
    from worker.extract.links import suffix  # with it comes the HTML parser; the daemon leaves that to its readers

    found: dict[str, FoundLink] = {}
    for tag, name in _HOLDERS:
        for node in reading.tree.css(tag):
            for address in _addresses(node.attributes.get(name) or ""):
                url = reading.tree.absolute(address)
                if url is not None and suffix(url) in READABLE:
                    found.setdefault(url, FoundLink(url, "file", node.attributes.get("title") or ""))
    return tuple(found.values())


def with_framed_files(reading: Reading, extraction: Extraction) -> Extraction:
    """The extraction with the framed files among its links; a page without words of its own is content if it frames
    one."""
    if extraction.page_kind not in ("page", "not-content") or not (framed := framed_files(reading)):
        return extraction
    known = {link.url for link in extraction.links}
    links = extraction.links + tuple(link for link in framed if link.url not in known)
    if extraction.outcome == "empty" or (extraction.outcome == "ok" and extraction.page_kind == "not-content"):
        return replace(extraction, page_kind="page", outcome="ok", why="a frame around a file", links=links)
    return replace(extraction, links=links) if extraction.outcome == "ok" else extraction


def _addresses(address: str) -> list[str]:
    """The file a viewer was handed, before the viewer's own address."""
    handed = [value for name, value in parse_qsl(urlsplit(address).query) if name.lower() in _HANDED]
    return handed or [address]
