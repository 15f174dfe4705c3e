"""The command that lists what needs, or needed, a person: incidents."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from worker.cli.completing import source_ids
from worker.cli.context import context_of
from worker.cli.errors import DONE

if TYPE_CHECKING:
    from archive.records import Incident

WHAT = {
    "entry-failing": "entry page fails",
    "pages-failing": "pages fail",
    "disk-full": "disk full",
    "notifier-stopped": "notifier stopped",
}


def incidents(
    ctx: typer.Context,
    every: Annotated[bool, typer.Option("--all", help="Those that are over, too.")] = False,
    source: Annotated[
        str | None, typer.Option(metavar="ID", help="Only of this source.", autocompletion=source_ids)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> int:
    """What needs a person: sources that fail, a disk that is full.

    Each is said once in the log when it begins and once when it is over; here is what lasts, and what to do.

    \\b
    Examples: muniment incidents
              muniment incidents --all --source county-notices
    """
    from worker.cli.output import as_json_text
    from worker.errors import UsageError
    from worker.sources.values import near

    with context_of(ctx).archive() as archive:
        known = [state.source_id for state in archive.sources()] if source is not None else []
        if source is not None and source not in known:
            raise UsageError(f'no source "{source}" in the archive;{near(source, known)}'.rstrip(";"))
        found = archive.incidents(open_only=not every, source_id=source)
    print(as_json_text(found) if as_json else shown(found, datetime.now(UTC), every))
    return DONE


def shown(found: list[Incident], now: datetime, every: bool) -> str:
    """The incidents as paragraphs for people."""
    from textwrap import wrap

    from worker.cli.output import ago, harmless, screen_width, spoken

    if not found:
        return "there never was an incident" if every else "nothing needs you"
    lines: list[str] = []
    for one in found:
        lines += [""] if lines else []
        when = (
            f"since {ago(one.opened_at, now)}".replace(" ago", "")
            if one.closed_at is None
            else f"over {ago(one.closed_at, now)}, lasted {spoken(one.closed_at - one.opened_at)}"
        )
        lines.append(harmless(f"{one.source_id or 'the daemon'}: {WHAT.get(one.kind, one.kind)}, {when}"))
        if one.url:
            lines.append(f"  {harmless(one.url)}")
        lines += wrap(
            harmless(one.reason), screen_width(), initial_indent="  ", subsequent_indent="  ", break_long_words=False
        )
    return "\n".join(lines)


COMMANDS: dict[str, Callable[..., Any]] = {"incidents": incidents}
