"""Subscriptions of a feed reader: OPML 2.0, `<outline xmlUrl="...">`, folders become tags."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from worker.errors import UsageError
from worker.sources.taken.model import Found, Watch, words


def taken(path: Path) -> Found | None:
    """The feeds of a file; None where it is no OPML. Raises UsageError where it is OPML that XML does not allow."""
    if path.is_dir() or b"<opml" not in path.read_bytes()[:4096].lower():
        return None
    try:
        root = ElementTree.fromstring(path.read_bytes())
    except ElementTree.ParseError as error:
        raise UsageError(f"{path}: {error}; export the subscriptions again, or mend that place") from None
    body = root.find("body")
    left: list[str] = []
    return Found(tuple(_feeds(body if body is not None else root, (), left)), tuple(left))


def _feeds(node: ElementTree.Element, folders: tuple[str, ...], left: list[str]) -> Iterator[Watch]:
    for outline in node.findall("outline"):
        name = outline.get("title") or outline.get("text") or ""
        if url := outline.get("xmlUrl"):
            yield Watch(url, name, kind="feed", tags=(*folders, *_categories(outline)))
        elif outline.find("outline") is None:
            left.append(f"{outline.get('url') or name or 'an outline'}: is no feed, it has no xmlUrl")
        yield from _feeds(outline, (*folders, name) if name and not url else folders, left)


def _categories(outline: ElementTree.Element) -> tuple[str, ...]:
    """The tags of `category="/Law/Courts,town"`: each path's last part."""
    return words([path.rpartition("/")[2] for path in outline.get("category", "").split(",")])
