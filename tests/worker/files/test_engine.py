"""An engine reads a page in little memory: in bands, each line once and whole."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.support.hostile import raw_pdf
from worker.extract.files import engine
from worker.extract.files.extractor import OCR_LIMITS, OCR_PRELOAD
from worker.isolate import Pool

cv2 = pytest.importorskip("cv2", reason="the extra is not installed: pip install 'muniment[ocr]'")


def boxes(picture: Any) -> list[Any]:
    """Finds what hangs together, as a net finds lines."""
    _, _, stats, _ = cv2.connectedComponentsWithStats((picture[:, :, 0] < 128).astype("uint8"))
    corners = []
    for left, top, wide, high, _ in stats[1:].tolist():
        right, bottom = left + wide, top + high
        corners.append(np.array([(left, top), (right, top), (right, bottom), (left, bottom)], "float32"))
    return corners


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Pixels of each picture that was looked through for lines."""
    seen: list[int] = []

    def found(picture: Any) -> list[Any]:
        seen.append(picture.shape[0] * picture.shape[1])
        return boxes(picture)

    monkeypatch.setattr(engine, "_boxes", found)
    return seen


def page(high: int, wide: int, *lines: tuple[int, int, int, int]) -> Any:
    picture = np.full((high, wide, 3), 255, "uint8")
    for left, top, right, bottom in lines:
        picture[top:bottom, left:right] = 0
    return picture


def around(found: list[Any]) -> list[tuple[int, ...]]:
    return [(*map(round, corners.min(axis=0)), *map(round, corners.max(axis=0))) for corners in found]


@pytest.mark.parametrize("first", range(0, 60, 7))
def test_every_line_of_a_page_is_found_once_wherever_bands_end(first: int, looked_at: list[int]) -> None:
    lines = [(200, top, 1400, top + 40) for top in range(100 + first, 2250, 60)]
    assert around(engine.boxes_of(page(2339, 1654, *lines))) == lines
    assert len(looked_at) > 3
    assert max(looked_at) <= engine.BAND_PIXELS


def test_what_is_higher_than_bands_overlap_is_found_on_the_page_made_small(looked_at: list[int]) -> None:
    tall = (100, 300, 200, 1900)
    line = (400, 1000, 1400, 1040)
    found = around(engine.boxes_of(page(2339, 1654, tall, line)))
    assert len(found) == 2
    assert line in found
    (large,) = [box for box in found if box != line]
    assert all(abs(one - other) < 4 for one, other in zip(large, tall, strict=True))


def test_a_page_of_nothing_has_no_lines(looked_at: list[int]) -> None:
    assert engine.boxes_of(page(2339, 1654)) == []
    assert engine.boxes_of(page(20, 30)) == []


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> Iterator[Pool]:
    monkeypatch.syspath_prepend(str(Path(__file__).parents[3]))
    pool = Pool(1, OCR_PRELOAD)
    yield pool
    pool.close()


def test_a_scanned_page_takes_the_engine_s_process_less_than_300_mb(pool: Pool) -> None:
    pytest.importorskip("rapidocr", reason="the extra is not installed: pip install 'muniment[ocr]'")
    pool.run("tests.support.victims:length")
    (child,) = pool._idle
    status = Path(f"/proc/{child.process.pid}/status")
    idle = kilobytes(status, "VmRSS")
    answer = pool.run("worker.extract.files.child:read", scan(), {"ocr": True}, OCR_LIMITS)
    assert answer.failure is None, answer.error
    assert kilobytes(status, "VmHWM") - idle < 300_000
    assert [child] == pool._idle, "the process stays for the next scan: it gave back what the page took"


def scan() -> bytes:
    """A page of A4 that is one grey picture at 200 dpi, with lines on it."""
    picture = page(2339, 1654, *((200, top, 1400, top + 40) for top in range(100, 2250, 60)))[:, :, 0]
    image = "<< /Type /XObject /Subtype /Image /Width 1654 /Height 2339 /ColorSpace /DeviceGray /BitsPerComponent 8"
    return raw_pdf(
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        "/Resources << /XObject << /X 5 0 R >> >> >>",
        ("<< >>", b"595 0 0 842 0 0 cm /X Do"),
        (f"{image} /Filter /FlateDecode >>", zlib.compress(picture.tobytes())),
    )


def kilobytes(status: Path, name: str) -> int:
    (line,) = [line for line in status.read_text().splitlines() if line.startswith(name)]
    return int(line.split()[1])
