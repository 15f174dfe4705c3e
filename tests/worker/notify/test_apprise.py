"""Whatever apprise reaches: here a JSON receiver on loopback."""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import Any

import pytest

from tests.support.receiver import Hook
from tests.worker.notify.conftest import Office
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


def test_without_the_extra_it_says_how_to_get_it(desk: Office, monkeypatch: Any) -> None:
    desk.writes("one")
    monkeypatch.setitem(sys.modules, "apprise", None)
    fares = desk.tells(Notifier("phone", Apprise(("json://127.0.0.1/",)), from_start=True))
    assert fares.last_error == "apprise is not installed: pip install 'muniment[apprise]'"
