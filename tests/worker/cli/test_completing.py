"""What a real shell completes, with the script that the command gives it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[__file__.split("tests")[-1].count(os.sep)]
SOURCES = "sources:\n  - {id: county, url: 'http://c.example/'}\n  - {id: court, url: 'http://d.example/'}\n"
OTHERS = "sources:\n  - {id: commune, url: 'http://e.example/'}\n"
COMPLETED = """
source <(muniment --show-completion bash)
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
_muniment_completion muniment
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        (["pol"], ["poll"]),
        (["check", "--fe"], ["--fetch"]),
        (["poll", "co"], ["county", "court"]),
        (["changes", "--source", "cou"], ["county", "court"]),
        (["--config", "others.yaml", "poll", "co"], ["commune"]),
        (["--config", "missing.yaml", "poll", "co"], []),
    ],
)
def test_bash_completes_commands_options_and_the_ids_of_the_file_that_is_named(
    tmp_path: Path, typed: list[str], completed: list[str]
) -> None:
    (tmp_path / "sources.yaml").write_text(SOURCES)
    (tmp_path / "others.yaml").write_text(OTHERS)
    command = tmp_path / "muniment"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m worker "$@"\n')
    command.chmod(0o755)
    environ = {
        **os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(ROOT),
        "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1",
    }  # fmt: skip
    answer = subprocess.run(
        ["bash", "-c", COMPLETED, "bash", "muniment", *typed], cwd=tmp_path, env=environ, capture_output=True, text=True
    )
    assert answer.stdout.split() == completed, answer.stderr
