"""The commands that look after what is stored: stats, backup, copy, retention."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from worker.cli.context import context_of
from worker.cli.errors import DONE
from worker.cli.progress import Progress

if TYPE_CHECKING:
    from archive.retention import Plan, Rule
    from archive.stats import Stats

WEEKS_SHOWN = 8
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def stats(ctx: typer.Context, as_json: AsJson = False) -> int:
    """How big the archive is, what a version costs, and how every source grows.

    \b
    Example: muniment stats
    """
    from archive.stats import stats as counted
    from worker.cli.output import print_json

    with context_of(ctx).archive() as archive:
        found = counted(archive)
    if as_json:
        print_json(found)
    else:
        print(_counted(found))
    return DONE


def _counted(found: Stats) -> str:
    from worker.cli.output import table

    saved = f", {found.frame_bytes / found.payload_bytes:.1%} of what was received" if found.payload_bytes else ""
    lines = [
        f"{found.documents:,} documents, {found.versions:,} versions, {found.contents:,} contents, {found.changes:,} "
        "changes",
        f"{found.captures:,} captures, {found.payloads:,} payloads of {found.payload_bytes:,} bytes",
        f"payloads take {found.frame_bytes:,} bytes{saved}",
        f"the whole database takes {found.database_bytes:,} bytes, {found.bytes_per_version:,.0f} for each version",
    ]
    weeks = sorted({growth.week for growth in found.growth})[-WEEKS_SHOWN:]
    rows = [
        (growth.source_id, str(growth.week), growth.captures, growth.payloads, growth.payload_bytes)
        for growth in found.growth
        if growth.week in weeks
    ]
    if rows:
        lines += ["", table(rows, ("source", "week of", "captures", "new payloads", "bytes kept"), grow=0)]
    return "\n".join(lines)


def backup(
    ctx: typer.Context, file: Annotated[Path, typer.Argument(metavar="FILE", help="A file that is not there yet.")]
) -> int:
    """Write the whole archive into one file, while the daemon runs, and prove it.

    The file is a SQLite archive whatever the archive is kept in: open it with --database sqlite:///FILE, or `copy` it
    back.

    \b
    Example: muniment backup /backup/muniment-2026-03-01.db
    """
    from archive.backup import backup as write
    from worker.migrate import upgrade

    progress = Progress()
    database = context_of(ctx).database()
    proved = write(database, file, prepare=upgrade, tell=lambda what, done: progress.say(lambda: f"{what}: {done}"))
    print(f"written to {file}; {proved.checked} rows and payloads read back, none damaged")
    return DONE


def copy(
    ctx: typer.Context,
    to: Annotated[str, typer.Option(metavar="URL", help="An empty database: SQLite or Postgres.")],
) -> int:
    """Copy the archive into another database, SQLite or Postgres, and prove that both are equal.

    \b
    Example: muniment copy --to postgresql+psycopg://muniment@/muniment
    """
    from archive.copying import copy as write
    from worker.migrate import upgrade
    from worker.sources import beside
    from worker.sources.values import database as checked

    context = context_of(ctx)
    progress = Progress()
    target = _usable(checked, to)
    target = beside(context.config, target)
    upgrade(target)
    done = write(context.database(), target, tell=lambda table, rows: progress.say(lambda: f"{table}: {rows}"))
    print(f"{sum(done.rows.values())} rows of {len(done.rows)} tables copied; equal by hash")
    return DONE


def retention(
    ctx: typer.Context,
    rules: Annotated[list[str], typer.Argument(metavar="RULE...", help="AGE for all sources, or SOURCE=AGE.")],
    remove: Annotated[
        bool, typer.Option("--remove", help="Remove it; without this, only say what would be removed.")
    ] = False,
    as_json: AsJson = False,
) -> int:
    """Remove the bytes of old payloads that made no version, by explicit rules.

    Without --remove it only says what would go. What always stays: every capture, every version with its text and its
    payload, and each page's last payload. The chain keeps saying what was removed.

    \b
    Examples: muniment retention 365d
              muniment retention 365d county-forum=90d --remove
    """
    from archive import open_writable
    from archive.retention import plan
    from archive.retention import remove as forget
    from worker.cli.output import print_json

    wanted = [_rule(rule) for rule in rules]
    context = context_of(ctx)
    with context.archive() as archive:
        what = plan(archive, wanted, datetime.now(UTC))
    removed = 0
    if remove:
        progress = Progress()
        with open_writable(context.database()) as writer:
            removed = forget(writer, what, tell=lambda done: progress.say(lambda: f"{done} removed"))
    if as_json:
        print_json(
            {"payloads": len(what.payloads), "bytes": what.bytes, "by_source": what.by_source, "removed": removed}
        )
    else:
        print(_planned(what, removed if remove else None))
    return DONE


def _planned(what: Plan, removed: int | None) -> str:
    from worker.cli.output import table

    rows = [(source, count, size) for source, (count, size) in sorted(what.by_source.items())]
    lines = [table(rows, ("source", "payloads", "bytes"), grow=0)] if rows else []
    if removed is None:
        lines.append(f"{len(what.payloads)} payloads of {what.bytes:,} bytes would be removed; --remove does it")
    else:
        lines.append(f"{removed} payloads removed")
    return "\n".join(lines)


def _rule(text: str) -> Rule:
    from archive.retention import Rule
    from worker.sources.values import duration

    source, _, age = text.rpartition("=")
    return Rule(_usable(duration, age), source or None)


def _usable(check: Callable[[str], Any], text: str) -> Any:
    from worker.errors import UsageError

    try:
        return check(text)
    except ValueError as error:
        raise UsageError(str(error)) from error


COMMANDS: dict[str, Callable[..., Any]] = {"stats": stats, "backup": backup, "copy": copy, "retention": retention}
