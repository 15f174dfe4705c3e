"""The commands that try things out and store nothing: check, explain."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from worker.cli.completing import source_ids
from worker.cli.context import Context, context_of
from worker.cli.errors import DONE, PAGES_FAILED

if TYPE_CHECKING:
    from worker.settings import Settings


def check(
    ctx: typer.Context,
    fetch: Annotated[
        bool, typer.Option("--fetch", help="Visit every source's entry page once and say what it is.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
) -> int:
    """Find every mistake in the configuration.

    Exits with 3 if there is one. With --fetch each source is tried and nothing stored; 4 says that some page failed.

    \b
    Examples: muniment check
              muniment check --fetch
    """
    context = context_of(ctx)
    context.start_logs()
    settings = context.settings()
    import asyncio

    from worker.cli.examining import advice, try_sources
    from worker.cli.output import print_json, table

    tried = asyncio.run(try_sources(settings)) if fetch else []
    advised = advice(settings)
    if as_json:
        print_json({"sources": len(settings.sources), "advice": advised, "tried": tried})
    else:
        print(_summary(settings))
        for line in advised:
            print(f"note: {line}")
        if tried:
            print()
            print(
                table(
                    [result.cells for result in tried],
                    ("source", "outcome", "read by", "docs", "links", "what"),
                    grow=5,
                )
            )
    return PAGES_FAILED if any(not result.good for result in tried) else DONE


def _summary(settings: Settings) -> str:
    resting = sum(not source.enabled for source in settings.sources)
    count = len(settings.sources)
    rest = f", {resting} of them resting" if resting else ""
    return f"{settings.file}: no mistakes; {count} source{'s' if count != 1 else ''}{rest}"


def explain(
    ctx: typer.Context,
    what: Annotated[str, typer.Argument(metavar="URL|FILE", help="A page to fetch once, or a saved page.")],
    url: Annotated[
        str | None, typer.Option(metavar="URL", help="Where a FILE came from: its links are resolved there.")
    ] = None,
    source: Annotated[
        str | None, typer.Option(metavar="ID", help="Read it as a page of this source.", autocompletion=source_ids)
    ] = None,
    kind: Annotated[
        str, typer.Option(help="Read it as this kind of page: auto, page, listing, board, topic, feed.")
    ] = "auto",
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the page with kept and left-out blocks coloured.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
) -> int:
    """Show what Muniment sees in one page; nothing is stored.

    Outcome, encoding and the evidence for it, which reader and why, documents and their fields with where each was
    read, the links it would follow, and what was left out.

    \b
    Examples: muniment explain https://example.org/notices/17.html
              muniment explain saved.html --url https://example.org/notices/17.html
              muniment explain https://example.org/notices/17.html --html seen.html
    """
    import asyncio

    from worker.cli.examining import looked_at, looked_into
    from worker.cli.explaining import explained, findings

    context = context_of(ctx)
    context.start_logs()
    settings = _settings_if_any(context)
    if "://" in what:
        look = asyncio.run(looked_at(what, settings, source, kind))
    else:
        look = looked_into(Path(what), settings, url, source, kind)
    if html is not None and look.result is not None and look.result.reading is not None:
        from worker.extract.coloured import coloured

        reading = look.result.reading
        if look.result.extractor == "file":
            from worker.extract.files.shown import drawn

            html.write_text(drawn(reading), encoding="utf-8")
        else:
            html.write_text(coloured(reading, look.result.extraction), encoding="utf-8")
    if as_json:
        from worker.cli.output import print_json

        print_json(findings(look))
    else:
        print(explained(look))
        if html is not None:
            print(f"\nwritten: {html}")
    return DONE if look.good else PAGES_FAILED


def _settings_if_any(context: Context) -> Settings | None:
    """The configuration, where there is a file: `explain` works without one."""
    return context.settings() if context.config.exists() else None


COMMANDS: dict[str, Callable[..., Any]] = {"check": check, "explain": explain}
