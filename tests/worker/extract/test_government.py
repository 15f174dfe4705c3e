"""Golden pages in the shape of the CMS families that offices and newspapers use: every paragraph and field as
reviewed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from worker.extract.model import Extracted, Reading
from worker.extract.recognise import recognise

PAGES = Path(__file__).parents[2] / "pages" / "government"
NAMES = sorted(path.name.removesuffix(".expected.json") for path in PAGES.glob("*.expected.json"))


def golden(name: str) -> tuple[dict[str, Any], Reading]:
    expected = json.loads((PAGES / f"{name}.expected.json").read_text(encoding="utf-8"))
    html = (PAGES / f"{name}.html").read_text(encoding="utf-8")
    encoding = expected.get("encoding", "utf-8")
    text = html.encode(encoding).decode("gb18030" if encoding != "utf-8" else encoding)
    return expected, Reading(expected["url"], expected["url"], text, encoding, "test")


def document(name: str) -> tuple[dict[str, Any], str, Extracted]:
    expected, reading = golden(name)
    extractor, _ = recognise(reading)
    (said,) = extractor(reading).documents
    return expected, extractor.name, said


@pytest.mark.parametrize("name", NAMES)
def test_golden_page_says_every_paragraph_and_field_that_was_reviewed(name: str) -> None:
    expected, extractor, said = document(name)
    lines = [line for line in said.text.split("\n") if line not in expected.get("optional", [])]
    assert extractor == expected["extractor"]
    assert (said.kind, said.title) == (expected["kind"], expected["title"])
    assert dict(said.fields) == expected["fields"]
    assert lines == expected["text"]
    assert [dict(one) for one in said.attachments] == expected["attachments"]


@pytest.mark.parametrize(
    "name", [name for name in NAMES if "images" in json.loads((PAGES / f"{name}.expected.json").read_text("utf-8"))]
)
def test_pictures_of_the_text_are_kept_and_captions_stand_with_them(name: str) -> None:
    expected, _, said = document(name)
    assert [image["url"] for image in said.images] == expected["images"]
    assert [image["caption"] for image in said.images if image.get("caption")] == expected.get("captions", [])


@pytest.mark.parametrize(
    "name",
    [name for name in NAMES if "markdown_has" in json.loads((PAGES / f"{name}.expected.json").read_text("utf-8"))],
)
def test_headings_lists_and_tables_survive_as_markdown(name: str) -> None:
    expected, _, said = document(name)
    for piece in expected["markdown_has"]:
        assert piece in (said.markdown or "")


@pytest.mark.parametrize("name", NAMES)
def test_every_field_says_where_it_was_read(name: str) -> None:
    _, _, said = document(name)
    assert set(said.fields) <= set(said.evidence)


def test_readings_that_disagree_are_kept() -> None:
    _, _, said = document("kaipu-reply")
    entry = said.evidence["published_on"]
    assert isinstance(entry, dict) and entry["from"] == "label 发布时间"
    assert ["meta pubdate (page generated)", "2020-09-26"] in entry["others"]
