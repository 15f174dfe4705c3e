"""The command `muniment`: one file per group of commands, each of which opens heavy rooms only when it is run.

    app        the commands and how they are grouped in `--help`
    context    options before the command: --config, --database, --log-format
    errors     what went wrong -> message and exit code (contract section 1)
    output     tables of 80 columns, JSON, times
    working      run poll migrate            looking    status changes log show diff
    checking     check explain               searching  search
    incidents    incidents                   serving    serve
    demonstrating demo                       keeping    rederive compact and what else keeps house
    proving      verify anchor               moving     export import
    storing      stats backup copy retention starting   init add

Exit codes: 0 done; 1 a bug or a broken archive; 2 usage; 3 configuration; 4 some page of this round failed; 5 `verify`
found damage; 6 another process holds the archive.
"""

from __future__ import annotations

import sys


def main() -> None:
    """The entry point: runs the command line and exits with its code."""
    from worker.footprint import collect_seldom

    collect_seldom()
    from worker.cli.app import run

    sys.exit(run(sys.argv[1:]))
