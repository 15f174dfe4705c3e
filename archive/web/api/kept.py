"""Answers that cost a walk through the whole archive, kept for a while: one thread counts, the others take what it
found."""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    from archive import Archive

Value = TypeVar("Value")
_found: weakref.WeakKeyDictionary[Archive, dict[str, tuple[float, Any]]] = weakref.WeakKeyDictionary()
_counting = threading.Lock()


def kept(archive: Archive, name: str, seconds: float, count: Callable[[], Value]) -> Value:
    """What `count` gave within the last so many seconds, else what it gives now."""
    known = _found.get(archive, {}).get(name)
    if known is not None and time.monotonic() - known[0] < seconds:
        return cast(Value, known[1])
    with _counting:
        known = _found.get(archive, {}).get(name)
        if known is None or time.monotonic() - known[0] >= seconds:
            value = count()
            _found.setdefault(archive, {})[name] = (time.monotonic(), value)
            return value
        return cast(Value, known[1])
