"""Why a page was read as it was is said in the language of who tries it, for every reason that our readers give."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

import worker.extract
from archive.web.readby import readby
from archive.web.words import LANGUAGES, Language, translated

_SHOWN = {"len(found)": "3", "len(entries)": "2", "len(links)": "7", "page.title.said": "h1", "said['type']": "pdf",
          "len(found.items)": "12", "answer.seconds * 1000": "8"}  # fmt: skip
OURS = re.compile(r"[a-z]{3,}")
NAMES = re.compile(r"Discuz!|archiver|pdf|h1")


def reasons() -> Iterator[str]:
    """What readers write as the reason of a reading that went well, values filled in."""
    for path in sorted(Path(worker.extract.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "why":
                for part in [node.value.body, node.value.orelse] if isinstance(node.value, ast.IfExp) else [node.value]:
                    if isinstance(part, ast.BoolOp):
                        part = part.values[-1]
                    if isinstance(part, ast.Constant | ast.JoinedStr):
                        yield "".join(_filled(piece) for piece in getattr(part, "values", [part]))


def _filled(piece: ast.expr) -> str:
    if isinstance(piece, ast.FormattedValue):
        return _SHOWN[ast.unparse(piece.value)]
    assert isinstance(piece, ast.Constant)
    return str(piece.value)


def test_there_is_something_to_look_at() -> None:
    assert {"3 posts", "a Discuz! front page", "title from h1", "a frame around a file"} <= set(reasons())


@pytest.mark.parametrize("why", [*sorted(set(reasons()) - {""}), "configured as a listing", "no text of its own"])
def test_reasons_of_ours_are_said_in_chinese(why: str) -> None:
    shown = re.sub("<[^>]*>", "", str(readby(partial(translated, "zh"), why)))
    assert OURS.search(NAMES.sub("", shown)) is None and re.search("[一-鿿]", shown), shown


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_others_say_stays_as_it_is(language: Language) -> None:
    assert readby(partial(translated, language), "您无权进行当前操作 <b>") == "<bdi>您无权进行当前操作 &lt;b&gt;</bdi>"
    assert readby(partial(translated, language), None) == ""
