"""Styles of an OpenDocument file, as far as they say what a paragraph is and whether a reader sees it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from xml.etree.ElementTree import Element

from worker.extract.files.odf.names import FO, STYLE, TEXT

MAX_CHAIN = 20
"""styles based on each other"""
_POINTS = re.compile(r"([\d.]+)(pt|in|cm|mm)")
_UNIT = {"pt": 1.0, "in": 72.0, "cm": 72 / 2.54, "mm": 7.2 / 2.54}


@dataclass(frozen=True, slots=True)
class Look:
    """What is known of a paragraph or a run; None where nothing is said."""

    align: str | None = None
    """center, end, right ..."""
    size: float | None = None
    """points"""
    red: bool | None = None
    hidden: bool | None = None
    outline: int = 0
    """heading level from 1; 0 is none"""
    list_style: str = ""


@dataclass(slots=True)
class Looks:
    """Styles by family and name."""

    styles: dict[tuple[str, str], Element] = field(default_factory=dict)
    _known: dict[tuple[str, str], Look] = field(default_factory=dict)

    def add(self, parents: Iterable[Element]) -> None:
        """The styles below these elements; those added later win."""
        for parent in parents:
            for style in parent.iter(f"{STYLE}style"):
                self.styles[style.get(f"{STYLE}family", ""), style.get(f"{STYLE}name", "")] = style

    def of(self, family: str, name: str) -> Look:
        """The look of that style with what it is based on."""
        key = (family, name)
        if key not in self._known:
            chain: list[Element] = []
            at = name
            while (style := self.styles.get((family, at))) is not None and style not in chain:
                chain.append(style)
                at = style.get(f"{STYLE}parent-style-name", "")
                if len(chain) >= MAX_CHAIN:
                    break
            look = Look()
            for style in reversed(chain):
                look = _merged(look, style)
            self._known[key] = look
        return self._known[key]


def _merged(look: Look, style: Element) -> Look:
    if (paragraph := style.find(f"{STYLE}paragraph-properties")) is not None:
        look = replace(look, align=paragraph.get(f"{FO}text-align") or look.align)
    if (text := style.find(f"{STYLE}text-properties")) is not None:
        size = _points(text.get(f"{STYLE}font-size-asian") or text.get(f"{FO}font-size") or "")
        colour, shown = text.get(f"{FO}color"), text.get(f"{TEXT}display")
        look = replace(
            look, size=size or look.size, red=_is_red(colour) if colour else look.red,
            hidden=shown == "none" if shown else look.hidden,
        )  # fmt: skip
    level = style.get(f"{STYLE}default-outline-level") or ""
    if level.isdigit() and int(level) > 0:
        look = replace(look, outline=int(level))
    elif style.get(f"{STYLE}name") == "Title":
        look = replace(look, outline=1)
    return replace(look, list_style=style.get(f"{STYLE}list-style-name") or look.list_style)


def _points(size: str) -> float | None:
    match = _POINTS.fullmatch(size)
    return round(float(match.group(1)) * _UNIT[match.group(2)], 1) if match else None


def _is_red(colour: str) -> bool:
    if not re.fullmatch(r"#[0-9A-Fa-f]{6}", colour):
        return False
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return red > 140 and red - green > 70 and red - blue > 70
