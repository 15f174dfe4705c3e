"""The server under the archive goes away while the daemon runs: it pauses, says so, and goes on by itself, or makes
place for who took the archive meanwhile."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from archive.lock import HOLDING
from tests.acceptance.conftest import ALL, Muniment, documents, stopped, until
from tests.acceptance.test_signals import asked, free_port, lines
from tests.support.server import Server, own_server
from worker.demo.server import Site


@pytest.fixture
def server() -> Iterator[Server]:
    with own_server() as running:
        yield running


@pytest.fixture
def away(tmp_path: Path, server: Server, site: Site) -> Iterator[Muniment]:
    here = Muniment(tmp_path, server.url(), site)
    here.configure()
    yield here
    here.close()


def ask(muniment: Muniment, said: str, **values: object) -> object:
    engine = create_engine(muniment.database)
    with engine.connect() as connection:
        answer: object = connection.scalar(text(said), values)
    engine.dispose()
    return answer


def stands_by(muniment: Muniment) -> bool:
    asking = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_try_advisory_lock(%'"
    return ask(muniment, asking) == 1


def test_a_server_that_is_killed_and_comes_back_is_waited_for(away: Muniment, server: Server) -> None:
    port = free_port()
    away.configure(metrics={"listen": f"127.0.0.1:{port}"})
    daemon = away.start("run")
    until(lambda: documents(away) > 0, "it polls")
    with away.archive() as archive:
        before = list(archive.changes_after(0))
    server.end(signal.SIGQUIT)
    until(lambda: lines(away, daemon, "paused"), "it says that it pauses")
    status, body = asked(port, "/readyz")
    assert status == 503 and "did not answer" in body and "by itself" in body
    assert asked(port, "/healthz")[0] == 200 and "muniment_paused 1.0" in asked(port, "/metrics")[1]
    failed = away.run("poll", "--all", expect=1)
    assert "did not answer" in failed.stderr and "bug" not in failed.stderr
    server.start()
    until(lambda: lines(away, daemon, "resumed"), "it goes on by itself")
    until(lambda: documents(away) == ALL, "and reads all")
    assert asked(port, "/readyz")[0] == 200 and daemon.poll() is None
    assert away.run("run", expect=6).stderr, "nobody else can hold the archive"
    said = away.log(daemon)
    assert len(lines(away, daemon, "paused")) == len(lines(away, daemon, "resumed")) == 1, said
    assert "the database answers again" in said and "Traceback" not in said
    with away.archive() as archive:
        assert list(archive.changes_after(0))[: len(before)] == before
    assert away.json("incidents", "--all") == [], "a server that was away is no full disk"
    assert stopped(daemon) == 0
    assert away.json("verify")["damage"] == []


def test_a_daemon_told_to_stop_while_the_server_is_away_stops_politely(away: Muniment, server: Server) -> None:
    daemon = away.start("run")
    until(lambda: documents(away) > 0, "it polls")
    server.end(signal.SIGQUIT)
    until(lambda: lines(away, daemon, "paused"), "it says that it pauses")
    assert stopped(daemon) == 0
    assert "Traceback" not in away.log(daemon)


def test_a_standby_waits_for_a_server_too_and_only_one_of_both_goes_on(away: Muniment, server: Server) -> None:
    daemons = [away.start("run")]
    until(lambda: documents(away) > 0, "the first polls")
    daemons.append(away.start("run", "--standby"))
    until(lambda: stands_by(away), "the second waits")
    server.end(signal.SIGQUIT)
    until(lambda: lines(away, daemons[0], "paused"), "the first pauses")
    server.start()
    first, second = daemons

    def one_goes_on() -> bool:
        return bool(lines(away, first, "resumed") or (first.poll() == 6 and lines(away, second, "started")))

    until(one_goes_on, "one goes on")
    holders = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = :key AND granted"
    assert ask(away, holders, key=HOLDING) == 1
    until(lambda: documents(away) == ALL, "all is read")
    living = [one for one in daemons if one.poll() is None]
    assert second in living and all("Traceback" not in away.log(one) for one in daemons)
    assert all(stopped(one) == 0 for one in living)
    assert away.json("verify")["damage"] == []
