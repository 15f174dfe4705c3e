"""What can go wrong in the worker.

    MunimentError
    ├── ConfigError      sources.yaml or the environment; carries every mistake found (exit code 3)
    ├── UsageError       a command asked for something that is not there (exit code 2)
    └── HeldElsewhere    archive.errors.HeldElsewhere, re-used: exit code 6

The network never raises: `fetch` returns a `Fetched` whose outcome says what happened. `archive.errors` has its own
tree. A bug or a broken archive stops the daemon loudly (exit code 1).
"""

from __future__ import annotations

from dataclasses import dataclass


class MunimentError(Exception):
    """Base of the worker's own errors."""

    transient = False


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake in a configuration file: where, which key, what is wrong and what to write instead."""

    file: str
    line: int | None
    key: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.key}: {self.message}" if self.key else f"{place}: {self.message}"


class ConfigError(MunimentError):
    """The configuration cannot be used; `mistakes` holds all of them, in file order."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        super().__init__("\n".join(map(str, mistakes)))
        self.mistakes = mistakes


class UsageError(MunimentError):
    """The command cannot do what was asked; the message says what to do instead."""
