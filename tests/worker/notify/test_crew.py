"""Several notifiers beside each other, a configuration that changes, an archive that has no room for a while."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from archive import Transaction
from archive.errors import NoRoom
from tests.support.receiver import Heard, Hook
from tests.worker.notify.conftest import LOOPBACK, Office
from worker.notify import crew as crew_room
from worker.notify.crew import Crew
from worker.notify.model import Notifier, Webhook
from worker.settings import Settings, Source
from worker.tally import Tally


def told_by(hook: Hook, name: str) -> Notifier:
    return Notifier(name, Webhook(hook.url), from_start=True)


def settings_of(office: Office, *notifiers: Notifier) -> Settings:
    source = Source("county", "http://county.example.org/", tags=("water",))
    return Settings("sources.yaml", None, office.url, (source,), LOOPBACK, notifiers=notifiers)


async def true(done: Callable[[], bool]) -> None:
    """Waits until it comes true."""
    async with asyncio.timeout(60):
        while not done():  # noqa: ASYNC110 - it comes true in another thread
            await asyncio.sleep(0.01)


def employed(office: Office, play: Callable[[Crew], Awaitable[None]]) -> list[BaseException]:
    """Plays something with a crew; what failed in it in an unforeseen way."""
    failed: list[BaseException] = []

    async def run() -> None:
        crew = Crew(office.url, office.commit, lambda: datetime.now(UTC), failed.append, Tally().told)
        try:
            await play(crew)
        finally:
            await crew.aclose()

    asyncio.run(run())
    return failed


def test_one_that_hangs_holds_up_neither_the_others_nor_the_end(
    desk: Office, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setattr(crew_room, "GRACE", timedelta(seconds=0.2))
    released = threading.Event()

    def hangs(heard: Heard) -> tuple[int, dict[str, str], str]:
        released.wait(60)
        return 204, {}, ""

    with Hook(hangs) as hanging, Hook() as well:

        async def play(crew: Crew) -> None:
            await crew.apply(settings_of(desk, told_by(hanging, "hanging"), told_by(well, "well")))
            for number in range(3):
                await asyncio.to_thread(desk.writes, "one")
                crew.wake()
                await true(lambda number=number: len(well.taken) == number + 1)  # type: ignore[misc]

        assert employed(desk, play) == []
        released.set()
    assert well.taken[0].json["changes"][0]["tags"] == ["water"]


def test_a_changed_configuration_leaves_the_unchanged_alone_and_takes_the_others_over(desk: Office) -> None:
    with Hook() as one, Hook() as two, Hook() as three:
        stays, moves = told_by(one, "stays"), told_by(two, "moves")

        async def play(crew: Crew) -> None:
            await crew.apply(settings_of(desk, stays, moves))
            await asyncio.to_thread(desk.writes, "one")
            crew.wake()
            await true(lambda: len(one.taken) == len(two.taken) == 1)
            await crew.apply(settings_of(desk, stays, replace(moves, channel=Webhook(three.url))))
            await asyncio.to_thread(desk.writes, "one")
            crew.wake()
            await true(lambda: len(one.taken) == 2 and len(three.taken) == 1)
            await crew.apply(settings_of(desk, stays))
            await asyncio.to_thread(desk.writes, "one")
            crew.wake()
            await true(lambda: len(one.taken) == 3)

        assert employed(desk, play) == []
        assert [heard.seqs for heard in three.taken] == [[2]] and len(two.taken) == 1


def test_while_a_cursor_cannot_be_written_nothing_is_told_twice(desk: Office) -> None:
    for _ in range(30):
        desk.writes("one")
    full, refused = threading.Event(), 0
    commit = desk.commit

    async def no_room(write: Callable[[Transaction], Any]) -> Any:
        nonlocal refused
        if full.is_set() and refused < 5:
            refused += 1
            raise NoRoom("no room on the disk")
        return await commit(write)

    desk.commit = no_room  # type: ignore[method-assign]

    def answer(heard: Heard) -> tuple[int, dict[str, str], str]:
        if heard.seqs == [7]:
            full.set()
        return 204, {}, ""

    async def run(hook: Hook) -> None:
        runner = desk.runner(told_by(hook, "ops"))
        for _ in range(12):
            try:
                await runner.step()
            except NoRoom:
                continue

    with Hook(answer) as hook:
        asyncio.run(run(hook))
    assert refused == 5 and [heard.seqs[0] for heard in hook.heard] == list(range(1, 31))
    assert desk.fares(told_by(hook, "ops")).seq == 30
