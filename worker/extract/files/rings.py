"""Seals on scans that kept no red: found by their ring, and taken out of the ink.

On a grey scan a seal is paler than the print under it; on one of two colours only its ring can be told from print,
by its form. Pictures are arrays of rows, columns and three colours, places in pixels.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

SMALLEST, LARGEST = 0.55, 1.2
"""inches: radii of seals (3 to 5.8 cm across: GB/T 9704 seals are 4.2)"""
COVERED = 0.82
"""share of a ring's round that is ink"""
BAND = 5
"""steps of the coarse picture beside a ring in which there is less ink than on it"""
_COARSE = 4
"""the coarse picture is so many times smaller"""
_PALER = 40
"""grey levels by which a seal is paler than print"""
_WIDEST = 16
"""pixels that a ring's ink reaches to either side of its middle"""
_EDGE = 3
"""pixels beside a ring in which its ink runs out"""


@dataclass(frozen=True, slots=True)
class Ring:
    """A ring, and how far its ink reaches."""

    x: float
    y: float
    inner: float
    outer: float
    pale: bool = False
    """paler than the print under it"""

    def touches(self, box: tuple[float, float, float, float]) -> bool:
        """Whether a box (left, top, right, bottom) reaches into the square round the ring."""
        left, top, right, bottom = box
        return (
            left < self.x + self.outer and right > self.x - self.outer
            and top < self.y + self.outer and bottom > self.y - self.outer
        )  # fmt: skip

    def bends(self, box: tuple[float, float, float, float]) -> bool:
        """Whether words with this box (left, top, right, bottom) are the seal's own, which run along the ring."""
        left, top, right, bottom = box
        within = 1.15 * self.outer  # boxes round bent words are loose
        if left < self.x - within or right > self.x + within or top < self.y - within or bottom > self.y + within:
            return False
        x, y = (left + right) / 2 - self.x, (top + bottom) / 2 - self.y
        return bool((x * x + y * y) ** 0.5 > 0.5 * self.inner)


def rings_of(picture: Any, dpi: float) -> list[Ring]:
    """The rings drawn on the page, seldom more than one."""
    import cv2

    grey = _grey(picture)
    coarse = cv2.resize(grey, None, fx=1 / _COARSE, fy=1 / _COARSE, interpolation=cv2.INTER_AREA)
    least, most = (int(inches * dpi / _COARSE) for inches in (SMALLEST, LARGEST))
    large = _large(coarse < 190, least)
    if large is None:
        return []
    circles = cv2.HoughCircles(
        large, cv2.HOUGH_GRADIENT, 1.5, minDist=least, param1=120, param2=30, minRadius=least, maxRadius=most
    )
    ink = grey < 160
    found = []
    for x, y, radius in circles[0][:8].tolist() if circles is not None else ():
        at = _best(coarse < 190, x, y, radius, (3, 2, 1))
        ring = _refined(ink, *(value * _COARSE for value in at)) if _is_ring(coarse < 190, *at) else None
        if ring is not None:
            seal, print_ = _levels(grey, ring)
            found.append(replace(ring, pale=seal > print_ + _PALER))
    return found


def _grey(picture: Any) -> Any:
    """The darkest of each pixel's colours: ink of any colour is dark."""
    import numpy as np

    return np.minimum(np.minimum(picture[:, :, 0], picture[:, :, 1]), picture[:, :, 2])


def _large(ink: Any, least: int) -> Any:
    """A picture of what hangs together and reaches as far as a ring does both ways; None where nothing does."""
    import cv2
    import numpy as np

    count, labels, stats, _ = cv2.connectedComponentsWithStats(ink.astype("uint8"), connectivity=8)
    reach = np.minimum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]) > 1.5 * least
    reach[0] = False  # the paper
    return np.where(reach[labels], 0, 255).astype("uint8") if count > 1 and reach.any() else None


def without_rings(picture: Any, rings: Iterable[Ring]) -> Any:
    """The picture with the ink of these seals made white, as far as it can be told from print: all of a pale one, else
    the ring alone, and what print it runs through with it."""
    clean, grey = picture.copy(), _grey(picture)
    for ring in rings:
        top, left = max(int(ring.y - ring.outer) - 4, 0), max(int(ring.x - ring.outer) - 4, 0)
        part = (slice(top, int(ring.y + ring.outer) + 5), slice(left, int(ring.x + ring.outer) + 5))
        away = _away(grey[part], ring, left, top)
        drawn = (away >= ring.inner - _EDGE) & (away <= ring.outer + _EDGE)
        if ring.pale:
            seal, print_ = _levels(grey, ring)
            drawn = (away <= ring.outer + _EDGE) & (grey[part] > seal - 0.35 * (seal - print_))
        clean[part][drawn] = 255
    return clean


