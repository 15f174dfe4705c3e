"""The network's one door."""

import sys

# httpx's command line, with the highlighters it prints with, is no part of what a daemon needs in memory; httpx itself
# does without it where it cannot be imported
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
