"""Log lines: the event first, one line each, harmless whatever a page says."""

from __future__ import annotations

import io
import json
import logging
from datetime import UTC, datetime, timedelta

import pytest
import structlog

from worker import logs


@pytest.fixture
def stream():
    handlers = logging.getLogger().handlers[:]
    yield io.StringIO()
    structlog.reset_defaults()
    logging.captureWarnings(False)
    logging.getLogger().handlers[:] = handlers


def test_the_event_comes_first_then_key_value_pairs_then_the_time(stream):
    logs.configure("text", stream)
    logs.get("daemon", source="county").info("polled", ms=212, outcome="ok", nothing=None)
    line = stream.getvalue()
    assert line.startswith("polled source=county outcome=ok ms=212 at=20") and line.endswith("Z\n")
    assert "room" not in line and "nothing" not in line and "\033" not in line


def test_json_lines_hold_the_same(stream):
    logs.configure("json", stream)
    logs.get("daemon", source="county").warning(
        "failing", took=timedelta(seconds=1.5), next=datetime(2026, 3, 1, 8, tzinfo=UTC)
    )
    value = json.loads(stream.getvalue())
    assert list(value)[:2] == ["event", "level"]
    assert value | {"at": 0} == {
        "event": "failing", "level": "warning", "source": "county", "room": "daemon", "took": 1.5,
        "next": "2026-03-01T08:00:00Z", "at": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("plain", "plain"),
        ("通知公告", "通知公告"),
        ("two words", '"two words"'),
        ('say "no"', '"say \\"no\\""'),
        ("", '""'),
        ("a\nb", '"a\\nb"'),
        ("\x1b[31mred", '"\\u001b[31mred"'),
        ("\u202eevil", '"\\u202eevil"'),
        (True, "true"),
        (timedelta(seconds=0.2123), "0.212s"),
        (timedelta(hours=2), "7200s"),
        (datetime(2026, 3, 1, 8, tzinfo=UTC), "2026-03-01T08:00:00Z"),
        (["a", "b"], "a,b"),
    ],
)
def test_values_in_text(value, text):
    assert logs.text_value(value) == text


def test_a_line_break_in_an_event_makes_no_second_line(stream):
    logs.configure("text", stream)
    logs.get().info("one\ntwo")
    assert stream.getvalue().count("\n") == 1


def test_colours_only_on_a_terminal(stream):
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    logs.configure("text", terminal)
    logs.get().error("stopped")
    assert "\033[31mstopped" in terminal.getvalue()
    logs.configure("json", terminal)
    logs.get().error("stopped")
    assert "\033" not in terminal.getvalue().splitlines()[-1]


def test_an_exception_is_shown_with_its_traceback(stream):
    logs.configure("text", stream)
    try:
        raise ValueError("broken")
    except ValueError as error:
        logs.get().critical("stopped", exc_info=error)
    assert "level=critical" in stream.getvalue() and "ValueError: broken" in stream.getvalue()


def test_warnings_of_libraries_come_out_in_the_same_form(stream):
    logs.configure("text", stream)
    logging.getLogger("apscheduler").warning("run was missed by %s", "2 s")
    logging.getLogger("apscheduler").info("not this")
    (line,) = stream.getvalue().splitlines()
    assert line.startswith("run was missed by 2 s library=apscheduler level=warning")


class Full(io.StringIO):
    """A log file on a full disk."""

    def write(self, text: str) -> int:
        raise OSError(28, "No space left on device")

    def flush(self) -> None:
        raise OSError(28, "No space left on device")


def test_a_log_that_cannot_be_written_stops_nobody(stream):
    logs.configure("text", Full())
    logs.get("daemon").info("polled")
