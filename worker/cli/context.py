"""What the options before the command say, and the doors that commands open with them."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

if TYPE_CHECKING:
    import typer

    from archive import Archive
    from worker.settings import Settings

LogFormat = Literal["text", "json"]
_HOISTED = ("--config", "--database", "--log-format")


@dataclass(frozen=True, slots=True)
class Context:
    """The options before the command. `environ` stands in for the process's environment in tests."""

    config: Path = Path("sources.yaml")
    database_option: str | None = None
    log_format: LogFormat = "text"
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)

    def settings(self) -> Settings:
        """The configuration, checked. Raises ConfigError."""
        from worker.sources import load

        return load(self.config, self.environ, self.database_option)

    def database(self) -> str:
        """The database's URL, without checking anything else of the configuration."""
        from worker.sources import database_of

        return database_of(self.config, self.environ, self.database_option)

    def archive(self) -> Archive:
        """The archive, open for reading. Raises ArchiveError where there is none."""
        from archive import open_archive

        return open_archive(self.database())

    def start_logs(self) -> None:
        """Sends log lines to stderr in the chosen form."""
        from worker import logs

        logs.configure(self.log_format)


def context_of(ctx: typer.Context) -> Context:
    """The context that the options before the command made."""
    return cast(Context, ctx.obj)


def hoisted(arguments: Sequence[str]) -> list[str]:
    """The same arguments with the options for all commands in front: people write them at the end, too."""
    front: list[str] = []
    rest: list[str] = []
    words = list(arguments)
    while words:
        word = words.pop(0)
        if word == "--":
            return [*front, *rest, word, *words]
        if word in _HOISTED and words:
            front += [word, words.pop(0)]
        elif word.startswith(tuple(f"{option}=" for option in _HOISTED)):
            front.append(word)
        else:
            rest.append(word)
    return front + rest


def command_word(words: Sequence[str]) -> str | None:
    """The command that hoisted arguments name; None where they name none."""
    rest = iter(words)
    for word in rest:
        if word in _HOISTED:
            next(rest, None)
        elif not word.startswith("-"):
            return word
    return None
