"""A stored page as it looked, made harmless: written anew from its tags, so that a browser sees only what stands here.

Kept are elements that show something and attributes that shape them. Scripts, frames, forms' targets, addresses of
links and pictures are not: links become text with their address as a title. What answers with it also forbids all of
that by its own policy (`POLICY`), and whatever style sheets would fetch. Time grows with the page, whatever it holds.
Pure.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'"
)
LONGEST = 1_500_000
"""characters of a page that are drawn"""

ELEMENTS = frozenset([
    "a", "abbr", "address", "article", "aside", "b", "bdi", "bdo", "big", "blockquote", "body", "br",
    "button", "caption", "center", "cite", "code", "col", "colgroup", "data", "dd", "del", "details", "dfn",
    "dir", "div", "dl", "dt", "em", "fieldset", "figcaption", "figure", "font", "footer", "form", "h1", "h2",
    "h3", "h4", "h5", "h6", "head", "header", "hgroup", "hr", "html", "i", "img", "ins", "kbd", "label",
    "legend", "li", "main", "mark", "menu", "nav", "nobr", "ol", "optgroup", "option", "p", "pre", "q", "rp",
    "rt", "ruby", "s", "samp", "section", "select", "small", "span", "strike", "strong", "style", "sub",
    "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "time", "title", "tr", "tt", "u", "ul",
    "var", "wbr", "input", "textarea",
])  # fmt: skip
VOID = frozenset([
    "br", "hr", "img", "input", "wbr", "col",
])  # fmt: skip
ATTRIBUTES = frozenset([
    "abbr", "align", "alt", "bgcolor", "border", "cellpadding", "cellspacing", "checked", "class", "color",
    "cols", "colspan", "datetime", "dir", "disabled", "face", "headers", "height", "hspace", "id", "label",
    "lang", "noshade", "nowrap", "open", "placeholder", "reversed", "rows", "rowspan", "scope", "selected",
    "size", "span", "start", "style", "summary", "title", "type", "valign", "value", "vspace", "width",
])  # fmt: skip
RAW = frozenset([
    "script", "style", "iframe", "noembed", "noframes", "noscript", "object", "embed", "applet", "template",
    "svg", "math", "xmp", "plaintext", "audio", "video", "canvas", "map", "portal",
])  # fmt: skip
"""elements whose content is no text of the page: skipped up to their end (`style` is kept)"""
TEXTS = frozenset(["textarea", "title"])
"""elements that hold text only"""

_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]{0,30})")
_BETWEEN = re.compile(r"[\s/]+")
_ATTRIBUTE = re.compile(
    r"([^\s/>=\"'<]{1,60})(?:\s{0,50}=\s{0,50}(?:\"([^\"]{0,100000})\"|'([^']{0,5000})'|([^\s>\"']{1,5000})))?"
)
_DATA_IMAGE = re.compile(r"data:image/(?:png|jpe?g|gif|webp|bmp|x-icon);base64,[A-Za-z0-9+/=\s]+", re.IGNORECASE)


def harmless(page: str) -> str:
    """The page written anew."""
    return "".join(_pieces(page[:LONGEST]))


def _pieces(page: str) -> Iterator[str]:
    yield '<!doctype html><meta charset="utf-8">'
    place, missing = 0, set[str]()
    while place < len(page):
        opened = page.find("<", place)
        if opened < 0:
            yield _text(page[place:])
            return
        if opened > place:
            yield _text(page[place:opened])
        tag = _TAG.match(page, opened)
        if tag is None:
            place = _past_comment(page, opened, missing)
            if place == opened:
                yield "&lt;"
                place += 1
            continue
        closing, name = bool(tag[1]), tag[2].lower()
        attributes, place = _attributes(page, tag.end())
        if closing:
            if name in ELEMENTS and name not in VOID:
                yield f"</{name}>"
        elif name in RAW or name in TEXTS:
            end, after = _end_of(page, place, name, missing)
            if name == "style":
                yield f"<style>{page[place:end].replace('<', '')}</style>"
            elif name in TEXTS:
                yield f"{_written(name, attributes)}{_text(page[place:end])}</{name}>"
            place = after
        elif name in ELEMENTS:
            yield _written(name, attributes)


def _text(text: str) -> str:
    """Text of the page, its character references resolved and everything escaped again."""
    return html.escape(html.unescape(text), quote=False)


def _past_comment(page: str, opened: int, missing: set[str]) -> int:
    """The place after a comment, a declaration or an instruction that begins here; the same place where none does."""
    for empty in ("<!-->", "<!--->"):
        if page.startswith(empty, opened):
            return opened + len(empty)
    for start, end in (("<!--", "-->"), ("<!", ">"), ("<?", ">"), ("</", ">")):
        if page.startswith(start, opened):
            found = -1 if end in missing else page.find(end, opened + len(start))
            if found < 0:
                missing.add(end)
                return len(page) if start == "<!--" else opened
            return found + len(end)
    return opened


def _end_of(page: str, start: int, name: str, missing: set[str]) -> tuple[int, int]:
    """Where the content of an element ends, and the place after its end tag."""
    if name in missing:
        return len(page), len(page)
    found = re.compile(rf"</{name}(?=[\s/>])[^>]*>?", re.IGNORECASE).search(page, start)
    if found is None:
        missing.add(name)
        return len(page), len(page)
    return found.start(), found.end()


def _attributes(page: str, place: int) -> tuple[dict[str, str], int]:
    """The attributes of a tag and the place after it."""
    found: dict[str, str] = {}
    while place < len(page):
        if (between := _BETWEEN.match(page, place)) is not None:
            place = between.end()
        if page.startswith(">", place):
            return found, place + 1
        match = _ATTRIBUTE.match(page, place)
        if match is None:
            place += 1  # a stray quote, an equals sign
            continue
        place = match.end()
        found.setdefault(match[1].lower(), next((value for value in match.groups()[1:] if value is not None), ""))
    return found, place


def _written(name: str, attributes: dict[str, str]) -> str:
    kept = {key: html.unescape(value) for key, value in attributes.items() if key in ATTRIBUTES}
    if name == "a" and attributes.get("href"):
        kept["title"] = html.unescape(attributes["href"])[:2000]
    if name == "img":
        source = html.unescape(attributes.get("src", ""))
        if _DATA_IMAGE.fullmatch(source):
            kept["src"] = source
        else:
            kept.setdefault("alt", source[:200])
    if name == "input" and kept.get("type", "").lower() in ("image", "file", "password"):
        kept["type"] = "text"
    said = "".join(f' {key}="{html.escape(value)}"' for key, value in kept.items())
    return f"<{name}{said}>"
