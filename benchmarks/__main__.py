"""Every benchmark, one after another: what `make bench` runs. A name or two as arguments: only those."""

from __future__ import annotations

import subprocess
import sys

ALL = (
    "startup", "tick", "walk", "memory", "extraction", "judgement", "payloads", "damages", "kills",
    "broken_off", "followers", "archive_scale", "pages", "faults", "long_bodies", "files", "notify", "first_page",
    "install",
)  # fmt: skip


def main() -> int:
    """Runs them as processes of their own, so that none warms up the next; 1 when one of them failed."""
    from importlib.util import find_spec

    failed = []
    for name in sys.argv[1:] or ALL:
        if find_spec(f"benchmarks.{name}") is None:
            print(f"no benchmark {name!r}; there are: {', '.join(ALL)}", file=sys.stderr)
            return 2
        print(f"\n== {name}", flush=True)
        if subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False).returncode:
            failed.append(name)
    if failed:
        print(f"\nfailed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
