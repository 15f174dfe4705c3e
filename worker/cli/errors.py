"""What went wrong -> what the operator reads and the exit code (contract section 1). Tracebacks only for our bugs."""

from __future__ import annotations

import sys

DONE, BROKEN, USAGE, CONFIGURATION, PAGES_FAILED, DAMAGE, HELD = range(7)
INTERRUPTED = 130


def exit_code(error: BaseException) -> int:
    """Tells stderr what happened; returns the exit code."""
    from archive.errors import ArchiveError, HeldElsewhere, NotFound
    from worker.errors import ConfigError, UsageError

    if isinstance(error, ConfigError):
        count = len(error.mistakes)
        _tell(str(error), f"{count} mistake{'s' if count != 1 else ''}; nothing was done.")
        return CONFIGURATION
    if isinstance(error, HeldElsewhere):
        _tell(f"muniment: {error}", "Reading commands work beside it; `muniment run --standby` waits and takes over.")
        return HELD
    if isinstance(error, NotFound):
        near = f" Near: {', '.join(error.near[:5])}." if error.near else ""
        todo = "" if near else "`muniment search` and `muniment changes` show ids, `muniment status` sources."
        _tell(f"muniment: {error}.{near}".replace("..", "."), todo)
        return USAGE
    if isinstance(error, UsageError):
        _tell(f"muniment: {error}")
        return USAGE
    if isinstance(error, ArchiveError):
        _tell(f"muniment: {error}", _hint(error))
        return BROKEN
    if isinstance(error, KeyboardInterrupt):
        _tell("muniment: interrupted")
        return INTERRUPTED
    import traceback

    traceback.print_exception(error)
    _tell("muniment: this is a bug; please report it with the lines above")
    return BROKEN


def _hint(error: Exception) -> str:
    from archive.errors import Damaged, NoRoom, SchemaMismatch, Unavailable

    if isinstance(error, NoRoom):
        return "Make room and run it again: what was written before stays, and nothing is half there."
    if isinstance(error, Unavailable):
        return (
            "Does the server run, has its disk room, is it the right one (--database, MUNIMENT_DATABASE or the "
            "configuration)? Then run it again: what was written before stays."
        )
    if isinstance(error, Damaged):
        return "`muniment verify` names all that is damaged; restore it from a back-up."
    if isinstance(error, SchemaMismatch):
        return ""
    return "Is this the right archive? It is named by --database, MUNIMENT_DATABASE or the configuration."


def _tell(*lines: str) -> None:
    print(*(line for line in lines if line), sep="\n", file=sys.stderr)
