"""One change of the log as a line for people."""

from __future__ import annotations

from archive.records import Change
from worker.cli.output import cut, local, screen_width

SIGNS = {"new": "+", "changed": "~", "gone": "-", "back": "+", "moved": ">"}


def change_line(change: Change) -> str:
    """`SEQ  TIME  ~ changed post  TITLE  v2  DOCUMENT`, cut to the terminal."""
    cause = "" if change.cause == "source" else f" ({change.cause})"
    what = f"{SIGNS.get(change.kind, ' ')} {change.kind:<7} {change.document_kind:<7}"
    line = f"{change.seq:>5}  {local(change.at)}  {what} v{change.version:<3} {change.document_id}{cause}"
    title = change.title or change.url
    room = screen_width() - len(line) - 2
    return f"{line}  {cut(title, room)}" if room >= 8 else line


def field_lines(change: Change, width: int) -> list[str]:
    """What changed, field by field: `title: old -> new`."""
    lines = []
    for name, pair in change.fields.items():
        old, new = pair if isinstance(pair, list | tuple) and len(pair) == 2 else (None, pair)
        lines.append(cut(f"       {name}: {_short(old)} -> {_short(new)}", width))
    return lines


def _short(value: object) -> str:
    text = " ".join(str(value).split()) if value not in (None, "") else "(nothing)"
    return text if len(text) <= 60 else text[:59] + "…"
