"""For `explain`: what was taken for what on each page of a file, in words, and as boxes over the page's picture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from worker.extract.files.extractor import isolated, outcome_of, recognised
from worker.extract.model import Reading

MAX_PICTURES = 20
"""pages drawn"""
MAX_RECOGNISED = 10
"""scanned pages that are recognised to be drawn: each takes some seconds"""
_SHOWN = "worker.extract.files.child:shown"
_COLOURS = {
    "paragraph": "#2563eb", "heading": "#7c3aed", "table": "#059669", "note": "#0891b2", "red-header": "#dc2626",
    "title": "#db2777",
}  # fmt: skip
_LEFT_OUT = "#b45309"
_STYLE = """
body{font:15px/1.5 sans-serif;margin:2em;color:#111}h1{font-size:1.5em;margin:0}h2{font-size:1.1em;margin:2em 0 .3em}
.facts td{padding:.1em 1em .1em 0;vertical-align:top}.facts td:last-child,.where{color:#555}
.page{display:flex;gap:1.5em;align-items:flex-start;flex-wrap:wrap}
.sheet{position:relative;flex:none;border:1px solid #999;background-size:100% 100%}
.b{position:absolute;border:1.5px solid;box-sizing:border-box;overflow:visible}
.b i{position:absolute;top:-13px;left:0;font:italic 9px sans-serif;white-space:nowrap}
.b span{position:absolute;inset:0;overflow:hidden;font-size:9px;line-height:1.2;color:#333}
.said{flex:1;min-width:20em;list-style:none;margin:0;padding:0}
.said li{border-left:4px solid;padding:.1em .7em;margin:0 0 .5em;overflow-wrap:anywhere}
.said b{display:block;font:italic 12px sans-serif}.said span{color:#111}
.out span{color:#777;text-decoration:line-through}
.cells{border-collapse:collapse;color:#111;font-size:13px}.cells td{border:1px solid #bbb;padding:.1em .5em}
"""


def page_by_page(reading: Reading) -> str:
    """The file's pages in words: kind and role of each block, then what was left out, then what was not read."""
    shown = _shown(reading, pictures=0)
    return shown if isinstance(shown, str) else "\n".join(_words(shown))


def drawn(reading: Reading) -> str:
    """An HTML page: each page's picture (PDF; else a blank sheet) with a coloured box round every block, and what the
    blocks say beside it. A scan of few pages is recognised for it, where that is installed."""
    shown = _shown(reading, pictures=MAX_PICTURES)
    return f"<!doctype html><p>{escape(shown)}</p>" if isinstance(shown, str) else "\n".join(_html(shown))


def _shown(reading: Reading, pictures: int) -> dict[str, Any] | str:
    options = {"name": "", "type": "", "pictures": pictures}
    answer = isolated(_SHOWN, reading.body, options)
    if answer.failure is not None:
        return ": ".join(outcome_of(answer))
    assert isinstance(answer.value, dict)
    if pictures and answer.value["type"] in ("pdf", "ofd") and 0 < len(answer.value["scans"]) <= MAX_RECOGNISED:
        again = recognised(reading.body, options, _SHOWN)
        if again is not None and isinstance(again.value, dict):
            return again.value
    return answer.value


def _words(shown: dict[str, Any]) -> Iterator[str]:
    yield _summary(shown)
    for name, value, where in _fields(shown):
        yield f"  {name}: {value}" + (f" ({where})" if where else "")
    for number, named in _sections(shown):
        yield named or "text"
        for block in _on(shown["blocks"], number):
            yield f"  {_what(block)}: {' '.join(block['text'].split())[:160]}"
        for item in _on(shown["furniture"], number):
            yield f"  left out, {item['what']}: {item['text'][:160]}"
    yield from _missing(shown)


def _summary(shown: dict[str, Any]) -> str:
    said, pages = shown["said"], len(shown["pages"])
    count = f", {pages} page{'s' if pages > 1 else ''}" if pages else ""
    where = said["places"].get("title", "")
    title = f"; title: {said['title']} ({where})" if said["title"] else "; no title of its own"
    return f"{shown['type']}{count}{title}"


def _fields(shown: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """(name, value, where it was read) of each field."""
    for name, value in shown["said"]["fields"].items():
        if isinstance(value, Mapping):
            value = ", ".join(f"{key} {part}" for key, part in value.items())
        elif isinstance(value, list | tuple):
            value = " / ".join(map(str, value))
        yield name, str(value), shown["said"]["places"].get(name, "")


def _sections(shown: dict[str, Any]) -> list[tuple[int, str]]:
    """(number, name) of each page, or of each file of a ZIP; a format without pages has one section without a name."""
    numbers = {page["page"] for page in shown["pages"]}
    numbers |= {block["page"] for block in shown["blocks"]} | {item["page"] for item in shown["furniture"]}
    unit = "file" if shown["type"] == "zip" else "page" if shown["pages"] or len(numbers) > 1 else ""
    return [(number, f"{unit} {number}" if unit and number else "") for number in sorted(numbers)]


def _on(things: list[dict[str, Any]], number: int) -> list[dict[str, Any]]:
    return [thing for thing in things if thing["page"] == number]


def _what(block: dict[str, Any]) -> str:
    return f"{block['kind']} {block['role']}".strip()


def _missing(shown: dict[str, Any]) -> Iterator[str]:
    for line in shown["unread"]:
        yield f"not read: {line}"
    if shown["scans"]:
        yield f"needs OCR: pages {', '.join(map(str, shown['scans']))} ({shown['scan_why']})"
    if shown["confidence"]:
        sure = shown["confidence"]
        yield f"recognised: {len(sure)} lines, confidence {sum(sure) / len(sure):.2f}, lowest {min(sure):.2f}"


def _html(shown: dict[str, Any]) -> Iterator[str]:
    title = escape(shown["said"]["title"] or f"A {shown['type']} file")
    yield f"<!doctype html><meta charset='utf-8'><title>{title}</title><style>{_STYLE}</style><h1>{title}</h1>"
    yield f"<p class='where'>{escape(_summary(shown))}</p>"
    yield from (f"<p><strong>{escape(line)}</strong></p>" for line in _missing(shown))
    rows = (f"<tr><td>{'<td>'.join(map(escape, row))}" for row in _fields(shown))
    yield f"<table class='facts'>{''.join(rows)}</table>"
    sizes = {page["page"]: page for page in shown["pages"]}
    for number, named in _sections(shown):
        yield (f"<h2>{named}</h2>" if named else "") + "<div class='page'>"
        if number in sizes:
            yield from _sheet(shown, sizes[number], shown["pictures"].get(str(number), ""))
        yield "<ol class='said'>"
        yield from (_item(block) for block in _on(shown["blocks"], number))
        yield from (
            f"<li class='out' style='color:{_LEFT_OUT}'><b>left out: {escape(item['what'])}</b>"
            f"<span>{escape(item['text'])}</span>"
            for item in _on(shown["furniture"], number)
        )
        yield "</ol></div>"


def _sheet(shown: dict[str, Any], page: dict[str, Any], picture: str) -> Iterator[str]:
    image = f"background-image:url(data:image/png;base64,{picture});" if picture else ""
    yield f"<div class='sheet' style='width:{page['width']:.0f}px;height:{page['height']:.0f}px;{image}'>"
    for block in _on(shown["blocks"], page["page"]):
        if block["box"]:
            yield _box(block["box"], _colour(block), _what(block), "" if picture else block["text"])
    for item in _on(shown["furniture"], page["page"]):
        if item["box"]:
            yield _box(item["box"], _LEFT_OUT, item["what"], "" if picture else item["text"])
    yield "</div>"


def _item(block: dict[str, Any]) -> str:
    said = f"<span>{escape(block['text'])}</span>"
    if block["rows"]:
        rows = (f"<tr><td>{'<td>'.join(map(escape, row))}" for row in block["rows"])
        said = f"<table class='cells'>{''.join(rows)}</table>"
    return f"<li style='color:{_colour(block)}'><b>{escape(_what(block))}</b>{said}"


def _colour(block: dict[str, Any]) -> str:
    return _COLOURS.get(block["role"]) or _COLOURS.get(block["kind"], "#2563eb")


def _box(box: list[float], colour: str, what: str, words: str) -> str:
    left, top, right, bottom = box
    return (
        "<div class='b' "
        f"style='left:{left:.0f}px;top:{top:.0f}px;width:{right - left:.0f}px;height:{bottom - top:.0f}px;"
        f"color:{colour}'><i>{escape(what)}</i>{f'<span>{escape(words)}</span>' if words else ''}</div>"
    )
