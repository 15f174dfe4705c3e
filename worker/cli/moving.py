"""The commands that bring the archive out and the past in: export, import."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from worker.cli.context import Context, context_of
from worker.cli.errors import DONE, PAGES_FAILED
from worker.cli.progress import Progress

if TYPE_CHECKING:
    from archive.importing import PastCapture


def export(
    ctx: typer.Context,
    form: Annotated[Literal["jsonl", "parquet", "warc", "atom"], typer.Argument(metavar="jsonl|parquet|warc|atom")],
    output: Annotated[
        Path, typer.Option(metavar="PATH", help="A file for jsonl and atom, a folder for parquet and warc.")
    ],
    since: Annotated[int | None, typer.Option(metavar="SEQ", min=0, help="Only changes after this number.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was written as JSON.")] = False,
) -> int:
    """Write the archive for other tools.

    Run again with the same PATH, it goes on where it ended; broken off, it leaves what was whole. `warc` writes
    *.warc.gz and index.cdxj; `parquet` needs the extra: pip install 'muniment[parquet]'.

    \b
    Examples: muniment export jsonl --output changes.jsonl
              muniment export warc --output warc/
    """
    from archive.export import export as write
    from worker.cli.output import print_json

    progress = Progress()
    with context_of(ctx).archive() as archive:
        done = write(archive, form, output, since, lambda so_far: progress.say(lambda: f"{so_far.records} records"))
    if as_json:
        print_json(done)
    else:
        skipped = f", {done.skipped} without bytes skipped" if done.skipped else ""
        print(f"{done.records} records to {output}{skipped}; go on with --since {done.last_seq}")
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

    Captures of the past never disturb what is newer; the same capture twice is stored once. Of a file that is damaged
    or cut off, all before and behind the damage is taken and the place is named; the exit code is 4.

    \b
    Example: muniment import warc crawl-2024.warc.gz
    """
    from archive.importing import read_warc

    return _imported(context_of(ctx), [read_warc(file) for file in files])


@importing.command("folder")
def import_folder(
    ctx: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Saved copies of one page, named by their UTC time.")],
    url: Annotated[str, typer.Option(metavar="URL", help="The page they are copies of.")],
) -> int:
    """Saved copies of one page, each named by the time it was made: 20240131T080000Z.html.

    Files that are damaged are named, all others taken; the exit code is then 4.

    \b
    Example: muniment import folder saved/ --url https://www.county.example/notice.html
    """
    from archive.importing import read_folder

    return _imported(context_of(ctx), [read_folder(folder, url)])


def _of_all(readings: Iterable[Iterator[PastCapture]], broken: list[str]) -> Iterator[PastCapture]:
    from archive.importing import BadFiles, BadWarc

    for captures in readings:
        try:
            yield from captures
        except (BadFiles, BadWarc) as error:
            broken.append(f"{error}; all else was taken")


def _imported(context: Context, readings: Iterable[Iterator[PastCapture]]) -> int:
    from archive import open_archive, open_writable
    from archive.importing import import_captures
    from worker.importing import derive_imported
    from worker.migrate import upgrade

    context.start_logs()
    sources = {source.source_id: source for source in context.settings().sources} if context.config.exists() else {}
    database = context.database()
    upgrade(database)
    progress = Progress()
    broken: list[str] = []
    with open_writable(database) as writer:
        done = import_captures(writer, _of_all(readings, broken), now=datetime.now(UTC))
        with open_archive(database) as archive:
            derived = derive_imported(
                archive, writer, sources, sorted(done.pages),
                tell=lambda so_far: progress.say(lambda: f"{so_far.pages} of {len(done.pages)} pages read"),
            )  # fmt: skip
    print(
        f"{done.read} captures: {done.stored} stored, {done.known} known already, {done.skipped} skipped; "
        f"{derived.versions} changes from {derived.pages} pages, {derived.unread} captures without content"
    )
    for said in broken:
        print(f"muniment: {said}", file=sys.stderr)
    return PAGES_FAILED if broken else DONE


COMMANDS: dict[str, Callable[..., Any] | typer.Typer] = {"export": export, "import": importing}
