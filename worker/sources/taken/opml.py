"""Subscriptions of a feed reader: OPML 2.0, `<outline xmlUrl="...">`, folders become tags."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from worker.sources.taken.model import Found, Watch


def taken(path: Path) -> Found | None:
    """The feeds of a file; None where it is no OPML."""
    if path.is_dir() or b"<opml" not in path.read_bytes()[:4096].lower():
        return None
    try:
        root = ElementTree.fromstring(path.read_bytes())
    except ElementTree.ParseError:
        return None
    body = root.find("body")
    return Found(tuple(_feeds(body if body is not None else root, ())))


def _feeds(node: ElementTree.Element, folders: tuple[str, ...]) -> Iterator[Watch]:
    for outline in node.findall("outline"):
        name = outline.get("title") or outline.get("text") or ""
        if url := outline.get("xmlUrl"):
            yield Watch(url, name, kind="feed", tags=folders)
        else:
            yield from _feeds(outline, (*folders, name) if name else folders)
