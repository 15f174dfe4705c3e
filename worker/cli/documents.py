"""One document for people: what it says, said, and how that differs."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from worker.cli.output import as_json_text, harmless, harmless_lines, local, plain, table
from worker.errors import UsageError

if TYPE_CHECKING:
    from archive import Archive
    from archive.records import Document, Nature, Version


def chosen_version(archive: Archive, document_id: str, number: int | None, when: datetime | None) -> Version:
    """The newest version, that of a number, or the one in force at a time."""
    return archive.at(document_id, when) if when is not None else archive.version(document_id, number)


def shown(archive: Archive, version: Version, when: datetime | None, as_json: bool) -> str:
    """One version; a topic with its posts, as they stand or as they stood at `when`."""
    document = archive.document(version.document_id)
    posts = list(archive.posts(document.document_id, when)) if document.kind == "topic" else []
    if as_json:
        posted = [{"document": post, "version": said} for post, said in posts]
        return as_json_text({"document": document, "version": version, "posts": posted})
    lines = [*_head(document, version), *_body(version)]
    for post, said in posts:
        facts = post.facts
        floor = f"#{facts.floor}" if facts.floor is not None else "#"
        edited = f"  v{said.number}" if said.number > 1 else ""
        gone = "  (gone)" if post.state == "gone" and when is None else ""
        said_by = f"{floor}  {harmless(facts.author or '')}  {local(facts.published_at)}"
        lines += ["", f"{said_by}{edited}{gone}  {post.document_id}"]
        lines += [f"  {line}" for line in harmless_lines(said.content.text).splitlines()]
    return "\n".join(lines)


def log_shown(archive: Archive, document_id: str, as_json: bool) -> str:
    """The versions of one document, and when it was gone and back."""
    versions = list(archive.versions(document_id))
    document = archive.document(document_id)
    events = list(archive.changes_after(document_id=document_id))
    if as_json:
        brief = [
            {
                "version": version.number, "captured_at": version.captured_at, "cause": version.cause,
                "returns_to": version.returns_to, "content_hash": version.content.content_hash,
                "title": version.content.title, "capture_id": version.capture_id, "extractor": version.extractor,
                "extractor_revision": version.extractor_revision,
            }
            for version in versions
        ]  # fmt: skip
        return as_json_text({"document_id": document_id, "state": document.state, "versions": brief, "changes": events})
    rows = [
        (
            version.number,
            local(version.captured_at),
            version.cause + (f", returns to {version.returns_to}" if version.returns_to else ""),
            f"{version.extractor} {version.extractor_revision}",
            version.content.content_hash.rpartition(":")[2][:12],
            version.content.title or version.content.text[:60],
        )
        for version in versions
    ]
    lines = [f"{document.kind} {document_id}  {document.state}", harmless(document.facts.url), ""]
    lines.append(table(rows, ("v", "captured", "cause", "read by", "content", "title")))
    lines += [f"{local(change.at)}  {change.kind}" for change in events if change.kind in ("gone", "back", "moved")]
    return "\n".join(lines)


def differences(
    archive: Archive, document_id: str, old: int | None, new: int | None, as_json: bool, colour: bool
) -> str:
    """What differs between two versions. Raises UsageError where there is only one."""
    from archive.diff import diff_contents, render_content
    from archive.diff.wording import in_words

    newer = archive.version(document_id, new)
    if old is None and newer.number < 2:
        raise UsageError(f"{document_id} has only one version; nothing to compare")
    older = archive.version(document_id, old if old is not None else newer.number - 1)
    found, nature = diff_contents(older.content, newer.content), _nature(archive, older, newer)
    if as_json:
        both = {"document_id": document_id, "old": older.number, "new": newer.number}
        return as_json_text({**both, "nature": nature, "diff": found})
    was = f"--- version {older.number}  {local(older.captured_at)}"
    now = f"+++ version {newer.number}  {local(newer.captured_at)}  {newer.cause}"
    text = render_content(found, colour=colour).rstrip("\n")
    what = in_words(nature)
    return "\n".join([was, now, *([what] if what else []), text or "nothing differs"])


def _nature(archive: Archive, older: Version, newer: Version) -> Nature | None:
    """As it was logged when the newer version came; between other versions, as it would be judged today."""
    for change in archive.changes_after(document_id=newer.document_id):
        if (change.version, change.previous_version) == (newer.number, older.number) and change.nature:
            return change.nature
    from worker.judgement import describe, nature_of

    return nature_of(describe(older.content, newer.content), newer.cause)


def write_payload(archive: Archive, version: Version) -> None:
    """The bytes a version was read from, to stdout."""
    capture = archive.capture(version.capture_id)
    if capture.payload_digest is None:
        raise UsageError(f"capture {capture.capture_id} kept no payload")
    sys.stdout.flush()
    sys.stdout.buffer.write(archive.payload(capture.payload_digest))
    sys.stdout.buffer.flush()


def _head(document: Document, version: Version) -> Iterator[str]:
    content, facts = version.content, document.facts
    if content.title:
        yield harmless(content.title)
    newest = "" if version.number == document.version else f" of {document.version}"
    yield f"{document.kind} {document.document_id}  version {version.number}{newest}  {document.state}"
    yield harmless(version.url)
    times = {"captured": version.captured_at, "published": version.published_at, "checked": document.last_checked_at}
    yield "  ".join(f"{name} {local(when)}" for name, when in times.items())
    known = {"author": facts.author, "board": facts.board, "floor": facts.floor}
    said = "  ".join(f"{name} {harmless(str(value))}" for name, value in known.items() if value is not None)
    if said:
        yield said


def _body(version: Version) -> Iterator[str]:
    content = version.content
    if content.fields:
        yield ""
        for name, value in content.fields.items():
            yield f"{name}: {_field(value)}"
    if content.text:
        yield ""
        yield harmless_lines(content.text)
    if content.attachments:
        yield ""
        for attachment in content.attachments:
            yield harmless(f"attachment: {attachment.get('name')}  {attachment.get('url')}")


def _field(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_field(item)}" for name, item in value.items())
    return harmless(str(plain(value)))
