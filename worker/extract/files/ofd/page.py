"""What stands on one OFD page: text objects as glyphs, straight paths as rules, pictures."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from worker.extract.files.layout.lines import is_wide
from worker.extract.files.layout.model import Glyph, Rule, Sheet, Style
from worker.extract.files.xmlguard import local

POINTS = 72 / 25.4
MAX_GLYPHS = 60_000
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")
_PATH = re.compile(r"([A-Za-z])|(-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)")
_NARROW = 0.5
"""ems a character without a given distance is wide, where it is no full-width one"""


@dataclass(frozen=True, slots=True)
class Layer:
    """Where the page's own corner lies."""

    x: float
    y: float


def numbers(text: str | None) -> list[float]:
    """All numbers of an attribute."""
    return [float(found) for found in _NUMBER.findall(text or "")]


def put(sheet: Sheet, root: Element, layer: Layer) -> None:
    """Puts all objects under `root` on the sheet."""
    for element in root.iter():
        name = local(element.tag)
        if name == "TextObject" and len(sheet.glyphs) < MAX_GLYPHS and element.get("Visible") != "false":
            sheet.glyphs.extend(_glyphs(element, layer))
        elif name == "PathObject":
            sheet.rules.extend(_rules(element, layer))
        elif name == "ImageObject" and len(box := numbers(element.get("Boundary"))) == 4:
            x, y = (box[0] - layer.x) * POINTS, (box[1] - layer.y) * POINTS
            sheet.pictures.append((x, y, x + box[2] * POINTS, y + box[3] * POINTS))
            sheet.media.append(element.get("ResourceID", ""))


def _glyphs(element: Element, layer: Layer) -> Iterator[Glyph]:
    box = numbers(element.get("Boundary"))
    if len(box) != 4:
        return
    a, b, c, d, e, f = _matrix(element)
    size = abs(float(numbers(element.get("Size") or "3.5")[0] if numbers(element.get("Size")) else 3.5))
    scale = math.hypot(c, d) or 1.0
    squeeze = (numbers(element.get("HScale")) or [1.0])[0]
    colour = _colour(element, "FillColor")
    style = Style(
        size=round(size * scale * POINTS, 1) or 1.0, red=_is_red(colour), pale=bool(colour) and min(colour) > 150,
        bold=int((numbers(element.get("Weight")) or [400])[0]) >= 600, angle=round(math.degrees(math.atan2(b,
        a))) % 360,
    )  # fmt: skip
    alpha = numbers(element.get("Alpha"))
    if alpha and alpha[0] < 140:
        style = style._replace(pale=True)
    x, y = 0.0, 0.0
    for code in (child for child in element if local(child.tag) == "TextCode"):
        text = code.text or ""
        x, y = (numbers(code.get("X")) or [x])[0], (numbers(code.get("Y")) or [y])[0]
        steps_x, steps_y = _deltas(code.get("DeltaX")), _deltas(code.get("DeltaY"))
        for index, character in enumerate(text):
            wide = size * squeeze * (1.0 if is_wide(character) else _NARROW)
            step = steps_x[index] if index < len(steps_x) else wide
            if character.strip() or character in " \u3000":
                left = a * x + c * y + e + box[0] - layer.x
                base = b * x + d * y + f + box[1] - layer.y
                right = left + a * (step if index < len(steps_x) and 0 < step <= 1.1 * size * squeeze else wide)
                yield Glyph(
                    character if character.strip() else " ",
                    min(left, right) * POINTS, (base - 0.85 * size * scale) * POINTS, max(left, right) * POINTS,
                    (base + 0.15 * size * scale) * POINTS, base * POINTS, style,
                )  # fmt: skip
            x += step if not (steps_y and index < len(steps_y) and index >= len(steps_x)) else 0.0
            y += steps_y[index] if index < len(steps_y) else 0.0


def _deltas(text: str | None) -> list[float]:
    """Distances, `g n d` standing for n times d."""
    found: list[float] = []
    words = (text or "").split()
    at = 0
    while at < len(words) and len(found) < 100_000:
        if words[at] == "g" and at + 2 < len(words):
            count, value = numbers(words[at + 1]), numbers(words[at + 2])
            found += value[:1] * int(min(count[0] if count else 0, 10_000))
            at += 3
        else:
            found += numbers(words[at])[:1]
            at += 1
    return found


def _matrix(element: Element) -> tuple[float, float, float, float, float, float]:
    found = numbers(element.get("CTM"))
    if len(found) != 6:
        return (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
    return (found[0], found[1], found[2], found[3], found[4], found[5])


def _rules(element: Element, layer: Layer) -> Iterator[Rule]:
    box = numbers(element.get("Boundary"))
    if len(box) != 4:
        return
    red = _is_red(_colour(element, "StrokeColor")) or _is_red(_colour(element, "FillColor"))
    if min(box[2], box[3]) < 1.0 < max(box[2], box[3]):
        yield _rule(box[0], box[1], box[0] + box[2], box[1] + box[3], layer, red)
        return
    data = next((child.text or "" for child in element if local(child.tag) == "AbbreviatedData"), "")
    if len(data) > 4000 or element.get("Stroke") == "false":
        return
    a, b, c, d, e, f = _matrix(element)
    for (ax, ay), (bx, by) in _sides(data):
        x0, y0 = a * ax + c * ay + e + box[0], b * ax + d * ay + f + box[1]
        x1, y1 = a * bx + c * by + e + box[0], b * bx + d * by + f + box[1]
        if abs(x0 - x1) < 0.4 or abs(y0 - y1) < 0.4:
            yield _rule(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1), layer, red)


def _rule(x0: float, y0: float, x1: float, y1: float, layer: Layer, red: bool) -> Rule:
    return Rule((x0 - layer.x) * POINTS, (y0 - layer.y) * POINTS, (x1 - layer.x) * POINTS, (y1 - layer.y) * POINTS, red)


def _sides(data: str) -> Iterator[tuple[tuple[float, float], tuple[float, float]]]:
    """Straight sides of a path in its abbreviated form (M x y L x y C; curves are passed over)."""
    command, values = "", list[float]()
    start = last = (0.0, 0.0)
    for letter, number in [*_PATH.findall(data), ("E", "")]:
        if number:
            values.append(float(number))
            continue
        if command in ("M", "S") and len(values) >= 2:
            start = last = (values[0], values[1])
        elif command == "L" and len(values) >= 2:
            yield last, (values[0], values[1])
            last = (values[0], values[1])
        elif len(values) >= 2:
            last = (values[-2], values[-1])
        if letter == "C" and last != start:
            yield last, start
            last = start
        command, values = letter, []


def _colour(element: Element, name: str) -> list[float]:
    found = next((child for child in element if local(child.tag) == name), None)
    values = numbers(found.get("Value")) if found is not None else []
    return values if len(values) == 3 else []


def _is_red(colour: list[float]) -> bool:
    return len(colour) == 3 and colour[0] > 140 and colour[0] - colour[1] > 70 and colour[0] - colour[2] > 70
