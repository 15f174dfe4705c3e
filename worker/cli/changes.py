"""One change of the log for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archive.records import Change
from worker.cli.output import cut, harmless, local, screen_width

if TYPE_CHECKING:
    from archive import Archive

SIGNS = {"new": "+", "changed": "~", "gone": "-", "back": "+", "moved": ">"}
_COLOURS = {"new": "32", "changed": "36", "gone": "33", "back": "32", "moved": "36"}
_INDENT = " " * 9


def change_shown(archive: Archive, change: Change, colour: bool, with_diff: bool = False) -> str:
    """A line of what happened to which document, cut to the terminal; below it what kind of change it is where that is
    known, and what was changed, where asked for."""
    lines = [change_line(change, title_of(archive, change), colour)]
    if what := nature_line(change, colour):
        lines.append(what)
    if with_diff and (text := difference(archive, change, colour)):
        lines.append(text)
    return "\n".join(lines)


def change_line(change: Change, title: str, colour: bool = False) -> str:
    """`SEQ  TIME  ~ changed  post  DOCUMENT  TITLE`."""
    what = f"{SIGNS.get(change.kind, ' ')} {change.kind:<7}"
    if colour:
        what = f"\x1b[{_COLOURS.get(change.kind, '0')}m{what}\x1b[0m"
    again = f"v{change.version} " if change.version > 1 else ""
    why = "" if change.cause == "source" else f"({change.cause}) "
    line = f"{change.seq:>6}  {local(change.at)[5:]}  {what} {change.document_kind:<7} {change.document_id}"
    plain_width = 6 + 2 + 12 + 2 + 9 + 1 + 7 + 1 + len(change.document_id)
    room = max(screen_width() - plain_width - 2, 16)
    return f"{line}  {cut(why + again + title, room)}"


def nature_line(change: Change, colour: bool = False) -> str:
    """What kind of change it is, indented; empty where that is not known."""
    from archive.diff.wording import in_words

    words = cut(in_words(change.nature), screen_width() - len(_INDENT))
    if not words:
        return ""
    silent = change.nature is not None and change.nature.silent
    return _INDENT + (f"\x1b[33m{words}\x1b[0m" if colour and silent else words)


def title_of(archive: Archive, change: Change) -> str:
    """Its title; for what has none (a post), who said what."""
    if change.title:
        return change.title
    document = archive.document(change.document_id)
    said = " ".join(document.content.text.split())
    author = f"{document.facts.author}: " if document.facts.author else ""
    return harmless(f"{author}{said}") or change.url


def difference(archive: Archive, change: Change, colour: bool) -> str:
    """What a `changed` changed, indented; empty for the others."""
    if change.kind != "changed" or change.previous_version is None:
        return ""
    from archive.diff import diff_contents, render_content

    old = archive.version(change.document_id, change.previous_version).content
    new = archive.version(change.document_id, change.version).content
    text = render_content(diff_contents(old, new), colour=colour, context=0, beside=24)
    lines = [line for line in text.splitlines() if "@@ line" not in line]
    return "\n".join(_INDENT + line for line in lines)
