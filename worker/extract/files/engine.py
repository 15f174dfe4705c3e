"""RapidOCR in little memory: a page's lines are found in bands, and read one after the other.

A whole page at 200 dpi costs the net that finds lines 500 MB, a band 150 MB and hardly more time. Bands overlap by
more than a line of print is high, so that every such line is whole in one of them; what is larger is looked for on the
page made small. Runs in a process of its own; nothing is fetched.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from worker.footprint import keep_heap

Box = tuple[float, float, float, float]
"""left, top, right, bottom in pixels"""

BAND_PIXELS = 1_000_000
"""of the picture that is looked through at once: 130 MB"""
LEAST_OVERLAP, SLOPE = 96, 0.02
"""pixels that two bands share: a line of print, and how far it falls on a page that is turned by a degree"""
EDGE = 3
"""pixels: a box this near to a band's edge is cut by it"""
MOST_LINES = 1_500
"""read of one page: a newspaper's, and no noise's"""
WIDEST = 90
"""times its height that a line is wide when it is read; 50 MB"""
MALLOC_KEPT = 4 * 1024 * 1024
"""bytes: what is larger goes back to the system when it is freed (glibc would raise this to 32 MB by itself)"""


@dataclass(frozen=True, slots=True)
class Line:
    """A line as the engine read it; corners clockwise from its upper left."""

    corners: tuple[tuple[float, float], ...]
    text: str
    confidence: float


def engine_name() -> str:
    """`rapidocr 3.10.0`, '' where the extra is not installed."""
    try:
        return f"rapidocr {version('rapidocr')}"
    except PackageNotFoundError:
        return ""


def warm() -> None:
    """Loads the models, so that a file's memory is counted from there. An engine that cannot is left to say so when it
    is asked."""
    import numpy as np

    try:
        white = np.full((64, 64, 3), 255, "uint8")
        _boxes(white)
        words_of(white)
    except Exception:  # whatever an engine raises
        logging.getLogger(__name__).debug("the engine did not start", exc_info=True)


def lines_of(picture: Any) -> list[Line]:
    """The lines of a page (rows, columns, three colours) from top to bottom."""
    from rapidocr.utils.process_img import get_rotate_crop_image

    found = []
    for corners in boxes_of(picture)[:MOST_LINES]:
        text, confidence = words_of(get_rotate_crop_image(picture, corners.copy()))
        if text:
            found.append(Line(tuple((float(x), float(y)) for x, y in corners), text, confidence))
    return found


def words_of(line: Any) -> tuple[str, float]:
    """What the picture of one line says, and how sure the engine is."""
    high, wide = line.shape[:2]
    if wide > WIDEST * high:
        import cv2

        line = cv2.resize(line, (WIDEST * high, high), interpolation=cv2.INTER_AREA)
    # an engine keeps what it was last told: each call says all of it
    said = _engine()(line, use_det=False, use_cls=False, use_rec=True)
    if said is None or not said.txts:
        return "", 0.0
    return "".join(said.txts).strip(), float(min(said.scores))


def boxes_of(picture: Any) -> list[Any]:
    """The corners of each line (four rows of x and y), from top to bottom."""
    high, wide = picture.shape[:2]
    overlap = LEAST_OVERLAP + int(SLOPE * wide)
    rows = max(BAND_PIXELS // wide, 2 * overlap)
    whole: list[tuple[bool, Any]] = []
    cut: list[Any] = []
    for top in range(0, max(high - overlap, 1), rows - overlap):
        end = min(top + rows, high)
        core = top + overlap / 2 if top else 0.0, end - overlap / 2 if end < high else float(high)
        for corners in _boxes(picture[top:end]):
            corners[:, 1] += top
            _, upper, _, lower = _around(corners)
            if (top and upper <= top + EDGE) or (end < high and lower >= end - EDGE):
                cut.append(corners)
            else:
                whole.append((core[0] <= (upper + lower) / 2 < core[1], corners))
    whole.sort(key=lambda one: not one[0])  # the band in whose middle a line stands is asked first
    kept = _apart([], (corners for _, corners in whole))
    if any(not _covered(corners, kept) for corners in cut):
        kept = _apart(kept, _large(picture, overlap))
    return sorted(kept, key=lambda corners: (float(corners[:, 1].min()), float(corners[:, 0].min())))


def _large(picture: Any, least: float) -> list[Any]:
    """Corners of what is higher than bands overlap, found on the page made small."""
    import cv2

    high, wide = picture.shape[:2]
    scale = min((BAND_PIXELS / (high * wide)) ** 0.5, 1.0)
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    found = [corners / scale for corners in _boxes(small)]
    return [corners for corners in found if corners[:, 1].max() - corners[:, 1].min() > 0.6 * least]


def _apart(kept: list[Any], more: Any) -> list[Any]:
    """These boxes, and those of the others that stand where none of them does."""
    for corners in more:
        if not _covered(corners, kept):
            kept = [*kept, corners]
    return kept


def _covered(corners: Any, kept: list[Any]) -> bool:
    left, top, right, bottom = _around(corners)
    for x0, y0, x1, y1 in map(_around, kept):
        shared = max(min(right, x1) - max(left, x0), 0) * max(min(bottom, y1) - max(top, y0), 0)
        if shared > 0.4 * max(min((right - left) * (bottom - top), (x1 - x0) * (y1 - y0)), 1):
            return True
    return False


def _around(corners: Any) -> Box:
    (left, top), (right, bottom) = corners.min(axis=0).tolist(), corners.max(axis=0).tolist()
    return left, top, right, bottom


def _boxes(picture: Any) -> list[Any]:
    said = _engine()(picture, use_det=True, use_cls=False, use_rec=False)
    return [] if said is None or said.boxes is None else [corners.astype("float32") for corners in said.boxes]


@lru_cache(maxsize=1)
def _engine() -> Any:
    import cv2
    from rapidocr import RapidOCR

    keep_heap(1, MALLOC_KEPT, MALLOC_KEPT)
    cv2.setNumThreads(1)
    logging.getLogger("RapidOCR").setLevel(logging.ERROR)
    return RapidOCR(
        params={
            "Global.log_level": "error",
            "Global.min_side_len": 1,
            "Global.max_side_len": 1_000_000,
            "Global.width_height_ratio": -1,
            "Det.limit_type": "max",
            "Det.limit_side_len": 1_000_000,
            "Rec.rec_batch_num": 1,
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )
