"""Atom (RFC 4287): the newest changes as a feed, with what changed in each.

The file is written anew each time, whole or not at all; a feed reader remembers the entries' ids. `since` leaves out
changes up to that one.
"""

from __future__ import annotations

import re
import uuid
from collections import deque
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from urllib.parse import urlsplit
from xml.sax.saxutils import quoteattr

from archive.diff import Line, diff_texts, hunks
from archive.errors import NotFound
from archive.export.model import Exported, Progress, replace_file
from archive.export.rows import rfc3339
from archive.reading import Archive
from archive.records import Change, Version

Read = Callable[[str, int], Version]
"""the version of that number of that document; may raise NotFound"""
ENTRIES = 200
"""entries of the feed at most: the newest ones"""
SHOWN = 2000
"""characters of a new document's text that an entry shows"""
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NO_IRI = re.compile(r'[\x00-\x20\x7f"<>\\^`{|}]')
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_VERBS = {"new": "New", "changed": "Changed", "gone": "Gone", "back": "Back", "moved": "Moved"}


def write(archive: Archive, output: Path, since: int | None, progress: Progress) -> Exported:
    """Writes the feed. `last_seq` is the newest change of the archive that it could hold."""
    first = max(since or 0, archive.last_seq() - ENTRIES)
    newest: deque[Change] = deque(archive.changes_after(first), maxlen=ENTRIES)
    entries = []
    for change in reversed(newest):
        entries.append(entry(archive.version, change))
        progress(Exported("atom", len(entries), newest[-1].seq, (str(output),)))
    updated = newest[-1].at if newest else _EPOCH
    output.parent.mkdir(parents=True, exist_ok=True)
    whole = feed(identity("feed", output.name), "Changes", updated, entries)
    replace_file(output, whole.encode("utf-8", "replace"))
    return Exported("atom", len(entries), newest[-1].seq if newest else since or 0, (str(output),))


def feed(feed_id: str, title: str, updated: datetime | None, entries: list[str], links: str = "") -> str:
    """The document. `links` are elements for its head."""
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n'
        f"<id>{feed_id}</id>\n<title>{_text(title)}</title>\n<updated>{rfc3339(updated or _EPOCH)}</updated>\n{links}"
        f"<author><name>Muniment</name></author>\n<generator>Muniment</generator>\n{''.join(entries)}</feed>\n"
    )


def link(relation: str, target: str, media_type: str = "") -> str:
    """A link element."""
    kind = f" type={quoteattr(media_type)}" if media_type else ""
    return f"<link rel={quoteattr(relation)}{kind} href={quoteattr(_clean(target))}/>\n"


def entry(read: Read, change: Change, links: str = "") -> str:
    """The entry of a change: its id is the same in every feed. `links` are further elements."""
    title = f"{_VERBS[change.kind]}: {change.title or change.url}"
    page = link("alternate", iri) if (iri := page_iri(change.url)) else ""
    return (
        f"<entry>\n<id>{identity(change.document_id, str(change.seq))}</id>\n<title>{_text(title)}</title>\n"
        f"<updated>{rfc3339(change.at)}</updated>\n{page}{links}"
        f"<category term={quoteattr(change.kind)}/><category term={quoteattr(change.document_kind)}/>"
        f"<category term={quoteattr('source:' + change.source_id)}/>\n"
        f"<content type=\"html\">{_text(_content(read, change))}</content>\n</entry>\n"
    )


def page_iri(url: str) -> str | None:
    """The address of a page as a feed may link to it (an IRI, RFC 3987): what cannot stand in one is escaped. None for
    anything but http and https, and for an address without a host."""
    try:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            return None
    except ValueError:
        return None
    return _NO_IRI.sub(lambda found: f"%{ord(found[0]):02X}", _clean(url))


def _content(read: Read, change: Change) -> str:
    """What the entry shows, as HTML."""
    said = [f"<p>{escape(name)}: {_value(pair)}</p>" for name, pair in change.fields.items() if name != "text"]
    try:
        new = read(change.document_id, change.version)
        if change.kind == "changed" and change.previous_version is not None:
            old = read(change.document_id, change.previous_version)
            said += _difference(old.content.text, new.content.text)
        elif change.kind in ("new", "back"):
            cut = new.content.text[:SHOWN] + ("…" if len(new.content.text) > SHOWN else "")
            said += [f"<p>{escape(line)}</p>" for line in cut.split("\n") if line]
    except NotFound:
        pass
    return "".join(said)


def _value(pair: object) -> str:
    if isinstance(pair, list | tuple) and len(pair) == 2:
        return f"<del>{escape(str(pair[0] or ''))}</del> <ins>{escape(str(pair[1] or ''))}</ins>"
    return escape(str(pair))


def _difference(old: str, new: str) -> Iterator[str]:
    for hunk in hunks(diff_texts(old, new), context=1):
        for line in hunk.lines:
            yield f"<p>{_line(line)}</p>"


def _line(line: Line) -> str:
    tags = {"removed": ("<del>", "</del>"), "added": ("<ins>", "</ins>"), "same": ("", "")}
    return "".join(escape(segment.text).join(tags[segment.kind]) for segment in line.segments)


def _text(said: str) -> str:
    return escape(_clean(said), quote=False)


def _clean(said: str) -> str:
    """Without characters that XML 1.0 cannot hold."""
    return _NO_XML.sub("", said)


def identity(*parts: str) -> str:
    """A name that follows from these and stays."""
    return uuid.uuid5(uuid.NAMESPACE_URL, "muniment:" + ":".join(parts)).urn
