"""XML of office files: no document type, no entities, no depth without end."""

from __future__ import annotations

import re
from itertools import chain
from xml.etree.ElementTree import Element, ParseError, XMLParser

from worker.extract.files.model import Bomb, Broken

MAX_DEPTH = 400
_DOCTYPE = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_CODING = re.compile(rb"^\s*<\?xml[^>]{0,200}encoding\s*=\s*[\"']([\w.\-]+)")


def parse(data: bytes, what: str) -> Element:
    """The root element. Raises Broken for what is no XML, Bomb for document types, entities and endless nesting."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        data = data.decode("utf-16", "replace").encode()
        data = re.sub(rb"^(\s*<\?xml[^>]*?)\s+encoding\s*=\s*[\"'][\w.\-]+[\"']", rb"\1", data)
    match = _CODING.match(data[:300].removeprefix(b"\xef\xbb\xbf"))
    if b"\x00" in data[:200] or (match and match.group(1).lower() not in (b"utf-8", b"utf8", b"us-ascii", b"ascii")):
        raise Broken(f"{what}: XML in an encoding that office files do not use")
    if _DOCTYPE.search(data):
        raise Bomb(f"{what}: a document type or entities, which office files do not have")
    parser = XMLParser()
    try:
        parser.feed(data)
        root = parser.close()
    except (ParseError, ValueError) as error:
        raise Broken(f"{what}: {error}") from error
    if _too_deep(root):
        raise Bomb(f"{what}: elements nested more than {MAX_DEPTH} deep")
    return root


def _too_deep(root: Element) -> bool:
    level = [root]
    for _ in range(MAX_DEPTH):
        level = list(chain.from_iterable(level))
        if not level:
            return False
    return True


def local(tag: str) -> str:
    """A tag without its namespace."""
    return tag.rpartition("}")[2]
