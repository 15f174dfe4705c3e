"""A daemon that runs for years stays small: what the C library and numerical libraries take for speed, it does not
need."""

from __future__ import annotations

import ctypes
import os

_M_ARENA_MAX = -8
"""mallopt(3): how many arenas glibc's malloc makes; each thread's own would keep what a large page once took"""
_ARENAS = 2


def stay_small() -> None:
    """Call once, before threads and before numpy is imported. Does nothing where the C library is not glibc."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, _ARENAS)
    except (OSError, AttributeError):
        return


def give_back() -> None:
    """Returns what is free to the system; cheap enough to be done once in a while."""
    try:
        ctypes.CDLL(None).malloc_trim(0)
    except (OSError, AttributeError):
        return
