"""Templates of messages: Jinja2's only door in the worker, sandboxed, and loaded only where a template is written.

What a template sees: `change` (the first), `changes`, `notifier`, `test`, `digest`, and of the first change, where its
versions are at hand, `diff` (what differs, as text) and `text` (what the document says now).
"""

from __future__ import annotations

import traceback
from datetime import UTC, datetime
from typing import Any

from archive.records import Change, Content, Nature
from worker.notify.body import body_of
from worker.notify.model import Message, Told

NAME = "<template>"
LONGEST = 200_000
"""characters that a template may come to"""


class BadTemplate(ValueError):
    """A template that does not compile or asks for what there is not; the message names its line."""


class Template:
    """One template, compiled."""

    def __init__(self, source: str) -> None:
        """Raises BadTemplate."""
        from jinja2 import StrictUndefined, TemplateSyntaxError, meta
        from jinja2.sandbox import ImmutableSandboxedEnvironment

        environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
        try:
            asked = meta.find_undeclared_variables(environment.parse(source))
            self._template = environment.from_string(source)
        except TemplateSyntaxError as error:
            raise BadTemplate(f"line {error.lineno} of the template: {error.message}") from None
        self.wants_contents = bool(asked & {"diff", "text"})

    def render(self, message: Message) -> str:
        """The message in the template's words. Raises BadTemplate."""
        try:
            said = self._template.render(_seen(message))
        except Exception as error:  # whatever a template does wrong is the template's mistake
            raise BadTemplate(f"line {_line(error)} of the template: {error or type(error).__name__}") from None
        return said[:LONGEST]


def fault(source: str) -> str | None:
    """What is wrong with a template, tried on a sample; None where nothing is."""
    try:
        Template(source).render(sample("sample"))
    except BadTemplate as error:
        return str(error)
    return None


def _seen(message: Message) -> dict[str, Any]:
    body = body_of(message)
    changes = body["changes"]
    assert isinstance(changes, list)
    return {**body, "change": changes[0], "diff": diff_text(message.told[0]), "text": _text(message.told[0])}


def _text(told: Told) -> str:
    return told.new.text if told.new is not None else ""


def diff_text(told: Told) -> str:
    """What differs between the two versions, as text; empty where one is not at hand."""
    if told.old is None or told.new is None:
        return ""
    from archive.diff import diff_contents, render_content

    text = render_content(diff_contents(told.old, told.new), context=0, beside=60)
    return "\n".join(line for line in text.splitlines() if not line.startswith("@@ line"))


def _line(error: Exception) -> int | str:
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == NAME]
    return lines[-1] if lines and lines[-1] is not None else "?"


def sample(notifier: str) -> Message:
    """A made-up silent edit, to try a notifier with."""
    old = Content(
        "c1:old", "Notice of works on the bridge", "The bridge is closed until 3 May.\nThe ferry runs hourly."
    )
    new = Content("c1:new", old.title, "The bridge is closed until 30 May.\nThe ferry runs hourly.")
    fields = {"text": ["The bridge is closed until 3 May.", "The bridge is closed until 30 May."]}
    change = Change(
        1, datetime(2026, 3, 1, 8, tzinfo=UTC), "changed", "example", "samplesamplesample00", "notice", old.title,
        "https://county.example/notices/17.html", 2, 1, "source", 1, fields, Nature(True, 0.02, None, ("body",)),
    )  # fmt: skip
    return Message(notifier, (Told(change, ("example",), old, new),), test=True)
