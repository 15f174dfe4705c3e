"""The commands and their groups. Plain help without rich: it is ready in a third of the time and can be copied."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from worker.cli.context import Context, LogFormat, command_word, hoisted
from worker.cli.errors import exit_code
from worker.cli.plainwords import use_plain_words

Command = Callable[..., Any] | typer.Typer

GROUPS: dict[str, dict[str, str]] = {
    "Beginning": {"demo": "demonstrating", "init": "starting", "add": "starting"},
    "Watching": {"run": "working", "poll": "working", "notify": "notifying", "migrate": "working"},
    "Trying": {"check": "checking", "explain": "checking"},
    "Looking": {
        "status": "looking", "incidents": "incidents", "changes": "looking", "log": "looking", "show": "looking",
        "diff": "looking", "search": "searching", "serve": "serving", "stats": "storing",
    },
    "Keeping": {
        "verify": "proving", "anchor": "proving", "backup": "storing", "copy": "storing", "export": "moving",
        "import": "moving", "rederive": "keeping", "compact": "keeping", "retention": "storing",
    },
}  # fmt: skip
"""heading -> command -> the file it stands in; a file is opened only when one of its commands is wanted"""


def command_of(name: str) -> Command:
    """The command of that name."""
    room = next(rooms[name] for rooms in GROUPS.values() if name in rooms)
    command: Command = import_module(f"worker.cli.{room}").COMMANDS[name]
    return command


class Grouped(TyperGroup):
    """Lists the commands under the headings of GROUPS; an unknown one is answered with near ones."""

    def list_commands(self, ctx: Any) -> list[str]:
        return [name for group in GROUPS.values() for name in group if name in self.commands]

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        for title, group in GROUPS.items():
            with formatter.section(title):
                formatter.write_dl([(name, _first_line(command_of(name))) for name in group])


def _first_line(command: Command) -> str:
    said = command.info.help if isinstance(command, typer.Typer) else command.__doc__
    return (said or "").strip().splitlines()[0].rstrip(".")


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"muniment {version('muniment')}")
        raise typer.Exit


def options(
    ctx: typer.Context,
    config: Annotated[Path, typer.Option(envvar="MUNIMENT_CONFIG", metavar="FILE", help="The configuration.")] = Path(
        "sources.yaml"
    ),
    database: Annotated[
        str | None,
        typer.Option(metavar="URL", help="The archive; else MUNIMENT_DATABASE, the file's key, muniment.db beside it."),
    ] = None,
    log_format: Annotated[LogFormat, typer.Option(help="How log lines on stderr are written.")] = "text",
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Watches government and forum pages and keeps every version of what they said.

    Begin with `muniment demo`, or `muniment add URL`, then `muniment run`.
    """
    ctx.obj = Context(config, database, log_format)


def build(only: str | None = None) -> typer.Typer:
    """The whole command line, or what of it runs one command: building all of it takes as long as answering."""
    app = typer.Typer(
        name="muniment",
        rich_markup_mode=None,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )
    app.callback(cls=Grouped)(options)
    names = [name for group in GROUPS.values() for name in group]
    for name in [only] if only in names else names:
        command = command_of(name)
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=name)
        else:
            app.command(name)(command)
    return app


def run(arguments: Sequence[str]) -> int:
    """Runs one command line; the exit code. Every exit code of the contract is made here."""
    use_plain_words()
    words = hoisted(arguments)
    try:
        result = build(command_word(words))(args=words, prog_name="muniment", standalone_mode=False)
        sys.stdout.flush()
        return result if isinstance(result, int) else 0
    except BrokenPipeError:  # `muniment changes | head`: the reader has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        return _command_line_error(error)
    except KeyboardInterrupt as error:
        return exit_code(error)


def _command_line_error(error: Exception) -> int:
    show = getattr(error, "show", None)
    if callable(show):  # the command line itself: wrong option, missing argument
        show(sys.stderr)
        return int(getattr(error, "exit_code", 2))
    if type(error).__name__ == "Abort":
        return exit_code(KeyboardInterrupt())
    return exit_code(error)
