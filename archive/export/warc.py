"""WARC 1.1 (ISO 28500:2017) with a sorted CDXJ index: captures as the exchanges they were, for pywb and the like.

    PATH/muniment-000000000001.warc.gz    captures from that number on, one gzip member a record
    PATH/index.cdxj                       `urlkey timestamp {json}` lines in order (pywb's index of a collection)

A payload that came again is a `revisit` record. Bodies are kept decoded, so headers that spoke of their encoding get
the prefix `X-Archive-Orig-`. Each file is listed in `export.json` when it and the index are whole.

`since` means here: captures from the first one on that brought a change after that `seq`. Without it an export goes on
after the last capture in the folder.
"""

from __future__ import annotations

import heapq
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from sqlalchemy import bindparam, func, select

from archive.errors import NotFound
from archive.export.model import Exported, Folder, Progress, open_folder
from archive.export.records import Index, Written, exchange, info
from archive.reading import Archive
from archive.records import Capture
from archive.schema import changes

FILE_BYTES = 1 << 30
"""size from which on a new file is begun"""
FILE_CAPTURES = 50_000
"""captures of one file at most: their index lines are sorted in memory"""
INDEX = "index.cdxj"

_FIRST_AFTER = select(func.min(changes.c.capture_no)).where(changes.c.seq > bindparam("after"))


@dataclass(slots=True)
class _File:
    """A WARC file being written."""

    folder: Folder
    name: str
    size: int = 0
    captures: int = 0
    last: int = 0
    index: list[Index] = field(default_factory=list)

    @property
    def part(self) -> Path:
        return self.folder.path / (self.name + ".part")


def write(archive: Archive, output: Path, since: int | None, progress: Progress) -> Exported:
    """Adds captures after the folder's last one, and of changes after `since`."""
    folder = open_folder(output, "warc", "muniment-*.warc.gz")
    _heal_index(folder)
    done = Exported("warc", 0, archive.last_seq())
    after = max(folder.cursor, 0 if since is None else _before(archive, since))
    captures = archive.captures(after=after)
    for first in captures:
        file = _File(folder, f"muniment-{first.capture_id:012d}.warc.gz")
        done = _one_file(archive, file, first, captures, done, progress)
    return done


def _before(archive: Archive, since: int) -> int:
    """The number before the first capture that brought a change after `since`; beyond all where there is none."""
    with archive.connect() as connection:
        first = connection.scalar(_FIRST_AFTER, {"after": since})
    return 2**62 if first is None else int(first) - 1


def _one_file(
    archive: Archive, file: _File, first: Capture, following: Iterator[Capture], done: Exported, progress: Progress
) -> Exported:
    records, skipped = done.records, done.skipped
    with file.part.open("wb") as out:
        file.size += out.write(info(file.name, first.fetched_at))
        # not a generator of our own: closing one at the break would close `following` with it
        for capture in chain([first], following):
            file.last = capture.capture_id
            file.captures += 1
            try:
                written = _exchange(archive, capture)
            except NotFound:
                skipped += 1  # retention has removed the bytes
                continue
            if written is not None:
                file.index += written.index(file.name, file.size)
                file.size += out.write(written.record)
                records += 1
            if records % 500 == 0:
                progress(Exported("warc", records, done.last_seq, (*done.files, file.name), skipped))
            if file.size >= FILE_BYTES or file.captures >= FILE_CAPTURES:
                break
        out.flush()
        os.fsync(out.fileno())
    _commit(file)
    done = Exported("warc", records, done.last_seq, (*done.files, file.name), skipped)
    progress(done)
    return done


def _exchange(archive: Archive, capture: Capture) -> Written | None:
    """The record of a capture; None for one without an answer (a timeout, a refusal to connect)."""
    if capture.status is None and capture.payload_digest is None:
        return None
    if capture.revisit_of is not None:
        original = archive.capture(capture.revisit_of)
        return exchange(capture, None, original, archive.payload(str(capture.payload_digest)))
    payload = b"" if capture.payload_digest is None else archive.payload(capture.payload_digest)
    return exchange(capture, payload, None, payload)


def _commit(file: _File) -> None:
    """File, then index, then list: killed in between, the next export takes back what the list does not name."""
    file.part.replace(file.folder.path / file.name)
    _merge(file.folder, (entry.line() for entry in sorted(file.index, key=lambda entry: entry.line())))
    file.folder.commit(file.last, [file.name])


def _merge(folder: Folder, added: Iterable[str], keep: frozenset[str] | None = None) -> None:
    path = folder.path / INDEX
    part = path.with_name(INDEX + ".part")
    known = path.open(encoding="utf-8") if path.exists() else None
    try:
        with part.open("w", encoding="utf-8", newline="\n") as out:
            lines = (line for line in known or () if keep is None or _file_of(line) in keep)
            out.writelines(heapq.merge(lines, added))
            out.flush()
            os.fsync(out.fileno())
    finally:
        if known is not None:
            known.close()
    part.replace(path)


def _heal_index(folder: Folder) -> None:
    """Lines of files that are not whole go."""
    path, whole = folder.path / INDEX, frozenset(folder.files)
    if path.exists():
        with path.open(encoding="utf-8") as lines:
            if all(_file_of(line) in whole for line in lines):
                return
        _merge(folder, (), whole)


def _file_of(line: str) -> str:
    try:
        return str(json.loads(line[line.index("{") :])["filename"])
    except (ValueError, KeyError):
        return ""
