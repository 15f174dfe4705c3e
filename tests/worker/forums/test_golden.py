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


@pytest.mark.parametrize("name", sorted(name for name in URLS if name.endswith("/second")))
def test_every_page_of_a_topic_says_the_same_of_it(name: str) -> None:
    engine = name.partition("/")[0]
    first = next(f"{engine}/{kind}" for kind in ("topic", "thread", "question") if f"{engine}/{kind}" in URLS)
    one, two = (read(reading(page)) for page in (first, name))
    assert one.part is not None and two.part is not None and (one.part.number, two.part.number) == (1, 2)
    topic, again = one.documents[0], two.documents[0]
    assert (topic.key, topic.title, topic.fields) == (again.key, again.title, again.fields)
    assert not {post.key for post in one.documents[1:]} & {post.key for post in two.documents[1:]}
