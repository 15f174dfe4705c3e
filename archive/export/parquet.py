"""Parquet: change records as columns, partitioned by `document_kind` and `year`, for DuckDB, Spark, polars and pandas.

    PATH/document_kind=notice/year=2024/part-000000000001.parquet      first `seq` in the name

A batch of changes becomes one file for each partition it touches; when all are written, the folder's list is. Lists and
objects are JSON text, as in the SQL views.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from dataclasses import fields
from pathlib import Path
from typing import Any

from archive.errors import ArchiveError
from archive.export.model import Exported, Folder, Progress, open_folder
from archive.export.rows import ChangeRecord, change_records
from archive.reading import Archive

BATCH, BATCH_CHARACTERS = 5_000, 8 * 1024 * 1024
"""changes, and characters of their texts, that are held before they are written"""
_JSON = ("changed", "fields", "links", "images", "attachments", "nature")
_TIMES = ("at", "captured_at", "published_at")
_NUMBERS = ("seq", "version", "previous_version", "returns_to", "floor", "extractor_revision")
_NAMES = tuple(field.name for field in fields(ChangeRecord) if field.name != "document_kind")


def write(archive: Archive, output: Path, since: int | None, progress: Progress) -> Exported:
    """Adds changes after the folder's last one, and after `since`."""
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise ArchiveError("Parquet needs pyarrow: pip install 'muniment[parquet]'") from error
    folder = open_folder(output, "parquet", "part-*.parquet")
    after = max(folder.cursor, since or 0)
    done = Exported("parquet", 0, after)
    held: list[ChangeRecord] = []
    size = 0
    for records in change_records(archive, after):
        held += records
        size += sum(len(record.text or "") for record in records)
        if len(held) >= BATCH or size >= BATCH_CHARACTERS:
            done = _flushed(pyarrow, folder, held, done, progress)
            held, size = [], 0
    return _flushed(pyarrow, folder, held, done, progress) if held else done


def _flushed(pyarrow: Any, folder: Folder, held: list[ChangeRecord], done: Exported, progress: Progress) -> Exported:
    parts: dict[tuple[str, int], list[ChangeRecord]] = defaultdict(list)
    for record in held:
        parts[record.document_kind, record.at.year].append(record)
    added = []
    for (kind, year), records in sorted(parts.items()):
        name = f"document_kind={kind}/year={year}/part-{records[0].seq:012d}.parquet"
        _write_part(pyarrow, folder.path / name, records)
        added.append(name)
    folder.commit(held[-1].seq, added)
    done = Exported("parquet", done.records + len(held), held[-1].seq, (*done.files, *added))
    progress(done)
    return done


def _write_part(pyarrow: Any, path: Path, records: list[ChangeRecord]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    columns = {name: [_value(record, name) for record in records] for name in _NAMES}
    table = pyarrow.table(columns, schema=_schema(pyarrow))
    part = path.with_name(path.name + ".part")
    pyarrow.parquet.write_table(table, part, compression="zstd")
    with part.open("rb") as file:
        os.fsync(file.fileno())
    part.replace(path)


def _value(record: ChangeRecord, name: str) -> Any:
    value = getattr(record, name)
    if name not in _JSON or value is None:
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _schema(pyarrow: Any) -> Any:
    kinds = dict.fromkeys(_TIMES, pyarrow.timestamp("us", tz="UTC")) | dict.fromkeys(_NUMBERS, pyarrow.int64())
    return pyarrow.schema([(name, kinds.get(name, pyarrow.string())) for name in _NAMES])
