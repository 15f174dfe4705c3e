"""A page of an OFD file that is a scan, as the picture an engine reads: its images laid on white paper.

Needs what the engine brings (OpenCV, NumPy); source: GB/T 33190-2016, 10 (images), 7.9 (resources).
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from typing import Any
from xml.etree.ElementTree import Element

from worker.extract.files.containers import Zip
from worker.extract.files.layout.model import Box
from worker.extract.files.model import Broken
from worker.extract.files.xmlguard import local, parse

MAX_PIXELS = 60_000_000
"""of a page at the engine's resolution: A2, and no wall paper"""


def media_of(container: Zip, folder: str, document: Element) -> dict[str, str]:
    """Member of the container by the id under which pages name an image."""
    found: dict[str, str] = {}
    names = {name.lower(): name for name in container.names()}  # folders are written in two ways in one file
    for element in document.iter():
        if local(element.tag) in ("DocumentRes", "PublicRes") and element.text:
            place = names.get(posixpath.normpath(posixpath.join(folder, element.text.strip())).lower())
            if place is not None:
                found |= _media(container, place, names)
    return found


def _media(container: Zip, place: str, names: Mapping[str, str]) -> dict[str, str]:
    try:
        root = parse(container.read(place), place)
    except Broken:
        return {}
    base = posixpath.join(posixpath.dirname(place), root.get("BaseLoc", ""))
    found = {}
    for medium in (element for element in root.iter() if local(element.tag) == "MultiMedia"):
        for file in (child.text or "" for child in medium if local(child.tag) == "MediaFile"):
            member = names.get(posixpath.normpath(posixpath.join(base, file.strip())).lower())
            if member is not None:
                found[medium.get("ID", "")] = member
    return found


def picture_of(container: Zip, images: Iterable[tuple[str, Box]], size: tuple[float, float], dpi: int) -> Any:
    """Rows, columns and colours of a page of this size in points with these members laid on it; None where none of
    them is an image that can be read."""
    import cv2
    import numpy as np

    scale = dpi / 72
    wide, high = (int(points * scale) for points in size)
    if not 0 < wide * high <= MAX_PIXELS:
        return None
    page, laid = np.full((high, wide, 3), 255, "uint8"), False
    for member, box in images:
        left, top, right, bottom = (round(place * scale) for place in box)
        image = _decoded(container, member)
        if image is None or right <= left or bottom <= top or (right - left) * (bottom - top) > MAX_PIXELS:
            continue
        image = cv2.resize(image, (right - left, bottom - top), interpolation=cv2.INTER_AREA)
        rows, columns = slice(max(top, 0), min(bottom, high)), slice(max(left, 0), min(right, wide))
        if rows.start < rows.stop and columns.start < columns.stop:
            page[rows, columns] = image[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left]
            laid = True
    return page if laid else None


def _decoded(container: Zip, member: str) -> Any:
    """The image in red, green, blue; None where it is none."""
    import cv2
    import numpy as np

    try:
        image = cv2.imdecode(np.frombuffer(container.read(member), "uint8"), cv2.IMREAD_COLOR)
    except (Broken, cv2.error):
        return None
    return None if image is None else cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
