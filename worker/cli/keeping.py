"""The commands that keep house: rederive, import, compact."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from worker.cli.completing import source_ids
from worker.cli.context import context_of
from worker.cli.errors import DONE
from worker.cli.progress import Progress

if TYPE_CHECKING:
    from archive import Archive, Writer
    from archive.records import Change, Page
    from worker.rederive import Progress as Reread


def rederive(
    ctx: typer.Context,
    sources: Annotated[
        list[str] | None,
        typer.Argument(metavar="[SOURCE]...", help="Only these sources.", autocompletion=source_ids),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would read differently and write nothing.")
    ] = False,
    after: Annotated[
        int, typer.Option(metavar="PAGE", help="Go on after this page: where a broken-off run got to.")
    ] = 0,
) -> int:
    """Read the stored pages again with today's extractors, without visiting any.

    A version that this writes has the cause `rederived`: the reading changed, not the page. Runs beside a daemon.

    \b
    Examples: muniment rederive --dry-run
              muniment rederive county-notices
    """
    from archive import open_writable
    from worker.rederive import rederive as read_again

    context = context_of(ctx)
    context.start_logs()
    settings = context.settings()
    known = {source.source_id: source for source in settings.sources}
    progress = Progress()
    with context.archive() as archive, open_writable(settings.database) as writer:
        pages = _stored_pages(archive, writer, sources or [], after)

        def tell(page: Page, changes: tuple[Change, ...], done: Reread) -> None:
            for change in changes:
                _tell_reading(archive, change)
            progress.say(lambda: f"{done.pages} pages, {done.changed} differ; go on with --after {done.last_page_id}")

        done = read_again(writer, known, pages, dry_run=dry_run, tell=tell)
    would = "would read" if dry_run else "read"
    print(f"{done.pages} pages read again; {done.changed} documents {would} differently")
    return DONE


def _stored_pages(archive: Archive, writer: Writer, sources: list[str], after: int) -> Iterator[Page]:
    for source_id in sources or [None]:  # type: ignore[list-item]
        for status in archive.pages(source_id):
            if status.page_id > after:
                with writer.begin() as tx:
                    page = tx.page(status.page_id)
                yield page


def _tell_reading(archive: Archive, change: Change) -> None:
    from worker.cli.output import cut, screen_width

    print(
        cut(f"{change.kind} {change.document_kind} {change.document_id}  {change.title or change.url}", screen_width())
    )
    for name, pair in change.fields.items():
        old, new = pair if isinstance(pair, list | tuple) and len(pair) == 2 else (None, pair)
        print(cut(f"    {name}: {_short(old)} -> {_short(new)}", screen_width()))


def _short(value: object) -> str:
    from worker.cli.output import cut

    return cut(" ".join(str(value).split()), 60) if value not in (None, "") else "(nothing)"


def compact(ctx: typer.Context) -> int:
    """Write stored payloads anew in less space, while the daemon runs.

    Only how bytes are kept changes, never what they are. Stopped at any moment it leaves a whole archive; run again, it
    goes on where it stopped.

    \b
    Example: muniment compact
    """
    from archive import open_writable
    from archive.compact import Compaction
    from archive.compact import compact as make_small

    progress = Progress()

    def line(done: Compaction) -> str:
        return f"{done.payloads} payloads of {done.pages} pages: {done.bytes_before:,} -> {done.bytes_after:,} bytes"

    with open_writable(context_of(ctx).database()) as writer:
        done = make_small(writer, tell=lambda done: progress.say(lambda: line(done)))
    print(line(done))
    return DONE


COMMANDS: dict[str, Callable[..., Any] | typer.Typer] = {"rederive": rederive, "compact": compact}
