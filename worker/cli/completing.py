"""What the shell completes that is not a word of the command itself."""

from __future__ import annotations

import typer


def source_ids(ctx: typer.Context, incomplete: str) -> list[str]:
    """The ids that begin so, in the file that `--config` names; none where it cannot be read."""
    from worker.errors import ConfigError
    from worker.sources.appending import known_in

    try:
        known = known_in(ctx.find_root().params["config"])
    except ConfigError:
        return []
    return sorted(name for name in known.ids if name.startswith(incomplete))
