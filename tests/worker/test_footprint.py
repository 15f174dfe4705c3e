"""What a long page took goes back to the system."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

_LONG_AND_SHORT = """
import sys
from worker.footprint import stay_small

def resident():
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * 4 // 1024

if "small" in sys.argv:
    stay_small()
before, kept = resident(), []
page = b"x" * 20_000_000
del page
for number in range(8):
    page = b"x" * (8_000_000 + number * 500_000)
    kept.append(b"y" * 100_000)  # what stays behind a page that goes
    del page
print(resident() - before)
"""


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="where the system does not say what a process takes")
def test_what_long_pages_took_goes_back_to_the_system() -> None:
    done = subprocess.run([sys.executable, "-c", _LONG_AND_SHORT, "small"], capture_output=True, text=True, check=True)
    assert int(done.stdout) <= 3
