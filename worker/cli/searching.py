"""The command that finds documents by what they say: search."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import typer

from worker.cli.context import context_of
from worker.cli.errors import DONE


def search(
    ctx: typer.Context,
    query: Annotated[
        list[str], typer.Argument(metavar="QUERY...", help='Words, "phrases", filters such as kind:notice.')
    ],
    versions: Annotated[
        bool, typer.Option("--versions", help="Over all versions: when it was said, and until when.")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 20,
    cursor: Annotated[str | None, typer.Option(metavar="CURSOR", help="Go on where the last page ended.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    colour: Annotated[bool | None, typer.Option("--colour/--no-colour", help="Default: colour on a terminal.")] = None,
) -> int:
    """Find documents by what they say, ranked, with snippets.

    Words stand anywhere in the text; "a phrase" exactly so; -word: without; kind:notice source:ID author:NAME
    since:2026-01 until:2026-06; issuer=NAME for a field.

    \b
    Examples: muniment search 危房改造
              muniment search '"停止供应"' kind:notice since:2025
              muniment search --versions 每户补助标准
    """
    from archive.search.query import QueryError
    from worker.cli import finding
    from worker.cli.output import coloured
    from worker.errors import UsageError

    words = " ".join(f'"{word}"' if " " in word and '"' not in word else word for word in query)
    with context_of(ctx).archive() as archive:
        try:
            if versions:
                found = archive.search_versions(words, limit, cursor)
                print(finding.appearances_shown(found, as_json, coloured(colour)))
            else:
                print(finding.hits_shown(archive.search(words, limit, cursor), as_json, coloured(colour)))
        except QueryError as error:
            raise UsageError(str(error)) from error
    return DONE


COMMANDS: dict[str, Callable[..., Any]] = {"search": search}
