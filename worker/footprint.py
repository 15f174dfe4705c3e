"""A daemon that runs for years stays small: what the C library and numerical libraries take for speed, it does not
need."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import sys
from collections.abc import Iterator

_M_ARENA_MAX = -8
"""mallopt(3): how many arenas glibc's malloc makes; each thread's own would keep what a large page once took"""
_ARENAS = 2
_M_MMAP_THRESHOLD = -3
"""mallopt(3): what is as large has a mapping of its own, which goes back to the system at once. Unless it is told,
glibc raises this to the largest block that was ever freed, and the holes between long pages stay"""
_MAPPED = 6 * 1024 * 1024
"""more than zstd works in: mapped anew for every page, that doubled what compressing costs"""
_M_TRIM_THRESHOLD = -1
"""mallopt(3): how much may be free at the heap's end before it is given back; left alone it would be 128 KiB from here
on, and small pages would ask the system for the same room again and again"""
_SPARE = 16 * 1024 * 1024
_OBJECTS_BETWEEN_COLLECTIONS = 20_000
"""some megabytes at most that wait to be collected"""


def stay_small() -> None:
    """Call once, before threads and before numpy is imported. Does nothing where the C library is not glibc."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    keep_heap(_ARENAS, _MAPPED, _SPARE)


def keep_heap(arenas: int, mapped: int, spare: int) -> None:
    """So many arenas; blocks of `mapped` bytes and more apart from the heap; `spare` free bytes kept at its end. Does
    nothing where the C library is not glibc."""
    try:
        library = ctypes.CDLL(None)
        library.mallopt(_M_ARENA_MAX, arenas)
        library.mallopt(_M_MMAP_THRESHOLD, mapped)
        library.mallopt(_M_TRIM_THRESHOLD, spare)
    except (OSError, AttributeError):
        return


def collect_seldom() -> None:
    """Call once, before anything large is imported. Nearly all that ends is freed at once, by counting: looking for
    circles after every 700 objects took a thirtieth of the time of a round, and more of a start."""
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)


def keep_for_good() -> None:
    """Call once, when everything is imported: what is there now is not looked through again. Circles that making the
    schema left behind end first, or they would stay."""
    gc.collect()
    gc.freeze()


def give_back() -> None:
    """Returns what is free to the system; cheap enough to be done once in a while."""
    try:
        ctypes.CDLL(None).malloc_trim(0)
    except (OSError, AttributeError):
        return


@contextlib.contextmanager
def without(name: str) -> Iterator[None]:
    """Inside, this module cannot be imported, so that a library which can do without it does; one that is there
    already stays."""
    if name in sys.modules:
        yield
        return
    sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[name]
