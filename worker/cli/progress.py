"""How far a long command is, said on stderr every few seconds."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

TELL_SECONDS = 2.0


class Progress:
    """Says a line, but not too often."""

    def __init__(self) -> None:
        self._last = time.monotonic()

    def say(self, line: Callable[[], str]) -> None:
        """The line is made only when it is said."""
        if time.monotonic() - self._last >= TELL_SECONDS:
            self._last = time.monotonic()
            print(line(), file=sys.stderr, flush=True)
