"""The commands that prove the archive: verify, anchor."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from worker.cli.context import Context, context_of
from worker.cli.errors import DAMAGE, DONE
from worker.cli.progress import Progress

if TYPE_CHECKING:
    from archive.verify import Progress as Walked
    from archive.verify import Verification

KEY_VARIABLE = "MUNIMENT_ANCHOR_KEY"


def verify(
    ctx: typer.Context,
    anchor: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Also against an anchor that was kept elsewhere.")
    ] = None,
    state: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Keep here how far it is, and go on there when run again.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
) -> int:
    """Read everything back and name every row that is not what was stored.

    Payloads, contents, versions, changes, the hash chain, counts and the search index; while the daemon runs. Exits
    with 5 if there is damage. With --anchor it also finds a chain that was cut off or computed anew.

    \b
    Examples: muniment verify
              muniment verify --anchor kept/anchor-2026-03.json --json
    """
    from archive.anchor import read_anchor
    from archive.errors import Damaged
    from archive.verify import COVERED, Damage, Verification
    from archive.verify import verify as prove
    from worker.cli.output import plain, print_json

    context = context_of(ctx)
    kept = read_anchor(_text(anchor), _key(context)) if anchor is not None else None
    reached = _reached(state) if state is not None and state.exists() else None
    progress = Progress()

    def tell(walked: Walked) -> None:
        def said() -> str:
            if state is not None:
                _write(state, walked.state())
            return f"{walked.phase}: {walked.checked} checked, {walked.damage} damaged"

        progress.say(said)

    began = datetime.now(UTC)
    try:
        with context.archive() as archive:
            found = prove(archive, anchor=kept, state=reached, tell=tell)
        _keep(context, found, began, kept is not None)
    except Damaged as error:  # so much so that it cannot be opened
        found = Verification(COVERED, 0, (Damage("file", context.database(), str(error)),), None)
    if state is not None:
        state.unlink(missing_ok=True)
    if as_json:
        print_json(
            {
                "tables": found.tables, "checked": found.checked, "damage": [plain(damage) for damage in found.damage],
                "head": found.head,
            }
        )  # fmt: skip
    else:
        for damage in found.damage:
            print(damage)
        print(f"{found.checked} rows and payloads of {len(found.tables)} tables checked; {len(found.damage)} damaged")
    return DAMAGE if found.damage else DONE


def anchor(
    ctx: typer.Context,
    output: Annotated[Path, typer.Option(metavar="FILE", help="Where to write it; then keep it elsewhere.")],
) -> int:
    """Write the head of the hash chain, to be kept where the archive's keepers cannot change it.

    Signed with the key in MUNIMENT_ANCHOR_KEY, if there is one.

    \b
    Example: muniment anchor --output anchor-2026-03.json
    """
    from archive.anchor import anchor as head
    from archive.anchor import write_anchor

    context = context_of(ctx)
    with context.archive() as archive:
        said = head(archive)
    _write(output, write_anchor(said, _key(context)))
    print(f"link {said.link_no} of {said.at}, {said.hash[:16]}..., written to {output}")
    return DONE


def _keep(context: Context, found: Verification, began: datetime, anchored: bool) -> None:
    """Notes in the archive when it was looked through and what came of it; a copy that cannot be written stays so."""
    from archive import open_writable
    from archive.records import Verified

    first = str(found.damage[0]) if found.damage else None
    said = Verified(
        began, datetime.now(UTC), found.checked, len(found.damage), first, anchored,
        found.head.link_no if found.head else None,
    )  # fmt: skip
    try:
        with open_writable(context.database()) as writer, writer.begin() as transaction:
            transaction.note_verification(said)
    except Exception as error:  # of a damaged archive anything; what was found is said all the same
        print(f"muniment: not noted in the archive: {str(error).partition(chr(10))[0]}", file=sys.stderr)


def _key(context: Context) -> bytes | None:
    value = context.environ.get(KEY_VARIABLE)
    return value.encode() if value else None


def _reached(state: Path) -> str:
    from archive.seen import Seen
    from worker.errors import UsageError

    said = _text(state)
    try:
        Seen.load(said)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"{state} is not what `verify --state` keeps; without it, verify begins anew") from error
    return said


def _write(path: Path, text: str) -> None:
    """The file whole, or as it was."""
    from worker.errors import UsageError

    part = path.with_name(f".{path.name}.part")
    try:
        if path.exists() and not path.is_file():  # /dev/stdout, a pipe
            path.write_text(text, encoding="utf-8")
            return
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error


def _text(path: Path) -> str:
    from worker.errors import UsageError

    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error


COMMANDS: dict[str, Callable[..., Any]] = {"verify": verify, "anchor": anchor}
