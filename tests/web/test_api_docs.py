"""What the documentation says of the API holds: the reference is the code's, the recipes run."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from archive import open_writable
from archive.web.api.endpoint import BASE
from archive.web.api.of_changes import FILTERS
from archive.web.api.reference import REFERENCE_FILE, markdown
from archive.web.filters import NAMES
from tests.archive.shelf import Shelf
from tests.web.served import served

DOCS = Path(__file__).parents[2] / "docs"
HOW_TO = DOCS / "how-to" / "follow-the-changes-over-http.md"


def test_the_reference_is_current() -> None:
    said = (DOCS.parent / REFERENCE_FILE).read_text(encoding="utf-8")
    assert said == markdown(), "run python -m archive.web.api.reference"


def test_filters_are_those_of_the_page_of_changes() -> None:
    assert {parameter.name for parameter in FILTERS} == set(NAMES) - {"since"}


def test_the_recipe_follows_the_changes_and_goes_on_where_it_was(database_url: str, tmp_path: Path) -> None:
    (recipe,) = re.findall(r"^```python\n(.*?)^```", HOW_TO.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    with open_writable(database_url) as writer:
        shelf = Shelf(writer)
        shelf.say("a", "first", "A title of its own")
        with served(database_url) as site:
            quick = recipe.replace("http://127.0.0.1:8020", site.address).replace("wait=30", "wait=0")
            first = _run(quick, tmp_path)
            shelf.say("a", "second", "Another title")
            second = _run(quick, tmp_path)
    assert first.splitlines() == ["1 new notice A title of its own"]
    assert second.splitlines() == ["2 changed notice Another title"]
    assert (tmp_path / "cursor").read_text() == "2"


def _run(recipe: str, folder: Path) -> str:
    done = subprocess.run([sys.executable, "-c", recipe], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("page", [HOW_TO, DOCS / "memento-and-feeds.md"], ids=lambda page: page.name)
def test_addresses_that_are_named_are_served(page: Path) -> None:
    from starlette.routing import Match, Route

    from archive.web.api import ROUTES

    named = re.findall(rf"`({BASE}/[\w/-]+|/(?:timegate|timemap|memento|feeds)/[\w./-]+)", page.read_text("utf-8"))
    assert len(named) > 3
    for path in named:
        scope = {"type": "http", "method": "GET", "path": path}
        found = next(route for route in ROUTES if route.matches(scope)[0] is Match.FULL)
        assert isinstance(found, Route) and not found.path.startswith("/api/{"), path
