"""The commands that fill the archive: run, poll, rederive, migrate."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from worker.cli.completing import source_ids
from worker.cli.context import context_of
from worker.cli.errors import DONE

if TYPE_CHECKING:
    from archive import Archive
    from worker.round import RoundReport
    from worker.settings import Settings


def run(
    ctx: typer.Context,
    standby: Annotated[
        bool, typer.Option(help="Wait while another process holds the archive, then take over.")
    ] = False,
    web: Annotated[bool, typer.Option("--web", help="Show the archive in a browser, too, as `serve` does.")] = False,
    listen: Annotated[
        str | None, typer.Option(metavar="HOST:PORT", help="With --web: instead of web.listen.")
    ] = None,
) -> int:
    """Watch the sources until told to stop.

    SIGTERM and SIGINT finish what is in flight and exit with 0; SIGHUP or a changed file reloads the configuration. A
    second daemon on the same archive is refused with exit code 6.

    \b
    Examples: muniment run --web
              muniment --config /etc/muniment/sources.yaml run
    """
    context = context_of(ctx)
    context.start_logs()
    settings = context.settings()
    shown = None
    if web or listen is not None:
        from worker.cli.webside import Webside

        shown = Webside(context, listen, settings.web)
    _end_quietly()
    if standby:
        from worker import logs

        logs.get("daemon").info("waiting", reason="another process may hold the archive")
    from worker.daemon.starting import run as run_daemon

    return run_daemon(settings, context.environ, standby=standby, shown=shown)


def _end_quietly() -> None:
    """A daemon that is told to stop before it polls has nothing to finish; the polling sets its own signals."""
    import signal
    import sys

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(DONE))


def poll(
    ctx: typer.Context,
    targets: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="SOURCE...|URL...", help="Ids of sources, or pages.", autocompletion=source_ids
        ),
    ] = None,
    every_source: Annotated[bool, typer.Option("--all", help="All enabled sources.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> int:
    """Visit everything once, now, then exit.

    The entry pages of the sources, every page already known to them, and everything newly found that `follow` allows.
    Exits with 4 if some page failed. Beside a running daemon it makes the pages due and waits for the result.

    \b
    Examples: muniment poll --all
              muniment poll county-notices
              muniment poll https://example.org/notices/17.html
    """
    from worker.errors import UsageError

    if bool(targets) == every_source:
        raise UsageError("name what to poll: sources, a URL, or --all")
    context = context_of(ctx)
    context.start_logs()
    settings = context.settings()
    report = _polled(settings, targets or [source.source_id for source in settings.sources if source.enabled])
    if as_json:
        from worker.cli.output import print_json

        print_json(report)
    else:
        with context.archive() as archive:
            print(_told(report, archive))
    return report.exit_code


def _polled(settings: Settings, targets: list[str]) -> RoundReport:
    from worker.errors import UsageError
    from worker.round import RoundReport, Target, poll_round
    from worker.sources.values import near

    names = [target for target in targets if "://" not in target]
    for name in names:
        if settings.source(name) is None:
            known = [source.source_id for source in settings.sources]
            raise UsageError(f'no source "{name}" in {settings.file};{near(name, known)}'.rstrip(";"))
    rounds = [Target(url=target) for target in targets if "://" in target]
    if names:
        rounds.append(Target(source_ids=frozenset(names)))
    whole = RoundReport()
    for target in rounds:
        report = poll_round(settings, target)
        whole.polled += report.polled
        whole.outcomes += report.outcomes
        whole.changes += report.changes
        whole.failed |= report.failed
        whole.left += report.left
    return whole


def _told(report: RoundReport, archive: Archive) -> str:
    from worker.cli.changes import change_shown
    from worker.cli.output import coloured, cut, screen_width

    lines = [change_shown(archive, change, coloured(None)) for change in report.changes]
    lines += [cut(f"failed  {url}  {why}", screen_width()) for url, why in report.failed.items()]
    outcomes = ", ".join(f"{count} {outcome}" for outcome, count in report.outcomes.most_common())
    total = f"{report.polled} pages polled" + (f" ({outcomes})" if outcomes else "")
    changes, failed = len(report.changes), len(report.failed)
    lines.append(
        f"{total}; {changes} change{'' if changes == 1 else 's'}; {failed} page{'' if failed == 1 else 's'} failed"
    )
    return "\n".join(lines)


def migrate(ctx: typer.Context) -> int:
    """Bring the archive's schema up to this version of Muniment.

    `run` and `poll` do so by themselves; a new archive is made where there is none.

    \b
    Example: muniment --database postgresql+psycopg://muniment@db/muniment migrate
    """
    from worker.migrate import upgrade

    database = context_of(ctx).database()
    upgrade(database)
    print("the schema is current")
    return DONE


COMMANDS: dict[str, Callable[..., Any]] = {"run": run, "poll": poll, "migrate": migrate}
