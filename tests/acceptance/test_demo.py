"""What the README opens with."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from archive import open_archive
from worker.demo.world import STEPS


def test_the_demo_sees_every_scripted_change_and_no_other(tmp_path: Path) -> None:
    folder = tmp_path / "demo-archive"
    command = [sys.executable, "-m", "worker", "demo", "--folder", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    log = folder / "daemon.log"
    assert done.returncode == 0, done.stdout + done.stderr + log.read_text()[-3000:]
    assert "every scripted change, and not one made by the chrome" in done.stdout
    assert all(step.says in done.stdout for step in STEPS)
    assert log.read_text().splitlines()[-1].startswith("stopped")
    with open_archive(f"sqlite:///{folder}/muniment.db") as archive:
        kinds = [change.kind for change in archive.changes_after() if change.kind != "new"]
    assert kinds == [step.brings[0][0] for step in STEPS if step.brings[0][0] != "new"]


def test_it_never_empties_a_folder_it_did_not_make(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("x")
    command = [sys.executable, "-m", "worker", "demo", "--folder", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2 and "not made by the demo" in done.stderr
    assert (tmp_path / "precious").exists()
