"""Waiting for the next change, against a real server on loopback: long poll and server-sent events miss nothing, say
nothing twice, hold no thread, and end when the server does."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from archive import Writer, open_writable
from tests.archive.shelf import Shelf
from tests.web.served import Site, served
from tests.web.tool import as_described

CHANGES = "/api/v1/changes"
PATIENCE = 60.0
"""seconds after which a test gives up; nothing here is timed"""


@pytest.fixture
def writer(database_url: str) -> Iterator[Writer]:
    with open_writable(database_url) as opened:
        yield opened


@pytest.fixture
def shelf(writer: Writer) -> Shelf:
    shelf = Shelf(writer, "county", "quiet")
    shelf.say("a", "first")
    shelf.say("b", "second")
    return shelf


@pytest.fixture
def site(shelf: Shelf, database_url: str) -> Iterator[Site]:
    with served(database_url) as running:
        yield running


def get(site: Site, path: str) -> Any:
    answer = httpx.get(site.address + path, timeout=PATIENCE)
    as_described(path, answer)
    assert answer.status_code == 200, answer.text
    return answer.json()


def events(lines: Iterator[str]) -> Iterator[dict[str, Any]]:
    """What an EventSource would be handed: events with data; `id` alone moves the last id on."""
    said: dict[str, Any] = {}
    for line in lines:
        if line == "":
            if said:
                yield said
            said = {}
        elif line.startswith(":"):
            yield {"comment": line}
        else:
            name, _, value = line.partition(": ")
            said[name] = value


def told(site: Site, path: str, count: int, seen: int | None = None) -> tuple[list[int], int]:
    """Numbers of the first `count` changes of a stream, and the last id."""
    headers = {"accept": "text/event-stream"} | ({} if seen is None else {"last-event-id": str(seen)})
    numbers: list[int] = []
    last = -1
    with httpx.stream("GET", site.address + path, headers=headers, timeout=PATIENCE) as answer:
        as_described(path, _head(answer))
        for event in events(answer.iter_lines()):
            last = int(event.get("id", last))
            if "data" in event:
                assert event["event"] == "change" and json.loads(event["data"])["seq"] == int(event["id"])
                numbers.append(int(event["id"]))
            if len(numbers) >= count:
                break
    return numbers, last


def _head(answer: httpx.Response) -> httpx.Response:
    return httpx.Response(answer.status_code, headers={"content-type": answer.headers["content-type"]}, content=b"")


def test_a_long_poll_answers_at_once_where_there_is_something(site: Site) -> None:
    said = get(site, CHANGES + "?since=1&wait=60")
    assert ([change["seq"] for change in said["changes"]], said["last_seq"], said["next"]) == ([2], 2, None)


def test_a_long_poll_hears_of_the_next_change(site: Site, shelf: Shelf) -> None:
    heard: list[Any] = []
    waiting = threading.Thread(target=lambda: heard.append(get(site, CHANGES + "?since=2&wait=60")))
    waiting.start()
    shelf.say("c", "third")
    waiting.join(PATIENCE)
    assert [change["seq"] for change in heard[0]["changes"]] == [3]


def test_a_long_poll_with_a_filter_waits_for_what_fits(site: Site, shelf: Shelf) -> None:
    heard: list[Any] = []
    path = CHANGES + "?since=0&wait=60&source=quiet"
    waiting = threading.Thread(target=lambda: heard.append(get(site, path)))
    waiting.start()
    for number in range(3):
        shelf.say(f"loud{number}", "not this")
    shelf.say("q", "but this", source="quiet")
    waiting.join(PATIENCE)
    assert [change["source_id"] for change in heard[0]["changes"]] == ["quiet"]
    assert heard[0]["last_seq"] == 6


def test_a_long_poll_that_hears_nothing_says_where_it_was(site: Site) -> None:
    said = get(site, CHANGES + "?since=2&wait=1")
    assert (said["changes"], said["last_seq"], said["next"]) == ([], 2, None)


def test_waiting_takes_no_thread_and_one_look_for_all(site: Site, shelf: Shelf) -> None:
    heard: list[Any] = []
    many = [
        threading.Thread(target=lambda: heard.append(get(site, CHANGES + "?since=2&wait=60"))) for _ in range(30)
    ]  # fmt: skip
    for each in many:
        each.start()
    state = site.state
    while not hasattr(state, "watcher") or state.watcher._waiting < 30:
        time.sleep(0.01)
    # thirty wait, four threads draw: everybody else is still answered
    assert get(site, CHANGES + "?since=0")["last_seq"] == 2
    watcher = site.state.watcher
    assert watcher._task is not None and not watcher._task.done()
    shelf.say("c", "third")
    for each in many:
        each.join(PATIENCE)
    assert [[change["seq"] for change in said["changes"]] for said in heard] == [[3]] * 30
    while watcher._waiting or not watcher._task.done():
        time.sleep(0.01)
    looks = watcher.looks
    time.sleep(1.2)
    assert watcher.looks == looks  # nobody waits, nobody looks


def test_a_stream_begins_with_what_is_new(site: Site, shelf: Shelf) -> None:
    heard: list[Any] = []
    streaming = threading.Thread(target=lambda: heard.append(told(site, CHANGES + "/stream", 2)))
    streaming.start()
    while not getattr(site.state, "streams", 0):
        time.sleep(0.01)
    shelf.say("c", "third")
    shelf.say("a", "first, again")
    streaming.join(PATIENCE)
    assert heard == [([3, 4], 4)]


def test_a_stream_cut_again_and_again_misses_nothing_and_says_nothing_twice(site: Site, shelf: Shelf) -> None:
    writing = threading.Thread(target=lambda: [shelf.say(f"n{number}", "text") for number in range(40)])
    writing.start()
    heard: list[int] = []
    last = 0
    while len(heard) < 42:
        numbers, last = told(site, CHANGES, min(5, 42 - len(heard)), last)
        heard += numbers
    writing.join()
    assert heard == list(range(1, 43))


def test_a_filtered_stream_moves_on_past_what_does_not_fit(site: Site, shelf: Shelf) -> None:
    shelf.say("q", "this", source="quiet")
    for number in range(3):
        shelf.say(f"loud{number}", "not this")
    headers = {"accept": "text/event-stream"}
    url = site.address + CHANGES + "/stream?since=0&source=quiet"
    with httpx.stream("GET", url, headers=headers, timeout=PATIENCE) as answer:
        lines = events(answer.iter_lines())
        first, change, on = next(lines), next(lines), next(lines)
    assert (first["id"], change["id"], on) == ("0", "3", {"id": "6"})


def test_a_silent_stream_says_that_it_is_alive(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archive.web.api.stream.HEARTBEAT", 0.05)
    with httpx.stream("GET", site.address + CHANGES + "/stream", timeout=PATIENCE) as answer:
        lines = events(answer.iter_lines())
        assert next(lines)["id"] == "2"
        assert next(lines)["comment"].startswith(":")


def test_a_bad_last_event_id_is_named(site: Site) -> None:
    answer = httpx.get(site.address + CHANGES + "/stream", headers={"last-event-id": "x"}, timeout=PATIENCE)
    assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (400, "Last-Event-ID")


def test_streams_and_waits_end_when_the_server_stops(shelf: Shelf, database_url: str) -> None:
    ended: list[Any] = []
    with served(database_url) as site:

        def stream() -> None:
            with httpx.stream("GET", site.address + CHANGES + "/stream", timeout=PATIENCE) as answer:
                ended.append([event.get("id") for event in events(answer.iter_lines())])

        both = [threading.Thread(target=stream),
                threading.Thread(target=lambda: ended.append(get(site, CHANGES + "?since=2&wait=60")["changes"]))]
        for each in both:
            each.start()
        state = site.state
        while getattr(getattr(state, "watcher", None), "_waiting", 0) < 2:
            time.sleep(0.01)
        site.stop()
        for each in both:
            each.join(PATIENCE)
    # both ended as answers do: the chunked body was closed, the JSON was whole
    assert sorted(map(str, ended)) == sorted(map(str, [["2"], []]))


def test_more_streams_than_there_can_be_are_told_to_come_again(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archive.web.api.stream.MOST", 0)
    answer = httpx.get(site.address + CHANGES + "/stream", timeout=PATIENCE)
    as_described(CHANGES + "/stream", answer)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "10")


def test_as_many_wait_as_may_and_the_next_is_told_to_come_again(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archive.web.api.watcher.MOST", 0)
    refused = httpx.get(f"{site.address}{CHANGES}?since=99&wait=30", timeout=PATIENCE)
    as_described(CHANGES, refused)
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "10")
    assert httpx.get(f"{site.address}{CHANGES}?since=99", timeout=PATIENCE).status_code == 200
