"""The command that shows Muniment at work: demo."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer


def demo(
    ctx: typer.Context,
    folder: Annotated[Path, typer.Option(metavar="DIR", help="Where the archive is left behind.")] = Path(
        "demo-archive"
    ),
    serve: Annotated[
        bool | None,
        typer.Option(
            "--serve/--no-serve", help="Show the archive's pages afterwards, until Ctrl-C. Default: in a terminal."
        ),
    ] = None,
) -> int:
    """Watch the real daemon keep a practice site that changes before your eyes.

    Takes about a minute, needs no network, and leaves its archive in ./demo-archive with the commands to look into it.
    In a terminal it ends with the address of the archive's pages.

    \b
    Example: muniment demo
    """
    from worker.cli.output import coloured
    from worker.demo.play import play

    code = play(folder, coloured(None), lambda line: print(line, flush=True))
    if serve or (serve is None and sys.stdout.isatty()):
        from worker.cli.context import context_of
        from worker.cli.serving import show

        context = replace(context_of(ctx), config=folder / "sources.yaml", database_option=None)
        print(flush=True)
        show(context, ("127.0.0.1:8020", "127.0.0.1:0"))
    return code


COMMANDS: dict[str, Callable[..., Any]] = {"demo": demo}
