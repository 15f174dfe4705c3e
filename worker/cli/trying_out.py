"""The command that shows Muniment at work: demo."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer


def demo(
    ctx: typer.Context,
    folder: Annotated[Path, typer.Option(metavar="DIR", help="Where the archive is left behind.")] = Path(
        "demo-archive"
    ),
) -> int:
    """Watch the real daemon keep a practice site that changes before your eyes.

    Takes about a minute, needs no network, and leaves its archive in ./demo-archive with the commands to look into it.

    \b
    Example: muniment demo
    """
    from worker.cli.output import coloured
    from worker.demo.play import play

    return play(folder, coloured(None), lambda line: print(line, flush=True))


COMMANDS: dict[str, Callable[..., Any]] = {"demo": demo}
