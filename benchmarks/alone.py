"""The command as it runs where it is installed. Among the peers that benchmarks compare with is Scrapy, and structlog
imports Scrapy's Twisted wherever it finds it: half a second and 20 MB that no user of Muniment has."""

from __future__ import annotations

import sys

COMMAND = (
    sys.executable,
    "-c",
    "import runpy, sys; sys.modules['twisted'] = None; runpy.run_module('worker', run_name='__main__')",
)
"""followed by the command's own arguments"""
