"""OFD files whose pages are pictures: laid out as they are printed, and read by the engine."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("cv2")

import cv2
import numpy as np

from tests.support.office import zipped
from worker.extract.files import ocr
from worker.extract.files.layout.model import Glyph, Sheet, Style
from worker.extract.files.ofd.read import read


def xml(name: str, inner: str, attributes: str = "") -> str:
    """An element of OFD as a file's root."""
    return f'<ofd:{name} xmlns:ofd="http://www.ofdspec.org/2016"{attributes}>{inner}</ofd:{name}>'


def image(value: int) -> bytes:
    """A PNG of one colour."""
    return bytes(cv2.imencode(".png", np.full((40, 30, 3), value, "uint8"))[1])


def scanned(pages: list[str], media: dict[str, bytes]) -> bytes:
    """An OFD file of these pages' image objects; its media stand in a folder that is written in two ways."""
    listed = "".join(
        f'<ofd:MultiMedia ID="{name}" Type="Image"><ofd:MediaFile>{name}.png</ofd:MediaFile></ofd:MultiMedia>'
        for name in media
    )
    places = "".join(f'<ofd:Page ID="{n}" BaseLoc="Pages/{n}.xml"/>' for n in range(len(pages)))
    common = (
        "<ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea>"
        "<ofd:DocumentRes>DocumentRes.xml</ofd:DocumentRes></ofd:CommonData>"
    )
    return zipped(
        {
            "OFD.xml": xml("OFD", "<ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody>"),
            "Doc_0/Document.xml": xml("Document", f"{common}<ofd:Pages>{places}</ofd:Pages>"),
            "Doc_0/DocumentRes.xml": xml("Res", f"<ofd:MultiMedias>{listed}</ofd:MultiMedias>", ' BaseLoc="Res"'),
            **{
                f"Doc_0/Pages/{n}.xml": xml("Page", f"<ofd:Content><ofd:Layer>{page}</ofd:Layer></ofd:Content>")
                for n, page in enumerate(pages)
            },
            **{f"DOC_0/Res/{name}.png": data for name, data in media.items()},
        }
    )


def placed(name: str, box: str = "0 0 210 297") -> str:
    """An image in a box of millimetres."""
    return f'<ofd:ImageObject Boundary="{box}" ResourceID="{name}"/>'


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The pictures an engine was given; it reads 甲 on each."""
    pictures: list[Any] = []

    def sheet_of(picture: Any, number: int, dpi: int = ocr.DPI) -> tuple[Sheet, list[float]]:
        pictures.append(picture)
        sheet = Sheet(number, 595, 842)
        sheet.glyphs = [Glyph("甲", 100, 100, 116, 116, 114, Style(size=16))]
        return sheet, [0.9]

    monkeypatch.setattr(ocr, "sheet_of", sheet_of)
    return pictures


def test_without_an_engine_the_pages_wait() -> None:
    file = read(scanned([placed("a")], {"a": image(0)}))
    assert file.scans == (1,)
    assert not file.blocks


def test_images_stand_where_the_page_has_them(seen: list[Any]) -> None:
    page = placed("a", "105 0 105 148.5") + placed("b", "0 148.5 105 148.5")
    file = read(scanned([page], {"a": image(0), "b": image(90)}), True)
    (picture,) = seen
    high, wide, _ = picture.shape
    assert (abs(wide - 1654) < 3, abs(high - 2339) < 3) == (True, True)
    assert [int(picture[y, x, 0]) for y, x in ((400, 400), (400, 1200), (1800, 400), (1800, 1200))] == [255, 0, 90, 255]
    assert [block.text for block in file.blocks] == ["甲"]
    assert (file.scans, file.confidence) == ((), (0.9,))


@pytest.mark.parametrize(
    ("page", "media"),
    [(placed("a"), {"a": b"no image"}), (placed("missing"), {"a": image(0)})],
    ids=["damaged", "not there"],
)
def test_a_page_whose_image_cannot_be_read_stays_marked(page: str, media: dict[str, bytes], seen: list[Any]) -> None:
    file = read(scanned([page, placed("b")], {**media, "b": image(0)}), True)
    assert file.scans == (1,)
    assert len(seen) == 1
