"""Notifiers in the real daemon: killed, their receivers down, and everything is told all the same."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive import open_archive
from tests.support.receiver import Hook, mail_server
from tests.support.telling import Office, Outage, all_told, judge, wait_for, write_changes

CHANGES, DOCUMENTS, PATIENCE = 240, 20, 90.0


@pytest.fixture
def office(tmp_path: Path, empty_url: str) -> Iterator[Office]:
    office = Office(tmp_path, empty_url, [])
    yield office
    office.kill()


def test_each_change_is_told_at_least_once_and_in_order_through_an_outage_and_two_kills(office: Office) -> None:
    outage = Outage()
    with Hook(outage) as flaky, Hook() as steady, Hook(lambda heard: (500, {}, "")) as broken:
        hooks = {"flaky": flaky, "steady": steady, "broken": broken}
        office.notifiers = [{"id": name, "webhook": {"url": hook.url}} for name, hook in hooks.items()]
        office.prepare()
        office.start()
        writing = threading.Thread(target=write_changes, args=(office.database, CHANGES, DOCUMENTS, 0.05))
        writing.start()
        wait_for(lambda: len(flaky.taken) > 60, "the first changes are told", PATIENCE)
        office.kill()
        outage.down.set()
        office.start()
        wait_for(lambda: any(True for _ in flaky.heard[len(flaky.taken) :]), "the receiver is found down", PATIENCE)
        writing.join()
        wait_for(lambda: all_told(steady, CHANGES), "the other receiver is told everything meanwhile", PATIENCE)
        assert not all_told(flaky, CHANGES)
        office.kill()
        outage.down.clear()
        office.start()
        wait_for(lambda: all_told(flaky, CHANGES), "everything is told in the end", PATIENCE)
    for hook in (flaky, steady):
        told = judge(hook.taken, CHANGES)
        assert told.missed == [] and told.out_of_order == []
        assert told.twice <= 2 * 40, "what a kill repeats is bounded"
    with open_archive(office.database) as archive:
        fares = {lag.consumer.name: lag for lag in archive.consumers()}
    assert fares["broken"].consumer.seq == 0 and fares["broken"].waiting == CHANGES
    assert fares["broken"].oldest_waiting_at is not None and fares["broken"].consumer.failures > 0


def test_the_command_says_how_they_fare_and_sends_a_sample(office: Office) -> None:
    with Hook() as hook, mail_server() as box:
        office.environ = {"HOOK": "key"}
        office.notifiers = [
            {"id": "ops", "webhook": {"url": hook.url, "secret": "${HOOK}"}},
            {"id": "editors", "email": {"to": "a@example.org", "from": "m@example.org", "tls": "none",
                                        "server": f"127.0.0.1:{box.port}"}},
        ]  # fmt: skip
        office.prepare()
        write_changes(office.database, 30, 5)
        assert "not begun" in said(office, "notify")
        sample = said(office, "notify", "--test", "ops")
        assert "webhook-signature: v1," in sample and sample.endswith("ops: answers 204\nops: it arrived\n")
        assert hook.taken[0].json["test"] is True
        assert "taken by 127.0.0.1" in said(office, "notify", "--test", "editors")
        said(office, "notify", "--send")
        assert len(hook.taken) == 31 and len(box.letters) == 31
        fares = json.loads(said(office, "notify", "--json"))
        assert [(one["name"], one["seq"], one["waiting"]) for one in fares] == [("ops", 30, 0), ("editors", 30, 0)]
        hook.answer = lambda heard: (410, {}, "")
        write_changes(office.database, 31, 6)
        said(office, "notify", "--send", expect=4)
        assert "muniment notify --resume ops" in said(office, "notify")
        hook.answer = lambda heard: (204, {}, "")
        said(office, "notify", "--resume", "ops")
        said(office, "notify", "--send")
        assert "stopped" not in said(office, "notify")
        said(office, "notify", "--forget", "editors")
        assert "not begun" in said(office, "notify")
    assert "connection refused" in said(office, "notify", "--test", "ops", expect=4)
    said(office, "notify", "--test", "nobody", expect=2)


def test_changes_and_diff_say_what_kind_of_change_it_is(office: Office) -> None:
    office.prepare()
    write_changes(office.database, 30, 5)
    lines = said(office, "changes", "--silent").splitlines()
    assert len(lines) == 2 * 25
    assert set(lines[1::2]) == {"         silent edit: body; 10 % of the text; its own date stayed"}
    assert len(said(office, "changes", "--silent", "--limit", "2").splitlines()) == 4
    edit = json.loads(said(office, "changes", "--silent", "--limit", "1", "--json"))
    assert edit["nature"] == {"silent": True, "share": 0.1, "only": None, "parts": ["body"]}
    diff = said(office, "diff", edit["document_id"], "1", "2")
    assert "\nsilent edit: body; 10 % of the text; its own date stayed\n" in diff
    unlogged = json.loads(said(office, "diff", edit["document_id"], "2", "1", "--json"))
    assert unlogged["nature"]["parts"] == ["body"] and unlogged["nature"]["silent"] is None, "it prints no date"


def said(office: Office, *words: str, expect: int = 0) -> str:
    environ = {**os.environ, **office.environ}
    done = subprocess.run(office.command(*words), capture_output=True, text=True, timeout=120, env=environ)
    assert done.returncode == expect, done.stdout + done.stderr
    return done.stdout
