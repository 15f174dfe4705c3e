"""Memory of the processes in which Chromium runs pages: each may take so much more than it has when it is first seen.

V8's own limit counts objects of scripts only: pages filled 1.9 GB with arrays of bytes. The system's limit holds for
whatever a page takes; beyond it the page's script gets no more, or the page's process ends, and the browser and its
other pages go on.
"""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from pathlib import Path

MOST_MIB = 384
"""of one page's process, over what an empty one has"""
EMPTY_MIB = 640
"""of address space that an empty one sets aside for its scripts, a moment after it began (seen with Chromium 156)"""
LOOK_SECONDS = 0.1
_RENDERER = b"--type=renderer"


async def keep_bounded() -> None:
    """Bounds every renderer below this process as it appears, until it is cancelled. Does nothing where the system does
    not tell of processes as Linux does."""
    bounded: set[int] = set()
    while True:
        below = _below(os.getpid())
        # all others are looked at again: a renderer begins as a copy of another process, and is named a moment later
        bounded = (bounded & below) | {pid for pid in below - bounded if _bound(pid)}
        await asyncio.sleep(LOOK_SECONDS)


def _below(pid: int) -> set[int]:
    """All processes that this one started, and those that they started."""
    found: set[int] = set()
    asked = [pid]
    while asked:
        with suppress(OSError):
            for task in Path(f"/proc/{asked.pop()}/task").iterdir():
                with suppress(OSError):
                    children = set(map(int, (task / "children").read_text().split()))
                    asked += children - found
                    found |= children
    return found


def _bound(pid: int) -> bool:
    """Whether the process is a renderer, and is bounded now."""
    with suppress(ImportError, AttributeError, OSError, ValueError, StopIteration):
        import resource

        if _RENDERER not in Path(f"/proc/{pid}/cmdline").read_bytes():
            return False
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        has = next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmData:"))
        most = max(has, EMPTY_MIB * 1024 * 1024) + MOST_MIB * 1024 * 1024
        resource.prlimit(pid, resource.RLIMIT_DATA, (most, most))
        return True
    return False
