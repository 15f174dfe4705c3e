from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network

import pytest

from tests.support.town import Town, standing
from worker.fetch.model import Politeness
from worker.round import RoundReport, Target, poll_round
from worker.settings import Confirm, Follow, Settings, Source


@pytest.fixture
def town() -> Iterator[Town]:
    with standing() as site:
        yield site


class Watch:
    """One source watched in rounds, and what the views then say."""

    def __init__(self, town: Town, database: str) -> None:
        self.town, self.database = town, database
        self.source = Source(
            "town", town.url + "/", politeness=Politeness(gap=timedelta(0), parallel=1, robots="ignore"),
            confirm=Confirm(1, timedelta(0)), follow=Follow(),
        )  # fmt: skip

    def configure(self, **settings: object) -> None:
        self.source = replace(self.source, **settings)  # type: ignore[arg-type]

    @property
    def settings(self) -> Settings:
        return Settings(
            "sources.yaml", "ops@example.org", self.database, (self.source,), (ip_network("127.0.0.0/8"),),
            user_agent="Muniment-test",
        )  # fmt: skip

    def poll(self) -> RoundReport:
        return poll_round(self.settings, Target(frozenset({"town"})), lambda polled: None)

    def ask(self, sql: str) -> list[tuple[object, ...]]:
        from sqlalchemy import text

        from archive.database import reading_engine

        engine = reading_engine(self.database)
        try:
            with engine.connect() as connection:
                return [tuple(row) for row in connection.execute(text(sql))]
        finally:
            engine.dispose()

    def changes(self) -> list[tuple[object, ...]]:
        return self.ask("SELECT kind, document_kind, version FROM change_log ORDER BY seq")


@pytest.fixture
def watch(town: Town, database_url: str) -> Callable[..., Watch]:
    def begin(path: str = "/", **settings: object) -> Watch:
        watching = Watch(town, database_url)
        watching.configure(url=town.url + path, **settings)
        return watching

    return begin
