"""From nothing to the first change: `init`, `add`, and a round, as a newcomer types them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.acceptance.conftest import Muniment
from worker.sources import load


def muniment(folder: Path, *arguments: str, expect: int = 0) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "worker", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == expect, f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout + done.stderr


def test_init_writes_a_file_that_holds_and_never_writes_over_one(tmp_path: Path) -> None:
    assert "muniment add URL" in muniment(tmp_path, "init")
    assert "no mistakes; 0 sources" in muniment(tmp_path, "check")
    before = (tmp_path / "sources.yaml").read_bytes()
    assert "is there already" in muniment(tmp_path, "init", expect=2)
    assert (tmp_path / "sources.yaml").read_bytes() == before


def test_a_watch_taken_over_stands_in_the_file_and_what_was_lost_is_said(tmp_path: Path) -> None:
    (tmp_path / "url-watches.json").write_text(json.dumps({"watching": {"1": {
        "url": "https://a.example/x", "title": "A", "trigger_text": ["sold out"]}}}))  # fmt: skip
    said = muniment(tmp_path, "init", "--from", "url-watches.json")
    assert "1 source added" in said
    assert "a: not carried over: wait for a text (trigger_text)" in said
    assert "# not carried over: wait for a text" in (tmp_path / "sources.yaml").read_text()
    assert [source.source_id for source in load(tmp_path / "sources.yaml", {}).sources] == ["a"]
    again = muniment(tmp_path, "init", "--from", "url-watches.json")
    assert "0 sources added" in again
    assert "is watched already" in again
    assert 'no form "xls"' in muniment(tmp_path, "init", "--from", "url-watches.json", "--form", "xls", expect=2)


def test_a_newcomer_adds_a_list_and_sees_its_notices(on_sqlite: Muniment) -> None:
    town = on_sqlite
    file = town.folder / "sources.yaml"
    file.write_text(
        "# mine\nnetwork: {allow: [127.0.0.0/8]}\ndefaults: {politeness: {gap: 0s}}\nsources: []  # none yet\n"
    )
    said = town.run("add", f"{town.site.url}/zwgk/tzgg/", "--tag", "county").stdout
    assert "outcome  ok" in said
    assert "kind     listing" in said
    text = file.read_text()
    assert text.startswith("# mine\n")
    assert "# none yet" in text
    (source,) = load(file, {}).sources
    assert (source.kind, source.tags) == ("listing", ("county",))
    refused = town.run("add", f"{town.site.url}/zwgk/tzgg/", expect=2).stderr
    assert f"watched already, as {source.source_id}" in refused
    town.run("poll", source.source_id)
    assert len(json.loads(town.run("status", "--json").stdout)) == 1
    assert town.run("changes").stdout.count("new") > 3


def test_a_page_that_does_not_answer_is_written_all_the_same(on_sqlite: Muniment) -> None:
    town = on_sqlite
    file = town.folder / "sources.yaml"
    file.write_text("network: {allow: [127.0.0.0/8]}\ndefaults: {politeness: {gap: 0s}}\nsources:\n")
    said = town.run("add", f"{town.site.url}/none", "--id", "none", "--every", "1d", expect=4).stdout
    assert "asked again" in said
    assert load(file, {}).sources[0].source_id == "none"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["ftp://a.example/"], "is not a URL of a page"),
        (["https://a.example/", "--every", "30 mins"], "is not a duration"),
        (["https://a.example/", "--id", "a b"], "is not an id"),
        (["https://a.example/", "--kind", "forum"], "is not one of"),
        (["https://a.example/", "https://b.example/", "--id", "x"], "--id names one source"),
    ],
)
def test_what_cannot_be_added_is_said_and_nothing_written(tmp_path: Path, arguments: list[str], message: str) -> None:
    said = muniment(tmp_path, "add", "--no-fetch", *arguments, expect=3 if "--kind" in arguments else 2)
    assert message in said
    assert not (tmp_path / "sources.yaml").exists()


def test_the_lines_alone_can_be_printed(tmp_path: Path) -> None:
    said = muniment(tmp_path, "add", "--print", "--no-fetch", "https://a.example/notices.html", "--every", "90m")
    assert said == "  - id: a.example-notices\n    url: https://a.example/notices.html\n    every: 1h30m\n"
    assert not (tmp_path / "sources.yaml").exists()
