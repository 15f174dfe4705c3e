"""What the daemon tells its operator: one line per poll and per change on stderr, the event first.

    poll source=county url=https://example.org/notices/ outcome=ok status=200 took=0.21s at=2026-03-01T08:00:00Z
    {"event": "poll", "source": "county", ...}                                    (--log-format json)

Results of commands go to stdout and never through here. structlog is opened in this module only, when first used.
"""

from __future__ import annotations

import contextlib
import json
import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from datetime import UTC, date, datetime, timedelta
from typing import Literal, Protocol, TextIO, cast

from worker.footprint import without

Format = Literal["text", "json"]

_DIM, _BOLD, _RED, _YELLOW, _GREEN, _CYAN, _END = (f"\033[{code}m" for code in ("2", "1", "31", "33", "32", "36", "0"))
_LEVELS = {"warning": _YELLOW, "error": _RED, "critical": _RED}
_EVENTS = {"new": _GREEN, "changed": _CYAN, "gone": _YELLOW, "back": _GREEN, "moved": _CYAN}
_PLAIN = re.compile(r"[^\s\"'\\]+")
_ORDER = ("source", "url", "outcome", "status", "took")


class Log(Protocol):
    """A logger with values bound to it. Keys are single words; None is left out."""

    def bind(self, **values: object) -> Log:
        """The same logger with more values on every line."""

    def debug(self, event: str, **values: object) -> object: ...
    def info(self, event: str, **values: object) -> object: ...
    def warning(self, event: str, **values: object) -> object: ...
    def error(self, event: str, **values: object) -> object: ...
    def critical(self, event: str, **values: object) -> object: ...


def configure(form: Format = "text", stream: TextIO | None = None, level: int = logging.INFO) -> None:
    """Sets how every line is written, for this process. Libraries' warnings come out in the same form."""
    with without("rich"):  # for tracebacks in colour, which these lines never are: 6 MB that a daemon keeps
        import structlog

    target = stream or sys.stderr
    coloured = form == "text" and target.isatty()

    def rendered(_: object, name: str, values: MutableMapping[str, object]) -> str:
        values.setdefault("level", name)
        values["at"] = datetime.now(UTC)
        return json_line(values) if form == "json" else text_line(values, coloured)

    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, structlog.processors.format_exc_info, rendered],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(cast(TextIO, _Unbreakable(target))),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers[:] = [_Libraries(logging.WARNING)]
    logging.captureWarnings(True)


def get(room: str | None = None, **values: object) -> Log:
    """A logger with these values on every line; `room` is the part of the worker that speaks (shown in JSON only)."""
    import structlog

    return cast(Log, structlog.get_logger(**({"room": room} if room else {}), **values))


def text_line(values: Mapping[str, object], coloured: bool = False) -> str:
    """`event key=value ... at=TIME`; values with blanks are quoted as JSON does. No line break."""
    rest = dict(values)
    event, level, error = str(rest.pop("event", "")), str(rest.pop("level", "info")), rest.pop("exception", None)
    rest.pop("room", None)
    if level in _LEVELS:
        rest["level"] = level
    rest["at"] = rest.pop("at", None)
    ordered = [name for name in _ORDER if name in rest] + [name for name in rest if name not in _ORDER]
    pairs = [(name, text_value(rest[name])) for name in ordered if rest[name] is not None]
    if coloured:
        colour = _LEVELS.get(level) or _EVENTS.get(event, _BOLD)
        words = [f"{colour}{event:<8}{_END}"] + [f"{_DIM}{name}={_END}{text}" for name, text in pairs]
    else:
        words = [_escaped(event)] + [f"{name}={text}" for name, text in pairs]
    return " ".join(words) + (f"\n{error}" if error else "")


def json_line(values: Mapping[str, object]) -> str:
    """The same as one JSON object, the event first."""
    first = {"event": values.get("event"), "level": values.get("level")}
    rest = {name: _json_value(value) for name, value in values.items() if value is not None and name not in first}
    return json.dumps(first | rest, ensure_ascii=False)


def text_value(value: object) -> str:
    """One value in text: UTC times to the second, durations in seconds, anything with blanks in quotes."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return _moment(value)
    if isinstance(value, timedelta):
        return f"{value.total_seconds():.3g}s" if value < timedelta(seconds=100) else f"{value.total_seconds():.0f}s"
    if isinstance(value, list | tuple | set | frozenset):
        return text_value(",".join(map(str, value)))
    text = str(value)
    if text.isprintable():
        return text if _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)
    return json.dumps(text)  # a page's control characters must not reach a terminal


def _escaped(event: str) -> str:
    return event if event.isprintable() else json.dumps(event)[1:-1]


def _json_value(value: object) -> object:
    if isinstance(value, datetime):
        return _moment(value)
    if isinstance(value, timedelta):
        return round(value.total_seconds(), 3)
    if isinstance(value, list | tuple | set | frozenset):
        return [_json_value(item) for item in value]
    if isinstance(value, Mapping):
        return {str(name): _json_value(item) for name, item in value.items()}
    return value if isinstance(value, str | int | float | bool) else _other(value)


def _other(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class _Unbreakable:
    """A stream whose full disk or closed pipe is no reason to stop polling: the line is lost, and nothing else."""

    def __init__(self, target: TextIO) -> None:
        self._target = target

    def write(self, text: str) -> int:
        with contextlib.suppress(OSError, ValueError):
            return self._target.write(text)
        return len(text)

    def flush(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            self._target.flush()


class _Libraries(logging.Handler):
    """Warnings of libraries as lines of ours."""

    def emit(self, record: logging.LogRecord) -> None:
        log = get(library=record.name)
        tell = log.error if record.levelno >= logging.ERROR else log.warning
        tell(record.getMessage().splitlines()[0] if record.getMessage() else record.name, exc_info=record.exc_info)
