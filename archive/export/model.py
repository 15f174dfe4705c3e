"""What every format shares: how an export ended, and the folder's list of what is whole in it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from archive.errors import ArchiveError

LIST = "export.json"
"""in a folder: which files are whole, and where to go on; written last, so that it is the export's commit"""


@dataclass(frozen=True, slots=True)
class Exported:
    """How far an export is, or how it ended. `last_seq`: the change to go on after (`--since`)."""

    format: str
    records: int
    last_seq: int
    files: tuple[str, ...] = ()
    """written or added to by this export"""
    skipped: int = 0
    """records that could not be exported: their bytes were removed by retention"""


Progress = Callable[[Exported], None]


@dataclass(slots=True)
class Folder:
    """A folder of whole files. `cursor` is the last change or capture in them."""

    path: Path
    format: str
    cursor: int = 0
    files: list[str] = field(default_factory=list)

    def commit(self, cursor: int, added: list[str]) -> None:
        """Makes files that are there whole part of the export."""
        self.cursor, self.files = cursor, [*self.files, *added]
        whole = {"muniment": 1, "format": self.format, "cursor": cursor, "files": self.files}
        replace_file(self.path / LIST, json.dumps(whole, indent=1).encode())


def open_folder(path: Path, name: str, ours: str) -> Folder:
    """The export in a folder, made where there is none. Files named as `ours` that an export was killed over are
    removed. Raises ArchiveError for a folder that holds something else."""
    path.mkdir(parents=True, exist_ok=True)
    if not (path / LIST).exists():
        (path / f"{LIST}.part").unlink(missing_ok=True)  # there was no room even for it
        if found := next(path.iterdir(), None):
            raise ArchiveError(f"{path} holds {found.name} but no {LIST}: give an empty folder, or one of an export")
        folder = Folder(path, name)
        folder.commit(0, [])
        return folder
    try:
        said = json.loads((path / LIST).read_text("utf-8"))
        folder = Folder(path, said["format"], int(said["cursor"]), [str(file) for file in said["files"]])
    except (ValueError, KeyError, TypeError) as error:
        raise ArchiveError(f"{path / LIST} is not what an export wrote: {error}") from error
    if folder.format != name:
        raise ArchiveError(f"{path} holds an export as {folder.format}, not {name}")
    for stray in [*path.rglob(ours), *path.rglob("*.part")]:
        if stray.relative_to(path).as_posix() not in folder.files:
            stray.unlink()
    return folder


def replace_file(path: Path, content: bytes) -> None:
    """Writes a file so that it is there whole or not at all."""
    part = path.with_name(path.name + ".part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
