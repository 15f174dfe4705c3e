"""/healthz, /readyz and /metrics, on a port of their own: answered whatever goes wrong."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families

from archive import open_archive, open_writable
from archive.counting import FRESH_SECONDS, Counting
from archive.errors import Unavailable
from tests.archive.house import decided, fetched, later, revision, says, watched
from tests.worker.test_watch import BEAT, NOW
from worker.answering import Answer, Port, answers, as_json
from worker.metrics import rendered
from worker.tally import Tally


def get(port: Port, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port.port}{path}", timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_a_port_answers_says_what_it_knows_and_survives_mistakes() -> None:
    def broken() -> Answer:
        raise RuntimeError("a mistake of ours")

    port = Port("127.0.0.1", 0, {"/healthz": lambda: as_json(200, {"alive": True}), "/broken": broken})
    try:
        assert get(port, "/healthz?verbose") == (200, '{\n "alive": true\n}\n')
        assert get(port, "/nothing") == (404, "here are /healthz, /broken\n")
        status, body = get(port, "/broken")
        assert status == 500 and "a mistake of ours" in body
        assert get(port, "/healthz")[0] == 200
    finally:
        port.close()


@pytest.mark.parametrize(
    ("host", "status"),
    [("evil.example:9464", 421), ("Signals.example:443", 200), ("localhost", 200),
     ("127.0.0.1:9464", 200), ("[::1]:1", 200), ("[", 421)],
)
def test_a_name_that_is_pointed_at_loopback_is_not_answered(host: str, status: int) -> None:
    port = Port("127.0.0.1", 0, {"/healthz": lambda: as_json(200, {"alive": True})}, ["signals.example"])
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port.port, timeout=30)
        connection.request("GET", "/healthz", headers={"Host": host})
        assert connection.getresponse().status == status
        connection.close()
    finally:
        port.close()


def test_an_archive_that_does_not_answer_is_said_not_raised() -> None:
    def away() -> None:
        raise Unavailable("the database did not answer")

    said = answers(lambda: NOW, Counting(away))  # type: ignore[arg-type]
    ready = said["/readyz"]()
    assert ready.status == 503 and "did not answer" in json.loads(ready.body)["reasons"][0]
    assert b"muniment_archive_up 0.0" in said["/metrics"]().body


def test_what_is_counted_comes_out_with_bounded_labels() -> None:
    tally = Tally()
    for outcome, seconds in (("ok", 0.2), ("ok", 99.0), ("blocked", 0.05)):
        tally.polled("county", outcome, 1000, timedelta(seconds=seconds), timedelta(milliseconds=3))
    body = rendered(NOW, tally, BEAT, None).decode()
    samples = {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(body)
        for sample in family.samples
    }
    assert samples["muniment_polls_total", ("outcome", "ok"), ("source", "county")] == 2
    assert samples["muniment_payload_bytes_total", ("source", "county")] == 3000
    assert samples["muniment_fetch_seconds_bucket", ("le", "0.05")] == 1
    assert samples["muniment_fetch_seconds_bucket", ("le", "0.25")] == 2
    assert samples["muniment_fetch_seconds_bucket", ("le", "+Inf")] == samples["muniment_fetch_seconds_count",] == 3
    assert samples["muniment_fetch_seconds_sum",] == pytest.approx(99.25)
    assert samples["muniment_ready",] == 1
    assert "muniment_disk_free_bytes" not in body, "of a database on a server nothing is said"


def test_only_what_is_new_is_counted(database_url: str) -> None:
    clock = [0.0]
    counting = Counting(lambda: open_archive(database_url), lambda: clock[0])
    with open_writable(database_url) as writer:
        (page,) = watched(writer, "notice")
        for number in (1, 2):
            with writer.begin() as tx:
                capture = tx.record_capture(fetched(page, later(number)), b"%d" % number)
                decided(tx, capture, revision("notice", says(f"text {number}"), "new" if number == 1 else "changed"))
            known = counting.numbers()
            assert known.captures == number, "five seconds later it is looked at again"
            clock[0] += FRESH_SECONDS
        assert (known.changes["new"], known.changes["changed"], known.changes["gone"]) == (1, 1, 0)
        assert known.versions == 1 and known.documents == {"present": 1}, "counted once a minute"
        clock[0] += 60
        assert counting.numbers().versions == 2
        assert counting.numbers() is counting.numbers()
    counting.close()
