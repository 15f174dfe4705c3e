"""The commands that write sources.yaml: init, add."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from worker.cli.context import Context, context_of
from worker.cli.errors import DONE, PAGES_FAILED

if TYPE_CHECKING:
    from worker.cli.examining import Look
    from worker.sources.entry import Entry
    from worker.sources.taken.model import Taken


def init(
    ctx: typer.Context,
    source: Annotated[
        Path | None, typer.Option("--from", metavar="PATH", help="What another program watches: a file or a folder.")
    ] = None,
    form: Annotated[
        str | None,
        typer.Option(
            metavar="FORM", help="changedetection, opentermsarchive, opml, urlwatch or urls; else it is seen."
        ),
    ] = None,
) -> int:
    """Write a commented sources.yaml to begin with.

    With --from it takes over the watches of changedetection.io (url-watches.json or a back-up), urlwatch and
    webchanges (their YAML), Open Terms Archive (a declaration or a folder of them), a feed reader (OPML) or a list of
    URLs, and says what it could not carry over. A file that is there is added to, never replaced.

    \b
    Examples: muniment init
              muniment init --from url-watches.json
    """
    from worker.errors import UsageError
    from worker.sources.appending import started, write

    context = context_of(ctx)
    path = context.config
    if source is None:
        if path.exists():
            raise UsageError(f"{path} is there already; `muniment add URL` puts a source into it")
        write(path, started())
        print(f"written: {path}\n")
        print(_next(path, "muniment add URL        looks at a page and writes its entry"))
        return DONE
    from worker.sources.appending import known_in
    from worker.sources.taken import FORMS, take_over

    if form is not None and form not in FORMS:
        raise UsageError(f'no form "{form}"; there are {", ".join(FORMS)}')
    known = known_in(path)
    taken = take_over(source, form, known.ids, frozenset(known.urls))
    _put_in(context, taken.entries)
    _tell_taken(source, path, taken)
    return DONE


def add(
    ctx: typer.Context,
    urls: Annotated[list[str], typer.Argument(metavar="URL...", help="Pages to watch from now on.")],
    name: Annotated[
        str | None, typer.Option("--id", metavar="ID", help="The source's name; else made from the URL.")
    ] = None,
    kind: Annotated[
        str, typer.Option(help="auto looks at the page: page, listing, board, topic, feed, sitemap.")
    ] = "auto",
    every: Annotated[str | None, typer.Option(metavar="TIME", help="How often, such as 30m, 2h, 1d.")] = None,
    tags: Annotated[
        list[str] | None, typer.Option("--tag", metavar="WORD", help="A word to filter by; may be repeated.")
    ] = None,
    fetch: Annotated[bool, typer.Option("--fetch/--no-fetch", help="Look at the page before writing.")] = True,
    only_print: Annotated[bool, typer.Option("--print", help="Print the lines, write nothing.")] = False,
) -> int:
    """Put a page into sources.yaml, after looking at it; comments and order of the file stay as they are.

    A running daemon takes it over within seconds.

    \b
    Examples: muniment add https://www.county.example/zwgk/tzgg/
              muniment add https://forum.example/forum-2-1.html --every 6h --tag forum
    """
    import asyncio

    from worker.errors import UsageError
    from worker.sources.appending import known_in
    from worker.sources.entry import lines_of

    if name and len(urls) > 1:
        raise UsageError("--id names one source; give one URL with it")
    context = context_of(ctx)
    context.start_logs()
    known = known_in(context.config)
    ids = set(known.ids)
    entries, failed = [], False
    for url in urls:
        if url in known.urls:
            raise UsageError(f"{url} is watched already, as {known.urls[url]}")
        if name in ids:
            raise UsageError(f"{context.config} has a source {name} already; choose another --id")
        entry = _written(url, name, kind, every, tuple(tags or ()), ids)
        if fetch:
            look = asyncio.run(_looked(url, context, kind))
            failed |= not look.good
            entry = _named_after(entry, look, name, kind, ids)
            print(_said(entry, look))
        ids.add(entry.source_id)
        entries.append(entry)
    lines = "\n".join(lines_of(entry) for entry in entries)
    if only_print:
        print(lines, end="")
        return PAGES_FAILED if failed else DONE
    _put_in(context, entries)
    print(f"\nadded to {context.config}:\n{lines}")
    print(_next(context.config, "muniment run            the daemon; a running one takes it over by itself"))
    return PAGES_FAILED if failed else DONE


def _written(url: str, name: str | None, kind: str, every: str | None, tags: tuple[str, ...], ids: set[str]) -> Entry:
    from worker.errors import UsageError
    from worker.sources import values
    from worker.sources.entry import Entry, id_for

    try:
        source_id = values.source_id(name) if name else id_for("", values.web_address(url), ids)
        return Entry(source_id, values.web_address(url), kind, values.duration(every) if every else None, tags=tags)
    except ValueError as error:
        raise UsageError(str(error)) from None


async def _looked(url: str, context: Context, kind: str) -> Look:
    from worker.cli.examining import looked_at

    settings = context.settings() if context.config.exists() else None
    return await looked_at(url, settings, None, kind)


def _named_after(entry: Entry, look: Look, name: str | None, kind: str, ids: set[str]) -> Entry:
    """The same entry with the kind that was seen, so that the file says what is watched."""
    from dataclasses import replace

    seen = look.result.extraction.page_kind if look.result and look.result.extraction else None
    if kind == "auto" and look.good and seen in ("listing", "board", "topic", "feed", "sitemap"):
        return replace(entry, kind=seen)
    return entry


def _said(entry: Entry, look: Look) -> str:
    from worker.cli.output import harmless

    extraction = look.result.extraction if look.result else None
    titles = [document.title for document in extraction.documents if document.title] if extraction else []
    facts = [entry.url, f"  outcome  {look.outcome}"]
    if look.result is not None:
        facts.append(f"  read by  {look.result.extractor} ({look.result.why})")
    if extraction is not None:
        facts.append(f"  kind     {extraction.page_kind}, {len(look.followed)} links it would follow")
    if titles:
        facts.append(f"  title    {harmless(titles[0])}")
    error = (look.fetched.error if look.fetched else None) or (look.result.error if look.result else None)
    if not look.good:
        facts.append(f"  note     {error or 'not content'}; it is written all the same, and asked again")
    return "\n".join(facts)


def _put_in(context: Context, entries: Any) -> None:
    """Writes the entries into the file, once the whole of it is known to hold. Raises ConfigError, UsageError."""
    import tempfile

    from worker.sources import load
    from worker.sources.appending import appended, started, write

    path = context.config
    if path.exists():
        text = path.read_bytes().decode("utf-8-sig", errors="strict")
        text = appended(text, entries, path.name)
    else:
        text = started(entries)
    with tempfile.TemporaryDirectory() as folder:
        draft = Path(folder) / path.name
        draft.write_text(text, encoding="utf-8", newline="")
        load(draft, context.environ, context.database_option)
    write(path, text)


def _tell_taken(source: Path, path: Path, taken: Taken) -> None:
    count = len(taken.entries)
    print(f"{source} ({taken.form}): {count} source{'s' if count != 1 else ''} added to {path}")
    notes = [f"{entry.source_id}: {note}" for entry in taken.entries for note in entry.notes]
    for line in [*notes, *taken.left]:
        print(f"  {line}")
    if notes:
        print("What could not be carried over stands as a comment above its source.")
    print()
    print(_next(path, "muniment check --fetch  visits each source once and says what it sees"))


def _next(path: Path, first: str) -> str:
    other = "" if path.name == "sources.yaml" and path.parent == Path() else f" (with --config {path})"
    return f"next{other}:\n  {first}\n  muniment check          finds every mistake in the file"


COMMANDS: dict[str, Callable[..., Any]] = {"init": init, "add": add}
