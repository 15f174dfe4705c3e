"""A Postgres for a benchmark: the one of TEST_DATABASE_URL, or one started for the run as the tests do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def postgres() -> Iterator[str | None]:
    """URL of an empty database, or None where no Postgres can be started (said on stderr)."""
    from tests.support.postgres import cluster

    with cluster() as running:
        yield running.fresh_database()
