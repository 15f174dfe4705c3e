"""The child of `worker.isolate`: reads tasks from standard input, answers on standard output, keeps to the limits.

Run as `python -m worker.isolated_child [MODULE[:FUNCTION] ...]`: imports and calls these first; ends when its input
ends. Nothing else ever reaches standard output: the answer's descriptor is moved away first, so a library that prints
does no harm.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import signal
import sys
from contextlib import suppress
from typing import BinaryIO

_FRAME = 8
OUT_OF_MEMORY = 88
"""exit code of a child that had no memory left even to say so"""
_GRACE_S = 5.0
"""how much later than the caller the child ends itself"""


def main(preload: list[str]) -> None:
    """Answers tasks until the input ends."""
    out = os.fdopen(os.dup(1), "wb")
    with open(os.devnull, "r+b") as nowhere:  # noqa: PTH123
        os.dup2(nowhere.fileno(), 1)
    _confine()
    for name in preload:
        module, _, function = name.partition(":")
        loaded = importlib.import_module(module)
        if function:
            getattr(loaded, function)()
    _spare_the_collector()
    base = _address_space()
    _send(out, {"value": "ready"})
    while (head := _frame(sys.stdin.buffer)) is not None:
        body = _frame(sys.stdin.buffer) or b""
        task = json.loads(head)
        try:
            said = _perform(task, body)
        except MemoryError:  # once more, on the way to say so
            os._exit(OUT_OF_MEMORY)
        said["tired"] = _address_space() - base > int(task["rest"])
        del head, body, task
        _send(out, said)


def _perform(task: dict[str, object], body: bytes) -> dict[str, object]:
    module, _, function = str(task["target"]).partition(":")
    work = getattr(importlib.import_module(module), function)
    _limit_memory(_address_space() - len(body) + int(str(task["memory"])))
    signal.setitimer(signal.ITIMER_REAL, float(str(task["seconds"])) + _GRACE_S)
    try:
        return {"value": work(body, task["options"])}
    except MemoryError:
        return {"failure": "memory", "error": "more memory than a file may take"}
    except RecursionError:
        return {"failure": "raised", "kind": "RecursionError", "error": "nested too deeply"}
    except Exception as error:
        return {"failure": "raised", "kind": type(error).__name__, "error": f"{error}"[:500]}
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        _limit_memory(-1)  # what is left to do is small, and must not fail


def _confine() -> None:
    """No files, no core dumps; the alarm's default action ends the process even inside foreign code."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        import resource
    except ImportError:
        return
    for name, value in (("RLIMIT_CORE", 0), ("RLIMIT_FSIZE", 0)):
        with suppress(ValueError, OSError):
            resource.setrlimit(getattr(resource, name), (value, value))


def _spare_the_collector() -> None:
    """What was imported stays until the end and need not be looked through again; and of what a task makes nearly all
    goes by itself, so that looking for circles less often saves a twentieth of the time (100 more pages' worth of
    circles weigh some MB)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def _address_space() -> int:
    """Bytes of address space this process has, 0 where the system does not say."""
    try:
        with open("/proc/self/statm") as statm:  # noqa: PTH123
            return int(statm.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return 0


def _limit_memory(most: int) -> None:
    """Address space ends at `most` bytes, nowhere at -1; a no-op where the system cannot limit it."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (most, resource.getrlimit(resource.RLIMIT_AS)[1]))
    except (ImportError, OSError, ValueError):
        return


def _frame(stream: BinaryIO) -> bytes | None:
    size = stream.read(_FRAME)
    return stream.read(int.from_bytes(size, "big")) if len(size) == _FRAME else None


def _send(out: BinaryIO, said: dict[str, object]) -> None:
    try:
        data = json.dumps(said, ensure_ascii=False).encode("utf-8", "surrogatepass")
    except MemoryError:
        data = b'{"failure": "memory", "error": "more memory than a file may take"}'
    out.write(len(data).to_bytes(_FRAME, "big") + data)
    out.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
