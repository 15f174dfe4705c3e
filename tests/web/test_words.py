"""Every string of the pages is there in English and Chinese, and no template says anything outside the catalogue."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import date
from functools import cache, partial
from pathlib import Path

import pytest
from jinja2 import Environment, nodes
from markupsafe import Markup

import archive.web
from archive.health import Week
from archive.web.charts import weeks
from archive.web.words import CHINESE, VOCABULARY, chosen, translated

HERE = Path(archive.web.__file__).parent
TEMPLATES = sorted((HERE / "templates").rglob("*.html"))
PLACE = re.compile(r"\{(\w*)\}")
SPOKEN = ("title", "alt", "placeholder", "aria-label", "aria-description", "value", "label")
"""attributes that are read out or shown"""
_TAG = re.compile(r"<[^>]*>", re.DOTALL)
_SPOKEN = re.compile(rf"\b(?:{'|'.join(SPOKEN)})\s*=\s*\"([^\"]*)\"")
_LETTER = re.compile(r"[^\W\d_]")


def said_by_templates() -> Iterator[tuple[str, str]]:
    for path in TEMPLATES:
        tree = Environment().parse(path.read_text(encoding="utf-8"))
        for call in tree.find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name == "t":
                first = call.args[0]
                for said in first.find_all(nodes.Const) if not isinstance(first, nodes.Const) else [first]:
                    yield path.name, said.value


def said_by_python() -> Iterator[tuple[str, str]]:
    for path in sorted(HERE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args and ast.unparse(node.func) in ("t", "word"):
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    yield path.name, first.value


@cache
def all_said() -> frozenset[tuple[str, str]]:
    return frozenset([*said_by_templates(), *said_by_python()])


def test_there_is_something_to_look_at() -> None:
    assert len({said for _, said in all_said()}) > 20
    assert ("base.html", "Skip to the content") in all_said()


def test_every_string_has_a_translation() -> None:
    assert sorted((where, said) for where, said in all_said() if said not in CHINESE) == []


def test_every_outcome_kind_and_incident_has_a_translation() -> None:
    assert sorted(said for said in VOCABULARY if said not in CHINESE) == []
    documented = (Path(__file__).parents[2] / "docs/reference/outcomes.md").read_text(encoding="utf-8")
    errors = set(re.findall(r"`(error:[a-z0-9-]+)`", documented))
    assert len(errors) > 15 and sorted(errors - CHINESE.keys()) == []


def test_no_translation_is_left_over() -> None:
    """Words of the archive itself (kinds, states, outcomes) are said through variables."""
    assert sorted(CHINESE.keys() - {said for _, said in all_said()} - VOCABULARY) == []


def test_translations_fill_in_the_same_values() -> None:
    wrong = [
        said for said, chinese in CHINESE.items() if set(PLACE.findall(said)) != set(PLACE.findall(chinese))
    ]
    assert wrong == []


def outside_the_catalogue(template: str) -> list[str]:
    """Pieces of a template with letters that a reader would see, but `t` never sees."""
    lexed = Environment().lex(template)
    data = "".join(value if kind == "data" else "\x00" for _, kind, value in lexed)
    spoken = _SPOKEN.findall(data)
    text = _TAG.sub("\x00", data)
    return [piece.strip() for piece in [*text.split("\x00"), *spoken] if _LETTER.search(piece)]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_says_anything_outside_the_catalogue(path: Path) -> None:
    assert outside_the_catalogue(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "template",
    [
        "<p>Hello</p>", '<a title="Hello">{{ x }}</a>', '<input placeholder="搜索">', "{% if a %}没有{% endif %}",
        "<b>{{ t('x') }} of</b>",
    ],
)
def test_a_literal_is_found_wherever_it_hides(template: str) -> None:
    assert outside_the_catalogue(template) != []


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"), ("zh-CN,zh;q=0.9,en;q=0.8", "zh"), ("en-GB,en;q=0.9,zh;q=0.8", "en"), ("fr,zh-TW;q=0.3", "zh"),
        ("de", "en"), ("en;q=0.2, zh;q=0.7", "zh"), ("zh;q=x", "en"), ("zh;q=0", "en"),
    ],
)  # fmt: skip
def test_the_browser_chooses_the_language(header: str, language: str) -> None:
    assert chosen(header) == language


def test_values_are_escaped_and_numbers_choose_their_form() -> None:
    assert translated("en", "Times: {zone}", zone="<b>") == "Times: &lt;b&gt;"
    assert translated("en", "Times: {zone}", zone=Markup("<b>")) == "Times: <b>"
    assert translated("en", "{n} day ago|{n} days ago", n=1) == "1 day ago"
    assert translated("en", "{n} day ago|{n} days ago", n=2) == "2 days ago"
    assert translated("zh", "{n} day ago|{n} days ago", n=2) == "2 天前"


def test_the_columns_of_a_chart_speak_the_readers_language() -> None:
    drawn = weeks([Week(date(2024, 3, 4), {"changed": 2})], partial(translated, "zh"))
    assert f"2024-03-04: 2 {CHINESE['changed']}" in drawn and "changed</title>" not in drawn
