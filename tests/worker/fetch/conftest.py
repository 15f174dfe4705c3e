"""A fault server for each test, and fetches in one line."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.support.faults import FaultServer
from tests.support.fetching import fetcher, request
from worker.fetch.model import Fetched


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as running:
        yield running


@pytest.fixture
def fetch() -> Callable[..., Any]:
    """`fetch(url, **changes)`: one page with a fetcher of its own; `fetch([a, b], ...)`: several with the same one."""

    def run(urls: str | list[str], options: dict[str, Any] | None = None, **changes: Any) -> Any:
        async def go() -> list[Fetched]:
            async with fetcher(**(options or {})) as client:
                wanted = [urls] if isinstance(urls, str) else urls
                return [await client.fetch(request(url, **changes)) for url in wanted]

        results = asyncio.run(go())
        return results[0] if isinstance(urls, str) else results

    return run
