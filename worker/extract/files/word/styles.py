"""Styles of a Word file, as far as they say what a paragraph is: alignment, size, colour, outline level, hidden."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape, unescape

from worker.extract.files.containers import Zip
from worker.extract.files.model import Bomb, Broken
from worker.extract.files.xmlguard import parse

_HEADING = re.compile(r"(?:heading|标题|標題)\s*(\d)", re.IGNORECASE)
_HEAD = re.compile(rb"<(\w+):styles\b[^>]*>")
_DEFAULT = re.compile(rb"default\s*=\s*[\"'](?:1|true|on)[\"']")
_QUOTES = {"&quot;": '"', "&apos;": "'"}
_ESCAPES = {character: entity for entity, character in _QUOTES.items()}
MAX_CHAIN = 20
"""styles based on each other"""
_OFF = frozenset({"0", "false", "off", "none"})


@dataclass(frozen=True, slots=True)
class Style:
    """What a style, a paragraph or a run says; None and '' where it says nothing."""

    align: str = ""
    size: float | None = None
    """points"""
    red: bool | None = None
    bold: bool | None = None
    hidden: bool | None = None
    outline: int = 0
    """heading level from 1; 0 is none"""
    number: tuple[str, int] | None = None
    """(list, level) the style counts in"""

    def merged(self, over: Style) -> Style:
        """This style with what `over` says more exactly."""
        if over is NOTHING:
            return self
        return Style(
            over.align or self.align,
            over.size if over.size is not None else self.size,
            over.red if over.red is not None else self.red,
            over.bold if over.bold is not None else self.bold,
            over.hidden if over.hidden is not None else self.hidden,
            over.outline or self.outline,
            over.number or self.number,
        )


NOTHING = Style()
"""says nothing"""


@dataclass(slots=True)
class Styles:
    """The file's styles by id. Word writes hundreds into each file and a text uses five: each is looked for and parsed
    when it is asked for, its based-on chain with it."""

    data: bytes = b""
    """the part as it is"""
    head: bytes = b""
    """the part's first tag, which binds the prefixes"""
    prefix: bytes = b"w"
    default: str = ""
    """id of the style of paragraphs that name none"""
    _known: dict[str, Style] = field(default_factory=dict)
    _own: dict[str, tuple[Style, str] | None] = field(default_factory=dict)

    def of_paragraph(self, properties: Element | None, w: str) -> Style:
        """What a paragraph's style and its own properties say."""
        named = properties.find(f"{w}pStyle") if properties is not None else None
        key = (named.get(f"{w}val") or "") if named is not None else self.default
        base = self.look(key if self._parsed(key) else self.default)
        return base if properties is None else base.merged(_paragraph_look(properties, w))

    def of_run(self, properties: Element, w: str) -> Style:
        """What a run's style and its own properties say."""
        base = self._of_character(properties, w)
        return Style(size=base.size, red=base.red, bold=base.bold, hidden=base.hidden).merged(_run_look(properties, w))

    def is_hidden(self, properties: Element, w: str) -> bool:
        """Whether a run is hidden text."""
        vanish = properties.find(f"{w}vanish")
        if vanish is not None:
            return not is_off(vanish, w)
        return bool(self._of_character(properties, w).hidden)

    def look(self, key: str) -> Style:
        """The style of that id with what it is based on; an empty one where there is none."""
        if key not in self._known:
            chain: list[tuple[Style, str]] = []
            passed = {""}
            at = key
            while at not in passed and len(chain) < MAX_CHAIN and (step := self._parsed(at)):
                chain.append(step)
                passed.add(at)
                at = step[1]
            look = NOTHING
            for own, _ in reversed(chain):
                look = look.merged(own)
            self._known[key] = look
        return self._known[key]

    def tag_around(self, place: int) -> bytes:
        """The opening tag of a style that this byte of the part stands in, b'' where it stands in no such tag."""
        start, end = self.data.rfind(b"<", 0, place), self.data.find(b">", place)
        opening = b"<" + self.prefix + b":style"
        if start < 0 or end < 0 or not self.data.startswith(opening, start):
            return b""
        return self.data[start : end + 1] if self.data[start + len(opening)] in b" \t\r\n" else b""

    def _of_character(self, properties: Element, w: str) -> Style:
        named = properties.find(f"{w}rStyle")
        return self.look(named.get(f"{w}val") or "") if named is not None else NOTHING

    def _parsed(self, key: str) -> tuple[Style, str] | None:
        """(what the style of that id itself says, id of the style it is based on), None where there is none."""
        if key not in self._own:
            part = self._part(key)
            self._own[key] = _own_style(self.head, part) if part else None
        return self._own[key]

    def _part(self, key: str) -> bytes:
        """The style's element, b'' where the part holds none of that id."""
        if not key:
            return b""
        named = rb"styleId\s*=\s*[\"']" + re.escape(escape(key, _ESCAPES).encode()) + rb"[\"']"
        closing = b"</" + self.prefix + b":style>"
        for match in re.finditer(named, self.data):
            tag = self.tag_around(match.start())
            if tag:
                start = self.data.rfind(b"<", 0, match.start())
                end = start + len(tag) if tag.endswith(b"/>") else self.data.find(closing, start) + len(closing)
                return self.data[start:end] if end > start else b""
        return b""


