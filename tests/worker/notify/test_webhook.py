"""A webhook is told of each change in order, at least once, signed; and what its answers mean."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from archive.records import Nature
from tests.support.receiver import Heard, Hook
from tests.worker.notify.conftest import Office
from worker.notify.model import Digest, Message, Notifier, Rules, Sent, Webhook
from worker.notify.runner import Runner, backoff
from worker.notify.signing import key_bytes, signature

SILENT = Nature(True, 0.2, None, ("body",))


def hook_of(hook: Hook, **more: object) -> Notifier:
    return Notifier("ops", Webhook(hook.url, "key"), from_start=True, **more)  # type: ignore[arg-type]


def test_each_change_is_told_once_in_order_and_the_cursor_is_kept(office: Office) -> None:
    with Hook() as hook:
        for key in ("one", "two", "one", "one", "two"):
            office.writes(key)
        office.removes("two")
        fares = office.tells(hook_of(hook))
        assert [seq for heard in hook.taken for seq in heard.seqs] == [1, 2, 3, 4, 5, 6]
        assert (fares.seq, fares.delivered, fares.failures) == (6, 6, 0)
        office.writes("one")
        assert office.tells(hook_of(hook)).seq == 7
        assert hook.taken[-1].seqs == [7] and len(hook.heard) == 7


def test_what_a_receiver_is_told(office: Office) -> None:
    with Hook() as hook:
        office.writes("one", "The bridge is open.")
        office.writes("one", "The bridge is shut.", nature=SILENT)
        office.tells(hook_of(hook))
    said = hook.taken[1].json
    change = said.pop("changes")[0]
    assert said == {
        "type": "muniment.changes", "version": 1, "notifier": "ops", "test": False, "digest": False, "more": False,
    }  # fmt: skip
    assert change["nature"] == {"silent": True, "share": 0.2, "only": None, "parts": ["body"]}
    assert change["summary"] == "silent edit: body; 20 % of the text; its own date stayed"
    assert (change["seq"], change["kind"], change["version"], change["previous_version"]) == (2, "changed", 2, 1)
    assert (change["source_id"], change["tags"], change["at"]) == ("county", ["water"], "2024-03-01T08:02:00Z")


def test_a_message_names_itself_and_is_signed_over_name_time_and_body(office: Office) -> None:
    office.writes("one")
    with Hook(lambda heard: (503, {}, "down")) as hook:
        office.tells(hook_of(hook))
        office.clock.pass_(timedelta(minutes=1))
        hook.answer = lambda heard: (200, {}, "")
        office.tells(hook_of(hook))
        first, again = hook.heard
        assert first.headers["webhook-id"] == again.headers["webhook-id"] == again.headers["idempotency-key"]
        assert first.headers["webhook-timestamp"] != again.headers["webhook-timestamp"]
    for heard in (first, again):
        signed = f"{heard.headers['webhook-id']}.{heard.headers['webhook-timestamp']}.".encode() + heard.body
        due = base64.b64encode(hmac.new(b"key", signed, hashlib.sha256).digest()).decode()
        assert heard.headers["webhook-signature"] == f"v1,{due}"


def test_the_signature_is_the_one_of_the_specification() -> None:
    """The example that Standard Webhooks prints."""
    body = b'{"event_type":"ping","data":{"success":true}}'
    said = signature(key_bytes("whsec_plJ3nmyCDGBKInavdOK15jsl"), "msg_loFOjxBNrRLzqYUf", "1731705121", body)
    assert said == "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0="


def test_a_receiver_that_is_down_is_left_alone_for_longer_and_longer_and_then_told_everything(office: Office) -> None:
    with Hook(lambda heard: (500, {}, "broken")) as hook:
        for _ in range(3):
            office.writes("one")
        waits = []
        for _ in range(4):
            fares = office.tells(hook_of(hook))
            assert fares.next_try_at is not None and fares.last_error == "http-5xx: answers 500: broken"
            waits.append((fares.next_try_at - office.clock.now).total_seconds())
            assert office.tells(hook_of(hook)) == fares, "nothing is sent before its time"
            office.clock.now = fares.next_try_at
        assert waits == [1, 2, 4, 8] and fares.seq == 0 and fares.failures == 4
        hook.answer = lambda heard: (200, {}, "")
        fares = office.tells(hook_of(hook))
        assert [heard.seqs for heard in hook.taken] == [[1], [2], [3]]
        assert (fares.failures, fares.failing_since, fares.next_try_at) == (0, None, None)


def test_waits_double_have_a_random_half_and_an_end() -> None:
    assert backoff(1, 0.0) == timedelta(seconds=0.5) and backoff(1, 1.0) == timedelta(seconds=1)
    assert backoff(5, 1.0) == timedelta(seconds=16) and backoff(500, 1.0) == timedelta(minutes=10)


@pytest.mark.parametrize("status", [429, 503])
def test_a_receiver_that_says_when_is_asked_then(desk: Office, status: int) -> None:
    desk.writes("one")
    with Hook(lambda heard: (status, {"Retry-After": "900"}, "")) as hook:
        fares = desk.tells(hook_of(hook))
    assert fares.next_try_at == desk.clock.now + timedelta(seconds=900)


def test_410_stops_the_notifier_until_somebody_resumes_it(office: Office) -> None:
    office.writes("one")
    with Hook(lambda heard: (410, {}, "no such hook")) as hook:
        fares = office.tells(hook_of(hook))
        assert fares.stopped == "answers 410: no such hook: the receiver wants no more messages"
        office.clock.pass_(timedelta(days=1))
        office.tells(hook_of(hook))
        assert len(hook.heard) == 1
        hook.answer = lambda heard: (200, {}, "")
        with office.writer.begin() as tx:
            tx.save_consumer(replace(fares, stopped=None))
        assert office.tells(hook_of(hook)).seq == 1 and len(hook.taken) == 1


def test_a_message_that_its_receiver_refuses_is_set_aside_in_the_end_and_the_others_go_on(office: Office) -> None:
    def answer(heard: Heard) -> tuple[int, dict[str, str], str]:
        return (422 if heard.seqs == [2] else 200), {}, ""

    for _ in range(3):
        office.writes("one")
    with Hook(answer) as hook:
        patient = hook_of(hook, give_up=timedelta(hours=1))
        fares = office.tells(patient)
        assert (fares.seq, fares.set_aside) == (1, 0) and fares.refused_since is not None
        office.clock.pass_(timedelta(hours=2))
        fares = office.tells(patient)
        assert (fares.seq, fares.set_aside, fares.refused_since) == (3, 1, None)
        assert [heard.seqs for heard in hook.taken] == [[1], [3]]


def test_an_outage_however_long_sets_nothing_aside(desk: Office) -> None:
    desk.writes("one")
    with Hook(lambda heard: (404, {}, "")) as hook:
        for _ in range(5):
            fares = desk.tells(hook_of(hook, give_up=timedelta(hours=1)))
            desk.clock.pass_(timedelta(days=2))
        assert (fares.seq, fares.set_aside, fares.failures) == (0, 0, 5)
        hook.answer = lambda heard: (400, {}, "")
        assert desk.tells(hook_of(hook, give_up=timedelta(hours=1))).set_aside == 0, "refused for the first time"


def test_a_redirect_is_not_followed(desk: Office) -> None:
    desk.writes("one")
    with Hook() as other, Hook(lambda heard: (307, {"Location": other.url}, "")) as hook:
        fares = desk.tells(hook_of(hook))
        origin = other.url.removesuffix(urlsplit(other.url).path)
        assert fares.last_error is not None and f"{origin}/..." in fares.last_error and not other.heard


@pytest.mark.parametrize("place", ["/services/T0/s3cret", "https://ops:s3cret@example.org/?token=s3cret", "//s3cret"])
def test_where_a_redirect_leads_is_told_without_what_may_be_a_secret(desk: Office, place: str) -> None:
    desk.writes("one")
    with Hook(lambda heard: (308, {"Location": place}, "")) as hook:
        fares = desk.tells(hook_of(hook))
    said = (fares.last_error or "").replace("//s3cret/...", "")
    assert "308" in said and "s3cret" not in said


def test_a_message_that_breaks_its_sender_is_set_aside_in_the_end_and_the_others_go_on(desk: Office) -> None:
    def breaks(runner: Runner) -> None:
        whole = runner._sender.send

        async def send(message: Message) -> Sent:
            if message.last.seq == 1:
                raise KeyError("a mistake of ours")
            return await whole(message)

        runner._sender.send = send  # type: ignore[method-assign]

    desk.writes("one")
    desk.writes("two")
    with Hook() as hook:
        patient = hook_of(hook, give_up=timedelta(hours=1))
        assert desk.tells(patient, breaks).seq == 0
        desk.clock.pass_(timedelta(hours=2))
        fares = desk.tells(patient, breaks)
        assert (fares.seq, fares.set_aside) == (2, 1) and [heard.seqs for heard in hook.taken] == [[2]]


def test_an_address_that_is_not_allowed_is_not_dialled(desk: Office) -> None:
    desk.writes("one")
    with Hook() as hook:
        elsewhere = Notifier("ops", Webhook(hook.url.replace("127.0.0.1", "[::1]")), from_start=True)
        fares = desk.tells(elsewhere)
        assert fares.last_error is not None and "loopback" in fares.last_error and not hook.heard


def test_nobody_listening_is_a_failure_in_words(desk: Office) -> None:
    desk.writes("one")
    with Hook() as hook:
        pass
    fares = desk.tells(hook_of(hook))
    assert fares.last_error == "connect: connection refused" and fares.failures == 1


def test_a_new_notifier_begins_with_what_comes_and_one_from_the_start_with_all(office: Office) -> None:
    office.writes("one")
    with Hook() as hook:
        new = replace(hook_of(hook), from_start=False)
        assert office.tells(new).seq == 1 and not hook.heard
        office.writes("one")
        assert office.tells(new).seq == 2 and [heard.seqs for heard in hook.taken] == [[2]]
        office.tells(replace(new, name="other", from_start=True))
        assert [heard.seqs for heard in hook.taken] == [[2], [1], [2]]


def test_what_the_rules_pass_over_moves_the_cursor_all_the_same(office: Office) -> None:
    with Hook() as hook:
        office.writes("one")
        office.writes("one", nature=SILENT)
        office.writes("one")
        fares = office.tells(hook_of(hook, rules=Rules(silent_only=True)))
        assert [heard.seqs for heard in hook.taken] == [[2]] and (fares.seq, fares.delivered) == (3, 1)


def test_a_digest_tells_all_since_the_last_at_its_time_and_the_same_again_when_it_failed(office: Office) -> None:
    with Hook(lambda heard: (503, {}, "")) as hook:
        hourly = hook_of(hook, digest=Digest(timedelta(hours=1)))
        office.writes("one")
        fares = office.tells(hourly)
        assert not hook.heard and fares.next_try_at is not None and fares.next_try_at.minute == 0
        office.writes("two")
        office.clock.now = fares.next_try_at
        fares = office.tells(hourly)
        assert fares.until_seq == 2 and hook.heard[0].seqs == [1, 2]
        office.writes("three")
        assert fares.next_try_at is not None
        office.clock.now, hook.answer = fares.next_try_at, lambda heard: (200, {}, "")
        fares = office.tells(hourly)
        assert hook.heard[1].headers["webhook-id"] == hook.heard[0].headers["webhook-id"]
        assert hook.taken[0].seqs == [1, 2] and hook.taken[0].json["digest"] is True
        assert fares.next_try_at is not None and fares.seq == 2
        office.clock.now = fares.next_try_at
        office.tells(hourly)
        assert hook.taken[1].seqs == [3]
        office.clock.pass_(timedelta(hours=1))
        office.tells(hourly)
        assert len(hook.heard) == 3, "nothing new: nothing is said"


def test_a_digest_that_is_made_more_frequent_or_given_up_is_not_waited_for(office: Office) -> None:
    with Hook() as hook:
        office.writes("one")
        monthly = office.tells(hook_of(hook, digest=Digest(timedelta(days=30))))
        hourly = office.tells(hook_of(hook, digest=Digest(timedelta(hours=1))))
        assert monthly.next_try_at is not None and hourly.next_try_at is not None and not hook.heard
        assert hourly.next_try_at < monthly.next_try_at
        office.clock.now = hourly.next_try_at
        assert office.tells(hook_of(hook, digest=Digest(timedelta(hours=1)))).seq == 1
        office.writes("two")
        office.tells(hook_of(hook, digest=Digest(timedelta(days=30))))
        at_once = office.tells(hook_of(hook))
        assert (at_once.seq, at_once.next_try_at) == (2, None)
        assert [heard.seqs for heard in hook.taken] == [[1], [2]]


def test_a_template_makes_the_body(desk: Office) -> None:
    desk.writes("one", "The bridge is open.")
    desk.writes("one", 'The bridge is "shut".', nature=SILENT)
    with Hook() as hook:
        template = '{"text": {{ (change.summary ~ " " ~ diff) | tojson }}, "n": {{ changes | length }}}'
        desk.tells(hook_of(hook, template=template))
    said = hook.taken[1].json
    assert said["n"] == 1 and said["text"].startswith("silent edit: body") and '"shut"' in said["text"]
