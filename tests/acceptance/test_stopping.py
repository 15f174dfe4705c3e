"""The daemon ends in time whatever it is at, and at once where it no longer has the archive to itself."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine, text

from archive.lock import FENCE, HOLDING
from tests.acceptance.conftest import Muniment, documents, stopped, until
from tests.support.town import Town, listing, notice, standing


@pytest.fixture
def town() -> Iterator[Town]:
    with standing() as site:
        yield site


def test_a_signal_ends_it_though_a_reader_is_at_work(on_sqlite: Muniment, town: Town) -> None:
    town.says("/slow.html", "<html><body><p>" + "条文一二三四五。" * 200 + "</p></body></html>")
    town.says("/n/1.html", notice("关于停水检修的通知", "因管网检修，定于一月六日停水八小时，请居民提前储水。"))
    on_sqlite.configure(
        {"id": "notice", "url": town.url + "/n/1.html", "kind": "page"},
        {"id": "slow", "url": town.url.replace("127.0.0.1", "localhost") + "/slow.html", "kind": "page"},
    )
    daemon = on_sqlite.start("run")
    until(lambda: documents(on_sqlite) >= 1, "the notice is read")
    halted = [child for child in readers_of(daemon.pid) if _halt(child)]
    assert halted
    asked = len(town.asked)
    town.says("/n/1.html", notice("关于停水检修的通知", "停水改在一月七日。"))
    # another halted reader may be asked to read it as a long page: a minute and five seconds
    until(lambda: len(town.asked) > asked, "it asks again, and a halted reader gets the page", 100.0)
    assert stopped(daemon) == 0
    assert "Traceback" not in on_sqlite.log(daemon)


def readers_of(pid: int) -> list[int]:
    """Process ids of the children that read pages."""
    from pathlib import Path

    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = (entry / "stat").read_text().rpartition(")")[2].split()[1]
                said = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if parent == str(pid) and b"worker.isolated_child" in said:
                found.append(int(entry.name))
    return found


def _halt(pid: int) -> bool:
    """A halted reader is one that takes for ever over its page."""
    try:
        os.kill(pid, signal.SIGSTOP)
    except ProcessLookupError:
        return False
    return True


def end_the_hold(muniment: Muniment) -> None:
    """Ends the daemon's session, as an operator of the server might."""
    engine = create_engine(muniment.database, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        holders = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = :key AND granted"
        pid = connection.scalar(text(holders), {"key": HOLDING})
        assert pid is not None
        connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
    engine.dispose()


def frozen_between_two_writes(muniment: Muniment, pid: int) -> bool:
    """Stops a process, unless it is in a transaction: then it goes on."""
    os.kill(pid, signal.SIGSTOP)
    engine = create_engine(muniment.database)
    with engine.connect() as connection:
        writing = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = :key"
        between = connection.scalar(text(writing), {"key": FENCE}) == 0
    engine.dispose()
    if not between:
        os.kill(pid, signal.SIGCONT)
    return between


def test_a_daemon_whose_hold_on_postgres_is_ended_by_others_takes_it_again(muniment: Muniment) -> None:
    if not muniment.database.startswith("postgresql"):
        return
    daemon = muniment.start("run")
    until(lambda: documents(muniment) > 0, "it polls")
    end_the_hold(muniment)
    until(lambda: "paused" in muniment.log(daemon) and "has ended" in muniment.log(daemon), "it notices")
    until(lambda: "resumed" in muniment.log(daemon), "it goes on")
    muniment.run("run", expect=6)
    assert "Traceback" not in muniment.log(daemon)
    assert stopped(daemon) == 0, muniment.log(daemon)


def test_a_daemon_whose_hold_on_postgres_another_took_ends_with_6(muniment: Muniment) -> None:
    if not muniment.database.startswith("postgresql"):
        return
    daemon = muniment.start("run")
    until(lambda: documents(muniment) > 0, "it polls")
    standby = muniment.start("run", "--standby")
    until(lambda: "waiting" in muniment.log(standby), "the next one waits")
    until(lambda: frozen_between_two_writes(muniment, daemon.pid), "it stands still and cannot be the first to come")
    end_the_hold(muniment)
    until(lambda: "started" in muniment.log(standby), "the next one takes over")
    daemon.send_signal(signal.SIGCONT)
    assert daemon.wait(30) == 6
    log = muniment.log(daemon)
    assert "has ended" in log and "another process holds" in log and "Traceback" not in log
    assert stopped(standby) == 0, muniment.log(standby)
    assert muniment.json("verify")["damage"] == []


def test_a_signal_ends_it_though_the_database_keeps_it_waiting_from_the_start(muniment: Muniment) -> None:
    if not muniment.database.startswith("postgresql"):
        return
    muniment.run("migrate")
    engine = create_engine(muniment.database)
    with engine.connect() as connection:
        connection.execute(text("LOCK TABLE sources, pages IN ACCESS EXCLUSIVE MODE"))
        daemon = muniment.start("run")
        waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
        with engine.connect() as other:
            until(lambda: bool(other.scalar(text(waiting))), "it waits for the lock")
        assert stopped(daemon) == 0, muniment.log(daemon)
    engine.dispose()


def test_a_round_for_a_page_left_alone_or_spelled_otherwise_ends_with_its_result(
    on_sqlite: Muniment, town: Town
) -> None:
    items = [(f"/n/{n}.html", f"关于开展第{n}批惠民工程验收工作的通知") for n in range(1, 5)]
    town.says("/list", listing(*items))
    for path, name in items:
        town.says(path, notice(name, "现就验收工作的时间安排和有关要求通知如下，请各乡镇认真组织实施。"))
    source = {"id": "list", "url": town.url + "/list", "kind": "listing"}
    on_sqlite.configure(source, defaults={"every": "1d", "politeness": {"gap": "0s"}})
    on_sqlite.start("run")
    until(lambda: documents(on_sqlite) >= 4, "everything is read once")
    engine = create_engine(on_sqlite.database)
    with engine.begin() as connection:
        connection.execute(text("UPDATE pages SET state = 'retired' WHERE url LIKE '%/n/2.html'"))
    engine.dispose()
    done = on_sqlite.run("poll", town.url.upper().replace("HTTP", "http") + "/n/2.html#top")
    assert "1 pages polled" in done.stdout or "1 page polled" in done.stdout, done.stdout
    on_sqlite.configure({**source, "enabled": False})
    refused = on_sqlite.run("poll", town.url + "/n/2.html", expect=2)
    assert "not enabled" in refused.stderr
