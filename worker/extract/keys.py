"""The identity of a document that is a page: its canonical address."""

from __future__ import annotations


def page_key(url: str) -> str:
    """`page|` and the urlkey (SURT) of a page's URL; the fragment never counts."""
    try:
        from archive.urlkey import urlkey
    except ModuleNotFoundError:
        return "page|" + url.partition("#")[0]
    return f"page|{urlkey(url)}"
