"""What an operator sees of the real daemon: incidents, heartbeat, watchdog, a full disk, metrics, pages beside it."""

from __future__ import annotations

import contextlib
import json
import re
import signal
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import create_engine, text

from tests.acceptance.conftest import ALL, Muniment, documents, stopped, until
from tests.support.disks import fill, small_disk

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def asked(port: int, path: str) -> tuple[int, str]:
    """Status and body; 0 where nobody answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError:
        return 0, ""


def lines(muniment: Muniment, process: subprocess.Popen[str], event: str) -> list[str]:
    return [line for line in muniment.log(process).splitlines() if line.startswith(f"{event} ")]


# --- incidents -------------------------------------------------------------------------------------------------------


def test_a_source_that_fails_is_said_once_and_once_when_it_is_over(muniment: Muniment) -> None:
    entry = {"id": "quiet", "url": f"{muniment.site.url}/nothing-here.html", "kind": "page"}
    board = {"id": "board", "url": f"{muniment.site.url}/forum.php", "kind": "board"}
    muniment.configure(entry, board)
    daemon = muniment.start("run")
    until(lambda: lines(muniment, daemon, "incident"), "an incident is said")
    (found,) = until(lambda: muniment.json("incidents"), "the command knows it")
    assert (found["source_id"], found["kind"], found["closed_at"]) == ("quiet", "entry-failing", None)
    assert "(gone" in found["reason"] and "look for its new address" in found["reason"]
    assert "1 incident needs a person" in muniment.run("status").stdout
    muniment.configure(board)
    until(lambda: muniment.json("incidents") == [], "it is over")
    assert "the source is no longer watched" in " ".join(muniment.run("incidents", "--all").stdout.split())
    assert stopped(daemon) == 0
    assert len(lines(muniment, daemon, "incident")) == 2  # opened; over
    assert muniment.json("verify")["damage"] == []


def test_rounds_without_a_daemon_know_incidents_too(on_sqlite: Muniment) -> None:
    on_sqlite.configure({"id": "quiet", "url": f"{on_sqlite.site.url}/nothing-here.html", "kind": "page"})
    assert "incident source=quiet kind=entry-failing" in on_sqlite.run("poll", "--all").stderr
    assert "incident" not in on_sqlite.run("poll", "--all").stderr, "it is said once"
    assert "quiet: entry page fails, since" in on_sqlite.run("incidents").stdout


# --- whether it polls ------------------------------------------------------------------------------------------------


def test_other_processes_know_whether_polling_happens(muniment: Muniment) -> None:
    muniment.run("migrate")
    port = free_port()
    served = muniment.start("serve", "--listen", f"127.0.0.1:{port}")
    until(lambda: asked(port, "/healthz")[0] == 200, "serve is alive")
    status, body = asked(port, "/readyz")
    assert status == 503 and "muniment run" in body
    daemon = muniment.start("run")
    until(lambda: asked(port, "/readyz")[0] == 200, "polling is seen")
    until(lambda: documents(muniment) == ALL, "everything is read")
    assert "polling: last tick" in muniment.run("status").stdout
    assert muniment.run("status", "--check").stdout.startswith("polling")
    assert stopped(daemon) == 0
    until(lambda: asked(port, "/readyz")[0] == 503, "the end of polling is seen")
    assert "was stopped" in asked(port, "/readyz")[1]
    assert stopped(served) == 0


@contextlib.contextmanager
def locked(database: str) -> Iterator[None]:
    """Nobody else gets a write through."""
    engine = create_engine(database)
    with engine.connect() as connection:
        if database.startswith("sqlite"):
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.execute(text("LOCK TABLE pages IN ACCESS EXCLUSIVE MODE"))
        yield
    engine.dispose()


def test_a_daemon_in_which_nothing_moves_ends_itself_with_1(muniment: Muniment) -> None:
    muniment.configure(watchdog="4s")
    daemon = muniment.start("run")
    until(lambda: documents(muniment) > 0, "it polls")
    with locked(muniment.database):
        assert daemon.wait(60) == 1
    log = muniment.log(daemon)
    assert "stalled reason=" in log and "most recent call first" in log
    again = muniment.start("run")
    until(lambda: documents(muniment) == ALL, "started again it goes on")
    assert stopped(again) == 0


def test_the_supervisor_is_told(on_sqlite: Muniment, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind(str(on_sqlite.folder / "notify"))
        heard.settimeout(60)
        monkeypatch.setenv("NOTIFY_SOCKET", str(on_sqlite.folder / "notify"))
        monkeypatch.setenv("WATCHDOG_USEC", "3000000")
        daemon = on_sqlite.start("run")
        first = heard.recv(500).decode()
        while "READY=1" not in first:
            assert first == "WATCHDOG=1"
            first = heard.recv(500).decode()
        assert "STATUS=watching 2 sources" in first
        assert heard.recv(500) == b"WATCHDOG=1"
        daemon.send_signal(signal.SIGTERM)
        while heard.recv(500) != b"STOPPING=1":
            pass
        assert daemon.wait(60) == 0


# --- room ------------------------------------------------------------------------------------------------------------


def test_a_disk_that_is_nearly_full_pauses_polling_until_there_is_room(on_sqlite: Muniment) -> None:
    port = free_port()
    on_sqlite.configure(disk={"floor": "99.9%"}, metrics={"listen": f"127.0.0.1:{port}"})
    daemon = on_sqlite.start("run")
    until(lambda: lines(on_sqlite, daemon, "incident"), "it is said")
    assert documents(on_sqlite) == 0
    status, body = asked(port, "/readyz")
    assert status == 503 and "nearly full" in body
    assert "muniment_paused 1.0" in asked(port, "/metrics")[1]
    assert on_sqlite.run("status", "--check", expect=1).stdout.startswith("not polling: polling pauses")
    on_sqlite.configure(disk={"floor": 0}, metrics={"listen": f"127.0.0.1:{port}"})
    until(lambda: documents(on_sqlite) == ALL, "it goes on by itself")
    until(lambda: len(lines(on_sqlite, daemon, "incident")) == 2, "and says so")
    assert len(lines(on_sqlite, daemon, "paused")) == len(lines(on_sqlite, daemon, "resumed")) == 1
    assert asked(port, "/readyz")[0] == 200
    assert stopped(daemon) == 0


@pytest.fixture
def twelve_megabytes(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "small"
    folder.mkdir()
    with small_disk(folder, 12):
        yield folder


def test_a_disk_that_is_truly_full_tears_nothing(on_sqlite: Muniment, twelve_megabytes: Path) -> None:
    on_sqlite.database = f"sqlite:///{twelve_megabytes}/muniment.db"
    on_sqlite.configure(disk={"floor": 0})
    on_sqlite.run("migrate")
    filler = twelve_megabytes / "filler"
    fill(filler, 0)
    daemon = on_sqlite.start("run")
    until(lambda: lines(on_sqlite, daemon, "paused"), "started on a full disk it waits")
    fill(filler, 1_200_000)
    until(lambda: len(lines(on_sqlite, daemon, "paused")) == 2, "a write finds no room")
    assert daemon.poll() is None and "the disk under the database is full" in on_sqlite.log(daemon)
    assert documents(on_sqlite) < ALL
    filler.unlink()
    until(lambda: documents(on_sqlite) == ALL, "with room it goes on by itself", 90)
    assert stopped(daemon) == 0
    assert "Traceback" not in on_sqlite.log(daemon)
    assert on_sqlite.json("verify")["damage"] == []


# --- metrics ---------------------------------------------------------------------------------------------------------


def names_used(expression: str) -> set[str]:
    return set(re.findall(r"\bmuniment_\w+", expression))


def expressions() -> Iterator[tuple[str, str]]:
    rules = yaml.safe_load((ROOT / "deploy/prometheus/muniment.rules.yml").read_text(encoding="utf-8"))
    for group in rules["groups"]:
        for rule in group["rules"]:
            yield rule["alert"], rule["expr"]
    dashboard = json.loads((ROOT / "deploy/grafana/muniment.json").read_text(encoding="utf-8"))
    for panel in dashboard["panels"]:
        for target in panel["targets"]:
            yield panel["title"], target["expr"]
    for variable in dashboard["templating"]["list"]:
        if variable["type"] == "query":
            yield variable["name"], variable["query"]


def test_every_number_that_dashboard_and_alerts_ask_for_is_said(muniment: Muniment) -> None:
    port = free_port()
    muniment.configure(metrics={"listen": f"127.0.0.1:{port}"})
    daemon = muniment.start("run")
    until(lambda: documents(muniment) == ALL, "everything is read")

    def scraped() -> str:
        body = asked(port, "/metrics")[1]
        return body if f'muniment_changes_total{{kind="new"}} {ALL}.0' in body else ""

    families = list(text_string_to_metric_families(until(scraped, "the numbers are current")))
    said = {sample.name for family in families for sample in family.samples} | {family.name for family in families}
    of_sqlite_only = {"muniment_disk_free_bytes", "muniment_disk_floor_bytes"}
    if not muniment.database.startswith("sqlite"):
        said |= of_sqlite_only
    used = list(expressions())
    assert len(used) > 30
    for where, expression in used:
        assert names_used(expression) or "up{" in expression, where
        assert names_used(expression) <= said, where
    labels = {name for family in families for sample in family.samples for name in sample.labels}
    assert labels <= {"source", "outcome", "kind", "state", "notifier", "le"}
    assert "http" not in "".join(value for f in families for s in f.samples for value in s.labels.values())
    outcomes: dict[str, float] = {}
    for family in families:
        if family.name == "muniment_polls":
            for sample in family.samples:
                outcomes[sample.labels["outcome"]] = outcomes.get(sample.labels["outcome"], 0) + sample.value
    assert outcomes.get("ok", 0) >= 10 and set(outcomes) <= {"ok", "revisit", "not-modified"}
    assert stopped(daemon) == 0


def test_a_port_that_is_taken_is_said_and_stops_no_polling(on_sqlite: Muniment) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        on_sqlite.configure(metrics={"listen": address})
        daemon = on_sqlite.start("run", "--web", "--listen", address)
        until(lambda: documents(on_sqlite) == ALL, "it polls all the same")
        assert "no signals listen=" in on_sqlite.log(daemon)
        assert "no pages reason=" in on_sqlite.log(daemon)
    port = int(address.rpartition(":")[2])
    until(lambda: asked(port, "/")[0] == 200, "the pages come when the address is free")
    assert stopped(daemon) == 0


# --- pages beside the polling ----------------------------------------------------------------------------------------


def test_the_daemon_shows_the_pages_too(muniment: Muniment) -> None:
    port = free_port()
    muniment.configure(web={"listen": f"127.0.0.1:{port}"})
    daemon = muniment.start("run", "--web")
    until(lambda: documents(muniment) == ALL, "everything is read")
    for path in ("/", "/healthz", "/readyz", "/metrics"):
        assert asked(port, path)[0] == 200, path
    assert "muniment_polls_total" in asked(port, "/metrics")[1]
    assert f"pages address=http://127.0.0.1:{port}/" in muniment.log(daemon)
    assert stopped(daemon) == 0
    assert "Traceback" not in muniment.log(daemon)
    assert asked(port, "/")[0] == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_may_be_stopped_as_soon_as_its_pages_are_there(on_sqlite: Muniment, number: signal.Signals) -> None:
    port = free_port()
    daemon = on_sqlite.start("run", "--web", "--listen", f"127.0.0.1:{port}")
    until(lambda: "pages address=" in on_sqlite.log(daemon), "the pages are there")
    assert stopped(daemon, number) == 0
    assert "Traceback" not in on_sqlite.log(daemon)


def test_pages_that_strangers_could_read_are_refused_before_anything_is_done(on_sqlite: Muniment) -> None:
    done = on_sqlite.run("run", "--web", "--listen", f"0.0.0.0:{free_port()}", expect=3)
    assert "web.token" in done.stderr and not (on_sqlite.folder / "muniment.db").exists()


def test_the_shipped_files_are_well_formed() -> None:
    dashboard = json.loads((ROOT / "deploy/grafana/muniment.json").read_text(encoding="utf-8"))
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])
    compose = yaml.safe_load((ROOT / "deploy/compose.yaml").read_text(encoding="utf-8"))
    assert set(compose["services"]) == {"worker", "pages", "database"}
    unit = (ROOT / "deploy/muniment.service").read_text(encoding="utf-8")
    assert "\nType=notify\n" in unit and "\nWatchdogSec=" in unit
