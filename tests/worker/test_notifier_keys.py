"""`notifiers` of sources.yaml: what it gives when it is right, and what is said when it is not."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest

from worker.errors import ConfigError
from worker.notify.model import Apprise, Digest, Mail, Notifier, Rules, Webhook
from worker.sources import load

SOURCES = "sources:\n- {id: county, url: 'https://county.example/', tags: [water]}\n"
ENVIRON = {"HOOK": "key", "SMTP": "word", "BAD": "whsec_!"}


def notifiers(folder: Path, text: str) -> tuple[Notifier, ...]:
    path = folder / "sources.yaml"
    path.write_text(SOURCES + text, encoding="utf-8")
    return load(path, ENVIRON).notifiers


def mistakes(folder: Path, text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        notifiers(folder, text)
    return [str(mistake) for mistake in caught.value.mistakes]


def test_the_whole_of_it(tmp_path: Path) -> None:
    ops, editors, phone = notifiers(
        tmp_path,
        """
notifiers:
- id: ops
  webhook: {url: https://ops.example/hook, secret: '${HOOK}', headers: {X-Team: records}}
  rules: {sources: county, tags: [water], kinds: [changed, gone], documents: notice, fields: title, words: 停水,
          silent_only: true}
  template: '{"text": {{ change.title | tojson }}}'
  from: start
  allow: 10.0.0.0/8
  give_up: 2h
- id: editors
  email: {to: [clerk@example.org], from: Muniment <m@example.org>, server: smtp.example.org, user: m,
          password: '${SMTP}'}
  digest: {cron: 0 9 * * mon-fri, zone: Asia/Shanghai}
- id: phone
  apprise: {urls: 'ntfy://muniment'}
  digest: 1h
""",
    )
    assert ops == Notifier(
        "ops", Webhook("https://ops.example/hook", "key", {"X-Team": "records"}),
        Rules(("county",), ("water",), ("changed", "gone"), ("notice",), ("title",), ("停水",), True),
        '{"text": {{ change.title | tojson }}}', from_start=True, give_up=timedelta(hours=2),
        allow=(ip_network("10.0.0.0/8"),),
    )  # fmt: skip
    assert editors.channel == Mail(
        ("clerk@example.org",), "Muniment <m@example.org>", "smtp.example.org", 587, "m", "word", "starttls"
    )
    assert editors.digest == Digest(cron="0 9 * * mon-fri", zone="Asia/Shanghai") and not editors.from_start
    assert phone.channel == Apprise(("ntfy://muniment",)) and phone.digest == Digest(timedelta(hours=1))


@pytest.mark.parametrize(("tls", "server", "port"), [("tls", "h", 465), ("none", "h", 25), ("none", "[::1]:26", 26)])
def test_a_servers_port(tmp_path: Path, tls: str, server: str, port: int) -> None:
    keys = f"{{to: a@b.example, from: a@b.example, server: '{server}', tls: {tls}}}"
    (one,) = notifiers(tmp_path, f"notifiers:\n- id: a\n  email: {keys}\n")
    assert isinstance(one.channel, Mail) and one.channel.port == port


HOOK = "  webhook: {url: 'https://h.example/'}\n"


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ("", "sources.yaml:4: notifiers[0]: needs one of webhook, email, apprise"),
        (HOOK + "  apprise: {urls: 'x://'}\n", ":4: notifiers[0]: has webhook and apprise; keep one of them"),
        ("  webhook: {url: 'https://h.example/', secret: plain}\n",
         ":5: notifiers[0].webhook.secret: comes from the environment: write ${NAME} and set that variable"),
        ("  webhook: {url: 'https://h.example/', secret: '${NOT}'}\n",
         "sources.yaml:5: notifiers[0].webhook.secret: the environment variable NOT is not set"),
        ("  webhook: {url: 'https://h.example/', secret: '${BAD}'}\n", "secret: what follows whsec_ is not base64"),
        (HOOK + "  rules:\n    sources: [conty]\n",
         'sources.yaml:7: notifiers[0].rules.sources[0]: "conty" is no source of this file; did you mean "county"?'),
        (HOOK + "  rules: {kinds: [chnged]}\n", 'notifiers[0].rules.kinds[0]: "chnged" is not one of new, changed'),
        (HOOK + "  template: |\n    one\n    {{ chnge }}\n",
         "sources.yaml:6: notifiers[0].template: line 2 of the template: 'chnge' is undefined"),
        (HOOK + "  digest: {cron: '* *'}\n", "sources.yaml:6: notifiers[0].digest.cron: "),
        (HOOK + "  digest: 5\n", 'notifiers[0].digest: 5 is not a duration; use for example 30m, 2h, 1d'),
        (HOOK + "  webhok: 1\n", 'notifiers[0].webhok: unknown key; did you mean "webhook"?'),
        ("  email: {to: nobody, from: a@b.example, server: h}\n", 'email.to[0]: "nobody" is not a mail address'),
        ("  email: {to: [], from: a@b.example, server: h}\n", "email.to"),
        ("  email: {to: a@b.example, from: a@b.example, server: 'http://h/'}\n", "is not a server"),
        ("  email: {to: a@b.example, from: a@b.example, server: h, password: '${SMTP}'}\n", "needs a user:, too"),
    ],
)  # fmt: skip
def test_mistakes_name_their_line_and_say_what_to_write(tmp_path: Path, keys: str, said: str) -> None:
    (mistake,) = mistakes(tmp_path, f"notifiers:\n- id: a\n{keys}")
    assert said in mistake


def test_two_of_one_name(tmp_path: Path) -> None:
    (mistake,) = mistakes(tmp_path, f"notifiers:\n- id: a\n{HOOK}- id: a\n{HOOK}")
    assert mistake == 'sources.yaml:6: notifiers[1].id: "a" is already used on line 4'


def test_a_list_is_wanted(tmp_path: Path) -> None:
    (mistake,) = mistakes(tmp_path, "notifiers: ops\n")
    assert "is not a list" in mistake
