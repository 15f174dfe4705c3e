"""`muniment poll`: one round now, with and without a daemon beside it, and what reading commands say afterwards."""

from __future__ import annotations

import pytest

from tests.acceptance.conftest import ALL, Muniment, documents, until
from worker.demo.world import NOTICES, STEPS


def test_a_round_finds_everything_and_a_second_one_nothing_new(muniment: Muniment) -> None:
    first = muniment.run("poll", "--all")
    assert documents(muniment) == ALL
    assert f"{ALL} changes; 0 pages failed" in first.stdout
    second = muniment.run("poll", "--all")
    assert "0 changes; 0 pages failed" in second.stdout, second.stdout
    with muniment.archive() as archive:
        payloads = [capture.payload_digest for capture in archive.captures()]
    assert len(set(payloads)) == len(payloads), "the site must not answer with the same bytes twice"


def test_each_change_of_the_site_is_one_change_of_the_archive(on_sqlite: Muniment) -> None:
    on_sqlite.run("poll", "--all")
    for step in STEPS:
        with on_sqlite.archive() as archive:
            before = archive.last_seq()
        step.do(on_sqlite.world)
        on_sqlite.run("poll", "notices" if step.brings[0][1] == "notice" else "board")
        if step.brings[0][0] == "back":  # confirmed gone: out of the round, asked rarely; by name it is asked now
            on_sqlite.run("poll", f"{on_sqlite.site.url}{NOTICES[2].path}")
        with on_sqlite.archive() as archive:
            found = [(change.kind, change.document_kind) for change in archive.changes_after(before)]
        assert found == list(step.brings), step.says


def test_reading_commands_say_what_was_kept(on_sqlite: Muniment) -> None:
    on_sqlite.run("poll", "--all")
    STEPS[3].do(on_sqlite.world)
    on_sqlite.run("poll", "notices")
    url = f"{on_sqlite.site.url}{NOTICES[0].path}"

    states = {state["source_id"]: state for state in on_sqlite.json("status")}
    assert states["notices"]["documents"] == 5 and states["notices"]["versions"] == 6
    changes = on_sqlite.run("changes", "--kind", "changed", "--diff").stdout
    assert "[-2.8-]{+2.2+}万元" in changes
    log = on_sqlite.json("log", url)
    assert [version["version"] for version in log["versions"]] == [1, 2]
    assert "2.8万元" in on_sqlite.run("show", url, "--version", "1").stdout
    assert "2.2万元" in on_sqlite.run("show", url).stdout
    assert "2.8万元" in on_sqlite.run("show", url, "--at", log["versions"][0]["captured_at"]).stdout
    raw = on_sqlite.run("show", url, "--raw").stdout
    assert raw.startswith("<!DOCTYPE html>") and "2.2万元" in raw
    assert "[-2.8-]{+2.2+}万元" in on_sqlite.run("diff", url, "1", "2").stdout
    topic = on_sqlite.run("show", f"{on_sqlite.site.url}/thread-11-1-1.html").stdout
    assert "#1  东江小店主" in topic and "#6  钢材老周" in topic
    every_line = on_sqlite.run("status").stdout.splitlines()
    assert every_line and all(len(line) <= 80 for line in every_line)


def test_a_round_of_one_source_leaves_the_others_alone(on_sqlite: Muniment) -> None:
    on_sqlite.run("poll", "board")
    states = {state["source_id"]: state for state in on_sqlite.json("status")}
    assert states["board"]["documents"] == 14 and states["notices"]["documents"] == 0


def test_a_page_that_fails_is_named_and_the_rest_is_stored(on_sqlite: Muniment) -> None:
    dead = {"id": "dead", "url": "http://127.0.0.1:9/", "deadline": "3s"}
    on_sqlite.configure({"id": "board", "url": f"{on_sqlite.site.url}/forum.php", "kind": "board"}, dead)
    done = on_sqlite.run("poll", "--all", expect=4)
    assert "failed  http://127.0.0.1:9/" in done.stdout and "error:connect" in done.stdout
    assert documents(on_sqlite) == 14


def test_beside_a_daemon_a_round_waits_for_its_result(on_sqlite: Muniment) -> None:
    on_sqlite.configure(defaults={"every": "1d", "politeness": {"gap": "0s"}})
    on_sqlite.start("run")
    until(lambda: documents(on_sqlite) == ALL, "everything is read once")
    STEPS[3].do(on_sqlite.world)
    done = on_sqlite.run("poll", "notices")
    assert "1 change;" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("poll",), 2, "name what to poll"),
        (("poll", "notises"), 2, 'did you mean "notices"?'),
        (("poll", "https://elsewhere.example/"), 2, "no source"),
        (("show", "nothing-like-this"), 2, "no document"),
        (("show", "x", "--at", "yesterday"), 2, "is not a time"),
        (("diff",), 2, "Missing argument"),
        (("frobnicate",), 2, "No such command"),
        (("stauts",), 2, "'status'?"),
    ],
)
def test_wrong_use_exits_with_2_and_says_what_to_do(on_sqlite: Muniment, arguments, code, said) -> None:
    on_sqlite.run("migrate")
    done = on_sqlite.run(*arguments, expect=code)
    assert said in done.stderr and "Traceback" not in done.stderr


def test_a_mistake_in_the_configuration_exits_with_3_and_names_its_line(on_sqlite: Muniment) -> None:
    (on_sqlite.folder / "sources.yaml").write_text(
        "sources:\n  - id: a\n    url: https://a.example/\n    every: 30 mins\n"
    )
    for command in ("run", "check", "poll --all"):
        done = on_sqlite.run(*command.split(), expect=3)
        assert (
            'sources.yaml:4: sources[0].every: "30 mins" is not a duration; use for example 30m, 2h, 1d' in done.stderr
        )


def test_without_an_archive_reading_commands_exit_with_1_and_say_why(on_sqlite: Muniment) -> None:
    done = on_sqlite.run("status", expect=1)
    assert done.stdout == "" and "Traceback" not in done.stderr and "muniment" in done.stderr
