"""List numbers of a Word file, counted out as Word prints them (ISO/IEC 29500-1, 17.9)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from worker.extract.files.containers import Zip
from worker.extract.files.counting import Level, printed
from worker.extract.files.model import Broken
from worker.extract.files.xmlguard import parse


@dataclass(slots=True)
class Numbering:
    """The lists of a file and how far each has counted."""

    levels: dict[str, dict[int, Level]] = field(default_factory=dict)
    """abstract list -> its levels"""
    abstract: dict[str, str] = field(default_factory=dict)
    starts: dict[tuple[str, int], int] = field(default_factory=dict)
    counts: dict[str, dict[int, int]] = field(default_factory=dict)
    begun: set[str] = field(default_factory=set)

    def next(self, place: tuple[str, int]) -> str:
        """The number before the next paragraph of that list and level, '' where it has none (bullets are no words)."""
        return self._counted(*place) if place[0] in self.abstract else ""

    def _counted(self, number: str, level: int) -> str:
        key = self.abstract[number]
        levels, counts = self.levels.get(key, {}), self.counts.setdefault(key, {})
        if level not in levels:
            return ""
        if number not in self.begun:
            self.begun.add(number)
            for at in [at for (named, at) in self.starts if named == number]:
                counts[at] = self.starts[number, at] - 1
        counts[level] = counts.get(level, levels[level].start - 1) + 1
        for at in [at for at in counts if at > level]:
            del counts[at]
        shape = levels[level]
        if shape.shape in ("bullet", "none") or not shape.text:
            return ""

        def value(match: re.Match[str]) -> str:
            at = int(match.group(1)) - 1
            held = levels.get(at)
            return printed(counts.get(at, held.start), held.shape) if held is not None else ""

        said = re.sub(r"%(\d)", value, shape.text)
        return said + (" " if said[-1:].isascii() and not said.endswith(" ") else "")


def place_of(properties: Element | None, of_style: tuple[str, int] | None, w: str) -> tuple[str, int] | None:
    """(list, level) that a paragraph counts in by its own properties or its style's, None where in none."""
    place = of_style
    if properties is not None and (found := properties.find(f"{w}numPr")) is not None:
        named, level = found.find(f"{w}numId"), found.find(f"{w}ilvl")
        at = (level.get(f"{w}val") or "0") if level is not None else str(of_style[1] if of_style else 0)
        number = named.get(f"{w}val") or "0" if named is not None else (of_style[0] if of_style else "0")
        place = (number, int(at) if at.isdigit() else 0)
    return None if place is None or place[0] == "0" else place


def numbering_of(container: Zip, folder: str) -> Numbering:
    """The numbering part; an empty one where it is missing or damaged."""
    numbering = Numbering()
    name = f"{folder}/numbering.xml"
    if not container.has(name):
        return numbering
    try:
        root = parse(container.read(name), name)
    except Broken:
        return numbering
    w = root.tag.removesuffix("numbering")
    for abstract in root.findall(f"{w}abstractNum"):
        levels = {}
        for level in abstract.findall(f"{w}lvl"):
            at = level.get(f"{w}ilvl") or "0"
            levels[int(at) if at.isdigit() else 0] = Level(
                _value(level, "numFmt", w, "decimal"), _value(level, "lvlText", w, ""), _number(_value(level, "start",
                w, "1")),
            )  # fmt: skip
        numbering.levels[abstract.get(f"{w}abstractNumId") or ""] = levels
    for num in root.findall(f"{w}num"):
        key = num.get(f"{w}numId") or ""
        numbering.abstract[key] = _value(num, "abstractNumId", w, "")
        for override in num.findall(f"{w}lvlOverride"):
            if (start := _value(override, "startOverride", w, "")).isdigit():
                numbering.starts[key, _number(override.get(f"{w}ilvl") or "0")] = int(start)
    return numbering


def _value(element: Element, name: str, w: str, otherwise: str) -> str:
    found = element.find(f"{w}{name}")
    return otherwise if found is None else found.get(f"{w}val") or otherwise


def _number(text: str) -> int:
    return int(text) if text.isdigit() and len(text) < 7 else 1
