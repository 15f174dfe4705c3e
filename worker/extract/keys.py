"""The identity of a document that is a page: its canonical address."""

from __future__ import annotations

from archive.urlkey import urlkey


def page_key(url: str) -> str:
    """`page|` and the urlkey (SURT) of a page's URL; the fragment never counts."""
    return f"page|{urlkey(url)}"
