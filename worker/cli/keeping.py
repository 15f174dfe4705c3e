"""The commands that keep house: rederive, import, compact."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from worker.cli.context import Context, context_of
from worker.cli.errors import DONE

if TYPE_CHECKING:
    from archive import Archive, Writer
    from archive.importing import PastCapture
    from archive.records import Change, Page
    from worker.rederive import Progress

TELL_SECONDS = 2.0
"""how often a long command says how far it is"""


def rederive(
    ctx: typer.Context,
    sources: Annotated[list[str] | None, typer.Argument(metavar="[SOURCE]...", help="Only these sources.")] = None,
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
    progress = _Progress()
    with context.archive() as archive, open_writable(settings.database) as writer:
        pages = _stored_pages(archive, writer, sources or [], after)

        def tell(page: Page, changes: tuple[Change, ...], done: Progress) -> None:
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

    progress = _Progress()

    def line(done: Compaction) -> str:
        return f"{done.payloads} payloads of {done.pages} pages: {done.bytes_before:,} -> {done.bytes_after:,} bytes"

    with open_writable(context_of(ctx).database()) as writer:
        done = make_small(writer, tell=lambda done: progress.say(lambda: line(done)))
    print(line(done))
    return DONE


importing = typer.Typer(
    help="Put the past into the archive: WARC files, or folders of saved pages.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@importing.command("warc")
def import_warc(
    ctx: typer.Context,
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="WARC files, .warc or .warc.gz.")],
) -> int:
    """Captures from WARC files, in whatever order they come.

    Captures of the past never disturb what is newer; the same capture twice is stored once.

    \b
    Example: muniment import warc crawl-2024.warc.gz
    """
    from archive.importing import read_warc

    return _imported(context_of(ctx), (capture for file in files for capture in read_warc(file)))


@importing.command("folder")
def import_folder(
    ctx: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Saved copies of one page, named by their UTC time.")],
    url: Annotated[str, typer.Option(metavar="URL", help="The page they are copies of.")],
) -> int:
    """Saved copies of one page, each named by the time it was made: 20240131T080000Z.html.

    \b
    Example: muniment import folder saved/ --url https://www.county.example/notice.html
    """
    from archive.importing import read_folder

    return _imported(context_of(ctx), read_folder(folder, url))


def _imported(context: Context, captures: Iterable[PastCapture]) -> int:
    from archive import open_archive, open_writable
    from archive.importing import import_captures
    from worker.importing import derive_imported
    from worker.migrate import upgrade

    context.start_logs()
    sources = {source.source_id: source for source in context.settings().sources} if context.config.exists() else {}
    database = context.database()
    upgrade(database)
    progress = _Progress()
    with open_writable(database) as writer:
        done = import_captures(writer, captures, now=datetime.now(UTC))
        with open_archive(database) as archive:
            derived = derive_imported(
                archive, writer, sources, sorted(done.pages),
                tell=lambda so_far: progress.say(lambda: f"{so_far.pages} of {len(done.pages)} pages read"),
            )  # fmt: skip
    print(
        f"{done.read} captures: {done.stored} stored, {done.known} known already, {done.skipped} skipped; "
        f"{derived.versions} changes from {derived.pages} pages, {derived.unread} captures without content"
    )
    return DONE


class _Progress:
    """Says how far a long command is, on stderr, every few seconds."""

    def __init__(self) -> None:
        self._last = time.monotonic()

    def say(self, line: Callable[[], str]) -> None:
        if time.monotonic() - self._last >= TELL_SECONDS:
            self._last = time.monotonic()
            print(line(), file=sys.stderr, flush=True)


COMMANDS: tuple[tuple[str, Callable[..., Any] | typer.Typer], ...] = (
    ("rederive", rederive),
    ("import", importing),
    ("compact", compact),
)
