"""A page of an OFD file that is a scan, as the picture an engine reads: its images laid on white paper.

Needs what the engine brings (OpenCV, NumPy); source: GB/T 33190-2016, 10 (images), 7.9 (resources).
"""

from __future__ import annotations

import io
import posixpath
from collections.abc import Iterable, Mapping
from typing import Any
from xml.etree.ElementTree import Element

from worker.extract.files.containers import Zip
from worker.extract.files.layout.model import Box
from worker.extract.files.model import Broken
from worker.extract.files.xmlguard import local, parse

MAX_PIXELS = 12_000_000
"""of a page at the engine's resolution, and of an image laid on it: A3, and no wall paper"""
_REDUCED = ((8, "IMREAD_REDUCED_COLOR_8"), (4, "IMREAD_REDUCED_COLOR_4"), (2, "IMREAD_REDUCED_COLOR_2"))
"""how many times smaller -> OpenCV's name for decoding so: a scan at 600 dpi takes a ninth of the memory"""


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


def picture_of(container: Zip, images: Iterable[tuple[str, Box]], size: tuple[float, float], dpi: float) -> Any:
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
        if right <= left or bottom <= top or (right - left) * (bottom - top) > MAX_PIXELS:
            continue
        image = _decoded(container, member, right - left, bottom - top)
        if image is None:
            continue
        image = cv2.resize(image, (right - left, bottom - top), interpolation=cv2.INTER_AREA)
        rows, columns = slice(max(top, 0), min(bottom, high)), slice(max(left, 0), min(right, wide))
        if rows.start < rows.stop and columns.start < columns.stop:
            page[rows, columns] = image[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left]
            laid = True
    return page if laid else None


def _decoded(container: Zip, member: str, wide: int, high: int) -> Any:
    """The image in red, green, blue, and no larger than needed where its format can be decoded smaller;
    None where it is none."""
    import cv2
    import numpy as np

    try:
        body = container.read(member)
        times = _times(body, wide, high)
        how = next((name for least, name in _REDUCED if times >= least), "IMREAD_COLOR")
        image = cv2.imdecode(np.frombuffer(body, "uint8"), getattr(cv2, how))
    except (Broken, cv2.error):
        return None
    return None if image is None else cv2.cvtColor(image, cv2.COLOR_BGR2RGB)


def _times(body: bytes, wide: int, high: int) -> float:
    """How many times larger than so many pixels the image is both ways, by its head; 1 where that says nothing."""
    from PIL import Image  # the engine needs it, too

    try:
        with Image.open(io.BytesIO(body)) as image:
            return min(image.width / wide, image.height / high)
    except Exception:  # whatever its readers raise: OpenCV has the last word
        return 1.0
