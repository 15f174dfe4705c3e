"""What bad input does to an isolated process stays there."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from worker.isolate import Limits, Pool


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> Iterator[Pool]:
    monkeypatch.syspath_prepend(str(Path(__file__).parents[3]))
    pool = Pool(1)
    yield pool
    pool.close()


def test_bytes_and_options_arrive_and_the_answer_comes_back(pool: Pool) -> None:
    answer = pool.run("tests.support.victims:length", b"x" * 3_000_000, {"name": "报告"})
    assert answer.failure is None
    assert isinstance(answer.value, dict)
    assert answer.value["length"] == 3_000_000
    assert answer.value["options"] == {"name": "报告"}


def test_a_child_serves_many_tasks_and_is_replaced_after_a_death(pool: Pool) -> None:
    pids = [pool.run("tests.support.victims:length").value["pid"] for _ in range(3)]  # type: ignore[index]
    assert len(set(pids)) == 1
    assert pids[0] != os.getpid()
    assert pool.run("tests.support.victims:die").failure == "crash"
    assert pool.run("tests.support.victims:length").value["pid"] != pids[0]  # type: ignore[index]


def test_a_child_is_replaced_after_its_number_of_tasks(pool: Pool) -> None:
    pool.tasks = 2
    pids = [pool.run("tests.support.victims:length").value["pid"] for _ in range(3)]  # type: ignore[index]
    assert pids[0] == pids[1] != pids[2]


def test_a_child_without_work_is_ended_and_the_next_task_starts_another(pool: Pool) -> None:
    first = pool.run("tests.support.victims:length").value["pid"]  # type: ignore[index]
    assert pool.retire(idle=3600) == 0
    assert pool.run("tests.support.victims:length").value["pid"] == first  # type: ignore[index]
    assert pool.retire(idle=0) == 1
    assert not Path(f"/proc/{first}").exists()
    assert pool.run("tests.support.victims:length").value["pid"] != first  # type: ignore[index]


def test_a_task_that_hangs_is_killed_in_time(pool: Pool) -> None:
    begun = time.monotonic()
    assert pool.run("tests.support.victims:hang", limits=Limits(seconds=0.5)).failure == "time"
    assert time.monotonic() - begun < 10


def test_a_task_that_swallows_memory_is_stopped_and_the_parent_stays_flat(pool: Pool) -> None:
    pool.run("tests.support.victims:length")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    answer = pool.run("tests.support.victims:swallow", limits=Limits(memory=100 * 1024 * 1024))
    assert answer.failure == "memory"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 5_000
    assert pool.run("tests.support.victims:length").failure is None


def test_an_answer_beyond_the_limit_is_not_taken_in(pool: Pool) -> None:
    assert pool.run("tests.support.victims:babble", limits=Limits(output=1_000_000)).failure == "output"
    assert pool.run("tests.support.victims:length").failure is None


def test_an_exception_comes_back_with_its_name(pool: Pool) -> None:
    answer = pool.run("tests.support.victims:refuse")
    assert (answer.failure, answer.kind, answer.error) == ("raised", "ValueError", "no such thing")


def test_a_task_cannot_write_files_and_what_it_prints_does_no_harm(pool: Pool, tmp_path: Path) -> None:
    path = tmp_path / "made"
    answer = pool.run("tests.support.victims:write", options={"path": str(path)})
    assert answer.failure is not None
    assert not path.exists() or path.stat().st_size == 0


def test_a_child_ends_with_its_parent_s_pipe(pool: Pool) -> None:
    pid = pool.run("tests.support.victims:length").value["pid"]  # type: ignore[index]
    pool.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_child_with_no_memory_left_to_say_so_is_out_of_memory_all_the_same(pool: Pool) -> None:
    assert pool.run("tests.support.victims:hoard", limits=Limits(memory=60_000_000)).failure == "memory"
