"""A difference as text for a terminal, a mail or a file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from archive.diff.contents import ContentDiff
from archive.diff.model import Hunk, Line, Segment, TextDiff, hunks

RED, GREEN, CYAN, DIM, BOLD = "\x1b[31m", "\x1b[32m", "\x1b[36m", "\x1b[2m", "\x1b[1m"
RESET = "\x1b[0m"


@dataclass(frozen=True, slots=True)
class _Style:
    colour: bool
    beside: int | None

    def paint(self, code: str, text: str) -> str:
        return f"{code}{text}{RESET}" if self.colour and text else text


def render_text(diff: TextDiff, colour: bool = False, context: int = 2, beside: int | None = None) -> str:
    """Hunks with `@@ line old, line new @@` heads; the empty text where nothing differs.

    `-` went, `+` came, `<` moved away, `>` moved here, `~` changed: `[-what went-]{+what came+}` inside the line. With
    `beside`, of a long kept passage only so many characters next to a change are shown, the rest as ` … `.
    """
    style = _Style(colour, beside)
    return "".join(line + "\n" for hunk in hunks(diff, context) for line in _hunk(hunk, style))


def render_content(diff: ContentDiff, colour: bool = False, context: int = 2, beside: int | None = None) -> str:
    """Title, fields, text, attachments, images and links of two versions, as far as they differ."""
    style = _Style(colour, beside)
    out: list[str] = []
    if diff.title is not None:
        out.append(f"{style.paint(BOLD, 'title')}: {_inline(diff.title, style)}")
    for name, (old, new) in diff.fields.items():
        was, now = style.paint(RED, _value(old)), style.paint(GREEN, _value(new))
        out.append(f"{style.paint(BOLD, name)}: {was} -> {now}")
    if diff.text:
        out.append(render_text(diff.text, colour, context, beside).rstrip("\n"))
    for name, gone, come in diff.lists():
        out += [style.paint(RED, f"- {name}: {entry}") for entry in gone]
        out += [style.paint(GREEN, f"+ {name}: {entry}") for entry in come]
    return "".join(part + "\n" for part in out)


def _value(value: object) -> str:
    return "(nothing)" if value in (None, "", [], {}) else str(value)


def _hunk(hunk: Hunk, style: _Style) -> Iterable[str]:
    old = next((line.old_number for line in hunk.lines if line.old_number), 0)
    new = next((line.new_number for line in hunk.lines if line.new_number), 0)
    yield style.paint(CYAN, f"@@ line {old}, now {new} @@")
    for line in hunk.lines:
        yield _line(line, style)


def _line(line: Line, style: _Style) -> str:
    whole = "".join(segment.text for segment in line.segments)
    match line.kind:
        case "same":
            return f"  {whole}" if not style.colour else style.paint(DIM, f"  {whole}")
        case "removed":
            return style.paint(RED, f"- {whole}")
        case "added":
            return style.paint(GREEN, f"+ {whole}")
        case "moved-away":
            return style.paint(CYAN, f"< {whole}  (now line {line.other})")
        case "moved-here":
            return style.paint(CYAN, f"> {whole}  (was line {line.other})")
    return f"~ {_inline(line.segments, style)}"


def _inline(segments: tuple[Segment, ...], style: _Style) -> str:
    said = []
    for place, segment in enumerate(segments):
        if segment.kind == "same":
            said.append(_kept(segment.text, place == 0, place == len(segments) - 1, style.beside))
        elif segment.kind == "removed":
            said.append(style.paint(RED, segment.text if style.colour else f"[-{segment.text}-]"))
        else:
            said.append(style.paint(GREEN, segment.text if style.colour else f"{{+{segment.text}+}}"))
    return "".join(said)


def _kept(text: str, first: bool, last: bool, beside: int | None) -> str:
    if beside is None or len(text) <= 2 * beside + 3:
        return text
    head, tail = ("" if first else text[:beside]), ("" if last else text[-beside:])
    return f"{head} … {tail}"
