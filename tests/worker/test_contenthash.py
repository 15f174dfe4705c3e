from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.records import Facts
from worker.contenthash import canonical, content_hash, content_of, target
from worker.extract.model import Extracted

NOTICE = Extracted(
    "page|a",
    "notice",
    Facts("http://a.example/1", author="Li", floor=3),
    "Water supply",
    "The pipes are new.\nWater is back.",
    fields={"document_number": "12", "issuer": "County office"},
    links=({"url": "http://www.a.example/plan", "text": "the plan"},),
    images=({"url": "http://a.example/map.png", "alt": ""},),
    attachments=({"url": "http://a.example/f.pdf", "name": "Plan (PDF)"},),
    margin=("Help desk closed",),
)


def hashed(**changed: object) -> str:
    return content_of(replace(NOTICE, **changed)).content_hash


SAME = hashed()


def test_the_hash_names_its_recipe() -> None:
    assert re.fullmatch(r"c1:[0-9a-f]{64}", SAME)


def test_two_documents_that_say_the_same_have_the_same_hash() -> None:
    assert hashed(key="page|b", kind="article", facts=Facts("http://b.example/2", floor=9), parent_key="x") == SAME


@pytest.mark.parametrize(
    "changed",
    [
        {"title": "Water  supply "},
        {"text": "The pipes are new. Water\u00a0is\nback."},
        {"text": "The pipes\u200b are new.\nWater is back."},
        {"fields": {**NOTICE.fields, "origin": "", "subject": None, "cc": []}},
        {"evidence": {"issuer": "table"}},
        {"markdown": "# Water"},
        {"links": ({"url": "https://a.example/plan?sid=K7a2Qz", "text": "plan of it"},)},
        {"images": ({"url": "http://a.example/map.png?1588888888", "alt": "a map"},)},
    ],
)
def test_what_is_no_content_does_not_count(changed: dict[str, object]) -> None:
    assert hashed(**changed) == SAME


@pytest.mark.parametrize(
    "changed",
    [
        {"title": "Water supplies"},
        {"text": "The pipes are new.\nWater is off."},
        {"text": "Water is back.\nThe pipes are new."},
        {"fields": {**NOTICE.fields, "document_number": "13"}},
        {"fields": {"issuer": "County office"}},
        {"links": ({"url": "http://www.a.example/plans", "text": "the plan"},)},
        {"links": ()},
        {"images": ({"url": "http://a.example/map2.png", "alt": ""},)},
        {"attachments": ({"url": "http://a.example/g.pdf", "name": "Plan (PDF)"},)},
        {"attachments": ({"url": "http://a.example/f.pdf", "name": "Plan (PDF, 2 MB)"},)},
        {"margin": ("Help desk open",)},
    ],
)
def test_whatever_a_document_says_counts(changed: dict[str, object]) -> None:
    assert hashed(**changed) != SAME


@pytest.mark.parametrize(
    ("one", "other"), [("x²", "x2"), ("１２", "12"), ("①", "1"), ("now here", "nowhere"), ("서울 시", "서울시")]
)
def test_other_characters_are_another_content(one: str, other: str) -> None:
    assert canonical(one) != canonical(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("县 政府", "县政府"),
        ("县政\n府", "县政府"),
        ("共 12 人", "共12人"),
        ("a\u3000b", "a b"),
        ("Cafe\u0301", "Café"),
        ("a\n\nb", "a b"),
    ],
)
def test_layout_is_no_content(one: str, other: str) -> None:
    assert canonical(one) == canonical(other)


def test_targets_count_without_scheme_and_the_usual_prefixes_of_one_site() -> None:
    assert target("http://www.a.example/x/") == target("https://m.a.example/x") == "a.example/x"
    assert target("http://a.example/x") != target("http://b.example/x")


@given(st.text(alphabet=st.sampled_from("ab1 \n\t\u3000县府，。\u200b가")))
def test_canonical_text_is_stable_and_does_not_depend_on_line_breaks(text: str) -> None:
    assert canonical(canonical(text)) == canonical(text) == canonical(text.replace("\n", " "))


@given(st.text(), st.text())
def test_any_text_can_be_hashed(title: str, text: str) -> None:
    assert content_hash(content_of(replace(NOTICE, title=title, text=text))).startswith("c1:")
