"""What commands print: widths, tables, times, text that pages wrote."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from archive.records import PageStatus
from worker.cli import output
from worker.cli.context import hoisted

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_chinese_counts_double():
    assert output.width("abc通知") == 7
    assert output.cut("通知公告栏", 7) == "通知公…"
    assert output.width(output.cut("通知公告栏", 6)) <= 6
    assert output.padded("通知", 6) == "通知  "


def test_a_table_fits_the_terminal_whatever_a_cell_holds(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    text = output.table([("county", 12, "通知" * 80), ("b", 3, None)], ("source", "docs", "title"))
    assert all(output.width(line) <= 80 for line in text.splitlines())
    assert text.splitlines()[1].startswith("county    12  通知")
    assert text.splitlines()[2] == "b          3"


def test_control_characters_and_direction_marks_of_pages_are_taken_out():
    assert output.harmless("a\x1b[2Jb\u202ec\nd") == "a [2Jb c d"
    assert output.harmless_lines("a\tb\nc\x07") == "a    b\nc "


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (NOW, "now"),
        (NOW - timedelta(seconds=40), "40s ago"),
        (NOW - timedelta(minutes=130), "2h ago"),
        (NOW + timedelta(days=3), "in 3d"),
        (None, "never"),
    ],
)
def test_times_for_people(moment, said):
    assert output.ago(moment, NOW) == said


def test_values_as_json(capsys):
    status = PageStatus(1, "s", "http://a.example/", "page", None, "ok", NOW, 0, 2)
    output.print_json([status, {"took": timedelta(seconds=1.5)}])
    printed = json.loads(capsys.readouterr().out)
    assert printed[0]["next_poll_at"] == "2026-03-01T12:00:00Z" and printed[0]["last_poll_at"] is None
    assert printed[1] == {"took": 1.5}


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        (["status", "--config", "x.yaml"], ["--config", "x.yaml", "status"]),
        (
            ["poll", "--all", "--database=sqlite://", "--log-format", "json"],
            ["--database=sqlite://", "--log-format", "json", "poll", "--all"],
        ),
        (["show", "--", "--config"], ["show", "--", "--config"]),
        (["status", "--config"], ["status", "--config"]),
    ],
)
def test_options_for_all_commands_may_stand_anywhere(given, meant):
    assert hoisted(given) == meant
