"""A page's tree: parsed once by Lexbor, guarded against pages that make parsers quadratic.

selectolax is opened here and under `worker.extract` only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate
from operator import sub
from urllib.parse import urljoin

import numpy as np
from numpy.typing import NDArray
from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from worker.extract.pagers import opened
from worker.extract.resolve import resolved
from worker.extract.walk import Walk, walked

MAX_DEPTH = 512
"""elements nested deeper than this are flattened before parsing: Lexbor is quadratic in depth (195 KB took 6.7 s)"""

LONG_TAG, MOST_ATTRIBUTES = 8192, 500
"""bytes of a tag whose attributes are counted, and how many are kept: Lexbor is quadratic in attributes (30,000 on
one tag took 6 s)"""

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)[^>]*?(/?)>")
_OPEN_OR_CLOSE = re.compile(r"<(/?)(?!(?:br|img|input|meta|link|hr)\b)[a-z]", re.I)
_LESS, _SLASH, _FIRST_LETTER = b"</A"
_VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
"track", "wbr"])

Bytes = NDArray[np.uint8]


class Tree:
    """A parsed page. Nodes are selectolax's own; `absolute` resolves links against <base> and the page's URL."""

    def __init__(self, html: str, url: str) -> None:
        self.url = url
        self.parser = parsed(html)
        base = self.parser.css_first("base[href]") if "<base" in html or "<BASE" in html else None
        try:
            self.base = urljoin(url, (base.attributes.get("href") or "").strip()) if base is not None else url
        except ValueError:  # an address that is none
            self.base = url
        self._walk: Walk | None = None
        self._absolute: dict[str, str | None] = {}

    @property
    def walk(self) -> Walk:
        """The page in arrays (`worker.extract.walk`); walked on first use, then kept."""
        if self._walk is None:
            body = self.parser.body
            self._walk = walked(body.html or "" if body is not None else "")
        return self._walk

    def css(self, selector: str) -> list[LexborNode]:
        """Nodes in document order, each once (Lexbor returns a node once per matching selector of a list)."""
        seen: set[int] = set()
        return [node for node in self.parser.css(selector) if not (node.mem_id in seen or seen.add(node.mem_id))]  # type: ignore[func-returns-value]

    def first(self, selector: str) -> LexborNode | None:
        """The first match in document order, or None."""
        return self.parser.css_first(selector)

    def absolute(self, href: str | None) -> str | None:
        """The absolute http(s) URL of a link, without fragment; None for anything else or what cannot be resolved."""
        if not href:
            return None
        if href not in self._absolute:  # several readers ask for the same links of a page
            self._absolute[href] = self._resolved(href.strip())
        return self._absolute[href]

    def _resolved(self, href: str) -> str | None:
        try:
            url = resolved(self.base, href)
        except ValueError:
            return None
        return url.partition("#")[0] if url.lower().startswith(("http://", "https://")) else None

    def metas(self) -> Iterator[tuple[str, str]]:
        """(name in lower case, content) of every <meta name|property|itemprop>, in order."""
        for node in self.parser.css("meta"):
            attributes = node.attributes
            name = attributes.get("name") or attributes.get("property") or attributes.get("itemprop")
            content = attributes.get("content")
            if name and content is not None:
                yield name.strip().lower(), content.strip()


def parsed(html: str) -> LexborHTMLParser:
    """The page parsed, guarded against what makes the parser quadratic."""
    if "<datastore" in html:
        html = opened(html)
    try:
        return LexborHTMLParser(_guarded(html))
    except SelectolaxError:  # Lexbor reads any text; what it can lack is memory
        raise MemoryError from None


def _guarded(html: str) -> bytes:
    """The page in UTF-8, without what makes the parser quadratic. Both bounds are looked for in the bytes first (0.1 ms
    for 150 KB), which nearly every page passes."""
    body = _trimmed(html.encode("utf-8", "ignore"))  # lone surrogates, as the parser would
    if _depth_at_most(np.frombuffer(body, np.uint8)) > MAX_DEPTH:
        html = body.decode()
        if _depth_by_name(html) > MAX_DEPTH:
            return _flattened(html).encode("utf-8", "ignore")
    return body


def _depth_at_most(data: Bytes) -> int:
    """A bound of the nesting depth: opening tags less closing ones since the lowest point so far, where even <br>
    counts as an opening tag."""
    opened = np.flatnonzero(data[:-1] == _LESS)
    if len(opened) <= MAX_DEPTH:
        return len(opened)
    following = data[opened + 1]
    steps = (following >= _FIRST_LETTER).astype(np.int32) - (following == _SLASH)
    sums = np.concatenate(([0], np.cumsum(steps)))
    return int((sums - np.minimum.accumulate(sums)).max())


def _depth_by_name(html: str) -> int:
    """The same bound with the names looked at, never below what `_flattened` counts."""
    named = list(accumulate([-1 if slash else 1 for slash in _OPEN_OR_CLOSE.findall(html)], initial=0))
    depth: int = max(map(sub, named, accumulate(named, min)))
    return depth


def _trimmed(body: bytes) -> bytes:
    """The same page with the attributes of a tag beyond MOST_ATTRIBUTES taken out; the page itself where none has
    them."""
    kept: list[bytes] = []
    last = 0
    for start, stop in _long_pieces(body):
        tag = body.rfind(b"<", start, stop)
        if tag >= 0 and body[tag + 1 : tag + 2].isalpha():
            words = body[tag:stop].split(None, MOST_ATTRIBUTES)
            if len(words) > MOST_ATTRIBUTES:
                kept += [body[last:tag], b" ".join(words[:MOST_ATTRIBUTES])]
                last = stop
    return b"".join([*kept, body[last:]]) if kept else body


def _long_pieces(body: bytes) -> Iterator[tuple[int, int]]:
    """Where LONG_TAG bytes or more stand between two `>`. From one `>` to the last one in reach: a page without such
    pieces costs a step for each LONG_TAG bytes."""
    at = 0
    while at + LONG_TAG <= len(body):
        if (end := body.rfind(b">", at, at + LONG_TAG)) < 0:
            end = body.find(b">", at + LONG_TAG)
            end = len(body) if end < 0 else end
            yield at, end
        at = end + 1


def _flattened(html: str) -> str:
    """The same page with start tags beyond MAX_DEPTH taken out."""
    depth, out, last, cut = 0, [], 0, False
    # up to the last ">": beyond it every "<a" would be searched to the end for one
    for match in _TAG.finditer(html, 0, html.rfind(">") + 1):
        closing, name, selfclosing = match.groups()
        if name.lower() in _VOID or selfclosing:
            continue
        depth = max(depth - 1, 0) if closing else depth + 1
        if depth > MAX_DEPTH and not closing:
            out.append(html[last : match.start()])
            last, cut = match.end(), True
    return "".join([*out, html[last:]]) if cut else html
