"""The archive of all pages: opened at the first request, shared by the threads that draw."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from starlette.requests import Request

    from archive import Archive


class Reader:
    """Opens once; the archive itself keeps a connection for each thread that reads at the same time."""

    def __init__(self, open: Callable[[], Archive]) -> None:
        self._open = open
        self._lock = threading.Lock()
        self._archive: Archive | None = None

    def archive(self) -> Archive:
        """The archive. Raises ArchiveError, and tries again at the next request."""
        with self._lock:
            if self._archive is None:
                self._archive = self._open()
            return self._archive

    def close(self) -> None:
        """Gives the connections back."""
        with self._lock:
            if self._archive is not None:
                self._archive.close()
            self._archive = None


def archive_of(request: Request) -> Archive:
    """The archive, for a page's function. Call it in a thread: opening blocks."""
    return cast(Reader, request.app.state.web.reader).archive()
