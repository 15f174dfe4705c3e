"""Every golden forum page says exactly what was reviewed for it."""

from __future__ import annotations

import json

import pytest

from tests.worker.forums.golden import PAGES, URLS, read, reading, told


@pytest.mark.parametrize("name", URLS)
def test_golden_page_says_what_was_reviewed(name: str) -> None:
    expected = json.loads((PAGES / f"{name}.expected.json").read_text(encoding="utf-8"))
    assert told(read(reading(name))) == expected


@pytest.mark.parametrize("name", URLS)
def test_golden_page_is_recognised_by_its_own_platform_alone(name: str) -> None:
    import worker.extract as registry

    page = reading(name)
    known = [key for key in registry.FORUMS if key != "forum" and registry.EXTRACTORS[key].recognise(page)]
    assert known == ([] if name.startswith("unknown") else [name.partition("/")[0]])
