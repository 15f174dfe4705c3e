"""What installing takes, beside changedetection.io, in turns on the same machine: time and the size of what is there.

    python -m benchmarks.install [--runs 1]

Bars: a third of the peer's time, and 150 MB. Muniment as its clone says (`scripts/setup use`), and by pip as the peer.
Needs a package index; nothing is taken from a cache. Sizes as `du` counts them, in MB of 1,000,000 bytes; beside the
wait the processor time, which other work on the machine does not lengthen.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
PEER = "changedetection.io"
PATIENCE = 900.0


def main() -> None:
    """Installs each into a folder of its own and prints what it took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=1)
    args = parser.parse_args()
    ways: dict[str, Callable[[Path], Path]] = {
        f"pip install {PEER}": lambda folder: _pip(folder, PEER),
        "muniment, scripts/setup use": _setup,
        "muniment, pip install .": lambda folder: _pip(folder, str(_clone(folder))),
    }
    for _ in range(args.runs):
        peer = 0.0
        for what, install in ways.items():
            with tempfile.TemporaryDirectory() as name:
                begun, worked = time.monotonic(), _children_worked()
                there = install(Path(name))
                waited, worked = time.monotonic() - begun, _children_worked() - worked
                peer = peer or waited
                print(
                    f"{what:30} {waited:6.1f} s ({worked:5.1f} s of processor), {waited / peer:4.2f} of the peer's, "
                    f"{_size(there) / 1e6:5.0f} MB (bar 150)",
                    flush=True,
                )


def _pip(folder: Path, what: str) -> Path:
    there = folder / "venv"
    _run([sys.executable, "-m", "venv", str(there)], folder)
    pip = ["install", "--quiet", "--disable-pip-version-check", "--no-cache-dir"]
    _run([str(there / "bin" / "pip"), *pip, what], folder)
    return there


def _setup(folder: Path) -> Path:
    clone = _clone(folder)
    _run(["scripts/setup", "use"], clone, {"UV_NO_CACHE": "1", "PIP_NO_CACHE_DIR": "1", "PYTHON": sys.executable})
    return clone / ".venv"


def _clone(folder: Path) -> Path:
    clone = folder / "clone"
    skipped = shutil.ignore_patterns(".venv", ".git", ".*_cache", "__pycache__")
    shutil.copytree(ROOT, clone, ignore=skipped)
    return clone


def _run(command: list[str], folder: Path, more: dict[str, str] | None = None) -> None:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    subprocess.run(command, cwd=folder, env={**plain, **(more or {})}, check=True, timeout=PATIENCE)


def _children_worked() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _size(folder: Path) -> int:
    return sum(path.lstat().st_blocks * 512 for path in folder.rglob("*"))


if __name__ == "__main__":
    main()
