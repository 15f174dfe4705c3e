"""Group commit: a thread that runs all waiting writes in one transaction.

    submit(fn) -> queue -> [savepoint fn, savepoint fn, ...] -> one commit -> futures resolved

Each write has a savepoint: one that fails is undone alone and its own future raises. A future is resolved only after
the commit, so what it returns is lasting. If the commit itself fails, every future of that group raises. A group that
Postgres ended to resolve a deadlock is run again, so a write may be called more than once; it must depend on its
transaction only.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, TypeVar

from archive.errors import ArchiveError, Unavailable
from archive.writing import Transaction, Writer

T = TypeVar("T")

LARGEST_GROUP = 64
"""writes in one commit at most: none waits long for the others"""
GATHER_SECONDS = 0.02
"""how long more writes are waited for, after a group of several: committing costs about as much as one small write"""
ATTEMPTS = 5
"""how often a group that lost a deadlock is run"""


@dataclass(frozen=True, slots=True)
class _Write:
    run: Callable[[Transaction], Any]
    future: Future[Any]


class Committer:
    """Runs writes of many threads on one connection. `close` lets everything submitted finish first."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._waiting: queue.SimpleQueue[_Write | None] = queue.SimpleQueue()
        self._closed = False
        self._closing = threading.Lock()
        self._thread = threading.Thread(target=self._work, name="committer", daemon=True)
        self._thread.start()

    def submit(self, run: Callable[[Transaction], T]) -> Future[T]:
        """Runs `run(tx)` in the next group. The future gives what it returned once it is committed, or raises."""
        future: Future[T] = Future()
        with self._closing:
            if self._closed:
                raise ArchiveError("the committer is closed")
            self._waiting.put(_Write(run, future))
        return future

    def close(self) -> None:
        """Commits all that was submitted, then ends the thread."""
        with self._closing:
            if not self._closed:
                self._closed = True
                self._waiting.put(None)
        self._thread.join()

    def _work(self) -> None:
        more, group = True, list[_Write]()
        while more:
            first = self._waiting.get()
            if first is None:
                return
            if len(group) > 1:
                time.sleep(GATHER_SECONDS)
            group = [first]
            while len(group) < LARGEST_GROUP:
                try:
                    following = self._waiting.get_nowait()
                except queue.Empty:
                    break
                if following is None:
                    more = False
                    break
                group.append(following)
            self._commit([write for write in group if write.future.set_running_or_notify_cancel()])

    def _commit(self, group: list[_Write]) -> None:
        for attempt in range(ATTEMPTS):
            try:
                outcomes = self._run(group)
                break
            except Unavailable as error:
                if attempt == ATTEMPTS - 1:
                    _fail(group, error)
                    return
            except BaseException as error:  # whatever it is, nobody may wait for ever
                _fail(group, error)
                return
        for write, (result, failure) in zip(group, outcomes, strict=True):
            if failure is not None:
                write.future.set_exception(failure)
            else:
                write.future.set_result(result)

    def _run(self, group: list[_Write]) -> list[tuple[Any, BaseException | None]]:
        outcomes: list[tuple[Any, BaseException | None]] = []
        with self._writer.begin() as tx:
            for write in group:
                outcomes.append(_outcome(tx, write))
        return outcomes


def _outcome(tx: Transaction, write: _Write) -> tuple[Any, BaseException | None]:
    from sqlalchemy.exc import DBAPIError

    from archive.database import is_full, is_transient, is_undone

    try:
        with tx.savepoint():
            return write.run(tx), None
    except DBAPIError as error:
        if is_transient(error) or is_full(error) or is_undone(tx.session.connection):
            raise  # the whole transaction is lost with it
        return None, error
    except BaseException as error:
        return None, error


def _fail(group: list[_Write], error: BaseException) -> None:
    for write in group:
        write.future.set_exception(error)