def _levels(grey: Any, ring: Ring) -> tuple[float, float]:
    """How grey the ring is, and the page's print."""
    import numpy as np

    top, left = max(int(ring.y - ring.outer), 0), max(int(ring.x - ring.outer), 0)
    part = grey[top : int(ring.y + ring.outer) + 1, left : int(ring.x + ring.outer) + 1]
    away = _away(part, ring, left, top)
    drawn = part[(away >= ring.inner) & (away <= ring.outer) & (part < 200)]
    return float(np.median(drawn)), float(np.percentile(grey[grey < 128], 20))


def _away(grey: Any, ring: Ring, left: int, top: int) -> Any:
    """How far from the ring's middle each pixel is."""
    import numpy as np

    rows, columns = np.ogrid[: grey.shape[0], : grey.shape[1]]
    return np.hypot(columns + left - ring.x, rows + top - ring.y)


def _covered(ink: Any, x: float, y: float, radius: float) -> float:
    """The share of a circle that is ink."""
    import numpy as np

    turns = np.linspace(0, 2 * np.pi, 240, endpoint=False)
    columns, rows = (x + radius * np.cos(turns)).round().astype(int), (y + radius * np.sin(turns)).round().astype(int)
    inside = (columns >= 0) & (rows >= 0) & (columns < ink.shape[1]) & (rows < ink.shape[0])
    return float(ink[rows[inside], columns[inside]].mean()) if inside.sum() > 120 else 0.0


def _is_ring(ink: Any, x: float, y: float, radius: float) -> bool:
    """Whether a circle is drawn there, and does not only run through print."""
    share = _covered(ink, x, y, radius)
    beside = max(_covered(ink, x, y, radius - BAND), _covered(ink, x, y, radius + BAND))
    return share > 0.7 and beside < 0.7 * share


def _best(ink: Any, x: float, y: float, radius: float, steps: tuple[int, ...]) -> tuple[float, float, float]:
    """Middle and radius of the circle near this one that is ink most of its way."""
    best = (0.0, x, y, radius)
    for step in steps:
        _, x, y, radius = best
        for dx, dy, dr in itertools.product((-step, 0, step), repeat=3):
            best = max(best, (_covered(ink, x + dx, y + dy, radius + dr), x + dx, y + dy, radius + dr))
    return best[1:]


def _refined(ink: Any, x: float, y: float, radius: float) -> Ring | None:
    """The ring to the pixel; None where no circle is drawn whole."""
    x, y, radius = _best(ink, x, y, radius, (4, 2, 1))
    if _covered(ink, x, y, radius) < COVERED:
        return None
    for _ in range(3):
        x, y, radius = _centred(ink, x, y, radius)
    inner = outer = radius
    while inner > radius - _WIDEST and _covered(ink, x, y, inner - 1) > 0.6:
        inner -= 1
    while outer < radius + _WIDEST and _covered(ink, x, y, outer + 1) > 0.6:
        outer += 1
    return Ring(x, y, inner, outer)


def _centred(ink: Any, x: float, y: float, radius: float) -> tuple[float, float, float]:
    """The circle moved to the middle of the ink that it runs through: a wide ring covers many circles whole."""
    import numpy as np

    turns = np.linspace(0, 2 * np.pi, 240, endpoint=False)[:, None]
    reach = np.arange(-_WIDEST, _WIDEST + 1)[None, :]
    columns = (x + (radius + reach) * np.cos(turns)).round().astype(int)
    rows = (y + (radius + reach) * np.sin(turns)).round().astype(int)
    inside = (columns >= 0) & (rows >= 0) & (columns < ink.shape[1]) & (rows < ink.shape[0])
    drawn = inside & ink[rows.clip(0, ink.shape[0] - 1), columns.clip(0, ink.shape[1] - 1)]
    count = drawn.sum(axis=1)
    clear = (count > 0) & (count <= 1.3 * np.median(count[count > 0]))  # where no print touches it
    if clear.sum() < 60:
        return x, y, radius
    off = ((drawn * reach).sum(axis=1) / np.maximum(count, 1))[clear]
    sides = np.hstack([np.cos(turns), np.sin(turns), np.ones_like(turns)])[clear]
    (dx, dy, dr), *_ = np.linalg.lstsq(sides, off, rcond=None)
    return x + float(dx), y + float(dy), radius + float(dr)
