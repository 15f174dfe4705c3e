"""Notifiers of sources.yaml: what their keys must say together, and the values they become."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import timedelta
from urllib.parse import urlsplit

from worker.notify.model import Apprise, Digest, Mail, Notifier, Rules, Webhook
from worker.sources.document import Document, KeyPath
from worker.sources.model import AppriseKeys, CronKeys, EmailKeys, OneNotifier, WebhookKeys
from worker.sources.values import near, shown

CHANNELS = ("webhook", "email", "apprise")
PORTS = {"starttls": 587, "tls": 465, "none": 25}
_SECRETS = {"webhook": "secret", "email": "password"}
_FROM_ENVIRONMENT = re.compile(r"\$\{[^}]+\}")


def look_at_notifier(keys: OneNotifier, path: KeyPath, sources: Collection[str], document: Document) -> None:
    """Notes what is wrong with a notifier whose single keys are right."""
    channels = [name for name in CHANNELS if getattr(keys, name) is not None]
    if len(channels) != 1:
        which = f"has {' and '.join(channels)}; keep one of them" if channels else f"needs one of {', '.join(CHANNELS)}"
        document.add(path, which)
    for name in channels:
        _look_at_secret(name, path, document)
    for number, source in enumerate(keys.rules.sources):
        if source not in sources:
            hint = near(source, sources) or " name the id of one"
            document.add((*path, "rules", "sources", number), f"{shown(source)} is no source of this file;{hint}")
    if keys.webhook is not None and keys.webhook.secret is not None:
        _look_at_key(keys.webhook.secret, (*path, "webhook", "secret"), document)
    _look_at_template(keys.template, (*path, "template"), document)
    if keys.email is not None:
        _look_at_template(keys.email.subject, (*path, "email", "subject"), document)
        if keys.email.password is not None and keys.email.user is None:
            document.add((*path, "email", "password"), "needs a user:, too")
    if isinstance(keys.digest, CronKeys):
        look_at_cron(keys.digest.cron, (*path, "digest", "cron"), document)
    elif keys.digest is not None and keys.digest < timedelta(seconds=1):
        document.add((*path, "digest"), "is shorter than a second; use for example 1h, 1d")


def _look_at_secret(channel: str, path: KeyPath, document: Document) -> None:
    """A secret that stands in the file itself is in every copy of it."""
    here: object = document.value
    key = _SECRETS.get(channel)
    for part in (*path, channel, key):
        if isinstance(here, dict):
            here = here.get(part)
        elif isinstance(here, list) and isinstance(part, int):
            here = here[part]
        else:
            return
    if isinstance(here, str) and not _FROM_ENVIRONMENT.fullmatch(here):
        document.add((*path, channel, str(key)), "comes from the environment: write ${NAME} and set that variable")


def _look_at_key(secret: str, path: KeyPath, document: Document) -> None:
    from worker.notify.signing import key_bytes

    try:
        key_bytes(secret)
    except ValueError as error:
        document.add(path, str(error))


def _look_at_template(source: str | None, path: KeyPath, document: Document) -> None:
    if source is None:
        return
    from worker.notify.templates import fault

    if wrong := fault(source):
        document.add(path, wrong)


def look_at_cron(expression: str, path: KeyPath, document: Document) -> None:
    """Notes what is wrong with five fields."""
    from worker.cadence import parse_cron

    try:
        parse_cron(expression, "UTC")
    except ValueError as error:
        reason = str(error).rstrip(".")
        document.add(path, f"{shown(expression)}: {reason}; use five fields, for example */20 8-18 * * mon-fri")


def notifier_of(keys: OneNotifier) -> Notifier | None:
    """The notifier; None where it has no way out, which was noted."""
    channel = _channel(keys)
    if channel is None:
        return None
    asked = keys.rules
    rules = Rules(
        tuple(asked.sources), tuple(asked.tags), tuple(asked.kinds), tuple(asked.documents), tuple(asked.fields),
        tuple(asked.words), asked.silent_only,
    )  # fmt: skip
    return Notifier(
        keys.id, channel, rules,
        keys.template, _digest(keys), keys.from_ == "start", keys.rederived, keys.give_up, tuple(keys.allow),
    )  # fmt: skip


def _channel(keys: OneNotifier) -> Webhook | Mail | Apprise | None:
    if keys.webhook is not None:
        return _webhook(keys.webhook)
    if keys.email is not None:
        return _mail(keys.email)
    return _apprise(keys.apprise) if keys.apprise is not None else None


def _webhook(keys: WebhookKeys) -> Webhook:
    return Webhook(keys.url, keys.secret, dict(keys.headers), keys.content_type)


def _mail(keys: EmailKeys) -> Mail:
    server = urlsplit(f"//{keys.server}")
    port = server.port or PORTS[keys.tls]
    return Mail(
        tuple(keys.to), keys.from_, server.hostname or "", port, keys.user, keys.password, keys.tls, keys.subject
    )  # fmt: skip


def _apprise(keys: AppriseKeys) -> Apprise:
    return Apprise(tuple(keys.urls))


def _digest(keys: OneNotifier) -> Digest | None:
    if isinstance(keys.digest, CronKeys):
        return Digest(cron=keys.digest.cron, zone=keys.digest.zone or "UTC")
    return None if keys.digest is None else Digest(interval=keys.digest)
