"""Visit windows: outside of them a page is neither asked for nor held to have failed; it is due when the window
opens."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from archive import open_writable
from tests.support.town import Town
from worker.daemon import utc_now
from worker.daemon.polling import Daemon, sync
from worker.fetch.model import Politeness


def test_a_page_outside_its_window_is_due_when_it_opens(town: Town, watch: Callable[..., Any]) -> None:
    opens = (datetime.now(UTC) + timedelta(hours=12)).replace(second=0, microsecond=0)
    window = f"{opens:%H:%M}-{opens + timedelta(minutes=30):%H:%M}"
    town.says("/n/1.html", "<p>text</p>")
    here = watch("/n/1.html", kind="page", politeness=Politeness(timedelta(0), 1, "ignore", (window,)))

    async def one_tick() -> None:
        daemon = Daemon(here.settings, writer, {}, None)
        await daemon.tick()
        await daemon._slots.wait()
        await asyncio.to_thread(daemon._committer.close)

    with open_writable(here.database) as writer:
        with writer.begin() as tx:
            sync(tx, here.settings, utc_now())
        asyncio.run(one_tick())
    assert town.visits("/n/1.html") == 0
    [(captures,)] = here.ask("SELECT count(*) FROM capture_log")
    [(due, outcome)] = here.ask("SELECT next_poll_at, last_outcome FROM page_status")
    assert (captures, outcome) == (0, None)
    assert datetime.fromisoformat(str(due).replace("Z", "+00:00")).replace(tzinfo=UTC) == opens
