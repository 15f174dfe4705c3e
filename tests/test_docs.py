"""The documentation holds: links lead somewhere, commands and keys exist, made pages are current."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from worker.cli.reference import REFERENCE_FILE, help_of, reference
from worker.fetch.guard import Guard
from worker.notify.body import body_of, encoded
from worker.notify.model import Webhook
from worker.notify.templates import sample
from worker.notify.webhook import WebhookSender
from worker.sources import load

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
CONTRACT = ["run", "poll", "check", "explain", "status", "changes", "log", "show", "diff", "rederive", "migrate",
"demo", "search", "serve", "import", "export", "compact", "verify", "anchor", "stats", "backup", "copy", "retention",
"notify"]
"""commands of the contract that there are"""


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def blocks(language: str) -> Iterator[tuple[Path, str]]:
    for page in PAGES:
        for match in BLOCK.finditer(page.read_text(encoding="utf-8")):
            if match[1] == language:
                yield page, match[2]


def commands() -> Iterator[tuple[str, list[str]]]:
    """(where, words after `muniment`) of every command line in the docs' shell blocks."""
    for page, block in blocks("sh"):
        for line in block.splitlines():
            words = shlex.split(line, comments=True)
            places = [place for place, word in enumerate(words) if word.rpartition("/")[2] == "muniment"]
            if places and places[0] == 0:
                yield f"{name(page)}: {line.strip()}", words[1:]


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_somewhere(page: Path) -> None:
    broken = []
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        path, _, anchor = target.partition("#")
        if "://" in target or target.startswith("mailto:"):
            continue
        file = page.parent / path if path else page
        if not file.exists() or (anchor and file.suffix == ".md" and anchor not in anchors(file)):
            broken.append(target)
    assert broken == []


def anchors(page: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def test_the_reference_of_the_command_is_current() -> None:
    assert (ROOT / REFERENCE_FILE).read_text(encoding="utf-8") == reference(), "run python -m worker.cli.reference"


def test_commands_in_the_docs_exist_with_the_options_they_are_shown_with() -> None:
    general = help_of([])
    found = list(commands())
    assert len(found) > 15
    for where, words in found:
        place = 0
        while words[place : place + 1] and words[place].startswith("--"):
            assert words[place].partition("=")[0] in general, where
            place += 1 if "=" in words[place] else 2
        command = words[place : place + 2] if words[place] == "import" else words[place : place + 1]
        said = help_of(command)
        assert said.startswith(f"Usage: muniment {' '.join(command)}"), where
        for word in words[place + 1 :]:
            if word.startswith("--"):
                assert word.partition("=")[0] in said + general, f"{where}: {word}"


def test_every_command_of_the_contract_has_help_with_an_example() -> None:
    for command in CONTRACT:
        said = help_of([command])
        assert said.startswith(f"Usage: muniment {command}"), command
        assert command == "import" or "Example" in said, command
    for form in ("warc", "folder"):
        assert "Example: muniment import" in help_of(["import", form])


def test_every_reading_command_can_print_json() -> None:
    for command in ("status", "changes", "log", "show", "diff", "search", "explain", "check", "stats", "verify"):
        assert "--json" in help_of([command]), command


def test_configurations_in_the_docs_are_right(tmp_path: Path) -> None:
    found = [(page, block) for page, block in blocks("yaml") if "sources:" in block]
    assert len(found) >= 4
    for number, (page, block) in enumerate(found):
        path = tmp_path / f"{number}.yaml"
        path.write_text(block, encoding="utf-8")
        assert load(path, dict.fromkeys(re.findall(r"(?<!\$)\$\{(\w+)\}", block), "x")).sources, name(page)


def test_the_webhook_of_the_docs_is_the_one_that_is_sent_and_its_check_holds() -> None:
    page = (ROOT / "docs/reference/webhook.md").read_text(encoding="utf-8")
    example, snippet = (next(m[2] for m in BLOCK.finditer(page) if m[1] == language) for language in ("json", "python"))
    message = sample("records-system")
    assert shape(json.loads(example)) == shape(json.loads(encoded(body_of(message))))
    given: dict[str, Any] = {}
    exec(snippet, given)
    for secret in ("key", "whsec_plJ3nmyCDGBKInavdOK15jsl"):
        sender = WebhookSender(Webhook("https://h.example/", secret), None, Guard(), lambda: datetime.now(UTC), "x")
        body = sender.body(message)
        headers = {name.lower(): value for name, value in sender.headers(message, body).items()}
        assert given["genuine"](headers, body, secret)
        assert not given["genuine"](headers, body + b" ", secret)
        assert not given["genuine"](headers, body, "another")
        assert not given["genuine"]({**headers, "webhook-timestamp": "1700000000"}, body, secret)


def shape(value: object) -> object:
    """The keys of a JSON value, and of what it holds."""
    if isinstance(value, dict):
        return {name: shape(item) for name, item in value.items()}
    return [shape(item) for item in value[:1]] if isinstance(value, list) else None


def test_the_shipped_configuration_is_right() -> None:
    settings = load(ROOT / "sources.yaml", {})
    assert len(settings.sources) >= 5
    assert all(source.politeness.robots == "obey" and source.politeness.gap for source in settings.sources)


def test_decisions_are_listed() -> None:
    listed = set(LINK.findall((ROOT / "docs/decisions/README.md").read_text(encoding="utf-8")))
    assert {page.name for page in (ROOT / "docs/decisions").glob("0*.md")} == listed


def test_the_readme_opens_with_the_demo() -> None:
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    assert "make demo" in lines[:6]


def test_make_has_every_target_of_the_readme() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert {"setup", "demo", "run", "test", "bench", "lint"} <= targets
    assert "make test" in (ROOT / ".ci/run").read_text(encoding="utf-8")
