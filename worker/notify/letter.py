"""A message as a letter for people: subject, plain text and simple HTML, with what differs marked in both."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from archive.diff import ContentDiff, Segment, diff_contents, hunks
from archive.records import Change
from worker.notify.body import rfc3339, summary
from worker.notify.model import Message, Told
from worker.notify.templates import diff_text

LONGEST_DIFF = 20_000
"""characters of a difference that a letter shows"""
LONGEST_SUBJECT = 120
LISTED = 300
"""changes that one digest lists"""


def subject(message: Message) -> str:
    """One line: what happened to what."""
    test = "[test] " if message.test else ""
    if message.digest:
        count = len(message.told)
        silent = sum(1 for told in message.told if told.change.nature is not None and told.change.nature.silent)
        edits = f", {silent} of them {'a silent edit' if silent == 1 else 'silent edits'}" if silent else ""
        return f"{test}{count} change{'s' if count != 1 else ''}{edits}"
    change = message.first
    what = "silent edit" if change.nature is not None and change.nature.silent else change.kind
    return f"{test}{what}: {one_line(title(message.told[0]))[:LONGEST_SUBJECT]}"


def title(told: Told) -> str:
    """The change's title; for what has none (a post), how it begins."""
    content = told.new or told.old
    begins = content.text[:80] if content is not None else ""
    return one_line(told.change.title or begins) or told.change.url


def one_line(text: str) -> str:
    """The text on one line, without characters that break a header or turn the writing direction."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def plain(message: Message) -> str:
    """The letter as text."""
    if message.digest:
        return "\n".join(_digest_lines(message))
    told = message.told[0]
    change = told.change
    lines = [title(told), change.url, "", summary(change), _where(change)]
    if told.change.kind == "changed" and (diff := diff_text(told)):
        lines += ["", cut(diff)]
    elif told.new is not None and change.kind in ("new", "back") and told.new.text:
        lines += ["", cut(told.new.text)]
    lines += ["", f"change {change.seq}; more: muniment diff {change.document_id}" if change.version > 1 else
              f"change {change.seq}; more: muniment show {change.document_id}"]  # fmt: skip
    return "\n".join(lines) + "\n"


def _digest_lines(message: Message) -> Iterator[str]:
    source = None
    for told in sorted(message.told, key=lambda told: (told.change.source_id, told.change.seq)):
        change = told.change
        if change.source_id != source:
            source = change.source_id
            yield from ("", source, "-" * len(source))
        yield f"{summary(change)}: {title(told)}"
        yield f"    {change.url}  (change {change.seq}, {rfc3339(change.at)})"
    if message.more:
        yield from ("", "More changes follow in the next message.")


def _where(change: Change) -> str:
    version = f"version {change.version}" + (f" (was {change.previous_version})" if change.previous_version else "")
    return f"{change.source_id}, {change.document_kind}, {version}, seen {rfc3339(change.at)}"


def cut(text: str) -> str:
    """As much as a letter shows."""
    return text if len(text) <= LONGEST_DIFF else text[:LONGEST_DIFF] + "\n... (cut; the archive has all of it)"


# --- HTML ----------------------------------------------------------------------------------------------------------

_STYLE = {
    "removed": "background:#fdd;text-decoration:line-through;color:#600",
    "added": "background:#dfd;text-decoration:none;color:#040",
}


def html(message: Message) -> str:
    """The letter as HTML: no images, no scripts, nothing that is fetched; all of a page's own text escaped."""
    body = _digest_html(message) if message.digest else _single_html(message.told[0])
    return (
        '<!DOCTYPE html><html><head><meta charset="utf-8"></head>'
        f'<body style="font-family:sans-serif;max-width:50em">{"".join(body)}</body></html>\n'
    )


def _single_html(told: Told) -> Iterator[str]:
    change = told.change
    yield f"<h2>{_link(change.url, title(told))}</h2><p><strong>{escape(summary(change))}</strong><br>"
    yield f"{escape(_where(change))}</p>"
    if change.kind == "changed" and told.old is not None and told.new is not None:
        yield from _difference(diff_contents(told.old, told.new))
    elif told.new is not None and change.kind in ("new", "back"):
        yield "".join(f"<p>{escape(line)}</p>" for line in cut(told.new.text).split("\n"))
    yield f'<p style="color:#666">change {change.seq}, document {escape(change.document_id)}</p>'


def _difference(found: ContentDiff) -> Iterator[str]:
    if found.title is not None:
        yield f"<p>{_segments(found.title)}</p>"
    for name, (old, new) in found.fields.items():
        yield f"<p>{escape(name)}: <del>{escape(str(old or ''))}</del> <ins>{escape(str(new or ''))}</ins></p>"
    room = LONGEST_DIFF
    for hunk in hunks(found.text, 1):
        for line in hunk.lines:
            said = _segments(line.segments)
            room -= len(said)
            if room < 0:
                yield "<p>(cut; the archive has all of it)</p>"
                return
            whole = {"removed": "del", "moved-away": "del", "added": "ins", "moved-here": "ins"}.get(line.kind)
            yield f"<p>{said}</p>" if whole is None else f'<p><{whole} style="{_of(whole)}">{said}</{whole}></p>'
        yield "<hr>"
    for name, gone, come in found.lists():
        yield "".join(f"<p>{escape(name)}: <del>{escape(str(entry))}</del></p>" for entry in gone)
        yield "".join(f"<p>{escape(name)}: <ins>{escape(str(entry))}</ins></p>" for entry in come)


def _of(element: str) -> str:
    return _STYLE["removed" if element == "del" else "added"]


def _segments(segments: tuple[Segment, ...]) -> str:
    said = []
    for segment in segments:
        text = escape(segment.text)
        if len(segments) == 1 or segment.kind == "same":
            said.append(text)
        else:
            element = "del" if segment.kind == "removed" else "ins"
            said.append(f'<{element} style="{_STYLE[segment.kind]}">{text}</{element}>')
    return "".join(said)


def _digest_html(message: Message) -> Iterator[str]:
    source = None
    for told in sorted(message.told, key=lambda told: (told.change.source_id, told.change.seq)):
        change = told.change
        if change.source_id != source:
            source = change.source_id
            yield f"<h3>{escape(source)}</h3>"
        yield f"<p>{escape(summary(change))}: {_link(change.url, title(told))}</p>"
    if message.more:
        yield "<p>More changes follow in the next message.</p>"


def _link(url: str, text: str) -> str:
    """A link where the address is one that a browser may follow, else the text alone."""
    if not url.startswith(("http://", "https://")):
        return escape(text)
    return f'<a href="{escape(url, quote=True)}">{escape(text)}</a>'
