"""List numbers of a Word file, counted out as Word prints them (ISO/IEC 29500-1, 17.9)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from worker.extract.files.containers import Zip
from worker.extract.files.model import Broken
from worker.extract.files.xmlguard import parse

_HAN = "零一二三四五六七八九"
_FORMAL = "零壹贰叁肆伍陆柒捌玖"
_ROMAN = (
    (1000, "m"),
    (900, "cm"),
    (500, "d"),
    (400, "cd"),
    (100, "c"),
    (90, "xc"),
    (50, "l"),
    (40, "xl"),
    (10, "x"),
    (9, "ix"),
    (5, "v"),
    (4, "iv"),
    (1, "i"),
)
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a list."""

    shape: str
    """numFmt: decimal, chineseCounting, lowerLetter, bullet ..."""
    text: str
    """lvlText: `（%1）`"""
    start: int = 1


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


def printed(number: int, shape: str) -> str:
    """A number in one of Word's formats; decimal where the format is unknown."""
    if number < 1 or number > 9999:
        return str(number)
    if shape.startswith(
        ("chineseCounting", "taiwaneseCounting", "japaneseCounting", "ideographDigital", "koreanCounting")
    ):
        return chinese(number, _HAN)
    if shape in ("chineseLegalSimplified", "ideographLegalTraditional", "japaneseLegal"):
        return chinese(number, _FORMAL).replace("十", "拾").replace("百", "佰").replace("千", "仟")
    if shape == "ideographTraditional":
        return _STEMS[(number - 1) % 10]
    if shape == "ideographZodiac":
        return _BRANCHES[(number - 1) % 12]
    if shape in ("lowerLetter", "upperLetter"):
        letter = chr(97 + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letter if shape == "lowerLetter" else letter.upper()
    if shape in ("lowerRoman", "upperRoman"):
        out = ""
        for value, sign in _ROMAN:
            while number >= value:
                out, number = out + sign, number - value
        return out if shape == "lowerRoman" else out.upper()
    if shape.startswith("decimalEnclosedCircle"):
        return chr(0x2460 + number - 1) if number <= 20 else str(number)
    if shape == "decimalFullWidth":
        return str(number).translate({0x30 + digit: 0xFF10 + digit for digit in range(10)})
    return f"{number:02d}" if shape == "decimalZero" else str(number)


def chinese(number: int, digits: str) -> str:
    """A number below 10,000 in Chinese numerals: 12 is 十二, 105 is 一百零五."""
    out, gap = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, unit)
        if digit:
            out += (digits[0] if gap and out else "") + digits[digit] + name
            gap = False
        elif out:
            gap = True
    return out.removeprefix(digits[1]) if out.startswith(f"{digits[1]}十") else out
