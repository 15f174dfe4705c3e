"""What goes wrong with a notifier is named and counted by what it is."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
import trustme

from tests.support.faults import FaultServer
from tests.support.receiver import Hook
from tests.worker.notify.conftest import Office
from worker.metrics import rendered
from worker.notify.model import Apprise, Mail, Notifier, Webhook


@contextmanager
def receiver(how: str) -> Iterator[Webhook | Mail]:
    """A receiver that fails in this way."""
    if how.startswith("answers "):
        status = int(how.removeprefix("answers "))
        with Hook(lambda heard: (status, {"Location": "/elsewhere"} if status == 302 else {}, "no")) as hook:
            yield Webhook(hook.url)
    elif how == "certificate":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
        with FaultServer(tls=context) as server:
            yield Webhook(server.says("/"))
    elif how == "nobody listens":
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        yield Webhook(f"http://127.0.0.1:{port}/")
    else:
        yield {
            "private address": Webhook("http://10.1.2.3/hook"),
            "no such name": Webhook("http://nowhere.invalid/hook"),
            "no such mail server": Mail(("a@example.org",), "b@example.org", "nowhere.invalid", 25, tls="none"),
            "private mail server": Mail(("a@example.org",), "b@example.org", "10.1.2.3", 25, tls="none"),
        }[how]


NAMES = {
    "private address": "forbidden-address", "no such name": "dns", "certificate": "tls", "nobody listens": "connect",
    "answers 404": "http-4xx", "answers 422": "http-4xx", "answers 410": "http-4xx", "answers 429": "rate-limited",
    "answers 503": "http-5xx", "answers 302": "redirects", "no such mail server": "dns",
    "private mail server": "forbidden-address",
}  # fmt: skip


@pytest.mark.parametrize("how", NAMES)
def test_what_goes_wrong_is_named_and_counted_by_what_it_is(desk: Office, how: str) -> None:
    with receiver(how) as channel:
        desk.writes("one")
        fares = desk.tells(Notifier("ops", channel, from_start=True))
    assert (fares.last_error or "").startswith(f"{NAMES[how]}: ")
    assert desk.tally.messages == {("ops", NAMES[how]): 1}
    said = rendered(datetime.now(UTC), desk.tally, None, None).decode()
    assert f'muniment_notifier_messages_total{{notifier="ops",outcome="{NAMES[how]}"}} 1.0' in said


def test_a_template_that_fails_is_no_refusal_of_the_receiver(desk: Office) -> None:
    with Hook() as hook:
        desk.writes("one")
        fares = desk.tells(Notifier("ops", Webhook(hook.url), template="{{ 1 // 0 }}", from_start=True))
        assert hook.heard == []
    assert (fares.last_error or "").startswith("template: the template fails: ")


def test_an_address_that_apprise_may_not_reach_is_named_so(desk: Office) -> None:
    pytest.importorskip("apprise")
    desk.writes("one")
    fares = desk.tells(Notifier("ops", Apprise(("json://10.1.2.3/",)), from_start=True))
    assert (fares.last_error or "").startswith("forbidden-address: ")


def test_what_was_sent_is_counted_too(desk: Office) -> None:
    with Hook() as hook:
        desk.writes("one")
        desk.tells(Notifier("ops", Webhook(hook.url), from_start=True, give_up=timedelta(0)))
    assert desk.tally.messages == {("ops", "sent"): 1}
