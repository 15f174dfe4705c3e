"""Whatever apprise reaches: here a JSON receiver on loopback."""

from __future__ import annotations

import socket
import sys
import threading
from datetime import timedelta
from ipaddress import ip_network
from typing import Any

import pytest

from tests.support.receiver import Hook
from tests.worker.notify.conftest import Office
from worker.fetch.guard import Guard
from worker.notify.apprise import AppriseSender
from worker.notify.confined import confined
from worker.notify.model import Apprise, Notifier

pytest.importorskip("apprise", reason="the extra is not installed: pip install 'muniment[apprise]'")


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")  # apprise's own, below Python 3.13
def test_apprise_is_handed_title_and_text_and_its_failures_are_told(desk: Office) -> None:
    desk.writes("one", "The bridge is open.")
    with Hook(lambda heard: (500, {}, "")) as hook:
        phone = Notifier("phone", Apprise((f"json://127.0.0.1:{hook.port}/",)), from_start=True)
        fares = desk.tells(phone)
        assert fares.failures == 1 and fares.last_error and "500" in fares.last_error
        desk.clock.pass_(timedelta(minutes=1))
        hook.answer = lambda heard: (200, {}, "")
        assert desk.tells(phone).seq == 1
    said = hook.taken[0].json
    assert said["title"] == "new: A notice" and "The bridge is open." in said["message"]


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
@pytest.mark.parametrize("scheme", ["json", "xml", "form", "ntfy", "gotify", "mailto"])
def test_apprise_reaches_no_address_that_is_not_allowed(scheme: str) -> None:
    with Hook(lambda heard: (200, {}, "")) as hook:
        at = {"ntfy": "/topic", "gotify": "/secrettoken"}.get(scheme, "/")
        names = {"mailto": f"mailto://user:secret@localhost:{hook.port}/?to=a@b.example&mode=insecure"}
        url = names.get(scheme, f"{scheme}://localhost:{hook.port}{at}")
        sender = AppriseSender(Apprise((url,)), None, Guard(()))
        sent = sender._notify("new: A notice", "The bridge is open.")
    assert sent.verdict == "later" and not hook.taken
    assert "loopback" in sent.said


def test_a_confined_thread_is_judged_where_it_dials_and_others_are_not() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        at = server.getsockname()
        with confined(()) as refused:
            for host in ("127.0.0.1", "localhost"):
                with pytest.raises(OSError, match="loopback"):
                    socket.create_connection((host, at[1]), 1)
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as unconnected:
                with pytest.raises(OSError, match="loopback"):
                    unconnected.sendto(b"x", at)
                with pytest.raises(OSError, match="no address"):
                    unconnected.connect(("localhost", at[1]))
            others: list[bool] = []
            thread = threading.Thread(target=lambda: others.append(_dials(at)))
            thread.start()
            thread.join()
        assert len(refused) == 1 and "cannot be judged" in refused[0]
        with confined((ip_network("127.0.0.0/8"),)) as refused:
            assert _dials(at)
        assert others == [True] and not refused and _dials(at)


def _dials(at: tuple[str, int]) -> bool:
    with socket.create_connection(at, 1):
        return True


def test_without_the_extra_it_says_how_to_get_it(desk: Office, monkeypatch: Any) -> None:
    desk.writes("one")
    monkeypatch.setitem(sys.modules, "apprise", None)
    fares = desk.tells(Notifier("phone", Apprise(("json://127.0.0.1/",)), from_start=True))
    assert fares.last_error == "unsupported: apprise is not installed: pip install 'muniment[apprise]'"
