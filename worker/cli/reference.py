"""The page of docs/ that lists every command, made from their own help.

python -m worker.cli.reference          writes docs/reference/command.md
"""

from __future__ import annotations

import contextlib
import io
import os
from pathlib import Path

REFERENCE_FILE = "docs/reference/command.md"

_INTRODUCTION = """# The command

Made from the code by `python -m worker.cli.reference`; a test keeps it current.

Options for all commands (`--config`, `--database`, `--log-format`) may stand before or after the command. Options win
over the environment (`MUNIMENT_CONFIG`, `MUNIMENT_DATABASE`), the environment over the file. Results go to stdout,
everything else to stderr. `DOCUMENT` is an id, the beginning of one, or a URL. Exit codes:
[operations](../operations.md#exit-codes).
"""


def reference() -> str:
    """The page, as Markdown."""
    from worker.cli.app import GROUPS, command_of

    parts = [_INTRODUCTION, _section("muniment", [])]
    for title, group in GROUPS.items():
        parts.append(f"\n## {title}\n")
        for name in group:
            parts.append(_section(f"muniment {name}", [name]))
            for inner in getattr(command_of(name), "registered_commands", ()):
                parts.append(_section(f"muniment {name} {inner.name}", [name, inner.name]))
    return "".join(parts)


def _section(title: str, words: list[str]) -> str:
    level = "##" if title == "muniment" else "###"
    return f"\n{level} {title}\n\n```\n{help_of(words)}\n```\n"


def help_of(words: list[str]) -> str:
    """What `muniment WORDS --help` prints in a terminal of 80 columns."""
    from worker.cli.app import run

    columns = os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = "80"
    try:
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            run([*words, "--help"])
    finally:
        if columns is None:
            del os.environ["COLUMNS"]
        else:
            os.environ["COLUMNS"] = columns
    return "\n".join(line.rstrip() for line in printed.getvalue().strip().splitlines())


def main(root: Path = Path()) -> None:
    """Writes the page under the repository's root."""
    (root / REFERENCE_FILE).write_text(reference(), encoding="utf-8")


if __name__ == "__main__":
    main()
