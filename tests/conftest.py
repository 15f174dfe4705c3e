"""Fixtures for everyone. `database_url`: a fresh archive's URL, once on SQLite and once on Postgres."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from tests.support.postgres import cluster
from worker.migrate import upgrade

settings.register_profile("house", deadline=None)  # nothing here is timed: a busy machine fails no test
settings.load_profile("house")


def pytest_xdist_auto_num_workers() -> int:
    """`-n auto`: one worker more than there are cores. Much of what is tested is waited for: daemons, browsers."""
    return (os.cpu_count() or 1) + 1


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """URL of the maintenance database of this session's server."""
    with cluster() as url:
        yield url


@pytest.fixture(scope="session")
def postgres_template(postgres: str) -> Iterator[str]:
    """Name of a database that holds the empty schema; a fresh one is a copy of it."""
    name = f"template_{uuid.uuid4().hex[:12]}"
    _run(postgres, f"CREATE DATABASE {name}")
    upgrade(_named(postgres, name))
    yield name
    _run(postgres, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file that holds the empty schema."""
    path = tmp_path_factory.mktemp("template") / "empty.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh archive with the whole schema; every test that takes it runs on both databases."""
    yield from _fresh(request, request.param, tmp_path)


@pytest.fixture
def postgres_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The same, on Postgres only."""
    yield from _fresh(request, "postgres", tmp_path)


@pytest.fixture
def sqlite_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The same, on SQLite only."""
    yield from _fresh(request, "sqlite", tmp_path)


@pytest.fixture(params=["sqlite", "postgres"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without any schema."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'nothing.db'}"
        return
    postgres: str = request.getfixturevalue("postgres")
    yield from _database(postgres, "template0")


def _fresh(request: pytest.FixtureRequest, kind: str, folder: Path) -> Iterator[str]:
    if kind == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        path = folder / "archive.db"
        path.write_bytes(template.read_bytes())
        yield f"sqlite:///{path}"
        return
    yield from _database(request.getfixturevalue("postgres"), request.getfixturevalue("postgres_template"))


def _database(postgres: str, template: str) -> Iterator[str]:
    name = f"test_{os.getpid()}_{uuid.uuid4().hex[:12]}"
    _run(postgres, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield _named(postgres, name)
    _run(postgres, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _named(postgres: str, name: str) -> str:
    return make_url(postgres).set(database=name).render_as_string(hide_password=False)


def _run(postgres: str, statement: str) -> None:
    engine = create_engine(postgres, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(statement))
    finally:
        engine.dispose()
