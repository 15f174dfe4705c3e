"""Work that bad input may crash, hang or blow up, done in child processes that can be killed.

    run("package.module:function", body, options) -> Answer(value | failure)

A child is a fresh interpreter (no fork: the daemon has threads and sockets) that stays for many tasks. It gets the
bytes and a JSON object over a pipe and answers with JSON: nothing that comes back is ever executed, so a child that bad
input took over can only say wrong things. Every task has limits of memory (address space over what the child has when
it begins), time and size of the answer; whatever exceeds them costs one answer, never the caller. Calls block: call
them from a thread.
"""

from __future__ import annotations

import atexit
import json
import os
import selectors
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Literal

from worker.isolated_child import OUT_OF_MEMORY

Failure = Literal["memory", "time", "output", "crash", "raised"]
"""memory, time, output: a limit was reached; crash: the child died of the input; raised: the function raised"""

TASKS_PER_CHILD = 200
"""a child is replaced after so many tasks: what a library leaks ends there"""
_FRAME = 8
"""bytes of a length before each frame"""
_STARTUP_S = 60.0


@dataclass(frozen=True, slots=True)
class Limits:
    """What one task may take."""

    memory: int = 300 * 1024 * 1024
    """bytes of address space that the task may take"""
    rest: int = 150 * 1024 * 1024
    """bytes of address space that may stay taken after tasks; a child that keeps more is replaced"""
    seconds: float = 60.0
    """wall clock; the child kills itself a little later should the caller be gone"""
    output: int = 32 * 1024 * 1024
    """bytes of the answer as JSON"""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: `value` (plain JSON), or the reason there is none."""

    value: object = None
    failure: Failure | None = None
    error: str = ""
    """in words, for an operator"""
    kind: str = ""
    """class name of the exception where `failure` is `raised`"""
    seconds: float = 0.0


class _Gone(Exception):
    def __init__(self, failure: Failure, message: str) -> None:
        super().__init__(message)
        self.failure = failure


@dataclass(slots=True)
class _Child:
    process: subprocess.Popen[bytes]
    tasks: int = 0
    idle_since: float = 0.0
    """monotonic seconds; of a child that waits for work"""

    @classmethod
    def start(cls, preload: tuple[str, ...]) -> _Child:
        path = os.pathsep.join(str(Path(entry).absolute()) for entry in sys.path)
        kept = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "SYSTEMROOT", "LD_LIBRARY_PATH")
        environment = {name: os.environ[name] for name in kept if name in os.environ}
        process = subprocess.Popen(
            [sys.executable, "-m", "worker.isolated_child", *preload],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True,
            env={**environment, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1"},
        )  # fmt: skip
        child = cls(process)
        try:
            child._receive(monotonic() + _STARTUP_S, 1024)
        except _Gone as gone:
            child.kill()
            raise RuntimeError(f"an isolated process did not start: {gone}") from None
        return child

    def ask(self, header: Mapping[str, object], body: bytes, limits: Limits) -> dict[str, object]:
        deadline = monotonic() + limits.seconds
        head = json.dumps(header).encode()
        self.tasks += 1
        self._send(len(head).to_bytes(_FRAME, "big") + head + len(body).to_bytes(_FRAME, "big"), deadline)
        self._send(body, deadline)
        answer: dict[str, object] = json.loads(self._receive(deadline, limits.output))
        return answer

    def _send(self, data: bytes, deadline: float) -> None:
        assert self.process.stdin is not None
        handle, view = self.process.stdin.fileno(), memoryview(data)
        with selectors.DefaultSelector() as selector:
            selector.register(handle, selectors.EVENT_WRITE)
            while view:
                if not selector.select(max(deadline - monotonic(), 0)):
                    raise _Gone("time", "the isolated process took no input in time")
                try:
                    view = view[os.write(handle, view[:65536]) :]
                except (BrokenPipeError, ConnectionResetError):
                    raise _Gone(*self._how_it_died()) from None

    def _receive(self, deadline: float, limit: int) -> bytes:
        size = int.from_bytes(self._exactly(_FRAME, deadline), "big")
        if size > limit:
            raise _Gone("output", f"an answer of {size} bytes, more than {limit}")
        return self._exactly(size, deadline)

    def _exactly(self, size: int, deadline: float) -> bytes:
        assert self.process.stdout is not None
        handle, data = self.process.stdout.fileno(), bytearray()
        with selectors.DefaultSelector() as selector:
            selector.register(handle, selectors.EVENT_READ)
            while len(data) < size:
                if not selector.select(max(deadline - monotonic(), 0)):
                    raise _Gone("time", "no answer in time")
                chunk = os.read(handle, min(size - len(data), 1 << 20))
                if not chunk:
                    raise _Gone(*self._how_it_died())
                data += chunk
        return bytes(data)

    def _how_it_died(self) -> tuple[Failure, str]:
        """An abort is what C++ and Rust do when memory is refused; any other death is a crash."""
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(2)
        code = self.process.returncode
        how = f"died of signal {-code}" if code and code < 0 else f"ended ({code})"
        return ("memory" if code in (-signal.SIGABRT, OUT_OF_MEMORY) else "crash"), f"the isolated process {how}"

    def kill(self) -> None:
        self.process.kill()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        self.process.wait()


@dataclass(slots=True)
class Pool:
    """At most `size` children, started when first needed. One pool per kind of work; `close` ends its children."""

    size: int = 1
    preload: tuple[str, ...] = ()
    """`module` or `module:function` that a child imports, and calls, before its first task"""
    tasks: int = TASKS_PER_CHILD
    """after so many a child is replaced"""
    _idle: list[_Child] = field(default_factory=list)
    _closed: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _turn: threading.Semaphore | None = None
    _working: list[subprocess.Popen[bytes]] = field(default_factory=list)
    _stopped: bool = False

    def run(
        self, target: str, body: bytes = b"", options: Mapping[str, object] | None = None, limits: Limits | None = None
    ) -> Answer:
        """What `module:function` says of `body` and `options`; waits for a free child, raises if none starts."""
        limits = limits or Limits()
        with self._slot():
            child, begun = self._take(), monotonic()
            if child is None:
                return Answer(failure="crash", error="the isolated processes were ended")
            header = {
                "target": target, "options": dict(options or {}), "memory": limits.memory, "rest": limits.rest,
                "seconds": limits.seconds,
            }  # fmt: skip
            try:
                said = child.ask(header, body, limits)
            except _Gone as gone:
                self._give_back(child, keep=False)
                return Answer(failure=gone.failure, error=str(gone), seconds=monotonic() - begun)
            except BaseException:
                self._give_back(child, keep=False)
                raise
            self._give_back(child, keep=said.get("failure") != "memory" and not said.get("tired"))
            return _answer(said, monotonic() - begun)

    def close(self) -> None:
        """Ends the idle children; those at work end with their task."""
        with self._lock:
            self._closed, idle, self._idle = True, self._idle, []
        for child in idle:
            child.kill()

    def retire(self, idle: float) -> int:
        """Ends the children that had nothing to do for `idle` seconds; how many. The next task starts one again."""
        before = monotonic() - idle
        with self._lock:
            tired = [child for child in self._idle if child.idle_since <= before]
            self._idle = [child for child in self._idle if child.idle_since > before]
        for child in tired:
            child.kill()
        return len(tired)

    def stop(self) -> None:
        """Ends the children at work as well: what they were asked is answered with `crash`, as is all that follows."""
        with self._lock:
            self._stopped = True
            working = [*self._working]
        for process in working:
            process.kill()
        self.close()

    def _slot(self) -> threading.Semaphore:
        with self._lock:
            if self._turn is None:
                self._turn = threading.Semaphore(self.size)
            return self._turn

    def _take(self) -> _Child | None:
        """A child to work with; None once the pool was stopped."""
        while True:
            with self._lock:
                if self._stopped:
                    return None
                child = self._idle.pop() if self._idle else None
            if child is None:
                child = _Child.start(self.preload)
            with self._lock:
                stopped = self._stopped
                if not stopped and child.process.poll() is None:
                    self._working.append(child.process)
                    return child
            child.kill()

    def _give_back(self, child: _Child, keep: bool) -> None:
        with self._lock:
            self._working.remove(child.process)
            if keep and not self._closed and child.tasks < self.tasks:
                child.idle_since = monotonic()
                self._idle.append(child)
                return
        child.kill()


def _answer(said: Mapping[str, object], seconds: float) -> Answer:
    if "value" in said:
        return Answer(said["value"], seconds=seconds)
    failure: Failure = "memory" if said.get("failure") == "memory" else "raised"
    return Answer(failure=failure, error=str(said.get("error", "")), kind=str(said.get("kind", "")), seconds=seconds)


_POOLS: dict[str, Pool] = {}
_POOLS_LOCK = threading.Lock()


def stop_all() -> None:
    """Ends the children of every pool, whatever they are at: this process is about to end."""
    for one in _pools():
        one.stop()


def retire_all(idle: float) -> int:
    """Ends the children of every pool that had nothing to do for `idle` seconds; how many."""
    return sum(one.retire(idle) for one in _pools())


def _pools() -> list[Pool]:
    with _POOLS_LOCK:
        return list(_POOLS.values())


def pool(name: str, size: int = 1, preload: tuple[str, ...] = (), tasks: int = TASKS_PER_CHILD) -> Pool:
    """The process-wide pool of that name, made on first use; its children end with this process."""
    with _POOLS_LOCK:
        if name not in _POOLS:
            _POOLS[name] = Pool(size, preload, tasks)
            atexit.register(_POOLS[name].close)
        return _POOLS[name]
