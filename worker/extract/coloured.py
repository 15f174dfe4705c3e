"""A page as a reader sees it, with what was kept and what was left out in colours: `explain --html`.

The page is written anew from its tree: no scripts, styles, pictures or anything that would be loaded from elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

from selectolax.lexbor import LexborNode

from worker.extract.model import Dropped, Extraction, Reading

_BLANK = re.compile(r"\s+")
_KEPT_TAGS = frozenset(
    ["p", "div", "section", "article", "main", "header", "footer", "nav", "aside", "ul", "ol", "li", "dl", "dt", "dd",
    "table", "thead", "tbody", "tfoot", "tr", "td", "th", "caption", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote",
    "pre", "code", "em", "strong", "b", "i", "u", "s", "sup", "sub", "br", "hr", "span", "a", "figure", "figcaption",
    "form", "label", "button"]
)
_SILENT = frozenset(["script", "style", "noscript", "template", "iframe", "object", "embed", "svg", "head", "title",
"meta", "link", "select", "option"])
_VOID = frozenset({"br", "hr"})
_SPANS = ("colspan", "rowspan")
_COLOURS = {
    "title": ("title", "#9fd5ff"), "text": ("kept as text", "#b7f0c1"), "field": ("kept as a field", "#f7e08a"),
    "left": ("left out, named", "#f5b7b1"), "other": ("not looked at as content", "#e4e4e4"),
}  # fmt: skip
_SHORTEST = 2
"""characters; shorter text proves nothing about where it was kept"""


def coloured(reading: Reading, extraction: Extraction | None) -> str:
    """The page as one HTML file that loads nothing and runs nothing."""
    kept = _Kept(extraction)
    body = reading.tree.parser.body
    inside = "".join(_written(body, kept)) if body is not None else "<p>(the page has no body)</p>"
    legend = " ".join(f'<mark class="{name}">{said}</mark>' for name, (said, _) in _COLOURS.items())
    styles = "".join(f"mark.{name}{{background:{colour};color:#000}}" for name, (_, colour) in _COLOURS.items())
    named = "".join(f"<li>{escape(block.what)}: {escape(block.text[:200])}</li>" for block in _dropped(extraction))
    return f"""<!DOCTYPE html>
<html><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{escape(reading.url)}</title>
<style>body{{font:15px/1.6 sans-serif;margin:1em;max-width:75em}}table{{border-collapse:collapse}}
td,th{{border:1px solid #ccc;vertical-align:top;padding:0 .3em}}
.legend{{position:sticky;top:0;background:#fff;padding:.4em;border-bottom:1px solid}}
{styles}</style></head>
<body><p class="legend">{legend}<br>{escape(reading.url)}</p>
{inside}
<h2>Left out</h2><ul>{named or "<li>nothing was named</li>"}</ul></body></html>
"""


class _Kept:
    """Which text went where, blanks apart."""

    def __init__(self, extraction: Extraction | None) -> None:
        documents = extraction.documents if extraction else ()
        self.title = "\n".join(_squeezed(document.title) for document in documents)
        self.text = "\n".join(_squeezed(document.text) for document in documents)
        fields = [document.fields for document in documents] + [document.facts for document in documents]
        self.field = "\n".join(_squeezed(str(value)) for value in fields)
        self.left = "\n".join(_squeezed(block.text) for block in _dropped(extraction))

    def place(self, text: str) -> str:
        squeezed = _squeezed(text)
        if len(squeezed) >= _SHORTEST:
            for name in ("text", "title", "left", "field"):
                if squeezed in getattr(self, name):
                    return name
        return "other"


def _dropped(extraction: Extraction | None) -> tuple[Dropped, ...]:
    return extraction.dropped if extraction else ()


def _squeezed(text: str) -> str:
    return _BLANK.sub("", text)


def _written(node: LexborNode, kept: _Kept) -> Iterator[str]:
    """Iterative, for pages that nest as deep as the parser allows."""
    stack: list[LexborNode | str] = [node]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            yield item
            continue
        tag = item.tag or ""
        if tag == "-text":
            text = item.text(deep=False)
            yield f'<mark class="{kept.place(text)}">{escape(text)}</mark>' if text.strip() else " "
            continue
        if tag in _SILENT or tag.startswith(("-", "_", "!")):
            continue
        if tag in _KEPT_TAGS:
            yield f"<{tag}{_attributes(item)}>"
            if tag in _VOID:
                continue
            stack.append(f"</{tag}>")
        stack.extend(reversed(list(item.iter(include_text=True))))


def _attributes(node: LexborNode) -> str:
    attributes = node.attributes
    spans = "".join(
        f' {name}="{value}"' for name in _SPANS if (value := attributes.get(name) or "").isascii() and value.isdigit()
    )
    link = attributes.get("href")
    return spans + (f' title="{escape(link)}"' if link else "")
