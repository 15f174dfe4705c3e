"""XML of feeds and sitemaps as plain elements: without DOCTYPE (no entities to explode), namespaces cut off the
names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree

from worker.extract.model import NothingFound

LIMIT = 32 * 1024 * 1024
"""characters; sitemaps.org allows 50 MB uncompressed, we stop earlier"""
_DOCTYPE = re.compile(r"<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>", re.S | re.I)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_BARE_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[0-9a-fA-F]+);)")
_DECLARED = re.compile(r"^\s*<\?xml[^>]*\?>")


def parse(text: str) -> ElementTree.Element:
    """The root element. Raises NothingFound for what is no XML at all, even with stray ampersands forgiven."""
    text = _DOCTYPE.sub("", _DECLARED.sub("", text.lstrip("\ufeff")[:LIMIT], count=1), count=1)
    for candidate in (text, _BARE_AMPERSAND.sub("&amp;", _CONTROL.sub("", text))):
        try:
            return ElementTree.fromstring(candidate.strip())
        except ElementTree.ParseError as error:
            said = str(error)
    raise NothingFound(f"not well-formed XML: {said}")


def name(element: ElementTree.Element) -> str:
    """The local name, lower case."""
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""


def children(element: ElementTree.Element, *names: str) -> Iterator[ElementTree.Element]:
    """The children of these local names, in document order."""
    return (child for child in element if name(child) in names)


def words(element: ElementTree.Element, *names: str) -> str:
    """The text of the first child of these names (in the order asked) that has any, white space collapsed."""
    for wanted in names:
        for child in children(element, wanted):
            text = " ".join("".join(child.itertext()).split())
            if text:
                return text
    return ""
