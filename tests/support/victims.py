"""What isolated tasks of the tests do: well, badly and very badly."""

from __future__ import annotations

import ctypes
import os
import sys
import time
from pathlib import Path


def length(body: bytes, options: dict[str, object]) -> dict[str, object]:
    return {"length": len(body), "options": options, "pid": os.getpid()}


def hang(body: bytes, options: dict[str, object]) -> None:
    while True:
        time.sleep(0.05)


def swallow(body: bytes, options: dict[str, object]) -> int:
    return len([bytearray(10_000_000) for _ in range(100)])


def babble(body: bytes, options: dict[str, object]) -> str:
    return "x" * 5_000_000


def die(body: bytes, options: dict[str, object]) -> None:
    ctypes.string_at(0)


def refuse(body: bytes, options: dict[str, object]) -> None:
    raise ValueError("no such thing")


def write(body: bytes, options: dict[str, object]) -> str:
    sys.stdout.write("hello")
    sys.stdout.flush()
    Path(str(options["path"])).write_text("x")
    return "written"


HOARD: list[object] = []


def hoard(body: bytes, options: dict[str, object]) -> None:
    """Takes all memory there is in the smallest pieces, and lets none of it go."""
    while True:
        HOARD.append((len(HOARD), HOARD))
