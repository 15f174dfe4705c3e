"""What a running process takes, asked of Linux from outside."""

from __future__ import annotations

import os
from pathlib import Path


def children(pid: int) -> list[int]:
    """Its children; empty where it is gone. A child belongs to the thread that started it."""
    try:
        said = [task.joinpath("children").read_text() for task in Path(f"/proc/{pid}/task").iterdir()]
    except OSError:
        return []
    return [int(child) for children in said for child in children.split()]


def resident(pid: int) -> int:
    """Bytes in memory, as `ps` shows them; 0 where it is gone."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0


def proportional(pid: int) -> int:
    """Bytes in memory, what it shares with other processes divided among them. Raises OSError where it is gone."""
    rows = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(row.split()[1]) * 1024 for row in rows if row.startswith("Pss:"))


def processor_seconds(pid: int) -> float:
    """Processor time so far, of the process itself. Raises OSError where it is gone."""
    spent = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(spent[11]) + int(spent[12])) / float(os.sysconf("SC_CLK_TCK"))
