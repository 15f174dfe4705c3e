"""Small disks that can be filled: what a full one does to the archive is tried on a real one."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest


@contextlib.contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """A file system of that size in an empty folder. Skips the test where none can be made."""
    mounting = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "muniment-test", str(folder)]
    try:
        done = subprocess.run(mounting, capture_output=True, text=True, check=False)
    except OSError:
        pytest.skip("no mount(8): a full disk cannot be made here")
    if done.returncode:
        pytest.skip("mounting a small disk needs root: run this test as root")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(file: Path, leaving: int) -> None:
    """Takes all the room that there is but so many bytes."""
    with file.open("wb", buffering=0) as filler:
        with contextlib.suppress(OSError):
            while True:
                filler.write(b"x" * 4096)
        filler.truncate(max(filler.tell() - leaving, 0))
