"""The commands that look into the archive: status, changes, log, show, diff. They work while the daemon runs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any, get_args

import typer

from worker.cli.completing import source_ids
from worker.cli.context import context_of
from worker.cli.errors import BROKEN, DONE

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
DocumentArgument = Annotated[
    str, typer.Argument(metavar="DOCUMENT", help="A document's id (or its beginning), or a URL.")
]
Colour = Annotated[bool | None, typer.Option("--colour/--no-colour", help="Default: colour on a terminal.")]


def status(
    ctx: typer.Context,
    source: Annotated[
        str | None, typer.Argument(metavar="[SOURCE]", help="Show this source's pages.", autocompletion=source_ids)
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Say only whether pages are polled when they are due; exit 1 if not.")
    ] = False,
    as_json: AsJson = False,
) -> int:
    """How the sources fare: last and next poll, documents, failures.

    \b
    Examples: muniment status
              muniment status county-notices
              muniment status --json
    """
    from worker.cli import states

    now = datetime.now(UTC)
    with context_of(ctx).archive() as archive:
        if check:
            good, said = states.alive(archive, now)
            print(said)
            return DONE if good else BROKEN
        if source is not None:
            print(states.pages_shown(archive, source, now, as_json))
        else:
            print(states.sources_shown(archive, now, as_json))
    return DONE


def changes(
    ctx: typer.Context,
    since: Annotated[int, typer.Option(metavar="SEQ", help="Only changes after this number.")] = 0,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many.")] = None,
    source: Annotated[
        str | None, typer.Option(metavar="ID", help="Only of this source.", autocompletion=source_ids)
    ] = None,
    kind: Annotated[str | None, typer.Option(help="Only this kind: new, changed, gone, back, moved.")] = None,
    silent: Annotated[
        bool, typer.Option("--silent", help="Only texts that changed while the page's own date did not.")
    ] = False,
    with_diff: Annotated[bool, typer.Option("--diff", help="Show what was changed.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
    colour: Colour = None,
) -> int:
    """What was new, changed, gone, back or moved, oldest first.

    Remember the last number you saw: asked for the changes since then, you miss none and see none twice.

    \b
    Examples: muniment changes
              muniment changes --since 1204 --json
              muniment changes --kind changed --diff
              muniment changes --silent
    """
    from archive.records import ChangeKind
    from worker.cli.changes import change_shown
    from worker.cli.output import coloured, print_json_lines
    from worker.errors import UsageError

    wanted = next((known for known in get_args(ChangeKind) if known == kind), None)
    if kind is not None and wanted is None:
        raise UsageError(f"no kind of change {kind!r}; there are {', '.join(get_args(ChangeKind))}")
    with context_of(ctx).archive() as archive:
        for change in archive.changes_after(since, limit, source_id=source, kind=wanted, silent=silent):
            if as_json:
                print_json_lines([change])
            else:
                print(change_shown(archive, change, coloured(colour), with_diff))
    return DONE


def log(ctx: typer.Context, document: DocumentArgument, as_json: AsJson = False) -> int:
    """The versions of one document, oldest first, and why each exists.

    \b
    Examples: muniment log 3f2a9c1d
              muniment log https://example.org/notices/17.html
    """
    from worker.cli.documents import log_shown

    with context_of(ctx).archive() as archive:
        print(log_shown(archive, archive.resolve(document), as_json))
    return DONE


def show(
    ctx: typer.Context,
    document: DocumentArgument,
    version: Annotated[int | None, typer.Option(min=1, metavar="N", help="This version instead of the newest.")] = None,
    at: Annotated[
        str | None, typer.Option(metavar="TIME", help="As it stood then: 2026-03-01, 2026-03-01T08:00Z.")
    ] = None,
    raw: Annotated[bool, typer.Option("--raw", help="The bytes it was read from, as received.")] = False,
    as_json: AsJson = False,
) -> int:
    """What a document says, or said. A topic is shown with its posts.

    \b
    Examples: muniment show 3f2a9c1d
              muniment show 3f2a9c1d --version 1
              muniment show https://example.org/notices/17.html --at 2026-03-01
    """
    from worker.cli.documents import chosen_version, shown, write_payload
    from worker.errors import UsageError

    if version is not None and at is not None:
        raise UsageError("give --version or --at, not both")
    when = moment(at) if at is not None else None
    with context_of(ctx).archive() as archive:
        document_id = archive.resolve(document)
        chosen = chosen_version(archive, document_id, version, when)
        if raw:
            write_payload(archive, chosen)
        else:
            print(shown(archive, chosen, when, as_json))
    return DONE


def diff(
    ctx: typer.Context,
    document: DocumentArgument,
    old: Annotated[int | None, typer.Argument(metavar="[A]", help="Version; default: the one before B.")] = None,
    new: Annotated[int | None, typer.Argument(metavar="[B]", help="Version; default: the newest.")] = None,
    as_json: AsJson = False,
    colour: Colour = None,
) -> int:
    """What differs between two versions of a document, sentence by sentence.

    \b
    Examples: muniment diff 3f2a9c1d 1 2
              muniment diff 3f2a9c1d
    """
    from worker.cli.documents import differences
    from worker.cli.output import coloured

    with context_of(ctx).archive() as archive:
        print(differences(archive, archive.resolve(document), old, new, as_json, coloured(colour)))
    return DONE


def moment(text: str) -> datetime:
    """A time a person wrote, UTC where no zone is given; a bare date means the end of that day."""
    from datetime import timedelta

    from worker.errors import UsageError

    try:
        when = datetime.fromisoformat(text.strip().replace("Z", "+00:00"))
    except ValueError:
        raise UsageError(f"{text!r} is not a time; use for example 2026-03-01 or 2026-03-01T08:00Z") from None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return when + timedelta(days=1) - timedelta(microseconds=1) if len(text.strip()) <= 10 else when


COMMANDS: dict[str, Callable[..., Any]] = {"status": status, "changes": changes, "log": log, "show": show, "diff": diff}