def styles_of(container: Zip, folder: str) -> Styles:
    """The styles part; no styles where it is missing or damaged."""
    name = f"{folder}/styles.xml"
    if not container.has(name):
        return Styles()
    try:
        data = container.read(name)
    except Broken:
        return Styles()
    head = _HEAD.search(data[:8192])
    if head is None:
        return Styles()
    styles = Styles(data, head.group(), head.group(1))
    for match in _DEFAULT.finditer(data):
        tag = styles.tag_around(match.start())
        if tag and _attribute(tag, b"type") == "paragraph":
            styles.default = _attribute(tag, b"styleId")
            break
    return styles


def _attribute(tag: bytes, name: bytes) -> str:
    match = re.search(rb":" + name + rb"\s*=\s*[\"']([^\"']*)", tag)
    return unescape(match.group(1).decode("utf-8", "replace"), _QUOTES) if match else ""


def _own_style(head: bytes, part: bytes) -> tuple[Style, str]:
    """(what the style itself says, id of the style it is based on)."""
    prefix = head.partition(b":")[0].lstrip(b"<")
    try:
        root = parse(head + part + b"</" + prefix + b":styles>", "a style")
    except (Broken, Bomb):
        return NOTHING, ""
    w = root.tag.removesuffix("styles")
    element = root[0]
    based = element.find(f"{w}basedOn")
    return _own_look(element, w), (based.get(f"{w}val") or "") if based is not None else ""


def _own_look(element: Element, w: str) -> Style:
    look = NOTHING
    if (properties := element.find(f"{w}pPr")) is not None:
        look = look.merged(_paragraph_look(properties, w))
    if (properties := element.find(f"{w}rPr")) is not None:
        look = look.merged(_run_look(properties, w))
    named = element.find(f"{w}name")
    if named is not None and (match := _HEADING.search(named.get(f"{w}val") or "")):
        look = look.merged(Style(outline=int(match.group(1)) or 1))
    elif named is not None and (named.get(f"{w}val") or "").lower() in ("title", "标题"):
        look = look.merged(Style(outline=1))
    return look


def _paragraph_look(properties: Element, w: str) -> Style:
    align, outline, number = "", 0, None
    if (found := properties.find(f"{w}jc")) is not None:
        align = found.get(f"{w}val") or ""
    if (found := properties.find(f"{w}outlineLvl")) is not None and (value := found.get(f"{w}val") or "").isdigit():
        outline = int(value) + 1 if int(value) < 9 else 0
    if (found := properties.find(f"{w}numPr")) is not None:
        named, level = found.find(f"{w}numId"), found.find(f"{w}ilvl")
        at = (level.get(f"{w}val") or "0") if level is not None else "0"
        if named is not None:
            number = (named.get(f"{w}val") or "0", int(at) if at.isdigit() else 0)
    return Style(align=align, outline=outline, number=number) if align or outline or number else NOTHING


def _run_look(properties: Element, w: str) -> Style:
    size = red = bold = hidden = None
    if (found := properties.find(f"{w}sz")) is not None and (value := found.get(f"{w}val") or "").isdigit():
        size = int(value) / 2
    if (found := properties.find(f"{w}color")) is not None:
        red = _is_red(found.get(f"{w}val") or "")
    if (found := properties.find(f"{w}b")) is not None:
        bold = not is_off(found, w)
    if (found := properties.find(f"{w}vanish")) is not None:
        hidden = not is_off(found, w)
    return Style(size=size, red=red, bold=bold, hidden=hidden)


def _is_red(value: str) -> bool:
    if not re.fullmatch(r"[0-9A-Fa-f]{6}", value):
        return False
    red, green, blue = (int(value[at : at + 2], 16) for at in (0, 2, 4))
    return red > 140 and red - green > 70 and red - blue > 70


def is_off(element: Element, w: str) -> bool:
    """Whether a switch is turned off (`w:val="0"`)."""
    return (element.get(f"{w}val") or "1").lower() in _OFF
