"""The commands and their groups. Plain help without rich: it is ready in a third of the time and can be copied."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from worker.cli import checking, keeping, looking, moving, proving, searching, trying_out, working
from worker.cli.context import Context, LogFormat, hoisted
from worker.cli.errors import exit_code
from worker.cli.plainwords import use_plain_words

Command = Callable[..., Any] | typer.Typer

GROUPS: dict[str, tuple[tuple[str, Command], ...]] = {
    "Watching": working.COMMANDS,
    "Trying": (*trying_out.COMMANDS, *checking.COMMANDS),
    "Looking": (*looking.COMMANDS, *searching.COMMANDS),
    "Keeping": (*proving.COMMANDS, *keeping.COMMANDS, *moving.COMMANDS),
}

app = typer.Typer(
    name="muniment",
    cls=None,
    rich_markup_mode=None,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


class Grouped(TyperGroup):
    """Lists the commands under the headings of GROUPS; an unknown one is answered with near ones."""

    def list_commands(self, ctx: Any) -> list[str]:
        return [name for group in GROUPS.values() for name, _ in group]

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        for title, group in GROUPS.items():
            with formatter.section(title):
                formatter.write_dl([(name, _first_line(function)) for name, function in group])


def _first_line(command: Command) -> str:
    said = command.info.help if isinstance(command, typer.Typer) else command.__doc__
    return (said or "").strip().splitlines()[0].rstrip(".")


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"muniment {version('muniment')}")
        raise typer.Exit


@app.callback(cls=Grouped)
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

    Begin with `muniment demo`, or write a sources.yaml and run `muniment check`, then `muniment run`.
    """
    ctx.obj = Context(config, database, log_format)


for _group in GROUPS.values():
    for _name, _command in _group:
        if isinstance(_command, typer.Typer):
            app.add_typer(_command, name=_name)
        else:
            app.command(_name)(_command)


def run(arguments: Sequence[str]) -> int:
    """Runs one command line; the exit code. Every exit code of the contract is made here."""
    use_plain_words()
    try:
        result = app(args=hoisted(arguments), prog_name="muniment", standalone_mode=False)
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
