"""Fetches as the tests want them: loopback allowed, no gap, short deadlines."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from typing import Any

from worker.fetch.client import Fetcher
from worker.fetch.model import Politeness, Request

LOOPBACK = (ip_network("127.0.0.0/8"),)
QUICK = Politeness(gap=timedelta(0), parallel=8)
AGENT = "Muniment/0.1 (+mailto:ops@example.org)"


def request(url: str, **changes: Any) -> Request:
    """A request of the tests: no gap, five seconds, one MiB."""
    base = Request(url, AGENT, politeness=QUICK, deadline=timedelta(seconds=5), max_size=1024 * 1024)
    return replace(base, **changes)


def fetcher(**options: Any) -> Fetcher:
    """A fetcher that may dial loopback and waits 10 ms at most before it tries again."""
    options.setdefault("first_wait", timedelta(milliseconds=10))
    return Fetcher(options.pop("allow", LOOPBACK), options.pop("now", lambda: datetime.now(UTC)), **options)
