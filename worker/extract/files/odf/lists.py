"""List numbers of an OpenDocument text, counted out as office programs print them (ISO/IEC 26300-1, 19.880)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from worker.extract.files.counting import Level, printed
from worker.extract.files.odf.names import STYLE, TEXT
from worker.extract.files.xmlguard import local

_SHAPES = {
    "1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman",
    "一": "chineseCounting", "壹": "chineseLegalSimplified", "甲": "ideographTraditional", "子": "ideographZodiac",
    "①": "decimalEnclosedCircle", "１": "decimalFullWidth",
}  # fmt: skip
"""first sign of style:num-format -> the format's name"""


@dataclass(slots=True)
class Lists:
    """List styles by name, and how far each has counted."""

    levels: dict[str, dict[int, Level]] = field(default_factory=dict)
    counts: dict[str, dict[int, int]] = field(default_factory=dict)

    def add(self, parents: Iterable[Element]) -> None:
        """The list styles below these elements; the outline of headings is the style ''."""
        for parent in parents:
            for style in parent.iter():
                if (kind := local(style.tag)) in ("list-style", "outline-style"):
                    name = style.get(f"{STYLE}name", "") if kind == "list-style" else ""
                    self.levels[name] = {level: found for level, found in map(_level, style) if level}

    def begin(self, style: str) -> None:
        """A list that counts anew begins."""
        self.counts.pop(style, None)

    def next(self, style: str, level: int, start: int | None = None) -> str:
        """The number before the next item of that level (from 1), '' where it has none."""
        levels = self.levels.get(style, {})
        if level not in levels:
            return ""
        counts = self.counts.setdefault(style, {})
        counts[level] = start if start is not None else counts.get(level, levels[level].start - 1) + 1
        for at in [at for at in counts if at > level]:
            del counts[at]

        def value(match: re.Match[str]) -> str:
            held = levels.get(int(match.group(1)))
            return printed(counts.get(int(match.group(1)), held.start), held.shape) if held is not None else ""

        said = re.sub(r"%(\d)", value, levels[level].text)
        return said + (" " if said[-1:].isascii() and said and not said.endswith(" ") else "")


def _level(element: Element) -> tuple[int, Level]:
    """(level from 1, what it prints); level 0 where the element is none. Bullets print nothing."""
    level, start = (element.get(f"{TEXT}{name}") or "" for name in ("level", "start-value"))
    shape = element.get(f"{STYLE}num-format") or ""
    if not level.isdigit() or int(level) > 10:
        return 0, Level("", "")
    if local(element.tag) == "list-level-style-bullet" or not shape:
        return int(level), Level("none", "")
    shown = element.get(f"{TEXT}display-levels") or "1"
    first = max(int(level) - int(shown) + 1, 1) if shown.isdigit() else int(level)
    numbers = ".".join(f"%{at}" for at in range(first, int(level) + 1))
    text = element.get(f"{STYLE}num-prefix", "") + numbers + element.get(f"{STYLE}num-suffix", "")
    for name, value in element.attrib.items():
        if local(name) == "num-list-format":  # LibreOffice's own, exact where numbers are parted by other signs
            text = re.sub(r"%(\d+)%", r"%\1", value)
    number = int(start) if start.isdigit() and len(start) < 7 else 1
    return int(level), Level(_SHAPES.get(shape.strip()[:1], "decimal"), text, number)
