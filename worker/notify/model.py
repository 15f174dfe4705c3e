"""What the configuration says of a notifier, what it is handed, and what sending came to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import IPv4Network, IPv6Network
from typing import Literal, Protocol

from archive.records import Change, Content


@dataclass(frozen=True, slots=True)
class Rules:
    """Which changes are told. What is empty admits everything; what is not must all hold."""

    sources: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    """of change: new changed gone back moved"""
    documents: tuple[str, ...] = ()
    """kinds of document: notice article topic post file list page"""
    fields: tuple[str, ...] = ()
    """names of which one must have changed: title, text, attachments, a field's own name"""
    words: tuple[str, ...] = ()
    """of which one must stand in what came or went"""
    silent_only: bool = False


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address that is told by POST."""

    url: str
    secret: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json"


@dataclass(frozen=True, slots=True)
class Mail:
    """People who are told by e-mail."""

    to: tuple[str, ...]
    sender: str
    host: str
    port: int
    user: str | None = None
    password: str | None = None
    tls: Literal["starttls", "tls", "none"] = "starttls"
    subject: str | None = None
    """a template"""


@dataclass(frozen=True, slots=True)
class Apprise:
    """Whatever the apprise library reaches."""

    urls: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Digest:
    """One message about all that came since the last: at an interval, or at cron's times in a zone."""

    interval: timedelta | None = None
    cron: str | None = None
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Notifier:
    """One entry of `notifiers`."""

    name: str
    channel: Webhook | Mail | Apprise
    rules: Rules = field(default_factory=Rules)
    template: str | None = None
    digest: Digest | None = None
    from_start: bool = False
    rederived: bool = False
    """tell of changes of our own reading, too"""
    give_up: timedelta = timedelta(days=1)
    """a message that its receiver refuses is set aside after so long"""
    allow: tuple[IPv4Network | IPv6Network, ...] = ()
    """private networks that this notifier may reach"""


@dataclass(frozen=True, slots=True)
class Told:
    """One change as a notifier tells it. The contents are there where the notifier asked for them."""

    change: Change
    tags: tuple[str, ...] = ()
    old: Content | None = None
    new: Content | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """What goes out as one: a change, or a digest of several."""

    notifier: str
    told: tuple[Told, ...]
    digest: bool = False
    more: bool = False
    """another message of the same digest follows"""
    test: bool = False

    @property
    def first(self) -> Change:
        return self.told[0].change

    @property
    def last(self) -> Change:
        return self.told[-1].change


Verdict = Literal["sent", "later", "refused", "stopped"]
"""sent; not now, the receiver may be down; not this message, whenever it is asked; never again"""


@dataclass(frozen=True, slots=True)
class Sent:
    """What sending came to."""

    verdict: Verdict
    said: str
    """in words, for the operator: what was answered or what went wrong"""
    kind: str = ""
    """what went wrong, in the words for a fetch that failed (`tls`, `dns`, `forbidden-address`, `http-5xx` ...) and a
    few of its own: `template`, `login`, `smtp-4xx`, `smtp-5xx`, `service` (of apprise), `bug`; empty: sent"""
    retry_at: datetime | None = None
    """when the receiver wants to be asked again, if it said so"""
    detail: str = ""
    """the exchange, for `muniment notify --test`"""


class Sender(Protocol):
    """One way out. Expected failures are a `Sent`, never an exception."""

    wants_contents: bool
    """whether messages must carry the contents of the versions"""

    async def send(self, message: Message) -> Sent:
        """Sends one message."""

    async def rest(self) -> None:
        """There is nothing to send for now: connections may be given back."""
