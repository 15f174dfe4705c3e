"""For `explain`: what was taken for what on each page of a file, in words, and as boxes over the page's picture."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any

from worker.extract.files.extractor import isolated, outcome_of
from worker.extract.model import Reading

MAX_PICTURES = 20
"""pages drawn"""
_COLOURS = {
    "paragraph": "#2563eb", "heading": "#7c3aed", "table": "#059669", "note": "#0891b2", "red-header": "#dc2626",
    "title": "#db2777",
}  # fmt: skip
_LEFT_OUT = "#f59e0b"


def page_by_page(reading: Reading) -> str:
    """The file's pages in words: kind and role of each block, then what was left out, then what was not read."""
    shown = _shown(reading, pictures=0)
    return shown if isinstance(shown, str) else "\n".join(_words(shown))


def drawn(reading: Reading) -> str:
    """An HTML page: each page's picture (PDF; else a blank sheet) with a coloured box round every block."""
    shown = _shown(reading, pictures=MAX_PICTURES)
    return f"<!doctype html><p>{escape(shown)}</p>" if isinstance(shown, str) else _html(shown)


def _shown(reading: Reading, pictures: int) -> dict[str, Any] | str:
    answer = isolated("worker.extract.files.child:shown", reading.body, {"name": "", "type": "", "pictures": pictures})
    if answer.failure is not None:
        return ": ".join(outcome_of(answer))
    assert isinstance(answer.value, dict)
    return answer.value


def _words(shown: dict[str, Any]) -> Iterator[str]:
    said = shown["said"]
    yield f"{shown['type']}, {len(shown['pages'])} pages; title: {said['title']} ({said['places'].get('title', '')})"
    for name, value in said["fields"].items():
        yield f"  {name}: {value} ({said['places'].get(name, '')})"
    numbers = sorted({block["page"] for block in shown["blocks"]} | {item["page"] for item in shown["furniture"]})
    for number in numbers:
        yield f"page {number}"
        for block in shown["blocks"]:
            if block["page"] == number:
                what = f"{block['kind']} {block['role']}".strip()
                yield f"  {what}: {' '.join(block['text'].split())[:160]}"
        for item in shown["furniture"]:
            if item["page"] == number:
                yield f"  left out, {item['what']}: {item['text'][:160]}"
    for line in shown["unread"]:
        yield f"not read: {line}"
    if shown["scans"]:
        yield f"needs OCR: pages {', '.join(map(str, shown['scans']))} ({shown['scan_why']})"


def _html(shown: dict[str, Any]) -> str:
    title = escape(shown["said"]["title"])
    out = [
        f"<!doctype html><meta charset='utf-8'><title>{title}</title><style>body{{font:14px sans-serif}}"
        ".p{position:relative;margin:1em 0;border:1px solid #999;background-size:100% 100%}"
        ".b{position:absolute;border:1.5px solid;box-sizing:border-box}.b "
        "i{position:absolute;top:-13px;left:0;font-size:9px}"
        "</style>",
        f"<h1>{title}</h1><pre>{escape(chr(10).join(_words(shown)))}</pre>",
    ]
    for page in shown["pages"]:
        number = page["page"]
        picture = shown["pictures"].get(str(number))
        image = f"background-image:url(data:image/png;base64,{picture});" if picture else ""
        out.append(f"<div class='p' style='width:{page['width']:.0f}px;height:{page['height']:.0f}px;{image}'>")
        for block in shown["blocks"]:
            if block["page"] == number and block["box"]:
                colour = _COLOURS.get(block["role"]) or _COLOURS.get(block["kind"], "#2563eb")
                out.append(_box(block["box"], colour, f"{block['kind']} {block['role']}".strip()))
        out += [
            _box(item["box"], _LEFT_OUT, item["what"])
            for item in shown["furniture"]
            if item["page"] == number and item["box"]
        ]
        out.append("</div>")
    return "\n".join(out)


def _box(box: list[float], colour: str, what: str) -> str:
    left, top, right, bottom = box
    return (
        "<div class='b' "
        f"style='left:{left:.0f}px;top:{top:.0f}px;width:{right - left:.0f}px;height:{bottom - top:.0f}px;"
        f"color:{colour}'><i>{escape(what)}</i></div>"
    )
