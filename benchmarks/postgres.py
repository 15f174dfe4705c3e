"""A Postgres for a benchmark, with the settings it is shipped with: the one of TEST_DATABASE_URL, or one started for
the run."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

from sqlalchemy import create_engine, make_url, text

from tests.support.postgres import NoPostgres, cluster


@contextmanager
def postgres() -> Iterator[str | None]:
    """URL of an empty database, or None where no Postgres can be started (said on stderr)."""
    try:
        with cluster(("listen_addresses=",)) as url:
            name = f"bench_{uuid4().hex[:8]}"
            engine = create_engine(url, isolation_level="AUTOCOMMIT")
            with engine.connect() as connection:
                connection.execute(text(f"CREATE DATABASE {name}"))
            try:
                yield make_url(url).set(database=name).render_as_string(hide_password=False)
            finally:
                engine.dispose()  # what was said to the server before may have ended: benchmarks kill it
                with engine.connect() as connection:
                    connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
                engine.dispose()
    except NoPostgres as error:
        print(f"left out: {error}", file=sys.stderr)
        yield None
